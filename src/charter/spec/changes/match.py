"""Two versions of a spec -> which section, clause and example of one is which of the other.

First by id: an author's marker, or an id derived from unchanged words. Then by similarity, inside
sections that belong together, and at last across sections. A section that is gone and one that is
new belong together where they hold mostly the same, or much of it under nearly the same title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from charter.spec.changes.align import Measure, Pair, align, best
from charter.spec.spec import Clause, Example, Section, Spec
from charter.spec.split import derived_id

CLAUSES_HERE = 250
"""Thousandths from which two clauses of one section are versions of each other."""
CLAUSES_ELSEWHERE = 550
"""The same for clauses of different sections, of which there are far more by chance."""
EXAMPLES_HERE = 500
EXAMPLES_ELSEWHERE = 600
RENAMED = 550
"""From which a section that is gone and one that is new are one section with another id."""
ALL_PAIRS = 10_000
OWN_TEXT = 4000
"""Characters of a section's text that count where it has neither clauses nor examples."""

Part = TypeVar("Part", Clause, Example)
_Any = TypeVar("_Any")


class Two(NamedTuple, Generic[Part]):
    """A part in both versions."""

    old: Part
    new: Part
    similarity: int | None
    """In thousandths, where they were matched by that."""


class TwoSections(NamedTuple):
    """A section in both versions."""

    old: Section
    new: Section
    similarity: int | None
    """In thousandths, where the id is another."""


@dataclass(frozen=True, slots=True)
class Matches:
    """What belongs together; what is in no pair is gone or new. Each in old text order."""

    sections: tuple[TwoSections, ...]
    clauses: tuple[Two[Clause], ...]
    examples: tuple[Two[Example], ...]
    complete: bool
    """False when so much changed that the search by similarity was cut short."""


def measure_of(old: Spec, new: Spec) -> Measure:
    """Return the measure of similarity that the words of both versions give."""
    return Measure.of(_texts((old, new)))


def match(old: Spec, new: Spec, measure: Measure) -> Matches:
    """Pair the sections, clauses and examples of two versions, each with at most one."""
    places = _same_ids(old.sections, new.sections)
    clauses: _Pairing[Clause] = _Pairing(
        _items(section.clauses for section in old.sections),
        _items(section.clauses for section in new.sections),
    )
    examples: _Pairing[Example] = _Pairing(
        _items(section.examples for section in old.sections),
        _items(section.examples for section in new.sections),
    )
    clauses.by_name(places)
    examples.by_name(places)
    renamed = _renamed(old, new, places, measure)
    places |= {pair.old: pair.new for pair in renamed}
    clauses.by_likeness(places, measure, CLAUSES_HERE)
    examples.by_likeness(places, measure, EXAMPLES_HERE)
    clauses.by_likeness(None, measure, CLAUSES_ELSEWHERE)
    examples.by_likeness(None, measure, EXAMPLES_ELSEWHERE)
    score = {pair.old: pair.similarity for pair in renamed}
    sections = (
        TwoSections(old.sections[i], new.sections[j], score.get(i)) for i, j in places.items()
    )
    return Matches(
        tuple(sorted(sections, key=lambda two: two.old.span.start)),
        tuple(clauses.result()),
        tuple(examples.result()),
        not measure.work.exhausted,
    )


def example_text(example: Example) -> str:
    """Return what makes an example the same one: its caption and what is said before replies."""
    return "\n".join((example.caption, *(message.content for message in example.messages)))


class _Item(NamedTuple, Generic[Part]):
    """A clause or example with what it can be found by."""

    part: Part
    place: int
    """Index of its section."""
    name: str
    """Its id without the section's."""
    words: str
    """Derived from its words alone, so that a clause is found that got or lost a marker."""


class _Pairing(Generic[Part]):
    """Pairs of items, found step by step."""

    def __init__(self, old: list[_Item[Part]], new: list[_Item[Part]]) -> None:
        self.old: list[_Item[Part]] = old
        self.new: list[_Item[Part]] = new
        self.found: dict[int, tuple[int, int | None]] = {}
        """Index of the old item -> of the new one, and similarity."""
        self.taken: set[int] = set()

    def by_name(self, places: dict[int, int]) -> None:
        """Pair what has the same id or the same words: inside sections first, then anywhere."""
        self._equal(lambda item: (item.place, item.name), places)
        self._equal(lambda item: (item.place, item.words), places)
        self._equal(lambda item: item.name, None)
        self._equal(lambda item: item.words, None)

    def by_likeness(self, places: dict[int, int] | None, measure: Measure, least: int) -> None:
        """Pair what is similar: inside sections that belong together, or anywhere."""

        def group(item: _Item[Part]) -> Hashable:
            return None if places is None else item.place

        for old, new in _groups(self._open(places), group):
            texts = [_text(self.old[i].part) for i in old], [_text(self.new[j].part) for j in new]
            for pair in align(*texts, measure, least):
                self._add(old[pair.old], new[pair.new], pair.similarity)

    def result(self) -> Iterator[Two[Part]]:
        """Yield the pairs in old text order."""
        for i in sorted(self.found):
            j, similarity = self.found[i]
            yield Two(self.old[i].part, self.new[j].part, similarity)

    def _equal(self, key: Callable[[_Item[Part]], Hashable], places: dict[int, int] | None) -> None:
        """Pair open items with equal keys, in text order."""
        for old, new in _groups(self._open(places), key):
            for i, j in zip(old, new, strict=False):
                self._add(i, j, None)

    def _open(
        self, places: dict[int, int] | None
    ) -> tuple[list[tuple[int, _Item[Part]]], list[tuple[int, _Item[Part]]]]:
        """Return what is in no pair yet. Old items get the place of the section's partner."""
        old = [(i, item) for i, item in enumerate(self.old) if i not in self.found]
        new = [(j, item) for j, item in enumerate(self.new) if j not in self.taken]
        if places is not None:
            moved = ((i, item, places.get(item.place)) for i, item in old)
            old = [(i, item._replace(place=to)) for i, item, to in moved if to is not None]
        return old, new

    def _add(self, i: int, j: int, similarity: int | None) -> None:
        self.found[i] = j, similarity
        self.taken.add(j)


def _groups(
    opened: tuple[list[tuple[int, _Any]], list[tuple[int, _Any]]], key: Callable[[_Any], Hashable]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield old and new items that have a key in common."""
    sides: list[dict[Hashable, list[int]]] = [{}, {}]
    for side, items in zip(sides, opened, strict=True):
        for index, item in items:
            side.setdefault(key(item), []).append(index)
    for value, old in sides[0].items():
        if value in sides[1]:
            yield old, sides[1][value]


def _text(part: Clause | Example) -> str:
    return part.text if isinstance(part, Clause) else example_text(part)


def _items(sections: Iterable[Sequence[Part]]) -> list[_Item[Part]]:
    return [
        _Item(part, place, part.id.partition("/")[2], derived_id(_text(part)))
        for place, parts in enumerate(sections)
        for part in parts
    ]


def _texts(specs: Iterable[Spec]) -> Iterator[str]:
    for spec in specs:
        for section in spec.sections:
            yield section.title
            yield from (clause.text for clause in section.clauses)
            yield from (example.caption for example in section.examples)


def _same_ids(old: Sequence[Section], new: Sequence[Section]) -> dict[int, int]:
    """Pair sections by id; of several with one id the first with the first, and so on."""
    places: dict[str, list[int]] = {}
    for j, section in enumerate(new):
        places.setdefault(section.id, []).append(j)
    nth: Counter[str] = Counter()
    found: dict[int, int] = {}
    for i, section in enumerate(old):
        rivals = places.get(section.id, ())
        if nth[section.id] < len(rivals):
            found[i] = rivals[nth[section.id]]
        nth[section.id] += 1
    return found


def _renamed(old: Spec, new: Spec, places: dict[int, int], measure: Measure) -> list[Pair]:
    """Find sections that only changed their id, the most similar first."""
    taken = set(places.values())
    gone = [i for i in range(len(old.sections)) if i not in places]
    come = [j for j in range(len(new.sections)) if j not in taken]
    bodies = [_body(old, i) for i in gone], [_body(new, j) for j in come]
    titles = [old.sections[i].title for i in gone], [new.sections[j].title for j in come]
    scored = []
    for a, b in _worth_comparing(*bodies, measure):
        body = measure.similarity(bodies[0][a], bodies[1][b])
        title = measure.similarity(titles[0][a], titles[1][b])
        score = max(body, (body + title) // 2)
        if score >= RENAMED:
            scored.append(Pair(gone[a], come[b], score))
    return best(scored)


def _worth_comparing(
    old: Sequence[str], new: Sequence[str], measure: Measure
) -> Iterator[tuple[int, int]]:
    """Yield all pairs of sections, or where they are very many only those with like contents."""
    if len(old) * len(new) > ALL_PAIRS:
        yield from ((pair.old, pair.new) for pair in align(old, new, measure, RENAMED))
        return
    for i, one in enumerate(old):
        for j, other in enumerate(new):
            if measure.work.take(min(len(measure.bag(text).weights) for text in (one, other))):
                yield i, j


def _body(spec: Spec, place: int) -> str:
    """Return what a section says, its examples by their captions only."""
    section = spec.sections[place]
    parts = [*(c.text for c in section.clauses), *(e.caption for e in section.examples)]
    if not parts:
        start = section.heading_span.end
        parts = [spec.source.text[start : min(section.span.end, start + OWN_TEXT)]]
    return "\n".join((section.title, *parts))
