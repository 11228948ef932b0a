"""Diff -> what rests on text that changed: scenarios, examples, boundaries, overlays, citations.

*Broken* is what names something that is no longer there, or a text that is no longer the base.
The rest asks for a look: its ids hold, but the rule behind them changed. Changes of wording only
make nothing stale. Past scores are found by the sets of old ids, whoever keeps them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from charter.spec.changes.change import Change, Effect, Kind
from charter.spec.changes.compared import counted
from charter.spec.changes.diff import Diff
from charter.spec.overlays.same import same_conversation, same_expectation
from charter.spec.spec import Example, ScenarioSet, Section, Spec

MAX_WORDS = 2000
"""Texts of one directive in which ids are looked for."""

_STANDING = (
    Kind.AUTHORITY_LOWERED,
    Kind.AUTHORITY_RAISED,
    Kind.AUTHORITY_CHANGED,
    Kind.TAGS_CHANGED,
)
_REVISED = ("example_", "conversation_", "expectation_", "boundary_")
"""How kinds begin that touch an example or boundary itself."""


class Rests(StrEnum):
    """What rests on the spec."""

    SCENARIO = "scenario"
    RUBRIC = "rubric"
    EXAMPLE = "example"
    BOUNDARY = "boundary"
    OVERLAY = "overlay"
    CITATION = "citation"
    SCORE = "score"
    """Scores of a past run; found by whoever keeps them."""
    CALIBRATION = "calibration"


PLURALS = {each: f"{each}s" for each in Rests} | {Rests.BOUNDARY: "boundaries"}


@dataclass(frozen=True, slots=True)
class StaleItem:
    """One thing to look at."""

    kind: Rests
    id: str
    """Of the scenario, example or boundary; the name of an overlay; a cited id."""
    path: str | None
    """The file it stands in."""
    why: str
    """One plain sentence."""
    broken: bool
    """Whether it can no longer work; otherwise it may."""
    successor: str | None = None
    """The id that took the place of the one it names, where there is one."""


@dataclass(frozen=True, slots=True)
class Stale:
    """What a diff makes stale."""

    items: tuple[StaleItem, ...]
    sections: frozenset[str]
    """Old ids of sections that are gone, stand otherwise, or hold a changed rule."""
    clauses: frozenset[str]
    """Old ids of clauses that are gone or say something else."""
    scenarios: frozenset[str]
    """Ids of scenarios whose past scores no longer speak for the new version."""
    examples: frozenset[str]
    """Old ids of examples of which the same is true."""

    @property
    def broken(self) -> tuple[StaleItem, ...]:
        """Return what can no longer work."""
        return tuple(item for item in self.items if item.broken)


def stale(diff: Diff, *, overlays: Iterable[Spec] = (), citations: Iterable[str] = ()) -> Stale:
    """Return what rests on changed text.

    Scenarios are those beside the new version; where it has none, those beside the old one, as
    if they were to be carried over. `citations` are ids of sections, clauses or examples of the
    old version, such as reports or dashboards name.
    """
    look = _Look(diff)
    scenarios = list(look.scenarios())
    items = [
        *(found.item for found in scenarios if found.item is not None),
        *(
            replace(found.item, kind=Rests.RUBRIC)
            for found in scenarios
            if found.item is not None and found.rubric
        ),
        *look.examples(),
        *look.boundaries(),
        *(item for overlay in overlays for item in look.overlay(overlay)),
        *(item for cited in dict.fromkeys(citations) for item in look.citation(cited)),
    ]
    return Stale(
        tuple(items),
        frozenset(look.old_sections),
        frozenset(look.old_clauses),
        frozenset(found.id for found in scenarios),
        frozenset(look.old_examples()),
    )


def alike(items: Iterable[StaleItem]) -> list[tuple[StaleItem, ...]]:
    """Put together what is stale for one reason in one file, the broken first: for reports."""
    found: dict[object, list[StaleItem]] = {}
    for item in items:
        reason = item.kind, item.path, item.why, item.broken, item.successor
        found.setdefault(reason, []).append(item)
    return sorted(map(tuple, found.values()), key=lambda group: not group[0].broken)


@dataclass(frozen=True, slots=True)
class _Rest:
    """A scenario whose scores are stale, and what to do about it unless it was revised."""

    id: str
    item: StaleItem | None
    rubric: bool
    """Whether prose for a judge comes with it, which may say what no longer holds."""


class _Look:
    def __init__(self, diff: Diff) -> None:
        self.diff = diff
        self.former = {new: old for old, new in diff.ids.items() if old in diff.old.index}
        """New section id -> old one."""
        self.standing: dict[str, Change] = {}
        """New section id -> what happened to its authority or tags."""
        self.clauses: dict[str, Change] = {}
        """New clause id -> what happened to it."""
        self.by_section: dict[str, list[Change]] = {}
        """New section id -> changes of its clauses, those it lost included."""
        self.old_sections: set[str] = set()
        self.old_clauses: set[str] = set()
        self.edited = {
            change.new_id
            for change in diff.changes
            if change.kind.startswith(_REVISED) and change.effect is not Effect.WORDING
        }
        """New ids of examples and boundaries that were changed themselves."""
        for change in diff.changes:
            if change.effect is not Effect.WORDING:
                self._sort(change)

    def _sort(self, change: Change) -> None:
        standing = not set(_STANDING).isdisjoint(change.kinds)
        clause = change.kind.startswith(("clause_", "strength_"))
        if not standing and not clause and not change.kind.startswith(("section_", "boundary_")):
            return
        if change.old_section is not None:
            self.old_sections.add(change.old_section)
        if change.new_section in self.former:
            self.old_sections.add(self.former[change.new_section])
        if standing and change.new_section is not None:
            self.standing[change.new_section] = change
        elif clause:
            if change.old_id is not None:
                self.old_clauses.add(change.old_id)
            if change.new_id is not None:
                self.clauses[change.new_id] = change
            for section in {change.new_section, self.diff.ids.get(change.old_section or "")}:
                if section is not None:
                    self.by_section.setdefault(section, []).append(change)

    def scenarios(self) -> Iterator[_Rest]:
        """Yield the scenarios that test something that changed."""
        carried = not self.diff.new.scenario_sets
        spec = self.diff.old if carried else self.diff.new
        before = {
            _local(each): each for group in self.diff.old.scenario_sets for each in group.scenarios
        }
        for group in spec.scenario_sets:
            for scenario in group.scenarios:
                why = self._scenario(group, scenario, carried=carried)
                if why is None:
                    continue
                text, broken, successor = why
                known = before.get(_local(scenario))
                revised = not carried and (known is None or not _same(known, scenario))
                item = StaleItem(
                    Rests.SCENARIO, _local(scenario), group.source.path, text, broken, successor
                )
                fields = scenario.expectation.fields if scenario.expectation else {}
                kept = None if revised and not broken else item
                yield _Rest(_local(scenario), kept, "rubric" in fields)

    def _scenario(
        self, group: ScenarioSet, scenario: Example, *, carried: bool
    ) -> tuple[str, bool, str | None] | None:
        """Say why a scenario is stale, whether it is broken, and what it should name instead."""
        target, marker = group.section, dict(scenario.attributes).get("clause")
        here: str | None = self.diff.ids.get(target) if carried else target
        if here is None or not self.diff.new.has_section(here):
            if target not in self.diff.old.index:
                return None  # broken before, which `charter check` says
            return f"its section {target} is gone", True, self.diff.successor(target)
        if here != target:
            return f"its section is {here} now", True, here
        if here in self.standing or marker is None:
            changed = self._section_why(self.diff.new.index[here])
            return (f"its section {here}: {changed}", False, None) if changed else None
        clause = f"{here}/{marker}"
        if clause in self.clauses:
            return f"its clause {clause}: {self.clauses[clause].what}", False, None
        if all(each.id != clause for each in self.diff.new.index[here].clauses):
            old = f"{self.former.get(here, here)}/{marker}"
            return f"its clause {clause} is gone", True, self.diff.successor(old)
        return None

    def examples(self) -> Iterator[StaleItem]:
        """Yield unchanged examples of sections whose rules changed."""
        for section in self.diff.new.sections:
            why = self._section_why(section) if section.id in self.former else None
            if why is None:
                continue
            for example in section.examples:
                if example.id not in self.edited:
                    said = f"its section {section.id}: {why}"
                    yield StaleItem(Rests.EXAMPLE, example.id, None, said, broken=False)

    def old_examples(self) -> Iterator[str]:
        """Yield old ids of examples that changed, are gone, or stand under changed rules."""
        for change in self.diff.changes:
            example = change.kind.startswith(_REVISED[:-1])
            if example and change.effect is not Effect.WORDING and change.old_id is not None:
                yield change.old_id
        for old in self.diff.old.sections:
            if old.id in self.old_sections:
                yield from (example.id for example in old.examples)

    def boundaries(self) -> Iterator[StaleItem]:
        """Yield unchanged boundaries of sections whose rules changed."""
        for section in self.diff.new.sections:
            why = self._section_why(section)
            if why is None:
                continue
            for boundary in section.boundaries:
                if boundary.id not in self.edited:
                    said = f"its section {section.id}: {why}"
                    yield StaleItem(Rests.BOUNDARY, boundary.id, None, said, broken=False)

    def _section_why(self, section: Section) -> str | None:
        """Say what changed in a section of the new version that was there before."""
        if section.id not in self.former:
            return None
        if section.id in self.standing:
            return self.standing[section.id].what
        changes = self.by_section.get(section.id)
        return f"{counted(len(changes), 'clause')} changed in it" if changes else None

    def overlay(self, overlay: Spec) -> Iterator[StaleItem]:
        """Yield what is stale in an overlay of the old version."""

        def item(kind: Rests, wanted: str, why: str, *, broken: bool, named: str = "") -> StaleItem:
            successor = self.diff.successor(named) if named else None
            return StaleItem(kind, wanted, overlay.source.path, why, broken, successor)

        pinned = self._pinned(overlay)
        if pinned is not None:
            yield item(Rests.OVERLAY, overlay.name, pinned, broken=True)
        for section in overlay.sections:
            for why, named in self._amended(section):
                yield item(Rests.OVERLAY, overlay.name, why, broken=bool(named), named=named)
            known = self.diff.new.index.get(section.id)
            changed = self._section_why(known) if known is not None else None
            for boundary in section.boundaries if changed else ():
                said = f"its section {section.id}: {changed}"
                yield item(Rests.BOUNDARY, boundary.id, said, broken=False)
        for named in dict.fromkeys(self._named(overlay)):
            yield item(
                Rests.OVERLAY,
                overlay.name,
                f"names {named}, which is gone",
                broken=True,
                named=named,
            )

    def _pinned(self, overlay: Spec) -> str | None:
        extends = overlay.metadata.get("extends")
        digest = extends.get("digest") if isinstance(extends, Mapping) else None
        if digest == self.diff.new.digest:
            return None
        if digest == self.diff.old.digest:
            return f"its base is pinned to the old text; the new one is {self.diff.new.digest}"
        return "its base is pinned to neither of these texts"

    def _amended(self, section: Section) -> Iterator[tuple[str, str]]:
        """Yield why a section of an overlay is stale, and the gone id it rests on, if any."""
        was, now = self.diff.old.index.get(section.id), self.diff.new.index.get(section.id)
        if was is None:
            if now is not None:
                yield f"section {section.id} is its own, and the base has one of that id now", ""
            return
        if now is None:
            yield f"amends section {section.id}, which is gone", section.id
            return
        changed = self._section_why(now)
        if changed is not None:
            yield f"amends section {section.id}: {changed}", ""
        for clause in section.clauses:
            if clause.marker is None or all(clause.id != each.id for each in was.clauses):
                continue
            if clause.id in self.clauses:
                yield f"replaces clause {clause.id}: {self.clauses[clause.id].what}", ""
            elif all(clause.id != each.id for each in now.clauses):
                yield f"replaces clause {clause.id}, which is gone", clause.id

    def _named(self, overlay: Spec) -> Iterator[str]:
        """Yield ids that only the old version has and that links or directives name."""
        gone = {section for section in self.diff.gone if section not in overlay.index}
        clauses = {clause.id for clause in self.diff.old.clauses}
        gone |= clauses - {clause.id for clause in self.diff.new.clauses}
        gone -= {clause.id for clause in overlay.clauses}
        yield from (each.target for each in overlay.references if each.target in gone)
        for section in overlay.sections:
            for directive in section.directives:
                yield from (text for text in _texts(directive.fields) if text in gone)
            for example in section.examples:
                yield from (r.cites for r in example.responses if r.cites in gone and r.cites)

    def citation(self, cited: str) -> Iterator[StaleItem]:
        """Yield why a cited id is stale, if it is."""
        old, new = self.diff.old, self.diff.new
        ids = {*new.index, *(c.id for c in new.clauses), *(e.id for e in new.examples)}
        if cited not in ids:
            known = cited in {
                *old.index,
                *(c.id for c in old.clauses),
                *(e.id for e in old.examples),
            }
            why = f"{cited} is gone" if known else f"neither version has {cited}"
            yield StaleItem(
                Rests.CITATION, cited, None, why, broken=True, successor=self.diff.successor(cited)
            )
        elif cited in self.clauses:
            why = self.clauses[cited].what
            yield StaleItem(Rests.CITATION, cited, None, why, broken=False)
        elif cited in new.index:
            changed = self._section_why(new.index[cited])
            if changed is not None:
                said = f"section {cited}: {changed}"
                yield StaleItem(Rests.CITATION, cited, None, said, broken=False)


def _local(scenario: Example) -> str:
    """Return the id that evaluations know a scenario by."""
    return scenario.id.partition("/")[2]


def _same(one: Example, other: Example) -> bool:
    return (
        same_conversation(one, other)
        and same_expectation(one, other)
        and one.attributes == other.attributes
    )


def _texts(value: object) -> Iterator[str]:
    """Yield the texts in a mapping of YAML, at most MAX_WORDS of them."""
    waiting, seen = [value], 0
    while waiting and seen < MAX_WORDS:
        each = waiting.pop()
        seen += 1
        if isinstance(each, str):
            yield each
        elif isinstance(each, Mapping):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
