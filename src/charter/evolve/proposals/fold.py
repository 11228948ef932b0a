"""Records of proposals -> every proposal as it stands.

Records are folded in the order of the ledger. What came too late (words for a proposal that is
being validated, a move of words that were replaced meanwhile) is passed over, and whoever wrote it
is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from charter.ledger.ledger import Ledger
from charter.records.proposal import (
    ADOPTED,
    CONSULTATION,
    DEFERRED,
    DRAFT,
    SET_ASIDE,
    VALIDATION,
    ProposalApplied,
    ProposalMade,
    ProposalMoved,
    ProposalVoted,
    ProposalWorded,
)

APPROVE, DENY = "approve", "deny"
WITHDRAW = "withdraw"
"""Somebody takes back what they said of these words; they say nothing of them again."""
KINDS = (ProposalMade, ProposalWorded, ProposalVoted, ProposalMoved, ProposalApplied)
NEXT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        DRAFT: (CONSULTATION, DEFERRED, SET_ASIDE),
        CONSULTATION: (DRAFT, VALIDATION, DEFERRED, SET_ASIDE),
        VALIDATION: (DRAFT, CONSULTATION, ADOPTED, DEFERRED, SET_ASIDE),
        DEFERRED: (DRAFT, SET_ASIDE),
        ADOPTED: (),
        SET_ASIDE: (),
    }
)
"""Where a proposal may go from where it stands."""
WORDED_IN = (DRAFT, CONSULTATION)
"""States in which its words may change."""


@dataclass(frozen=True, slots=True)
class ProposalState:
    """One proposal and what became of it."""

    made: ProposalMade
    wordings: tuple[ProposalWorded, ...] = ()
    """Those that counted, oldest first; the last one stands."""
    every_vote: tuple[ProposalVoted, ...] = ()
    moves: tuple[ProposalMoved, ...] = ()
    """Those that counted."""
    applied: ProposalApplied | None = None
    numbers: tuple[int, int] = (0, 0)
    """The last number of a wording and of a move that the ledger has."""

    @property
    def id(self) -> str:
        """The id of the proposal."""
        return self.made.run

    @property
    def state(self) -> str:
        """One of `records.proposal.STATES`."""
        return self.moves[-1].state if self.moves else DRAFT

    @property
    def words(self) -> ProposalWorded:
        """The wording that stands. Raises IndexError where there is none: see `Proposals`."""
        return self.wordings[-1]

    @property
    def votes(self) -> tuple[ProposalVoted, ...]:
        """The votes on the words that stand, as they were cast."""
        return tuple(each for each in self.every_vote if each.wording == self.words.number)

    @property
    def unwritten(self) -> bool:
        """Whether it was adopted, and whoever did it was interrupted before the text had it."""
        return self.state == ADOPTED and self.applied is None

    @property
    def survey(self) -> str:
        """The survey that asks people in the state that it is in; empty for none."""
        return self.moves[-1].survey if self.moves else ""


class Proposals:
    """The proposals of a ledger."""

    def __init__(self) -> None:
        self._index = 0
        self._states: dict[str, ProposalState] = {}

    def poll(self, ledger: Ledger) -> None:
        """Take what the ledger has gained."""
        for index, record in ledger.read_any(KINDS, after=self._index):
            if isinstance(record, ProposalMade):
                self._states.setdefault(record.run, ProposalState(record))
            elif record.run in self._states:
                state = self._states[record.run]
                if isinstance(record, ProposalWorded):
                    state = _word(state, record)
                elif isinstance(record, ProposalMoved):
                    state = _moved(state, record)
                elif isinstance(record, ProposalVoted):
                    state = replace(state, every_vote=(*state.every_vote, record))
                elif isinstance(record, ProposalApplied) and state.state == ADOPTED:
                    state = replace(state, applied=state.applied or record)
                self._states[record.run] = state
            self._index = index

    def all(self) -> tuple[ProposalState, ...]:
        """Return every proposal that has words, oldest first."""
        return tuple(each for each in self._states.values() if each.wordings)

    def get(self, wanted: str) -> ProposalState | None:
        """Return a proposal by its id, or by the beginning of one that no other has."""
        exact = self._states.get(wanted)
        if exact is not None and exact.wordings:
            return exact
        found = [each for each in self.all() if len(wanted) > 6 and each.id.startswith(wanted)]
        return found[0] if len(found) == 1 else None


def proposals(ledger: Ledger) -> Proposals:
    """Return the proposals of a ledger as they stand."""
    found = Proposals()
    found.poll(ledger)
    return found


def _word(state: ProposalState, record: ProposalWorded) -> ProposalState:
    numbers = max(state.numbers[0], record.number), state.numbers[1]
    if state.state not in WORDED_IN:
        return replace(state, numbers=numbers)
    return replace(state, numbers=numbers, wordings=(*state.wordings, record))


def _moved(state: ProposalState, record: ProposalMoved) -> ProposalState:
    numbers = state.numbers[0], max(state.numbers[1], record.number)
    current = bool(state.wordings) and record.wording == state.words.number
    if not current or record.state not in NEXT[state.state]:
        return replace(state, numbers=numbers)
    return replace(state, numbers=numbers, moves=(*state.moves, record))
