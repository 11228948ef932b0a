"""What became of clauses: added, removed, moved, stronger or weaker, amended."""

from __future__ import annotations

from collections.abc import Iterator

from charter.spec.changes.change import Change, Effect, Kind, combined, in_order
from charter.spec.changes.compared import Compared, bound, direction
from charter.spec.changes.marks import targets, words
from charter.spec.changes.match import Two
from charter.spec.spec import Clause, Section, Strength

REWRITTEN = 150
"""Thousandths of similarity below which two texts under one marker are not one reworded."""
_STRENGTHS = (Strength.MAY, Strength.SHOULD, Strength.MUST)
_NEGATIONS = frozenset({"no", "not", "never", "nor", "none", "cannot", "nobody", "nothing"})


def clause_changes(compared: Compared) -> Iterator[Change]:
    """Yield what happened to each clause, one change for each clause, in text order."""
    for two in compared.matches.clauses:
        change = _pair(compared, two)
        if change is not None:
            yield change
    paired = {two.new.id for two in compared.matches.clauses}
    for section in compared.new.sections:
        for clause in section.clauses:
            if clause.id not in paired:
                yield _added(clause, section)
    paired = {two.old.id for two in compared.matches.clauses}
    for section in compared.old.sections:
        for clause in section.clauses:
            if clause.id not in paired:
                yield _removed(clause, section)


def _pair(compared: Compared, two: Two[Clause]) -> Change | None:
    old, new = two.old, two.new
    sections = compared.old.index[old.section], compared.new.index[new.section]
    found: dict[Kind, tuple[Effect, str]] = {}
    if compared.sections.get(old.section) != new.section:
        found[Kind.CLAUSE_MOVED] = _moved(compared, *sections)
    rewritten = _rewritten(compared, two)
    if old.strength is not new.strength and not rewritten:
        up = _STRENGTHS.index(new.strength) > _STRENGTHS.index(old.strength)
        verb = "raised" if up else "lowered"
        found[Kind.STRENGTH_RAISED if up else Kind.STRENGTH_LOWERED] = (
            Effect.MORE if up else Effect.LESS,
            f"strength {verb} from {old.strength} to {new.strength}",
        )
    if old.text != new.text:
        found[Kind.CLAUSE_AMENDED] = _amended(compared, two, rewritten=rewritten)
    if old.marker != new.marker:
        found[Kind.CLAUSE_RENAMED] = (Effect.WORDING, _marker(old.marker, new.marker))
    if not found:
        return None
    effect = combined(effect for effect, _ in found.values())
    if rewritten:
        effect = Effect.DIFFERENTLY
    kind, *also = in_order(found)
    if kind is Kind.CLAUSE_MOVED and found[kind][0] is Effect.WORDING and also:
        kind, *also = *also, kind  # what it says now matters more than where it stands
    return Change(
        kind,
        bound(effect, *sections),
        "; ".join(found[each][1] for each in (kind, *also)),
        old.section,
        new.section,
        old.id,
        new.id,
        old.text,
        new.text,
        tuple(also),
        two.similarity // 10 if two.similarity is not None else None,
    )


def _moved(compared: Compared, old: Section, new: Section) -> tuple[Effect, str]:
    effect = direction(compared.raised(old.authority, new.authority))
    if compared.conditions & (set(old.tags) ^ set(new.tags)):
        effect = Effect.DIFFERENTLY
    where = [f"{each.id} ({each.authority or 'no authority'})" for each in (old, new)]
    return effect, f"moved from {where[0]} to {where[1]}"


def _rewritten(compared: Compared, two: Two[Clause]) -> bool:
    """Whether only the marker says that both are one clause: then strengths do not compare."""
    if two.similarity is not None or two.old.text == two.new.text:
        return False
    return compared.measure.similarity(two.old.text, two.new.text) < REWRITTEN


def _amended(compared: Compared, two: Two[Clause], *, rewritten: bool) -> tuple[Effect, str]:
    old, new = two.old.text, two.new.text
    said = words(old)
    if said and said == words(new):
        led = [compared.sections.get(target, target) for target in targets(old)]
        if led == targets(new):
            return Effect.WORDING, "written differently, in the same words"
        return Effect.DIFFERENTLY, "refers to something else"
    if rewritten:
        strength = f" ({two.old.strength}, now {two.new.strength})"
        note = strength if two.old.strength is not two.new.strength else ""
        return Effect.DIFFERENTLY, f"rewritten under the same marker{note}"
    what = "amended"
    negations = _negations(old), _negations(new)
    if negations[0] != negations[1]:
        what += f"; a negation {'came in' if negations[1] > negations[0] else 'went out'}"
    return Effect.DIFFERENTLY, what


def _negations(text: str) -> int:
    return sum(word in _NEGATIONS or word.endswith("n't") for word in words(text))


def _marker(old: str | None, new: str | None) -> str:
    if old is None:
        return f"has the marker {new} now"
    return f"no longer has the marker {old}" if new is None else f"marker {old} is {new} now"


def _added(clause: Clause, section: Section) -> Change:
    permission = clause.strength is Strength.MAY
    effect = bound(Effect.LESS if permission else Effect.MORE, section)
    what = f"new clause ({_standing(clause, section)})"
    return Change(
        Kind.CLAUSE_ADDED, effect, what, None, section.id, None, clause.id, None, clause.text
    )


def _removed(clause: Clause, section: Section) -> Change:
    permission = clause.strength is Strength.MAY
    effect = bound(Effect.MORE if permission else Effect.LESS, section)
    what = f"clause ({_standing(clause, section)}) taken away"
    return Change(
        Kind.CLAUSE_REMOVED, effect, what, section.id, None, clause.id, None, clause.text, None
    )


def _standing(clause: Clause, section: Section) -> str:
    return f"{clause.strength}, {section.authority or 'no authority'}"
