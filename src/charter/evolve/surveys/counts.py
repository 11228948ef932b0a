"""Surveys in figures for operators: who came, which way, in which language, and what is noted.

Nothing of what anybody said is opened for this.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.evolve.surveys.opening import Opening, openings
from charter.ledger.ledger import Ledger
from charter.records.survey import (
    CHANNELS,
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


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """Of people who came to a survey by one way."""

    joined: int
    """Those who withdrew later, too."""
    languages: Counter[str]
    notes: Counter[str]
    progress: Counter[int]
    """People by tenths of the items that they have answered."""
    answers: int
    """With changes; what was taken back is none."""
    withdrew: int


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one survey, as its ledger stood when it was counted."""

    opening: Opening
    channels: Mapping[str, ChannelCounts]
    """By way, those in CHANNELS: no figure has both."""
    codes: int
    used: int


class SurveyCounts:
    """Figures of all surveys of one ledger, which read each record once. Threads may share it."""

    def __init__(self) -> None:
        self._after = 0
        self._surveys: dict[str, _Running] = {}
        self._lock = threading.Lock()

    def of(self, ledger: Ledger) -> tuple[Counts, ...]:
        """Return the figures by survey as the ledger stands now; reads what is new since before."""
        with self._lock:
            for index, record in ledger.read_any(KINDS, after=self._after):
                assert isinstance(record, KINDS)  # noqa: S101 - no others are read
                survey = record.run if isinstance(record, InvitationsMade) else record.survey
                self._surveys.setdefault(survey, _Running()).take(record)
                self._after = index
            return tuple(
                self._surveys.get(each.id, _Running()).shown(each) for each in openings(ledger)
            )


@dataclass(slots=True)
class _Channel:
    """Of one way, from the records that were read so far."""

    languages: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    withdrew: int = 0
    answered: dict[str, set[str]] = field(default_factory=dict)
    """By participation: the questions that have an answer."""

    def take(self, record: AnswerGiven | ParticipantWithdrew | ConductNoted) -> None:
        if isinstance(record, AnswerGiven):
            self.answers += bool(record.payload)
            done = self.answered[record.run]
            (done.add if record.payload else done.discard)(record.item)
        elif isinstance(record, ParticipantWithdrew):
            self.withdrew += 1
        else:
            self.notes[record.kind] += 1

    def shown(self, known: frozenset[str]) -> ChannelCounts:
        tenths = (len(done & known) * 10 // len(known) for done in self.answered.values())
        return ChannelCounts(
            joined=len(self.answered),
            languages=self.languages.copy(),
            notes=self.notes.copy(),
            progress=Counter(tenths),
            answers=self.answers,
            withdrew=self.withdrew,
        )


@dataclass(slots=True)
class _Running:
    """Of one survey, from the records that were read so far."""

    channels: dict[str, _Channel] = field(
        default_factory=lambda: {channel: _Channel() for channel in CHANNELS}
    )
    came: dict[str, _Channel] = field(default_factory=dict)
    """By participation: the way it came."""
    codes: int = 0
    used: int = 0

    def take(self, record: object) -> None:
        if isinstance(record, ParticipantJoined):
            way = self.channels[record.channel]
            self.came[record.run] = way
            way.languages[record.language] += 1
            way.answered[record.run] = set()
        elif isinstance(record, InvitationsMade):
            self.codes += len(record.codes)
        elif isinstance(record, InvitationUsed):
            self.used += 1
        elif (
            isinstance(record, AnswerGiven | ParticipantWithdrew | ConductNoted)
            and record.run in self.came  # else of nobody: `charter verify` looks at that
        ):
            self.came[record.run].take(record)

    def shown(self, opening: Opening) -> Counts:
        known = frozenset(item.id for item in opening.survey.items)
        channels = {name: way.shown(known) for name, way in self.channels.items()}
        return Counts(opening, channels, self.codes, self.used)
