"""What the verbs of `charter propose` share: proposals of a ledger, and who acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from charter.cli.refused import refusing
from charter.cli.release_ledger import acting
from charter.cli.vault_options import now, opened_ledger
from charter.errors import ConfigError
from charter.evolve.proposals.fold import Proposals, ProposalState, proposals
from charter.govern.roles import Person, Roles
from charter.ledger.ledger import Ledger

proposal_argument = click.argument("proposal", metavar="ID")


class Acting(NamedTuple):
    """Somebody who acts on a proposal."""

    ledger: Ledger
    found: Proposals
    state: ProposalState
    person: Person
    roles: Roles
    at: str


@contextmanager
def acting_on(given: dict[str, Any]) -> Iterator[Acting]:
    """Open the ledger and find the proposal, for somebody who is in the file of roles."""
    at = now()
    person, roles = acting(given, at)
    with refusing(given["proposal"]), opened_ledger(given) as ledger:
        found = proposals(ledger)
        yield Acting(ledger, found, named(found, given["proposal"]), person, roles, at)


def named(found: Proposals, wanted: str) -> ProposalState:
    """Return a proposal by its id or the beginning of one. Raises ConfigError."""
    state = found.get(wanted)
    if state is None:
        raise ConfigError(f"there is no proposal {wanted!r:.80}", hint="see `charter propose list`")
    return state
