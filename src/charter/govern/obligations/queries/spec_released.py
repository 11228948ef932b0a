"""Whether the rules in use were made official by people."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.counted import counted
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    nothing,
)
from charter.records.release import Released, ReleaseWithdrawn

TITLE = "a released version of the spec, signed, not withdrawn, without an override"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Look for a release of the spec at hand, else for the newest one."""
    if look.facts is None:
        return NO_LEDGER
    withdrawn = {record.run for _, record in look.facts.of(ReleaseWithdrawn)}
    every = look.facts.of(Released)
    stands = [each for each in every if each[1].release not in withdrawn]
    if not stands:
        said = (
            f"{counted(len(every), 'release')}, all withdrawn" if every else "nothing was released"
        )
        return nothing(said)
    spec = look.spec
    own = [each for each in stands if spec is not None and spec.digest in each[1].documents]
    held, last = (own or stands)[-1]
    measured = {
        "releases": str(len(stands)),
        "overridden": str(sum(r.overridden for _, r in stands)),
    }
    version = last.spec_version or f"number {last.number}"
    said = f"{last.run} {version} was released by {last.by}"
    if last.overridden:
        what = f"{said}, although it was refused: overridden"
    elif spec is None:
        what = f"{said}; no spec was given to compare it with"
    elif not own:
        what = f"{said}; the spec at hand is not of it"
    else:
        return Evidence(Found.FULL, said, links([held]), measured, held.moment)
    return Evidence(Found.PARTIAL, what, links([held]), measured, held.moment)
