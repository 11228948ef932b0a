"""Who holds which role, over what, and when."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.roles import load_roles, read_roles

TEXT = """
format: charter-roles/1
version: "2026-01"
people:
  ada: {name: Ada Byron, email: ada@example.com}
  ben: {name: Ben Ray, from: "2026-01-01T00:00:00Z", until: "2027-01-01T01:00:00+01:00"}
  cyd: {name: Cyd Ito, revoked_at: "2026-06-01T12:00:00Z"}
roles:
  - {role: owner, people: [ada], sections: ["authority:root", privacy]}
  - {role: approver, people: [ada, ben, cyd]}
  - {role: on_call, people: [ben], applications: [chat]}
  - {role: night_watch, people: [cyd]}
"""
AT = "2026-03-01T00:00:00.000Z"


def holders(role, **asked):
    return read_roles(TEXT, "roles.yaml").holders(role, **{"at": AT} | asked)


@pytest.mark.parametrize(
    ("role", "asked", "expected"),
    [
        ("owner", {"section": "privacy"}, {"ada"}),
        ("owner", {"section": "other"}, set()),
        ("owner", {"section": "other", "authority": "root"}, {"ada"}),
        ("owner", {"authority": "root"}, {"ada"}),
        ("owner", {}, set()),  # of a part is not of the whole
        ("approver", {}, {"ada", "ben", "cyd"}),
        ("approver", {"section": "privacy", "application": "chat"}, {"ada", "ben", "cyd"}),
        ("on_call", {"application": "chat"}, {"ben"}),
        ("on_call", {"application": "mail"}, set()),
        ("on_call", {}, set()),
        ("night_watch", {}, {"cyd"}),
        ("deployer", {}, set()),
    ],
)
def test_a_role_is_held_where_a_line_covers_all_that_is_asked(role, asked, expected):
    assert holders(role, **asked) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2025-12-31T23:59:59.999Z", {"ada", "cyd"}),
        ("2026-01-01T00:00:00Z", {"ada", "ben", "cyd"}),
        ("2026-06-01T11:59:59Z", {"ada", "ben", "cyd"}),
        ("2026-06-01T12:00:00Z", {"ada", "ben"}),
        ("2026-12-31T23:59:59Z", {"ada", "ben"}),  # its end is written in another zone
        ("2027-01-01T00:00:00Z", {"ada"}),
    ],
)
def test_nobody_holds_a_role_before_it_begins_or_after_it_ends(at, expected):
    assert holders("approver", at=at) == expected
    assert read_roles(TEXT, "roles.yaml").anywhere("approver", at=at) == expected


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        holders("approver", at="2026-01-01T00:00:00")


@pytest.mark.parametrize("name", ["ada", "ADA", " Ada ", "ada@EXAMPLE.com", "a\u200bda"])
def test_what_looks_the_same_is_the_same_person(name):
    roles = read_roles(TEXT, "roles.yaml")
    assert roles.find(name).id == "ada"
    assert roles.may(name, "owner", section="privacy", at=AT)
    assert not roles.may("nobody", "approver", at=AT)


@pytest.mark.parametrize(
    ("was", "now", "line", "said"),
    [
        ("charter-roles/1", "charter-roles/2", 2, "format: it should be 'charter-roles/1'"),
        ('version: "2026-01"', "version: 3", 3, "it is a text"),
        ("name: Ada Byron", 'name: "Ada Byron "', 5, "one line without blanks at its ends"),
        ("name: Ada Byron, ", "", 5, "people.ada.name: it is missing"),
        ("name: Ada Byron", "nam: x, name: y", 5, "there is no such key"),
        ("2026-01-01T00:00:00Z", "2026-01-01", 6, "is no time such as"),
        ("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z", 6, "is not after from"),
        ("name: Ben Ray", "name: Ben Ray, email: Ada@Example.com", 6, "are one person"),
        ("  ben: {name", "  ADA: {name", 6, "are one person"),
        ("people: [ada], sections", "people: [dan], sections", 9, "no person here is called"),
        ("people: [ada, ben, cyd]", "people: []", 10, "a role with nobody in it"),
        ("people: [ada, ben, cyd]", "people: [ada, ada]", 10, "'ada' is named twice"),
        ("role: night_watch", "role: Night watch", 12, "small letters, digits and _"),
        ("role: night_watch", "role: approver", 12, "cyd is approver of * already"),
        ("roles:\n", "roles: &x\n", 8, "anchors"),
    ],
)
def test_contradictions_are_one_line_with_its_place(was, now, line, said):
    assert was in TEXT
    with pytest.raises(ConfigError) as caught:
        read_roles(TEXT.replace(was, now), "roles.yaml")
    shown = str(caught.value)
    assert shown.startswith(f"roles.yaml:{line}: ")
    assert said in shown
    assert "\n" not in shown


@pytest.mark.parametrize("content", [b"", b"\x00", b"\xff", b"- a", b"x" * 100_000])
def test_what_is_no_file_of_roles_is_refused(tmp_path, content):
    file = tmp_path / "roles.yaml"
    file.write_bytes(content)
    with pytest.raises(ConfigError):
        load_roles(file)


def test_the_digest_is_that_of_the_file(tmp_path):
    file = tmp_path / "roles.yaml"
    file.write_text(TEXT, encoding="utf-8")
    assert load_roles(file).digest == "sha256:" + hashlib.sha256(TEXT.encode()).hexdigest()
    with pytest.raises(ConfigError, match="no such file"):
        load_roles(tmp_path / "none")


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_in_one_line(text):
    said = "read"
    try:
        read_roles(text, "roles.yaml")
    except ConfigError as error:
        said = error.message
    assert said
    assert "\n" not in said
