"""The pages of a survey in a real Chromium: accessible, fitting, in each direction, by keyboard."""

from __future__ import annotations

import pytest
from tests.browser import SIZES, accessible

from charter.evolve.surveys.answer import Compared, Rated, Told, Voted
from charter.records.survey import ParticipantWithdrew

from .survey_front import Surveys, mail, words
from .world import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SPITE = HOSTILE.replace("\x1b", "")


def item(tab):
    return tab.get_attribute("input[name=item]", "value")


def fill(tab, why="Because of this."):
    """Fill in the question of the page."""
    if item(tab) == "say":
        tab.check("input[value=agree]")
    elif item(tab) == "rate":
        tab.check("input[value='-2']")
    else:
        for letter, place in (("A", "2"), ("B", "1"), ("C", "2")):
            tab.select_option(f"select[name='personal.{letter}']", place)
        tab.check("input[name=unacceptable][value=C]")
        tab.fill("textarea", why)


@pytest.mark.parametrize(
    ("language", "scheme"), [("en", "light"), ("ar", "dark"), ("tlh", "light")]
)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(tmp_path, visit, size, language, scheme):
    with Surveys(tmp_path) as front:
        tab = visit(front.base, size, scheme, java_script_enabled=True)
        name = f"{language}-{size}"
        tab.goto(f"{front.base}/survey")
        accessible(tab, f"index-{name}")
        tab.goto(f"{front.base}/survey/mail?lang={language}")
        accessible(tab, f"start-{name}")
        tab.fill("input[name=invitation]", "nonsense")
        tab.check("input[name=consent]")
        tab.click("button.main")
        accessible(tab, f"wrong-invitation-{name}")
        tab.fill("input[name=invitation]", "")
        tab.click("button.main")
        for _ in range(3):
            where = item(tab)
            tab.click("button.main")
            assert tab.locator("[role=alert]").count() == 1
            accessible(tab, f"{where}-wrong-{name}")
            fill(tab)
            accessible(tab, f"{where}-{name}")
            tab.click("button.main")
        assert item(tab) == "traits"
        accessible(tab, f"traits-{name}")
        tab.click("button.main")
        accessible(tab, f"end-{name}")
        tab.click("button[formaction]")
        accessible(tab, f"mine-{name}")
        tab.click("button.grave")
        accessible(tab, f"withdraw-{name}")
        tab.click("button.grave")
        accessible(tab, f"withdrawn-{name}")
        tab.goto(f"{front.base}/survey/mail/mine?lang={language}")
        tab.fill("input[name=receipt]", "nonsense")
        accessible(tab, f"receipt-{name}")
        tab.click("button.main")
        accessible(tab, f"failure-{name}")
        direction = tab.evaluate("getComputedStyle(document.body).direction")
        assert direction == ("rtl" if language == "ar" else "ltr")
        assert tab.foreign == []
        assert tab.context.cookies() == []
        assert [said for said in tab.troubles if "status of 4" not in said] == []


@pytest.mark.parametrize("size", SIZES)
def test_hostile_words_fit_and_run_nothing(tmp_path, visit, size):
    survey = mail(title=words(SPITE), items=mail().items[1:2], traits=())
    with Surveys(tmp_path, survey) as front:
        tab = visit(front.base, size, java_script_enabled=True)
        tab.goto(f"{front.base}/survey/mail?lang=en")
        accessible(tab, f"hostile-start-{size}")
        tab.check("input[name=consent]")
        tab.click("button.main")
        fill(tab, SPITE)
        tab.click("button.main")
        tab.click("button[formaction]")
        accessible(tab, f"hostile-mine-{size}")
        assert "<script>alert(1)" in tab.inner_text("main")
        assert (
            tab.evaluate("document.querySelectorAll('main script, main img, main svg').length") == 0
        )
        assert (tab.troubles, tab.foreign) == ([], [])


def test_it_works_without_javascript_and_by_keyboard_alone(tmp_path, visit):
    with Surveys(tmp_path) as front:
        tab = visit(front.base, "phone", java_script_enabled=False)
        tab.goto(f"{front.base}/survey/mail?lang=en")
        reach(tab, "input", "consent")
        tab.keyboard.press("Space")
        send(tab)
        for _ in range(3):
            if item(tab) == "say":
                reach(tab, "input", "vote")
                tab.keyboard.press("ArrowDown")
            elif item(tab) == "rate":
                reach(tab, "input", "rating")
                tab.keyboard.press("ArrowRight")
            else:
                for letter, key in (("A", "2"), ("B", "1"), ("C", "2")):
                    reach(tab, "select", f"personal.{letter}")
                    tab.keyboard.press(key)
                reach(tab, "textarea", "why")
                tab.keyboard.type("by hand")
            send(tab)
        reach(tab, "input", "option.age")
        tab.keyboard.press("ArrowUp")
        send(tab)
        receipt = tab.inner_text(".code code")
        found = front.answers(receipt)
        assert found["say"] in (Voted(1), Voted(-1))
        assert found["pick"] == Compared((("B",), ("A", "C")), why="by hand")
        assert isinstance(found["rate"], Rated)
        assert isinstance(found["trait:age"], Told)
        tab.goto(f"{front.base}/survey/mail/mine")
        reach(tab, "input", "receipt")
        tab.keyboard.type(receipt.lower())
        with tab.expect_navigation():
            tab.keyboard.press("Enter")
        for value in ("withdraw", "withdraw-now"):
            reach(tab, "button", "do", value)
            with tab.expect_navigation():
                tab.keyboard.press("Enter")
        assert len(front.read(ParticipantWithdrew)) == 1


def test_a_screen_reader_hears_which_answer_each_field_is_about(tmp_path, visit):
    survey = mail(items=mail().items[1:2], traits=())
    with Surveys(tmp_path, survey) as front:
        tab = visit(front.base, java_script_enabled=True)
        tab.goto(f"{front.base}/survey/mail?lang=en")
        assert 'checkbox "I agree"' in tab.locator("main").aria_snapshot()
        tab.check("input[name=consent]")
        tab.click("button.main")
        heard = tab.locator("main").aria_snapshot()
        for number in (1, 2, 3):
            assert f'region "Answer {number}"' in heard
            for scope in ("your own preference", "what is best for the world"):
                assert f'combobox "Answer {number} Place by {scope}"' in heard
            assert f'checkbox "Answer {number} Unacceptable"' in heard
        assert 'heading "Question 1 of 1" [level=1]' in heard
        assert 'progressbar "0 of 1 answered"' in heard
        assert 'textbox "Why? (optional)"' in heard
        assert 'button "Keep my answer and go on"' in heard
        fill(tab)
        tab.click("button.main")
        tab.click("button[formaction]")
        mine = tab.locator("main").aria_snapshot()
        assert 'button "Change Help me with this?"' in mine
        assert 'button "Take back Help me with this?"' in mine


def reach(tab, kind, name, value=""):
    """Press Tab until the focus is on a field."""
    for _ in range(60):
        tab.keyboard.press("Tab")
        at = tab.locator(":focus")
        if at.count() and at.evaluate("e => e.tagName.toLowerCase()") == kind:
            found = (at.get_attribute("name"), at.get_attribute("value") if value else "")
            if found == (name, value):
                return
    raise AssertionError(f"no {kind} {name} by Tab alone")


def send(tab):
    """Go to the main button, and press it."""
    for _ in range(60):
        tab.keyboard.press("Tab")
        at = tab.locator(":focus")
        if at.count() and at.get_attribute("class") == "main":
            break
    with tab.expect_navigation():
        tab.keyboard.press("Enter")
