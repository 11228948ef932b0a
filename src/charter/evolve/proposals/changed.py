"""What the words of a proposal that stand now change: by that, a rule finds its proposals.

A proposal keeps the sections that its first words change; later words may change others.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from charter.errors import LedgerError
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.wording import read_facts


def sections_of(state: ProposalState) -> tuple[str, ...]:
    """Return the ids of sections that the words change; of the first words where that is lost."""
    found = _listed(state, "sections")
    return state.made.sections if found is None else found


def clauses_of(state: ProposalState) -> tuple[str, ...]:
    """Return the ids of clauses that the words change, as they were and as they become.

    Empty for records of before this was kept.
    """
    return _listed(state, "clauses") or ()


def asks_of(state: ProposalState) -> tuple[str, ...]:
    """Return the sections that a validation has to ask about.

    Empty for records of before this was kept.
    """
    return _listed(state, "asks") or ()


def says_of(state: ProposalState) -> Mapping[str, str]:
    """Return the final words of each clause that is new or reads otherwise, by its id.

    In one line, and cut where they are long. Empty for records of before this was kept.
    """
    try:
        rows = read_facts(state.words.facts).get("says")
    except LedgerError:
        return {}
    return {str(k): str(v) for k, v in rows.items()} if isinstance(rows, dict) else {}


def proposals_on(states: Iterable[ProposalState], rule: str) -> tuple[ProposalState, ...]:
    """Return those that change a section, or a clause by its old or its new id."""
    return tuple(e for e in states if rule in sections_of(e) or rule in clauses_of(e))


def _listed(state: ProposalState, key: str) -> tuple[str, ...] | None:
    try:
        rows = read_facts(state.words.facts).get(key)
    except LedgerError:
        return None
    return tuple(map(str, rows)) if isinstance(rows, list) else None
