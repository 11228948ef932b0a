"""Whether the rules in force at each time can be told from the records."""

from __future__ import annotations

from collections.abc import Mapping

from charter.govern.obligations.facts import Held
from charter.govern.obligations.query import (
    NO_LEDGER,
    Evidence,
    Found,
    Look,
    links,
    nothing,
)
from charter.records.service import PolicyServed, ServiceStarted

TITLE = "each version of the rules that was served is on record, the present one too"
ARGUMENTS: Mapping[str, type] = {}


def answer(look: Look, arguments: Mapping[str, object]) -> Evidence:
    """Compare the spec at hand with the one that was served last."""
    if look.facts is None:
        return NO_LEDGER
    served: list[tuple[Held, ServiceStarted | PolicyServed]] = [
        *look.facts.of(ServiceStarted),
        *look.facts.of(PolicyServed),
    ]
    served.sort(key=lambda each: each[0].index)
    if not served:
        return nothing("no gateway has served a policy")
    held, last = served[-1]
    versions = len({record.policy for _, record in served})
    measured = {"policies": str(versions)}
    said = f"{versions} {'policy' if versions == 1 else 'policies'} served, with their digests"
    if look.spec is None:
        what = f"{said}; no spec was given to compare the last one with"
        return Evidence(Found.PARTIAL, what, links([held]), measured, held.moment)
    if look.spec.digest not in last.documents:
        what = f"{said}; the one served last was not made of the spec at hand"
        return Evidence(Found.PARTIAL, what, links([held]), measured, held.moment)
    return Evidence(
        Found.FULL, f"{said}; the last of the spec at hand", links([held]), measured, held.moment
    )
