"""A request that nothing hinders -> the record of its release, with the signed statement."""

from __future__ import annotations

from charter.errors import ConfigError
from charter.govern.releases.fold import Releases, ReleaseState
from charter.govern.releases.need import Needs
from charter.govern.releases.statement import Agreed, SetAside, Signs, Statement, signed
from charter.govern.releases.tally import tally
from charter.govern.roles import Roles
from charter.records.release import Released
from charter.source import digest_of


def released(  # noqa: PLR0913 - what a release is made of
    state: ReleaseState,
    needs: Needs,
    roles: Roles,
    releases: Releases,
    key: Signs,
    *,
    by: str,
    at: str,
) -> Released:
    """Return the record of a release; `hindrances` must have found nothing.

    Its number is the next of the line: of two that are made at once, a ledger takes one only.
    Raises ConfigError where the statement is too long for a note.
    """
    asked, over = state.asked, state.override
    numbers = [each.released.number for each in releases.line(asked.spec_name) if each.released]
    statement = Statement(
        spec=asked.spec_name,
        number=max(numbers, default=0) + 1,
        version=asked.spec_version,
        policy=asked.policy,
        documents=asked.documents,
        request=asked.run,
        before=asked.before,
        level=asked.level,
        facts=digest_of(asked.facts),
        roles=roles.digest,
        asked=(asked.by, asked.at),
        approved=tuple(
            Agreed(vote.by, vote.role, vote.at)
            for vote in tally(state, needs, roles, at=at).counted
        ),
        refused=asked.refusals,
        overridden=() if over is None else (SetAside(over.by, over.role, over.at, over.reason),),
        released=(by, at),
    )
    try:
        note = signed(statement, key)
    except ValueError as cause:
        raise ConfigError(f"{asked.run} cannot be signed: {cause}", hint="ask again") from cause
    return Released(
        run=asked.spec_name,
        number=statement.number,
        at=at,
        by=by,
        release=asked.run,
        spec_version=asked.spec_version,
        policy=asked.policy,
        documents=asked.documents,
        overridden=over is not None,
        note=note,
    )
