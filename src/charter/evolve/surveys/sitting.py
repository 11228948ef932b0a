"""A survey in a ledger -> who took part and what each said last, for checks and for figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.errors import LedgerError, LedgerUnavailable
from charter.evolve.surveys.given import Said, latest_of, said_in
from charter.evolve.surveys.opening import Opening
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.survey import (
    AnswerGiven,
    ConductNoted,
    ParticipantJoined,
    ParticipantWithdrew,
)

KINDS = (ParticipantJoined, AnswerGiven, ParticipantWithdrew, ConductNoted)


@dataclass(frozen=True, slots=True)
class Sitting:
    """One participation, and what can be read of it."""

    joined: ParticipantJoined
    said: tuple[Said, ...]
    """The last answer to each question, in the order in which they were given; none taken back."""
    noted: tuple[str, ...] = ()
    """Kinds of what was noted of it, sorted."""
    lost: int = 0
    """Answers that were erased or have expired."""
    damaged: tuple[str, ...] = ()
    """What is wrong with answers that cannot be used."""

    @property
    def id(self) -> str:
        """The participation's id."""
        return self.joined.run


@dataclass(frozen=True, slots=True)
class Sittings:
    """Everybody who took part and did not withdraw, by id."""

    sittings: tuple[Sitting, ...]
    withdrawn: int


def sittings_of(ledger: Ledger, vault: Vault, opening: Opening) -> Sittings:
    """Read a survey as it stands now. Raises LedgerUnavailable; what is damaged is told instead."""
    joined: dict[str, ParticipantJoined] = {}
    given: dict[str, list[AnswerGiven]] = {}
    noted: dict[str, set[str]] = {}
    gone: set[str] = set()
    for _, record in ledger.read_any(KINDS):
        if isinstance(record, ParticipantJoined):
            if record.survey == opening.id:
                joined[record.run] = record
        elif isinstance(record, AnswerGiven):
            given.setdefault(record.run, []).append(record)
        elif isinstance(record, ParticipantWithdrew):
            gone.add(record.run)
        elif isinstance(record, ConductNoted):
            noted.setdefault(record.run, set()).add(record.kind)
    staying = sorted(run for run in joined if run not in gone)
    found = tuple(
        _sitting(vault, opening, joined[run], given.get(run, ()), noted.get(run, ()))
        for run in staying
    )
    return Sittings(found, len(joined) - len(staying))


def _sitting(
    vault: Vault,
    opening: Opening,
    joined: ParticipantJoined,
    records: Iterable[AnswerGiven],
    noted: Iterable[str],
) -> Sitting:
    said: list[Said] = []
    damaged: list[str] = []
    lost = 0
    for record in sorted(latest_of(records).values(), key=lambda each: each.number):
        if not record.payload:
            continue  # taken back: no answer, as if there had been none
        try:
            found = said_in(vault, opening.survey, record)
        except LedgerUnavailable:
            raise
        except LedgerError as error:
            damaged.append(error.message)
            continue
        lost += found is None
        if found is not None:
            said.append(found)
    return Sitting(joined, tuple(said), tuple(sorted(noted)), lost, tuple(damaged))
