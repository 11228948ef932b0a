"""Surveys in figures for operators: who came, which way, in which language, and what is noted.

Nothing of what anybody said is opened for this.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from charter.evolve.surveys.opening import Opening, openings
from charter.ledger.ledger import Ledger
from charter.records.survey import (
    AnswerGiven,
    ConductNoted,
    InvitationsMade,
    InvitationUsed,
    ParticipantJoined,
    ParticipantWithdrew,
)

KINDS = (
    ParticipantJoined,
    AnswerGiven,
    ParticipantWithdrew,
    ConductNoted,
    InvitationsMade,
    InvitationUsed,
)


@dataclass(slots=True)
class Counts:
    """Of one survey."""

    opening: Opening
    channels: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    progress: Counter[int] = field(default_factory=Counter)
    """People by tenths of the items that they have answered."""
    answers: int = 0
    withdrew: int = 0
    codes: int = 0
    used: int = 0


def counts_of(ledger: Ledger) -> tuple[Counts, ...]:
    """Return the figures of all surveys, by id. Reads all records of surveys."""
    found = {each.id: Counts(each) for each in openings(ledger)}
    items: dict[str, set[str]] = {}
    of: dict[str, str] = {}
    for _, record in ledger.read_any(KINDS):
        assert isinstance(record, KINDS)  # noqa: S101 - no others are read
        survey = record.run if isinstance(record, InvitationsMade) else record.survey
        counts = found.get(survey)
        if counts is None:
            continue
        if isinstance(record, ParticipantJoined):
            counts.channels[record.channel] += 1
            counts.languages[record.language] += 1
            of[record.run] = survey
            items[record.run] = set()
        elif isinstance(record, AnswerGiven):
            counts.answers += 1
            items.setdefault(record.run, set()).add(record.item)
        else:
            _other(counts, record)
    _progress(found.values(), items, of)
    return tuple(found.values())


def _other(
    counts: Counts, record: ParticipantWithdrew | ConductNoted | InvitationsMade | InvitationUsed
) -> None:
    if isinstance(record, ParticipantWithdrew):
        counts.withdrew += 1
    elif isinstance(record, ConductNoted):
        counts.notes[record.kind] += 1
    elif isinstance(record, InvitationsMade):
        counts.codes += len(record.codes)
    else:
        counts.used += 1


def _progress(found: Iterable[Counts], items: dict[str, set[str]], of: dict[str, str]) -> None:
    by_id = {each.opening.id: each for each in found}
    for run, survey in of.items():
        known = {item.id for item in by_id[survey].opening.survey.items}
        by_id[survey].progress[len(items[run] & known) * 10 // len(known)] += 1
