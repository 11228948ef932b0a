"""Where the arguments of a tool call come from, found by comparing them with the conversation.

A value has the authority of a passage that says it word for word; of several, the highest, since
whoever has authority has said it. A value pieced together from more than one passage, one that is
too short to tell, and one that nobody said has none. Labels that the caller declares are better.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from charter.policy.conversation import Conversation, Passage, Sensitivity
from charter.policy.decision import NO_LABEL, Label
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution

MIN_LENGTH = 4
"""Characters: shorter values stand in any text by chance."""
MAX_VALUES = 200
"""Values of one call that are looked for; those beyond have no authority."""
MAX_PLACES = 64
"""Places of one value in one message."""
MAX_NODES = 10_000
MAX_TEXT = 1_000_000

_SECRECY = {name: at for at, name in enumerate(Sensitivity)}


def too_large(args: Mapping[str, object]) -> bool:
    """Whether arguments are more than conditions should be asked about."""
    nodes = characters = 0
    stack: list[object] = [args]
    while stack:
        value = stack.pop()
        nodes += 1
        if isinstance(value, str):
            characters += len(value)
        elif isinstance(value, Mapping):
            stack += [*value.keys(), *value.values()]
        elif isinstance(value, list | tuple):
            stack += value
        if nodes > MAX_NODES or characters > MAX_TEXT:
            return True
    return False


def label_arguments(
    policy: Policy, resolution: Resolution, conversation: Conversation, args: Mapping[str, object]
) -> dict[str, Label]:
    """Return a label for every argument; of a nested one, the least authority of its parts.

    Raises ValueError for arguments that are too large to be compared.
    """
    if too_large(args):
        raise ValueError("the arguments are too large to be checked")
    finder = _Finder(policy, resolution, conversation)
    return {name: finder.label(value) for name, value in args.items()}


class _Finder:
    """Looks for values in one conversation."""

    def __init__(self, policy: Policy, resolution: Resolution, conversation: Conversation) -> None:
        self._ladder = policy.ladder
        self._lifted = resolution.lifted
        self._conversation = conversation
        self._left = MAX_VALUES
        self._passages: dict[int, list[Passage]] = {}
        for passage in conversation.passages:
            self._passages.setdefault(passage.message, []).append(passage)

    def label(self, value: object) -> Label:
        """Return the label of one argument."""
        labels = [self._single(text) for text in _leaves(value)]
        if not labels:
            return NO_LABEL
        least = min(labels, key=lambda label: (label.level, label.sources))
        sources = tuple(sorted({source for label in labels for source in label.sources}))
        secret = max(
            (label.sensitivity for label in labels), key=lambda s: _SECRECY[Sensitivity(s)]
        )
        return Label(least.authority, least.level, sources, secret)

    def _single(self, text: str) -> Label:
        self._left -= 1
        if len(text) < MIN_LENGTH or self._left < 0:
            return NO_LABEL
        found = [label for at in self._passages for label in self._in_message(at, text)]
        if not found:
            return NO_LABEL
        best = max(found, key=lambda label: (label.level, label.sources))
        sources = tuple(sorted({source for label in found for source in label.sources}))
        secret = max((label.sensitivity for label in found), key=lambda s: _SECRECY[Sensitivity(s)])
        return Label(best.authority, best.level, sources, secret)

    def _in_message(self, at: int, text: str) -> Iterator[Label]:
        """Yield a label for every place in a message where a value stands by itself."""
        said = self._conversation.messages[at].text
        start = said.find(text)
        for _ in range(MAX_PLACES):
            if start < 0:
                return
            end = start + len(text)
            if _alone(said, start, end):
                for passage in self._passages[at]:
                    if passage.start <= start and end <= passage.end:
                        yield self._of(passage)
            start = said.find(text, start + 1)

    def _of(self, passage: Passage) -> Label:
        rank = self._ladder.rank(passage.authority)
        if passage.doubt is not None:
            rank = 0  # perhaps someone else's words
        lifted = self._ladder.rank(self._lifted.get(passage.source)) if not rank else 0
        level = rank or lifted
        name = self._ladder.name(level)
        return Label(name, level, (passage.source,), passage.sensitivity.value)


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a range is no part of a longer word."""
    before = start == 0 or not (text[start - 1].isalnum() and text[start].isalnum())
    after = end == len(text) or not (text[end].isalnum() and text[end - 1].isalnum())
    return before and after


def _leaves(value: object) -> Iterator[str]:
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one.strip()
        elif isinstance(one, Mapping):
            stack += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            stack += one
        elif isinstance(one, bool) or one is None:
            yield ""
        else:
            yield str(one)
