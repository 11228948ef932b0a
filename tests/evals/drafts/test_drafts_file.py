"""Drafts are added to a file; what a person wrote stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import SpecError
from charter.evals.drafts.canary import PHRASE, canaries, make_canary
from charter.evals.drafts.drafts_file import file_name, with_drafts
from charter.source import Source
from charter.spec.build import build_scenarios
from charter.syntax.reader import parse

CANARY = make_canary("sha256:1", b"0" * 16)
DRAFT = "**Scenario**: x {#x family=bounds}\n"


def added(old, drafts=(DRAFT,)):
    return with_drafts(old, drafts, section="prices", canary=CANARY, path="drafts_prices.md")


def group(text):
    return build_scenarios(parse(Source("f.md", text), reader="model-spec"), "other")


def test_a_new_file_has_section_and_canary():
    found = group(added(None))
    assert found.section == "prices"
    assert canaries([found]) == (CANARY,)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n", "text", "text\n\n"])
def test_what_is_there_stays(end, tail):
    old = f"---\nsection: prices\ncanary: mine\n---\n{tail}".replace("\n", end)
    new = added(old)
    assert new.startswith(old)
    assert new.endswith(f"\n\n{DRAFT}")
    assert canaries([group(new)]) == ("mine",)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_canary_is_added_where_there_is_none(end):
    old = "---\nsection: prices\nnote: a --- b\n---\n\nBy hand.\n".replace("\n", end)
    new = added(old)
    found = group(new)
    assert canaries([found]) == (CANARY,)
    assert found.metadata["note"] == "a --- b"
    line = next(each for each in new.splitlines(keepends=True) if each.startswith("canary"))
    assert new.replace(line, "", 1).startswith(old)


@pytest.mark.parametrize("old", ["", "By hand.\n", "---\nsection: tone\n---\n"])
def test_a_file_of_something_else_is_left_alone(old):
    with pytest.raises(SpecError, match="no file of drafts for prices"):
        added(old)


def test_the_file_is_named_after_the_section():
    assert file_name("prices") == "drafts_prices.md"


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_canaries_are_unique(one, other):
    first, second = make_canary("sha256:1", one), make_canary("sha256:1", other)
    assert (first == second) == (one == other)
    assert first != make_canary("sha256:2", one)
    assert first.startswith(PHRASE)
