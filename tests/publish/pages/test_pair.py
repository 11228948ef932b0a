"""Pages that compare two versions: all pairs, in words, with links into both."""

import json
import re

import pytest
from jsonschema import Draft202012Validator
from tests.publish.texts import an_edition, three

from charter.load import load, load_policy
from charter.publish.edition import edition
from charter.publish.history import history
from charter.publish.links import leads
from charter.publish.pages import pair
from charter.publish.site import Site
from charter.spec.changes.diff_export import schema

HOSTILE = (
    "# <script>alert(1)</script> \u202e{#conduct authority=user}\n\n"
    "You must say <img src=x onerror=alert({n})> [a](javascript:alert(1)) \"'&amp; {n}.\n"
)


def made(editions):
    found = history(editions)
    return dict(pair.files(Site(tuple(editions), heirs=found.heirs), found))


def words(html):
    return re.sub(r"<[^>]+>", "", html).replace("&#39;", "'")


@pytest.fixture(scope="module")
def files():
    return made(three())


def test_every_pair_has_a_page_and_its_data(files):
    assert list(files) == [
        f"diff/{names}.{kind}"
        for names in (
            "2025-06-01..2026-01-01",
            "2025-01-01..2026-01-01",
            "2025-01-01..2025-06-01",
        )
        for kind in ("html", "json")
    ]
    for address, text in files.items():
        if address.endswith(".json"):
            Draft202012Validator(schema()).validate(json.loads(text))
            assert "spec.md" not in text


def test_sentences_come_first_then_authority_then_sections(files):
    page = files["diff/2025-01-01..2025-06-01.html"]
    places = [page.index(f'id="{name}"') for name in ("summary", "authority", "sections")]
    assert places == sorted(places)
    said = words(page)
    assert "“platform” is called “root” now" in said
    assert "lowered from root to system: “Obey the law”" in said
    assert page.index("called “root”") < places[1]


def test_words_are_marked_and_both_versions_linked(files):
    page = files["diff/2025-06-01..2026-01-01.html"]
    assert "<del>should</del>" in page
    assert "<ins>must</ins>" in page
    assert 'href="../v/2025-06-01/conduct.html#keep_loans/ownl"' in page
    assert 'href="../v/2026-01-01/conduct.html#keep_loans/ownl"' in page
    assert 'href="../s/keep_loans.html"' in page


def test_every_fragment_of_the_page_itself_is_there(files):
    for address, text in files.items():
        if address.endswith(".html"):
            found = leads(text)
            own = [each.address for each in found.references if each.address.startswith("#")]
            assert own
            assert {each[1:] for each in own} <= found.ids
            assert not found.twice


def test_the_same_versions_make_the_same_bytes(files):
    assert made(three()) == files


def test_versions_of_one_name_are_told_apart_by_their_digests():
    old, new = three()[0], an_edition("# A {#a authority=user}\n\nSing.\n", "2025-01-01")
    labels = pair.told_apart(old, new)
    assert labels[0] != labels[1]
    assert all(label.startswith("2025-01-01 (") for label in labels)


def test_hostile_text_is_shown_and_does_nothing():
    editions = [an_edition(HOSTILE.replace("{n}", str(at)), f"1.{at}") for at in range(2)]
    page = made(editions)["diff/1.0..1.1.html"]
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "javascript:" not in re.sub(r">[^<]*<", "><", page)
    assert "\u202e" not in page
    assert "&lt;img src=x onerror=alert(" in page


def test_equal_texts_have_a_page_that_says_so():
    editions = [an_edition(HOSTILE, version) for version in ("1.0", "1.1")]
    assert "Nothing changed" in made(editions)["diff/1.0..1.1.html"]


def test_a_long_line_is_cut():
    texts = [f"# A {{#a authority=user}}\n\nYou must {'x' * n}.\n" for n in (900_000, 900_001)]
    page = made([an_edition(text, f"1.{at}") for at, text in enumerate(texts)])[
        "diff/1.0..1.1.html"
    ]
    assert len(page) < 100_000
    assert "characters left out here" in page


@pytest.mark.data
def test_the_real_versions_are_told_in_words(data_dir):
    days = ("2025-02-12", "2025-10-27", "2025-12-18")
    folders = [data_dir / "model_spec" / day for day in days]
    files = made([edition(load(each), load_policy(each)) for each in folders])
    assert len(files) == 6
    first, second, both = (
        words(files[f"diff/{days[old]}..{days[new]}.html"]) for old, new in ((0, 1), (1, 2), (0, 2))
    )
    for said in (first, both):
        assert "The level of authority “platform” is called “root” now" in said
        assert "3 sections were lowered from root to system" in said
        assert "5 sections were retitled" in said
    for said in (second, both):
        assert re.search(r"sections are new: .*“Under-18 Principles”", said)
    assert "platform" not in second.partition("In words")[2].partition("Section by section")[0]
    retitled = json.loads(files[f"diff/{days[0]}..{days[1]}.json"])["changes"]
    kinds = {(each["kind"], each["new_id"]) for each in retitled}
    kinds |= {(kind, each["new_id"]) for each in retitled for kind in each["also"]}
    assert {
        ("section_retitled", "ask_clarifying_questions"),
        ("section_retitled", "do_not_encourage_self_harm"),
        ("section_retitled", "refusal_style"),
    } <= kinds


def test_links_and_stress_are_read_unless_a_change_cuts_them():
    text = "# Conduct {#conduct}\n\n## Truth {#truth authority=user}\n\n"
    old = an_edition(text + "You must not lie[^lies].\n", "1")
    new = an_edition(
        text + "You must *never* lie, [by words](#conduct) or [?](#truth)[^lies].\n\n"
        "You should 2 * 3 * 4 see [?](#gone)[^maths].\n",
        "2",
    )
    page = words(made([old, new])["diff/1..2.html"])
    assert "never lie, by words or \u201cTruth\u201d" in page
    assert "2 * 3 * 4 see [?](#gone)" in page
