"""What became of sections, clauses and examples over versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.load import load, load_policy
from charter.publish.edition import edition
from charter.publish.history import history, told

from .texts import FIRST, SECOND, an_edition, three


@pytest.fixture(scope="module")
def lives():
    return history(three())


def sentences(found, section):
    life = found.lives[section]
    return {found.label(step.place): told(found, life, step) for step in life.steps}


def test_a_section_stands_in_the_versions_that_have_it(lives):
    stands = lives.lives["keep_loans"].stands
    assert [stand.place for stand in stands] == [0, 1, 2]
    assert stands[2].section.title == "Keep what is borrowed private"
    assert stands[2].part == "conduct"
    assert [stand.place for stand in lives.lives["be_kind"].stands] == [0]


def test_a_renamed_section_leads_to_the_newest_version(lives):
    assert lives.heirs["be_kind"] == "welcome"
    assert lives.heirs["be_kind/gree"] == "welcome/gree"
    assert lives.lives["be_kind"].heir == "welcome"
    assert lives.lives["welcome"].came_from == ("be_kind",)
    assert "Its id was be_kind and is welcome now." in sentences(lives, "be_kind")["2025-06-01"]


def test_a_clause_that_moved_is_followed(lives):
    assert lives.heirs["be_quiet/whis"] == "keep_loans/whis"
    assert "be_quiet/sole" not in lives.heirs
    said = sentences(lives, "be_quiet")["2025-06-01"]
    assert any("moved to “Keep loans private”" in each for each in said)
    said = sentences(lives, "keep_loans")["2025-06-01"]
    assert "1 clause came from “Be quiet”." in said


def test_changes_are_said_in_words(lives):
    said = sentences(lives, "obey_law")
    assert "The level of authority “platform” is called “root” now." in said["2025-06-01"]
    assert any("lowered from root to system" in each for each in said["2025-06-01"])
    assert "2026-01-01" not in said
    said = sentences(lives, "keep_loans")["2026-01-01"]
    assert said[0] == ("Retitled: “Keep loans private” is now “Keep what is borrowed private”.")
    assert "1 clause binds more strongly than before." in said
    (step,) = lives.lives["mind_children"].steps
    assert (step.place, step.state) == (2, "new")


def test_former_ids_are_those_that_the_newest_text_of_a_section_does_not_have():
    first = an_edition("# A {#a authority=root}\n\nYou must add salt to the soup.\n", "1.0")
    second = an_edition("# A {#a authority=root}\n\nYou must add some salt to the soup.\n", "1.1")
    third = an_edition("# A {#a authority=root}\n\nYou must never sing.\n", "1.2")
    found = history([first, second, third])
    old, middle = (next(each.spec.clauses).id for each in (first, second))
    former = {each.id: each for each in found.lives["a"].former}
    assert list(former) == [middle, old]
    assert former[old].place == 0
    assert former[old].now is None
    two = history([first, second])
    assert two.lives["a"].former[0].now == middle == two.heirs[old]


def test_one_version_has_no_history():
    found = history([an_edition(FIRST, "1.0")])
    assert found.diffs == ()
    assert not found.heirs
    assert all(not life.steps and not life.former for life in found.lives.values())


@given(st.permutations([FIRST, SECOND, "# Other {#other authority=user}\n\nSing loudly.\n"]))
def test_heirs_always_stand_in_the_newest_version(texts):
    editions = [an_edition(text, f"1.{at}") for at, text in enumerate(texts)]
    found = history(editions)
    newest = editions[-1].spec
    ids = {*newest.index, *(each.id for each in newest.clauses)}
    assert set(found.heirs.values()) <= ids
    assert not set(found.heirs) & ids
    for life in found.lives.values():
        assert life.heir is None or life.heir in newest.index
        assert all(told(found, life, step) for step in life.steps)


@pytest.mark.data
def test_the_real_versions_are_followed(data_dir):
    folders = [data_dir / "model_spec" / day for day in ("2025-02-12", "2025-10-27", "2025-12-18")]
    found = history([edition(load(each), load_policy(each)) for each in folders])
    assert found.heirs["be_kind"] == "love_humanity"
    assert found.heirs["protect_privileged_messages"] == "protect_privileged_information"
    assert found.lives["chatgpt_u18"].steps[0].state == "new"
    moved = [
        life.id
        for life in found.lives.values()
        for step in life.steps
        if any("lowered from root to system" in each for each in told(found, life, step))
    ]
    assert sorted(moved) == [
        "comply_with_laws",
        "no_erotica_or_gore",
        "use_preset_voice_in_voice_mode",
    ]
    renamed = [
        life.id
        for life in found.lives.values()
        for step in life.steps
        if any("is called “root” now" in each for each in told(found, life, step))
    ]
    assert len(renamed) >= 19
