"""Where the arguments of a tool call come from, found by comparing them with the conversation.

A value has the authority of a passage that says it word for word, as a whole and not as a part of
something longer (`/home/ann` in `/home/ann/notes`); of several, the highest, since whoever has
authority has said it. All else has none: what is written in another way (case, encoding, spaces),
pieced together from more than one passage, too short to tell, or said by nobody. That somebody
said a value does not mean that it was meant for this argument, or for any: a boundary that needs
that asks a person. Labels that the caller declares are better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from unicodedata import category

from charter.policy.conversation import Conversation, Passage, Sensitivity
from charter.policy.decision import NO_LABEL, Label
from charter.policy.fate import State
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.spec.ladder import Ladder

MIN_LENGTH = 4
"""Characters: shorter values stand in any text by chance."""
MAX_VALUES = 200
"""Values of one call that are looked for; those beyond have no authority."""
MAX_PLACES = 64
"""Places of one value in one message."""
MAX_NODES = 10_000
MAX_TEXT = 1_000_000

_JOINS = frozenset("@./\\:+=&?#-~")
"""Between two parts of an address, path or number."""
_BEGINS = frozenset("/\\-~.+")
"""Before a path or number it makes another one of it."""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""A key as schemas have them."""
_WITHIN = frozenset({"Mn", "Mc", "Me", "Cf"})
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

    A key that is a plain name, such as `email`, is the schema's word and no part; others are.
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
        self._lent = _lent(resolution, policy.ladder) if resolution.lifted else {}
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
        level = rank or self._lent.get(passage.source, 0)
        name = self._ladder.name(level)
        return Label(name, level, (passage.source,), passage.sensitivity.value)


def _lent(resolution: Resolution, ladder: Ladder) -> dict[str, int]:
    """Return the rank of sources that were lifted as a whole: not for their style only."""
    found: dict[str, int] = {}
    last = len(resolution.fates) - len(resolution.directives)
    for directive, fate in zip(resolution.directives, resolution.fates[last:], strict=True):
        given = directive.delegation
        if given is None or given.only or fate.state is not State.IN_FORCE:
            continue
        rank = ladder.rank(fate.level)
        if given.level is not None:
            rank = min(rank, ladder.rank(given.level))
        for source, level in resolution.lifted.items():
            if any(_covers(pattern, source) for pattern in given.to):
                lifted = min(rank, ladder.rank(level))
                found[source] = max(found.get(source, 0), lifted)
    return found


def _covers(pattern: str, source: str) -> bool:
    return source.startswith(pattern[:-1]) if pattern.endswith("*") else source == pattern


def _alone(text: str, start: int, end: int) -> bool:
    """Whether a range is no part of a longer word, number, address or path."""
    if start and text[start - 1] in _BEGINS:
        return False
    return not (_goes_on(text, start - 1, -1) or _goes_on(text, end, 1))


def _goes_on(text: str, at: int, step: int) -> bool:
    """Whether what ends next to a character goes on with it, or over it."""
    if not 0 <= at < len(text):
        return False
    if _in_word(text[at]):
        return True
    beyond, inside = text[at + step : at + step + 1] if at + step >= 0 else "", text[at - step]
    if text[at] == ",":  # of a number; else it separates
        return beyond.isdigit() and inside.isdigit()
    return text[at] in _JOINS and beyond != "" and _in_word(beyond)


def _in_word(character: str) -> bool:
    """Whether a character is part of a word: combining and invisible ones are, too."""
    if character.isalnum() or character in "_*%":
        return True
    return not character.isascii() and category(character) in _WITHIN


def _leaves(value: object) -> Iterator[str]:
    """Yield the values that count, as texts."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            yield one.strip(" \t\r\n")
        elif isinstance(one, Mapping):
            stack += [key for key in one if not _is_name(key)]
            stack += one.values()
        elif isinstance(one, list | tuple):
            stack += one
        elif isinstance(one, bool) or one is None:
            yield ""
        else:
            yield str(one)


def _is_name(key: object) -> bool:
    return isinstance(key, str) and _NAME.fullmatch(key) is not None
