"""Reasons on both sides: only accepted ones, grouped, each with where it comes from."""

from dataclasses import replace

import pytest

from charter.errors import ConfigError, ModelUnavailable
from charter.evolve.choices.accepted import read_accepted
from charter.evolve.choices.answered import placed
from charter.evolve.choices.choices import choices_of
from charter.evolve.choices.meaning import grouped
from charter.evolve.choices.reasons import AGAINST, SPEC, WITH, sides_of
from charter.evolve.voices import Reason
from charter.models import embedding

from .simulated import simulated

HONEST = ("It tells the truth.", "It is truthful and tells no lies.", "It says what is true.")
SHORT = ("It is short and quick to read.", "It is brief, so it is quick to read.")


def parted():
    """Return what parts, with a reason of every person on one item that opposes the spec."""
    voices, ranked = simulated(sections=2, items=2, people=20, opposed=(0,), people_noise=0.0)
    texts = HONEST + SHORT
    reasons = tuple(
        Reason(person.id, "s0-0", "world", f"{texts[at % 5]} ({at})")
        for at, person in enumerate(voices.people)
    )
    by_item = {
        item: tuple(replace(each, reason=f"The rule says so, of {item}.") for each in orders)
        for item, orders in ranked.by_item.items()
    }
    return replace(voices, reasons=reasons), replace(ranked, by_item=by_item)


def sides(voices, ranked, accepted, scope="world"):
    found = choices_of(voices, ranked)
    row = next(row for row in found.parted if row.scope == scope)
    return {side.side: side for side in sides_of(row, voices, ranked, placed(ranked), accepted)}


def test_accepted_reasons_are_grouped_and_traceable():
    voices, ranked = parted()
    accepted = {(person.id, "s0-0") for person in voices.people}
    found = sides(voices, ranked, accepted)
    assert found[WITH].reasons == 0
    assert found[AGAINST].reasons == 20
    said = {(each.person, each.item, each.text) for each in voices.reasons}
    for theme in found[AGAINST].themes:
        assert 1 <= len(theme.quotes) <= 3
        assert theme.people == theme.reasons
        for quote in theme.quotes:
            assert (quote.origin, quote.item, quote.text) in said
    assert sum(t.reasons for t in found[AGAINST].themes) + found[AGAINST].left_out == 20


def test_what_nobody_accepted_is_neither_shown_nor_counted():
    voices, ranked = parted()
    found = sides(voices, ranked, {("open003", "s0-0")})
    assert found[AGAINST].reasons == 1
    assert found[AGAINST].themes[0].quotes[0].origin == "open003"
    assert sides(voices, ranked, ())[AGAINST].reasons == 0


def test_the_rankers_reasons_name_run_and_repeat():
    voices, ranked = parted()
    found = sides(voices, ranked, ())[SPEC]
    origins = {quote.origin for theme in found.themes for quote in theme.quotes}
    assert origins <= {"r/0", "r/1", "r/2"}
    assert found.reasons == 6
    for theme in found.themes:
        assert len({quote.text for quote in theme.quotes}) == len(theme.quotes)


def test_a_reason_for_oneself_is_none_for_the_world():
    voices, ranked = parted()
    own = replace(voices, reasons=tuple(replace(e, scope="personal") for e in voices.reasons))
    accepted = {(person.id, "s0-0") for person in voices.people}
    assert sides(own, ranked, accepted)[AGAINST].reasons == 0
    assert sides(own, ranked, accepted, "personal")[AGAINST].reasons == 20
    both = replace(voices, reasons=tuple(replace(e, scope="both") for e in voices.reasons))
    assert sides(both, ranked, accepted)[AGAINST].reasons == 20


def test_texts_of_one_meaning_are_one_group():
    found = grouped([*HONEST, *SHORT])
    if found.method != "meaning":
        pytest.skip("the sentence encoder is not installed")
    assert [sorted(group) for group in found.groups] == [[0, 1, 2], [3, 4]]


def test_the_order_of_texts_changes_no_group():
    texts = [*HONEST, *SHORT]
    first = {frozenset(texts[at] for at in group) for group in grouped(texts).groups}
    turned = texts[::-1]
    assert {frozenset(turned[at] for at in group) for group in grouped(turned).groups} == first


def test_without_an_encoder_words_are_compared(monkeypatch):
    def missing(threads=1):
        raise ModelUnavailable("not installed")

    monkeypatch.setattr(embedding, "embedder", missing)
    found = grouped(["quick to read", "so quick to read", "honest words"])
    assert found.method == "words"
    assert sorted(map(len, found.groups)) == [1, 2]


def test_none_and_one_text():
    assert grouped([]).groups == ()
    assert grouped(["alone"]).groups == ((0,),)


def test_too_many_texts_are_refused():
    with pytest.raises(ValueError, match="more than"):
        grouped(["x"] * 2001)


def test_a_table_of_accepted_reasons(tmp_path):
    file = tmp_path / "accepted.csv"
    file.write_text("item,person\ns0-0,p1\n\n s0-1 ,p2\n")
    assert read_accepted(file) == {("p1", "s0-0"), ("p2", "s0-1")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "first line"),
        ("a,b\n1,2\n", "first line"),
        ("person,item\np1\n", ":2: not two ids"),
        ("person,item\np1,\n", ":2: not two ids"),
        ('person,item\n"p1,x\n', "accepted.csv:2"),
    ],
)
def test_another_table_is_refused_with_its_line(tmp_path, text, said):
    file = tmp_path / "accepted.csv"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_accepted(file)


def test_a_table_from_a_spreadsheet_is_read(tmp_path):
    file = tmp_path / "accepted.csv"
    file.write_bytes("\ufeffperson,item\r\np1,q1\r\n".encode())
    assert read_accepted(file) == {("p1", "q1")}
