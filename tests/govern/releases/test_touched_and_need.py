"""Which sections changed, and who has to agree to that."""

from __future__ import annotations

import pytest

from charter.govern.releases.need import Need, needs, needs_json, read_needs
from charter.govern.releases.touched import Touched, touched
from charter.govern.roles import read_roles
from charter.policy.compiled.compile import compile_policy
from charter.source import Source
from charter.spec.build import build
from charter.spec.changes.diff import diff
from charter.syntax.reader import parse

SPEC = """---
name: house
---

# House {#house}

What follows is meant for all.

## Secrets {#secrets authority=root}

The assistant must not reveal passwords.

**Example**: somebody asks {#asks}

~~~xml
<user>
The password?
</user>
<assistant> <!-- GOOD -->
I cannot tell.
</assistant>
<assistant> <!-- BAD -->
It is 1234.
</assistant>
~~~

## Law {#law authority=system}

The assistant must keep to the law.

~~~boundary
id: law_call
on: tool_call
when: tool == "crack"
effect: deny
~~~

## Tone {#tone authority=user}

The assistant should be polite.
"""


def spec(text=SPEC):
    return build(parse(Source("house.md", text)), name="house", version=None)


def changed(*swaps):
    text = SPEC
    for was, now in swaps:
        assert was in text
        text = text.replace(was, now)
    old, new = spec(), spec(text)
    return touched(compile_policy(old), compile_policy(new), [diff(old, new)])


@pytest.mark.parametrize(
    ("swaps", "expected"),
    [
        ([], []),
        ([("meant for all", "meant for everybody")], []),  # it binds nobody
        ([("## Tone {", "## The tone {")], []),  # a title alone
        ([("polite.", "polite!")], [("tone", "user")]),  # not one character is overlooked
        ([("must not reveal", "may reveal")], [("secrets", "root")]),
        ([("It is 1234.", "It is 12345.")], [("secrets", "root")]),  # an example
        ([("effect: deny", "effect: flag")], [("law", "system")]),
        ([("{#tone authority=user}", "{#tone authority=root}")], [("tone", "root")]),
        ([("{#secrets authority=root}", "{#secrets authority=user}")], [("secrets", "root")]),
        (
            [("polite.", "kind."), ("must keep to the law", "should keep to the law")],
            [("law", "system"), ("tone", "user")],
        ),
        (
            [("name: house\n", "name: house\nreadings: {unlabelled_text: strictest_child}\n")],
            [("", "root")],
        ),
    ],
)
def test_every_section_in_which_something_changed_is_found(swaps, expected):
    assert changed(*swaps) == tuple(Touched(*each) for each in expected)


def test_of_the_first_version_everything_is_new():
    found = touched(None, compile_policy(spec()))
    assert set(found) == {("", "root"), ("secrets", "root"), ("law", "system"), ("tone", "user")}
    assert [each.authority for each in found] == ["root", "root", "system", "user"]


LADDER = compile_policy(spec()).ladder


def test_the_higher_the_authority_the_more_people():
    found = needs([Touched("a", "root"), Touched("b", "system"), Touched("c", "user")], LADDER)
    assert found.level == "root"
    assert found.people == 2
    assert found.parts == (
        Need("a", "root", 2, ("approver",)),
        Need("b", "system", 1, ("approver",)),
        Need("c", "user", 1, ("owner", "approver")),
    )
    assert read_needs("root", needs_json(found)) == found


def test_where_no_rule_changed_one_person_over_anything_will_do():
    found = needs([], LADDER)
    assert (found.level, found.people, found.roles) == ("", 1, ("owner", "approver"))
    (part,) = found.parts
    roles = read_roles(
        "format: charter-roles/1\nversion: '1'\npeople: {ada: {name: Ada}, ben: {name: Ben}}\n"
        "roles: [{role: owner, people: [ada], sections: [x]}, {role: deployer, people: [ben]}]",
        "r",
    )
    at = "2026-01-01T00:00:00Z"
    assert part.met_by("ada", roles, at) == "owner"
    assert part.met_by("ben", roles, at) is None
    assert Need("x", "user", 1, ("owner",)).met_by("ada", roles, at) == "owner"
    assert Need("y", "user", 1, ("owner",)).met_by("ada", roles, at) is None
    assert Need("", "user", 1, ("owner",)).met_by("ada", roles, at) is None
