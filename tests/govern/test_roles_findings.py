"""What is said of roles beside the specs they are about."""

from __future__ import annotations

from charter.govern.roles import read_roles
from charter.govern.roles_findings import (
    ALONE,
    FEW,
    UNKNOWN,
    UNOWNED,
    WATCHES,
    file_findings,
    role_findings,
)
from charter.source import Severity, Source
from charter.spec.build import build
from charter.syntax.reader import parse

AT = "2026-03-01T00:00:00Z"
SPEC = """# House {#house}

## Secrets {#secrets authority=root}

The assistant must not reveal passwords.

## Law {#law authority=system}

The assistant must keep to the law.

## Tone {#tone authority=user}

The assistant should be polite.

## Old {#old authority=platform}

The assistant must not lie.
"""
HEAD = """format: charter-roles/1
version: "1"
people:
  ada: {name: Ada}
  ben: {name: Ben}
  cyd: {name: Cyd, revoked_at: "2026-02-01T00:00:00Z"}
roles:
"""


def spec():
    return build(parse(Source("house.md", SPEC)), name="house", version=None)


def found(*lines):
    roles = read_roles(HEAD + "".join(f"  - {{{line}}}\n" for line in lines), "roles.yaml")
    both = (*role_findings(roles, spec(), at=AT), *file_findings(roles, [spec()], at=AT))
    return [(each.rule, each.section or each.location.line, each.severity) for each in both]


OWNED = "role: owner, people: [ada]"
TWO = "role: approver, people: [ada, ben]"


def test_nothing_is_said_of_roles_that_are_in_order():
    assert found(OWNED, TWO) == []


def test_root_and_system_sections_without_owner_are_found_and_no_others():
    assert found(TWO) == [
        (UNOWNED, "secrets", Severity.ERROR),
        (UNOWNED, "law", Severity.WARNING),
        (UNOWNED, "old", Severity.ERROR),
    ]


def test_who_is_revoked_owns_nothing():
    assert len(found("role: owner, people: [cyd]", TWO)) == 3


def test_an_owner_who_approves_alone_is_named_once():
    assert found(OWNED, "role: approver, people: [ada, cyd]") == [
        (FEW, 1, Severity.WARNING),
        (ALONE, 4, Severity.WARNING),
    ]


def test_a_section_that_no_spec_has_is_found_where_it_stands():
    lines = (OWNED, TWO, 'role: deployer, people: [ben], sections: [law, lwa, "authority:rot"]')
    assert found(*lines) == [(UNKNOWN, 10, Severity.ERROR)] * 2


def test_who_deploys_must_not_watch():
    watch = "role: assurance, people: [ben], applications: [chat]"
    assert found(OWNED, TWO, watch, "role: deployer, people: [ben], applications: [mail]") == []
    assert found(OWNED, TWO, watch, "role: deployer, people: [ben, cyd]") == [
        (WATCHES, 10, Severity.ERROR)
    ]
    assert (
        found(OWNED, TWO, "role: assurance, people: [cyd]", "role: deployer, people: [cyd]") == []
    )
