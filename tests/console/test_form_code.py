"""The code of a form: ours, of this rule and policy, and neither too old nor of a later time."""

from __future__ import annotations

import pytest

from charter.console.form_code import AHEAD_S, OPEN_S, form_code, seed_of

SECRET, NOW = b"s" * 32, 1_800_000_000.0


def seed(code, *, secret=SECRET, now=NOW, wanted="kind/grt1", digest="sha256:a"):
    return seed_of(secret, code, now, wanted, digest)


@pytest.fixture
def code():
    return form_code(SECRET, NOW, "kind/grt1", "sha256:a")


@pytest.mark.parametrize(
    ("later", "taken"),
    [(0, True), (OPEN_S, True), (OPEN_S + 1, False), (-AHEAD_S, True), (-AHEAD_S - 1, False)],
)
def test_a_form_is_taken_for_a_while(code, later, taken):
    assert (seed(code, now=NOW + later) is not None) is taken


@pytest.mark.parametrize("other", [{"secret": b"t" * 32}, {"wanted": "kind"}, {"digest": "b"}])
def test_a_form_of_something_else_is_not(code, other):
    assert seed(code, **other) is None


def test_two_forms_make_two_comments(code):
    assert seed(code) == seed(code)
    assert seed(code) != seed(form_code(SECRET, NOW, "kind/grt1", "sha256:a"))


@pytest.mark.parametrize("made_up", ["", ".", "..", "1.2.3", "\u0661.2.3", "9" * 300, "x.y.z"])
def test_what_nobody_made_is_not(made_up):
    assert seed(made_up) is None


def test_a_changed_time_is_not(code):
    issued, rest = code.split(".", 1)
    assert seed(f"{int(issued) + 1}.{rest}") is None
