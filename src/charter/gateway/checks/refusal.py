"""Tells whether the model refused.

What it finds
    An answer that declines what was asked, wholly or in part, as the refusal classifier tells it
    from the answer and the last message of the user; and any text in the API's own refusal field.
    By itself it only flags: so refusals on live traffic are counted, and over-refusal shows. The
    reason says `full` or `partial`, and which classifier said so.

Settings
    `is`: `any` (the default), `full` or `partial`. `by`: `best` (the default) uses the trained
    classifier where the extra `judge` is installed, else rules; `rules` uses rules alone, which
    are quicker and err more often.

What it misses
    How often the classifier errs, and on what, is in its model card,
    `charter/classifiers/refusal/card.md`: partial refusals are its weak side. It reads the words
    of an answer, not whether they are true: an answer that quietly leaves something out is none.
    An answer that only calls a tool has no text and is not asked about.

On streams
    It needs the whole text. While it only flags, no answer waits for it; with another effect every
    answer waits for its end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.classifiers.refusal import rules
from charter.classifiers.refusal.classify import classify, identity
from charter.gateway import forms
from charter.gateway.check import CLEAR, NOT_APPLICABLE, Outcome, Target

STAGES = frozenset({"output"})
CHANNELS = frozenset({"text", "refusal", "transcript"})
EFFECT = "flag"


@dataclass(frozen=True, slots=True)
class Ready:
    """What counts, and who tells."""

    labels: frozenset[str]
    rules_only: bool
    by: str
    """Identity of the classifier."""
    patterns: Mapping[str, str] = field(default_factory=dict)

    def look(self, target: Target) -> Outcome:
        """Classify one answer."""
        if not target.text.strip():
            return NOT_APPLICABLE
        if target.channel == "refusal":
            return Outcome(hit=True, reason="the model refused in the refusal field")
        if self.rules_only:
            label = rules.classify(target.text).label
        else:
            label = classify(target.text, target.request or None).label
        if label not in self.labels:
            return CLEAR
        return Outcome(hit=True, reason=f"refusal: {label}, by {self.by}")


def build(settings: Mapping[str, Any]) -> Ready:
    """Load the classifier. Raises ConfigError; WrongWeights for a damaged file."""
    forms.check_names(settings, ["is", "by"])
    wanted = forms.choice(settings, "is", ["any", "full", "partial"], "any")
    rules_only = forms.choice(settings, "by", ["best", "rules"], "best") == "rules"
    labels = frozenset({"full", "partial"} if wanted == "any" else {wanted})
    return Ready(labels, rules_only, rules.IDENTITY if rules_only else identity())
