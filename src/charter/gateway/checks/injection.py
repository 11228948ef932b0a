"""Finds orders to the assistant in texts that have no authority to give any.

What it finds
    Words that tell whoever reads them as an assistant what to do: in the results of tools, in
    quoted and attached text, in descriptions of tools, in web pages and mails. A small trained
    classifier (`charter/classifiers/injection`) reads every part of the text, in windows of up to
    256 bytes; a hit names its score, and `redact` removes the windows that count.

Settings
    `at`: the operating point, `0.1%`, `0.5%`, `1%` (the default) or `2%`: how many benign texts of
    up to 2,000 characters were taken for orders where it was set. `history`: true reads the
    assistant's earlier messages too, which a client may have made up; false is the default.

What it misses
    About half of the attacks in two public corpora, at `1%`; the model card,
    `charter/classifiers/injection/card.md`, has the figures by kind. Above all: orders written as
    people write to each other, anything encoded or spelled with spaces, and languages other than
    English. A text of many pages has many chances of a false alarm. So by itself it flags; what
    protects is that such text has no authority, and that boundaries decide on what is done.

On streams
    It reads what goes to the model, never its answers; nothing waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.classifiers.injection.classify import USUAL, classify, identity, points
from charter.gateway import forms
from charter.gateway.check import CLEAR, NOT_APPLICABLE, Outcome, Target
from charter.spec.ladder import NONE

STAGES = frozenset({"offer", "request", "tool_result"})
CHANNELS = frozenset({"text", "description", "arguments"})
EFFECT = "flag"


@dataclass(frozen=True, slots=True)
class Ready:
    """An operating point of the classifier that ships."""

    point: str
    history: bool
    by: str
    """Identity of the classifier."""
    patterns: Mapping[str, str] = field(default_factory=dict)

    def look(self, target: Target) -> Outcome:
        """Read a text, unless its words have authority, or are the assistant's own."""
        own = target.source.partition(":")[0] == "assistant" and not self.history
        if target.authority != NONE or own or not target.text.strip():
            return NOT_APPLICABLE
        found = classify(target.text, self.point)
        if not found.hit:
            return CLEAR
        score = f"{found.thousandths / 1000:.2f}"
        reason = f"orders to an assistant: score {score}, at {self.point}, by {self.by}"
        return Outcome(hit=True, reason=reason, ranges=found.ranges)


def build(settings: Mapping[str, Any]) -> Ready:
    """Load the classifier. Raises ConfigError; WrongWeights for a damaged file."""
    forms.check_names(settings, ["at", "history"])
    point = forms.choice(settings, "at", points(), USUAL)
    return Ready(point, forms.flag(settings, "history", default=False), identity())
