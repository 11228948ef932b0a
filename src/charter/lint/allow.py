"""`<!-- charter: allow rule-id: reason -->`: what an author has looked at and accepts.

Directly above a heading or inside a section, the comment covers that section; in a prompt or
scenario file, the file; before the first heading, what stands before it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from charter.source import Source, Span
from charter.spec.spec import Section, Spec
from charter.syntax.document import Block, Fence, Gap, Heading, YamlFence, block_span
from charter.syntax.reader import parse

_COMMENT = re.compile(r"<!-- {0,4}charter: {0,4}allow\b([^\n<>]{0,600})-->")
_LONGEST = 1000
_WANTED = re.compile(r" {0,4}([a-z0-9][a-z0-9, -]{0,400}[a-z0-9]|[a-z0-9]) {0,4}(?::(.*))?$")


@dataclass(frozen=True, slots=True)
class Allow:
    """One comment, and the range of one file that it covers."""

    rules: tuple[str, ...]
    reason: str
    """Empty where the author gave none; such a comment allows nothing."""
    path: str
    span: Span
    covers: Span


def allows(spec: Spec) -> tuple[Allow, ...]:
    """Return every allow comment of a spec and of the files beside it."""
    found = list(_in_spec(spec))
    companions = [*(prompts.source for prompts in spec.prompt_sets)]
    companions += [group.source for group in spec.scenario_sets]
    for source in companions:
        whole = Span(0, len(source.text))
        found += [_allow(source, comment, whole) for comment, _ in _comments(source)]
    return tuple(found)


def _in_spec(spec: Spec) -> Iterator[Allow]:
    sections = spec.sections
    starts = [section.span.start for section in sections]
    for comment, next_heading in _comments(spec.source):
        start = comment.start() if next_heading is None else next_heading
        at = bisect_right(starts, start) - 1
        yield _allow(spec.source, comment, _region(sections, at))


def _region(sections: tuple[Section, ...], at: int) -> Span:
    if at >= 0:
        return sections[at].span
    return Span(0, sections[0].span.start if sections else 2**62)


def _comments(source: Source) -> Iterator[tuple[re.Match[str], int | None]]:
    """Yield the comments outside of fences, each with the heading right below it, if any."""
    if "charter:" not in source.text or not (found := list(_COMMENT.finditer(source.text))):
        return
    blocks = [block for block in parse(source).blocks if type(block) is not Gap]
    starts = [block.start for block in blocks]
    below = _headings_below(blocks)
    for comment in found:
        at = bisect_right(starts, comment.start()) - 1
        if at >= 0 and isinstance(blocks[at], Fence | YamlFence):
            continue
        last_in_block = at >= 0 and not _rest(blocks[at], comment).strip()
        yield comment, below[at] if last_in_block else None


def _headings_below(blocks: list[Block]) -> list[int | None]:
    """Return for each block where the heading right below it starts, over other comments."""
    below: list[int | None] = []
    heading: int | None = None
    for block in reversed(blocks):
        below.append(heading)
        if type(block) is Heading:
            heading = block.start
        elif not _COMMENT.fullmatch(block.raw[:_LONGEST].strip()):
            heading = None
    return below[::-1]


def _rest(block: Block, comment: re.Match[str]) -> str:
    """Return what follows a comment in its block, cut where it is too long to be blank."""
    end = block_span(block).end
    return comment.string[comment.end() : min(end, comment.end() + _LONGEST)]


def _allow(source: Source, comment: re.Match[str], covers: Span) -> Allow:
    wanted = _WANTED.fullmatch(comment[1].rstrip())
    names = wanted[1].replace(",", " ").split() if wanted else []
    reason = (wanted[2] or "").strip() if wanted else ""
    return Allow(tuple(names), reason, source.path, Span(*comment.span()), covers)


class Allowances:
    """The comments with a reason, ready to be asked about findings; remembers which were needed.

    Regions are sections or whole files, so no two of one file overlap without being the same.
    """

    __slots__ = ("_comments", "_regions", "_used")

    def __init__(self, comments: Iterable[Allow]) -> None:
        self._comments = [comment for comment in comments if comment.reason]
        regions: dict[tuple[str, str], list[Allow]] = {}
        for comment in self._comments:
            for rule_id in comment.rules:
                regions.setdefault((rule_id, comment.path), []).append(comment)
        self._regions = {
            key: sorted(found, key=lambda comment: comment.covers.start)
            for key, found in regions.items()
        }
        self._used: set[tuple[str, str, int]] = set()

    def reason(self, rule_id: str, path: str, offset: int) -> str | None:
        """Return why a finding at `offset` is accepted, or None."""
        regions = self._regions.get((rule_id, path), [])
        at = bisect_right(regions, offset, key=lambda comment: comment.covers.start) - 1
        if at < 0 or not offset < max(regions[at].covers.end, 1):
            return None
        self._used.add((rule_id, path, regions[at].covers.start))
        return regions[at].reason

    def unused(self, ran: Collection[str]) -> Iterator[tuple[str, Allow]]:
        """Yield each rule id that ran and found nothing for a comment to cover."""
        for comment in self._comments:
            for rule_id in comment.rules:
                key = (rule_id, comment.path, comment.covers.start)
                if rule_id in ran and key not in self._used:
                    yield rule_id, comment
