"""What is signed is what is recorded, and nothing else is official."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.releases.released import Releases
from charter.govern.releases.statement import (
    Agreed,
    SetAside,
    Statement,
    check,
    read_statement,
    signed,
)
from charter.ledger.signing import LogKey
from charter.records.release import Refusal, Released, ReleaseWithdrawn

AT = "2026-03-01T00:00:00.000Z"


def statement(number=1, spec="house", policy="sha256:p1"):
    return Statement(
        spec=spec,
        number=number,
        version=None,
        policy=policy,
        documents=("sha256:d1", "sha256:d2"),
        request=f"rel_{spec}_{number}",
        before="",
        level="root",
        facts="sha256:f",
        roles="sha256:r",
        asked=("ada", AT),
        approved=(Agreed("ben", "approver", AT), Agreed("cyd", "approver", AT)),
        refused=(Refusal("gate", "none", "no result"),),
        overridden=(SetAside("eve", "override", AT, 'in "a" hurry\nreleased ["x","y"]'),),
        released=("ada", AT),
    )


TEXT = r"""charter-release/1
spec "house"
number 1
version null
policy "sha256:p1"
request "rel_house_1"
before ""
level "root"
facts "sha256:f"
roles "sha256:r"
document "sha256:d1"
document "sha256:d2"
asked ["ada","2026-03-01T00:00:00.000Z"]
approved ["ben","approver","2026-03-01T00:00:00.000Z"]
approved ["cyd","approver","2026-03-01T00:00:00.000Z"]
refused ["gate","none","no result"]
overridden ["eve","override","2026-03-01T00:00:00.000Z","in \"a\" hurry\nreleased [\"x\",\"y\"]"]
released ["ada","2026-03-01T00:00:00.000Z"]
"""


def test_a_statement_has_one_form():
    assert statement().text() == TEXT
    assert read_statement(TEXT) == statement()


LINES = TEXT.splitlines(keepends=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "charter-release/1\n",
        TEXT[:-1],
        TEXT + "\n",
        TEXT.replace("release/1", "release/2"),
        TEXT.replace('spec "house"', 'spec  "house"'),
        TEXT.replace('spec "house"', 'spec "\\u0068ouse"'),
        TEXT.replace('before ""\n', ""),
        TEXT.replace('before ""\n', 'before ""\nbefore ""\n'),
        TEXT.replace("before ", "behind "),
        TEXT.replace('["ben","approver",', '["ben",'),
        "".join([LINES[0], LINES[2], LINES[1], *LINES[3:]]),
        TEXT + "approved [1]\n" * 3000,
        TEXT.replace("number 1", "number " + "[" * 100_000),
    ],
)
def test_any_other_form_is_none(text):
    with pytest.raises((ValueError, RecursionError)):
        read_statement(text)


@given(st.text(), st.text(), st.text())
def test_no_words_make_lines(reason, name, what):
    made = replace(
        statement(),
        overridden=(SetAside("eve", "override", AT, reason),),
        refused=(Refusal("gate", name, what),),
    )
    assert read_statement(made.text()) == made
    assert len(made.text().splitlines()) == len(LINES)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    return [LogKey.create(folder / name, "example.com/log") for name in ("one", "other")]


def record(key, made):
    return Released(
        run=made.spec,
        number=made.number,
        at=made.released[1],
        by=made.released[0],
        release=made.request,
        spec_version=made.version,
        policy=made.policy,
        documents=made.documents,
        overridden=bool(made.overridden),
        note=signed(made, key),
    )


@pytest.mark.parametrize(
    "change",
    [
        {"run": "other"},
        {"number": 2},
        {"at": "2026-03-02T00:00:00.000Z"},
        {"by": "mal"},
        {"release": "rel_x"},
        {"spec_version": "1"},
        {"policy": "sha256:p2"},
        {"documents": ("sha256:d1",)},
        {"overridden": False},
        {"note": ""},
        {"note": "x"},
        {"note": "\ud800"},
    ],
)
def test_a_record_that_says_something_else_is_no_release(keys, change):
    made = record(keys[0], statement())
    assert check(made, [keys[0].key]).statement == statement()
    found = check(replace(made, **change), [keys[0].key])
    assert found.statement is None
    assert found.reason


def test_another_key_signs_nothing(keys):
    made = record(keys[1], statement())
    assert check(made, [keys[0].key]).statement is None
    assert check(made, []).statement is None
    assert check(made, [key.key for key in keys]).statement == statement()
    changed = replace(made, note=made.note.replace("house", "mouse"))
    assert "does not hold" in check(changed, [keys[1].key]).reason


def test_the_newest_release_of_each_line_is_official_until_it_is_withdrawn(keys):
    key, foreign = keys
    known, releases = (key.vkey,), Releases()
    for made in (
        record(key, statement(2, policy="sha256:p2")),
        record(key, statement(1, policy="sha256:p1")),
        record(key, statement(1, spec="mail", policy="sha256:m1")),
        record(foreign, statement(3, policy="sha256:p3")),
    ):
        releases.take(made)
        releases.take(made)
    assert releases.newest("house", known).number == 2
    assert releases.newest("none", known) is None
    assert releases.of("sha256:m1", known).run == "mail"
    assert releases.of("sha256:m1", known, "house") is None
    assert releases.of("sha256:p3", known) is None
    assert "no signature by a known key" in releases.why_unsigned("sha256:p3", known)
    assert releases.of("sha256:p3", (foreign.vkey,)).number == 3
    assert releases.lines_of("sha256:m1") == ("mail",)
    releases.take(ReleaseWithdrawn("rel_house_2", AT, "ben", "approver", "harm"))
    assert releases.newest("house", known).number == 1
    assert releases.withdrawn("sha256:p2")
    assert releases.of("sha256:p2", known) is None
    releases.take(ReleaseWithdrawn("rel_house_1", AT, "ben", "approver", "harm"))
    assert releases.newest("house", known) is None
    assert releases.newest("mail", known).policy == "sha256:m1"
