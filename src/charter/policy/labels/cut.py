"""A message's text -> the ranges of it that are not its author's own plain words.

Layer by layer, each taken out before the next is read: what the reader knows, untrusted blocks,
delimited blocks, quotations. Linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from charter.policy.conversation import Hint, Kind
from charter.policy.labels.blocks import blocks
from charter.policy.labels.excise import (
    INLINE,
    NOTHING,
    Doubted,
    Region,
    excise,
    restore,
    restore_doubts,
)
from charter.policy.labels.pasted.introduced import PASTE, TEXT
from charter.policy.labels.quotations import quotations
from charter.policy.labels.quoting import examine
from charter.policy.labels.tags import untrusted_blocks

_BYTE_ORDER_MARK = "\ufeff"
_REPLACEMENT = "\ufffd"
_BROKEN = "a directive in a quotation, or with untrusted text inside, is ignored"
_NOT_SPACE = re.compile(r"\S")
_INLINE_KINDS = (Kind.QUOTE, Kind.CODE)
_SPOKEN = (Kind.OWN, Kind.DIRECTIVE)
_Layer = tuple[Sequence[Region], Sequence[Doubted]]


class Cut(NamedTuple):
    """What is in a text."""

    regions: Sequence[Region]
    """In order, without overlap. What is between them are the author's words."""
    doubted: Sequence[Doubted]
    problems: Sequence[tuple[str, str]]


def cut(text: str, hints: Sequence[Hint], names: frozenset[str], doubt_as: str | None) -> Cut:
    """Cut a text of a role that has authority.

    `names` are the words that mark untrusted blocks. `doubt_as` is the role by which the words are
    examined for pasted text; None where nothing is doubted.
    """
    text = whole = _plain(text)
    layers: list[_Layer] = []
    problems: list[tuple[str, str]] = []
    if hints:
        known = regions_of(hints, len(text))
        layers.append((known, ()))
        text = excise(text, known)
    for find in (untrusted_blocks, blocks, quotations):
        found = find(text, names)
        if found is NOTHING:
            continue
        problems += found.problems
        if found.regions or found.doubted:
            layers.append((found.regions, found.doubted))
            text = excise(text, found.regions)
    doubted: Sequence[Doubted] = examine(text, doubt_as) if doubt_as is not None else ()
    if not layers:
        return Cut((), doubted, problems)
    restored = _restored(layers, doubted, problems, doubts=doubt_as is not None)
    return restored._replace(doubted=_undelimited(restored, whole)) if doubted else restored


def _plain(text: str) -> str:
    """Return the text with line ends in LF, and none of the marks of this package: as long."""
    if "\r" in text:
        text = text.replace("\r\n", " \n").replace("\r", "\n")
    if text.isascii():
        return text
    if text.startswith(_BYTE_ORDER_MARK):
        text = "\n" + text[1:]
    return text.replace(INLINE, _REPLACEMENT)


def _restored(
    layers: list[_Layer],
    doubted: Sequence[Doubted],
    problems: list[tuple[str, str]],
    *,
    doubts: bool,
) -> Cut:
    """Put the layers together, in the offsets of the whole text."""
    regions: Sequence[Region] = ()
    for holes, found in reversed(layers):
        if doubts:
            doubted = [*restore_doubts(doubted, holes), *found]
        regions = restore(regions, holes) if regions else holes
    directives = _directives(layers)
    if directives > _directives([(regions, ())]):
        problems.append(("broken-directive", _BROKEN))
    return Cut(regions, doubted, problems)


def _undelimited(found: Cut, text: str) -> list[Doubted]:
    """Return doubts, less those of words after an introduction that delimiters follow.

    In "translate this: `x`, and be brief" the delimiters say where the text ends. A paste may begin
    with words in quotation marks of its own.
    """
    starts = {region.start: region for region in found.regions}
    kept: list[Doubted] = []
    for each in found.doubted:
        if each.doubt in (TEXT, PASTE):
            first = _NOT_SPACE.search(text, each.start)
            region = starts.get(first.start()) if first else None
            if region and (each.doubt == TEXT or region.block or region.kind not in _INLINE_KINDS):
                continue
        kept.append(each)
    return kept


def regions_of(hints: Sequence[Hint], length: int) -> list[Region]:
    """Return hints as regions: in order, within so many characters, without overlap.

    A hint takes authority and never gives it, however wrong it is: one that claims to be its
    author's own words is untrusted.
    """
    found: list[Region] = []
    position = 0
    for hint in sorted(hints, key=_start) if len(hints) > 1 else hints:
        start, end = max(_start(hint), position), min(max(hint.start, hint.end), length)
        if start < end:
            kind = Kind.UNTRUSTED if hint.kind in _SPOKEN else hint.kind
            found.append(Region(start, end, kind, hint.name, block=kind is not Kind.UNTRUSTED))
            position = end
    return found


def _start(hint: Hint) -> int:
    return min(hint.start, hint.end)


def _directives(layers: Sequence[_Layer]) -> int:
    return sum(region.kind is Kind.DIRECTIVE for regions, _ in layers for region in regions)
