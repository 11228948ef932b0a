"""Packs and what can be looked at -> one answer for each obligation. Pure.

An answer says what there is evidence of. It says of nobody that they keep to a law: whether the
evidence is enough is for people who answer for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from charter.errors import ConfigError
from charter.govern.obligations.organisation import Organisation
from charter.govern.obligations.pack import ORGANISATION, Asked, Condition, Obligation, Pack
from charter.govern.obligations.query import NO_LEDGER, Evidence, Found, Look, queries

CAUTION = (
    "States what there is evidence of. It is no legal advice, and no statement that anybody keeps "
    "to a law."
)


class State(StrEnum):
    """What can be said of an obligation."""

    EVIDENCE = "evidence"
    """All that is asked for is there."""
    PARTIAL = "partial"
    NONE = "none"
    OUT_OF_DATE = "out of date"
    """Some of it is too old, or was deleted."""
    UNDECIDED = "undecided"
    """A question that decides whether it applies is open."""
    NOT_YET = "not yet in force"
    ENDED = "no longer in force"
    NOT_APPLICABLE = "not applicable"


WANTING = (State.NONE, State.OUT_OF_DATE)
"""What `--strict` finds fault with."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence, as asked for and as found."""

    asked: Asked
    evidence: Evidence
    stale: bool
    """Whether it is older than it may be."""

    @property
    def whole(self) -> bool:
        """Whether it is all there, and fresh."""
        return self.evidence.found is Found.FULL and not self.stale and not self.evidence.deleted

    @property
    def missing(self) -> str:
        """What is missing, in words; empty where nothing is."""
        if self.whole:
            return ""
        word = "deleted: " if self.evidence.deleted else "too old: " if self.stale else ""
        return f"{word}{self.asked.needs} ({self.evidence.what})"


@dataclass(frozen=True, slots=True)
class Answer:
    """What can be said of one obligation."""

    obligation: Obligation
    state: State
    why: str
    """Where it does not apply, is not in force, or is undecided."""
    open: tuple[str, ...]
    """Ids of the questions that are open; `actors` for what the organisation is."""
    applications: tuple[str, ...]
    """Those for which its conditions hold; none where it applies to the organisation as such."""
    since: date | None
    """First day in force for them."""
    pieces: tuple[Piece, ...]
    """Empty where it does not apply."""

    @property
    def missing(self) -> tuple[str, ...]:
        """What is missing, in words."""
        return tuple(each.missing for each in self.pieces if each.missing)


@dataclass(frozen=True, slots=True)
class PackAnswers:
    """The answers to one pack."""

    pack: Pack
    answers: tuple[Answer, ...]
    warnings: tuple[str, ...]

    @property
    def counts(self) -> Mapping[State, int]:
        """How many obligations are in each state."""
        found = Counter(each.state for each in self.answers)
        return {state: found[state] for state in State}


@dataclass(frozen=True, slots=True)
class _Reach:
    """Whether an obligation applies, to what, since when."""

    applies: bool | None
    """None: undecided."""
    open: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    since: date | None = None
    why: str = ""


def answers(packs: Iterable[Pack], look: Look) -> tuple[PackAnswers, ...]:
    """Answer every obligation of some packs.

    Raises ConfigError where the organisation gave an answer that a question does not have.
    """
    return tuple(_pack_answers(pack, look) for pack in packs)


def unknown_questions(packs: Iterable[Pack], organisation: Organisation) -> tuple[str, ...]:
    """Return the questions that the organisation answers and no pack asks: misspelled, perhaps."""
    asked = {question for pack in packs for question in pack.questions}
    given = {
        *organisation.answers,
        *(k for each in organisation.applications for k in each.answers),
    }
    return tuple(sorted(given - asked))


def _pack_answers(pack: Pack, look: Look) -> PackAnswers:
    _check(pack, look.organisation)
    found = tuple(_answer(each, look) for each in pack.obligations)
    return PackAnswers(pack, found, pack.warnings(look.at.date()))


def _check(pack: Pack, organisation: Organisation) -> None:
    for where, given in _given(organisation):
        for question, answer in given.items():
            asked = pack.questions.get(question)
            if asked is not None and answer not in asked.answers:
                raise ConfigError(
                    f"{organisation.place}: {where}answers.{question}: {answer!r} is no answer",
                    hint=f"one of {', '.join(asked.answers)}; or leave it out while it is open",
                )


def _given(organisation: Organisation) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "", organisation.answers
    for each in organisation.applications:
        yield f"application {each.name}: ", each.answers


def _answer(obligation: Obligation, look: Look) -> Answer:
    reach, today = _reach(obligation, look.organisation), look.at.date()
    if reach.applies is False:
        return Answer(obligation, State.NOT_APPLICABLE, reach.why, (), (), None, ())
    ended = obligation.until is not None and obligation.until < today
    if ended:
        why = f"until {obligation.until}"
        return Answer(obligation, State.ENDED, why, reach.open, (), reach.since, ())
    if reach.applies is None:
        return Answer(obligation, State.UNDECIDED, reach.why, reach.open, (), None, ())
    pieces = tuple(_piece(each, look) for each in obligation.evidence)
    state, why = _state(pieces), ""
    if reach.since is not None and reach.since > today:
        state, why = State.NOT_YET, f"from {reach.since}; so far: {state}"
    return Answer(obligation, state, why, (), reach.applications, reach.since, pieces)


def _reach(obligation: Obligation, organisation: Organisation) -> _Reach:
    """Say whether it applies. One condition that fails settles it, whatever else is open."""
    actors = organisation.actors
    named = ORGANISATION in obligation.actors or bool(set(actors or ()) & set(obligation.actors))
    if not named and actors is not None:
        return _Reach(applies=False, why=f"asks of a {' or '.join(obligation.actors)}")
    uses = [(name, _holds(obligation.applies, given), given) for name, given in _uses(organisation)]
    reached = [(name, given) for name, (holds, _, _), given in uses if holds]
    unsaid = [question for _, (_, questions, _), _ in uses for question in questions]
    if reached:
        unsaid = [q for _, given in reached for q in _dates_open(obligation, given)]
    elif not unsaid:
        return _Reach(applies=False, why=next((why for _, (_, _, why), _ in uses if why), ""))
    unsaid = list(dict.fromkeys(unsaid if named else ["actors", *unsaid]))
    if unsaid:
        return _Reach(None, tuple(unsaid), why=f"open: {', '.join(unsaid)}")
    days = [day for _, given in reached for day in [_since(obligation, given)] if day is not None]
    since = min(days) if len(days) == len(reached) else None
    names = tuple(name for name, _ in reached if name and obligation.applies)
    return _Reach(applies=True, applications=names, since=since)


def _uses(organisation: Organisation) -> list[tuple[str, Mapping[str, str]]]:
    """Return the answers for each application; where none is named, those of the organisation."""
    if not organisation.applications:
        return [("", organisation.answers)]
    return [
        (each.name, {**organisation.answers, **each.answers}) for each in organisation.applications
    ]


def _dates_open(obligation: Obligation, given: Mapping[str, str]) -> tuple[str, ...]:
    asked = (each.condition.question for each in obligation.since_by)
    return tuple(question for question in asked if question not in given)


def _holds(
    conditions: Iterable[Condition], given: Mapping[str, str]
) -> tuple[bool, tuple[str, ...], str]:
    """Return whether all hold, the questions that decide it and are open, and what does not hold.

    One that fails settles it, whatever else is open.
    """
    unsaid = []
    for each in conditions:
        said = given.get(each.question)
        if said is None:
            unsaid.append(each.question)
        elif said not in each.answers:
            return False, (), f"{each.question} is {said}"
    return not unsaid, tuple(unsaid), ""


def _since(obligation: Obligation, given: Mapping[str, str]) -> date | None:
    for each in obligation.since_by:
        if given.get(each.condition.question) in each.condition.answers:
            return each.day
    return obligation.since


def _piece(asked: Asked, look: Look) -> Piece:
    broken = look.facts.broken if look.facts is not None else ""
    seen = replace(look, facts=None) if broken else look
    evidence = queries()[asked.query].answer(seen, asked.arguments)
    if broken and evidence == NO_LEDGER:
        evidence = Evidence(Found.NONE, f"the records were changed: {broken}", deleted=True)
    lost = look.facts is not None and bool(look.facts.lost)
    if lost and evidence.found is Found.FULL and any(each.index for each in evidence.records):
        what = f"{evidence.what}; records of the ledger were deleted"
        evidence = replace(evidence, found=Found.PARTIAL, what=what)
    stale = (
        asked.within_days is not None
        and evidence.newest is not None
        and evidence.newest < look.at - timedelta(days=asked.within_days)
    )
    return Piece(asked, evidence, stale)


def _state(pieces: tuple[Piece, ...]) -> State:
    """Old or deleted evidence comes first: it needs doing again, however much else is there."""
    if any(each.stale or each.evidence.deleted for each in pieces):
        return State.OUT_OF_DATE
    if all(each.whole for each in pieces):
        return State.EVIDENCE
    if all(each.evidence.found is Found.NONE for each in pieces):
        return State.NONE
    return State.PARTIAL
