"""The arguments of a tool call -> whose words they are, and where those stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from charter.policy.conversation import Conversation
from charter.policy.decision import NO_LABEL, Call, Label
from charter.policy.decisions.provenance import label_arguments, too_large
from charter.policy.explanations.explanation import Sentence
from charter.policy.explanations.naming import Naming, value
from charter.policy.explanations.phrase import Phrase, level, listed, name, said, say, words
from charter.policy.fate import Place
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution

MOST = 8
"""Arguments that are told; more are counted."""


def arguments_of(
    policy: Policy, resolution: Resolution, conversation: Conversation, call: Call
) -> Iterator[Sentence]:
    """Yield each argument with its source and authority, as the conditions see them."""
    if not call.args or too_large(call.args):
        return
    labels: Mapping[str, Label]
    if call.labels is None:
        labels = label_arguments(policy, resolution, conversation, call.args)
    else:
        labels = call.labels
    naming = Naming(policy, conversation)
    for key in list(call.args)[:MOST]:
        label = labels.get(key, NO_LABEL)
        place = _place(conversation, call.args[key], label)
        text = say(
            "{key} is {value}: {origin}.",
            key=name(key),
            value=_shown(call.args[key]),
            origin=_origin(label, declared=call.labels is not None),
        )
        yield Sentence(text, key, where=naming.place(place))
    if len(call.args) > MOST:
        yield Sentence(said(f"And {len(call.args) - MOST} more."))


def _origin(label: Label, *, declared: bool) -> Phrase:
    """Return whose words a value is, and what authority that gives it."""
    if not label.sources and not label.level:
        return said("nobody is known to have said it, so it has no authority")
    sources = listed([*map(name, label.sources)])
    told = said("declared to be" if declared else "words")
    whose = say("{told} of {sources}", told=told, sources=sources) if sources else told
    if not label.level:
        return say("{whose}, without authority", whose=whose)
    return say("{whose}, with {level} authority", whose=whose, level=level(label.authority))


def _place(conversation: Conversation, said_: object, label: Label) -> Place | None:
    """Return where a text stands first in the words that the label goes by.

    Words of the label's own authority come first: they are what gives it to the value.
    """
    text = said_.strip() if isinstance(said_, str) else ""
    found: Place | None = None
    for passage in conversation.passages if text else ():
        if passage.source not in label.sources:
            continue
        whole = conversation.messages[passage.message].text
        start = whole.find(text, passage.start, passage.end)
        if start >= 0:
            place = Place(passage.message, start, start + len(text))
            if passage.authority == label.authority:
                return place
            found = found or place
    return found


def _shown(found: object) -> Phrase:
    if isinstance(found, Mapping | list | tuple):
        return words(json.dumps(found, ensure_ascii=False, default=repr)[:400], 120)
    return value(found)
