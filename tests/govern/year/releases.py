"""Twelve versions that become official, one each month; one is refused and overridden."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from charter.govern.releases.facts import Differences, facts_json
from charter.govern.releases.gate import Evidence, ThresholdState
from charter.govern.releases.need import Need, Needs
from charter.govern.releases.statement import Agreed, SetAside, Statement, signed
from charter.ledger.signing import LogKey
from charter.load import load
from charter.records.release import (
    Refusal,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseVoted,
)

from .diary import Diary
from .plan import OVERRIDDEN, RELEASES, Plan, digest, stamp
from .truth import Truth

ROLES = "sha256:" + digest("roles")
"""Of the file that says who approves."""
REASON = "the fall is known and accepted until the next version"
"""Why the refused one was overridden."""
THRESHOLDS_FROM = 3
"""Releases from this one on state how they were held against thresholds."""


class Version(NamedTuple):
    """A version and when it is served."""

    number: int
    """From 1."""
    policy: str
    documents: tuple[str, ...]
    at: datetime
    """When it becomes official; served 5 minutes later."""


def versions(plan: Plan) -> tuple[Version, ...]:
    """Return the versions of the year: the first is there from its first minute on.

    The last is made of the spec that ships.
    """
    every = plan.days / RELEASES
    last = load("starter").digest
    return tuple(
        Version(
            n + 1,
            "sha256:" + digest("policy", n + 1),
            (last if n + 1 == RELEASES else "sha256:" + digest("spec", n + 1),),
            plan.day(0, hours=0.05) if n == 0 else plan.day(round(every * n), hours=0.25),
        )
        for n in range(RELEASES)
    )


def release(plan: Plan, truth: Truth, diary: Diary, version: Version, key: LogKey) -> None:
    """Note all that was said and done about one version."""
    name = plan.id("rel_", version.number)
    before = truth.releases[-1] if truth.releases else ""
    refused = version.number == OVERRIDDEN
    refusals = (Refusal("gate", "whole", "adherence fell by more than 2 points"),)
    begun = version.at - timedelta(minutes=3)
    asked = ReleaseAsked(
        run=name,
        at=stamp(begun),
        by="ada",
        spec_name="starter",
        spec_version=str(version.number),
        policy=version.policy,
        documents=version.documents,
        before=before,
        level="root" if version.number % 4 == 1 else "developer",
        facts=_facts(version.number),
        refusals=refusals if refused else (),
        needed=2,
        roles=("approver",),
        roles_digest=ROLES,
    )
    diary.note(begun, asked)
    agreed = []
    for place, person in enumerate(("ben", "cleo")):
        at = begun + timedelta(minutes=1, seconds=place)
        diary.note(at, ReleaseVoted(name, stamp(at), person, "approver", "approve"))
        agreed.append(Agreed(person, "approver", stamp(at)))
    aside: tuple[SetAside, ...] = ()
    if refused:
        at = begun + timedelta(minutes=2)
        aside = (SetAside("olga", "override", stamp(at), REASON),)
        diary.note(
            at, ReleaseOverridden(name, stamp(at), "olga", "override", REASON, ("gate whole",))
        )
        truth.overridden.add(name)
    statement = Statement(
        spec=asked.spec_name,
        number=version.number,
        version=asked.spec_version,
        policy=asked.policy,
        documents=asked.documents,
        request=name,
        before=before,
        level=asked.level,
        facts="sha256:" + digest(asked.facts),
        roles=ROLES,
        asked=(asked.by, asked.at),
        approved=tuple(agreed),
        refused=asked.refusals,
        overridden=aside,
        released=("ada", stamp(version.at)),
    )
    diary.note(
        version.at,
        Released(
            run="starter",
            number=version.number,
            at=stamp(version.at),
            by="ada",
            release=name,
            spec_version=str(version.number),
            policy=version.policy,
            documents=version.documents,
            overridden=refused,
            note=signed(statement, key),
        ),
    )
    truth.releases.append(name)


def _facts(number: int) -> str:
    """Return what a request puts on record: two approvers, and thresholds in later ones."""
    passed = ThresholdState("weapons", "passed", "the upper bound lies below it")
    needs = Needs("root", (Need("protect_privacy", "root", 2, ("approver",)),))
    return facts_json(
        Differences((), (), (), ()),
        documents=(),
        changed=(),
        needs=needs,
        evidence=Evidence(
            texts=frozenset(),
            level="root",
            first=number == 1,
            thresholds=(passed,) if number >= THRESHOLDS_FROM else (),
        ),
    )
