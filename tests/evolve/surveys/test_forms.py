"""Static forms, in a real browser."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from html import unescape

import pytest

from charter.evolve.surveys.answer import Compared, Rated, Told, Voted
from charter.evolve.surveys.filled import read_filled
from charter.evolve.surveys.forms import form_of
from charter.evolve.surveys.survey import Promise, Statement
from charter.evolve.surveys.wording import WORDINGS, Wording, direction, wording_of

from .people import small

HOSTILE = "<script>document.title='in'</script>\"'{{7*7}}&"


def test_a_form_has_nothing_from_anywhere_and_escapes_all():
    items = (Statement("say", (), {"en": HOSTILE}),)
    promise = Promise({"en": HOSTILE}, {"en": HOSTILE}, HOSTILE, 30)
    page = form_of(small(title={"en": HOSTILE}, items=items, traits=(), promise=promise), "en")
    assert "<script>document" not in page
    assert page.count("<script>") == 1
    assert "{{7*7}}" in page
    assert not re.search(r"(?:src|href)=", page)
    assert "http" not in page.replace("http-equiv", "")


def test_every_language_has_all_words_and_the_same_places_in_them():
    english = WORDINGS["en"]
    for say in WORDINGS.values():
        for field in fields(Wording):
            text = getattr(say, field.name)
            assert text.strip()
            places = re.findall(r"\{\w+\}", getattr(english, field.name))
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(places)
    assert wording_of("de-AT")[0] == "de"
    assert wording_of("sw") == ("en", english)
    assert (direction("fa-IR"), direction("de")) == ("rtl", "ltr")


def test_our_words_are_marked_as_english_where_we_have_none_of_the_language():
    survey = small(
        title={"fa": "x"},
        languages=("fa",),
        promise=Promise({"fa": "a"}, {"fa": "b"}, "c", 9),
        items=(Statement("say", (), {"fa": "d"}),),
        traits=(),
    )
    page = form_of(survey, "fa")
    assert '<html lang="fa" dir="rtl">' in page
    assert '<span lang="en" dir="ltr">Agree</span>' in page


@pytest.fixture
def form(chromium, tmp_path):
    """The form of a survey, opened from a file; nothing else can be reached."""
    file = tmp_path / "form.html"
    file.write_text(form_of(small(), "en"), encoding="utf-8")
    context = chromium.new_context(accept_downloads=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: problems.append(said.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto(file.as_uri())
    yield page
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    assert problems == []
    context.close()


def saved(page):
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    text = download.value.path().read_text(encoding="utf-8")
    return download.value.suggested_filename, text


def candidate(page, letter):
    return page.locator(f'[data-letter="{letter}"]')


def test_what_is_filled_in_is_saved_and_read(form):
    form.get_by_label("I agree").check()
    form.get_by_role("group", name="Say why.", exact=True).get_by_label("Disagree").check()
    form.get_by_role("group", name="It is short.").get_by_label("-2", exact=True).check()
    form.get_by_role("group", name="Age?").get_by_label("Old").check()
    for letter, place in (("A", "2"), ("B", "1"), ("C", "2")):
        candidate(form, letter).get_by_label("Which do you prefer").select_option(place)
    candidate(form, "A").get_by_label("Unacceptable").check()
    form.get_by_label("Why?").fill("Because </script> \u00e9.")
    name, text = saved(form)
    found = read_filled(text, small(), place=name)
    assert re.fullmatch(r"small-[0-9a-f]{8}\.json", name)
    assert name[6:14] == found.person[:8]
    assert dict(found.answers) == {
        "say": Voted(-1),
        "rate": Rated(-2),
        "trait:age": Told("old"),
        "pick": Compared((("B",), ("A", "C")), None, ("A",), "Because </script> \u00e9."),
    }
    assert saved(form)[1] == text, "saved again, it is the same form"


def test_an_empty_form_says_nothing_of_anything(form):
    form.get_by_label("I agree").check()
    form.get_by_role("group", name="It is short.").get_by_label("1", exact=True).check()
    form.get_by_role("group", name="It is short.").get_by_label("No answer").check()
    form.get_by_label("None of them").check()
    found = read_filled(saved(form)[1], small(), place="x")
    assert dict(found.answers) == {"pick": Compared(unacceptable=())}


def test_it_is_told_who_speaks_and_which_answer_is_meant(form):
    assert form.get_by_text("Person", exact=True).is_visible()
    for number in (1, 2, 3):
        group = form.get_by_role("group", name=f"Answer {number}")
        assert group.get_by_label("Which do you prefer").is_visible()


def test_half_an_order_is_pointed_out_and_nothing_saved(form):
    form.get_by_label("I agree").check()
    candidate(form, "A").get_by_label("Which do you prefer").select_option("1")
    form.get_by_role("button", name="Save my answers").click()
    assert "Give all 3 a number" in form.get_by_role("alert").text_content()
    assert form.evaluate("document.activeElement.closest('.question') !== null")


def test_nothing_is_saved_without_consent(form):
    form.get_by_role("group", name="Say why.", exact=True).get_by_label("Disagree").check()
    form.get_by_role("button", name="Save my answers").click()
    assert form.evaluate("document.activeElement.id") == "agreed"


def test_a_form_can_be_filled_in_by_everybody(form):
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow to import

    results = Axe().run(form)
    assert results.violations_count == 0, results.generate_report()
    assert form.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_candidates_do_not_come_in_the_order_of_their_letters(chromium, tmp_path):
    file = tmp_path / "form.html"
    item = small().item("pick")
    many = replace(item, answers={letter: {"en": letter} for letter in "ABCDEFGH"})
    file.write_text(form_of(small(items=(many,)), "en"), encoding="utf-8")
    page = chromium.new_page()
    seen = set()
    for _ in range(4):
        page.goto(file.as_uri())
        each = "[...document.querySelectorAll('.candidate')].map(e => e.dataset.letter)"
        letters = page.evaluate(f"JSON.stringify({each})")
        assert sorted(json.loads(letters)) == list("ABCDEFGH")
        seen.add(letters)
    assert len(seen) > 1
    page.close()


def test_some_and_none_that_are_unacceptable_are_pointed_out_in_words_of_their_own(form):
    form.get_by_label("I agree").check()
    candidate(form, "A").get_by_label("Unacceptable").check()
    form.get_by_label("None of them").check()
    form.get_by_role("button", name="Save my answers").click()
    assert form.get_by_role("alert").text_content() == WORDINGS["en"].boxes


def test_the_last_day_is_told_in_every_language_that_we_have():
    for language, say in WORDINGS.items():
        told = {language: "x"}
        texts = {"title": told, "promise": Promise(told, told, "rules@example.org", 30)}
        item = Statement("say", (), told)
        survey = small(languages=(language,), **texts, items=(item,), traits=())
        until = say.until.format(day="2026-11-30")
        assert until in unescape(form_of(replace(survey, closes="2026-11-30"), language))
        assert "2026-11-30" not in form_of(survey, language)
