"""Form and queue in a real Chromium: accessible, fitting, inert, and done by keyboard."""

from __future__ import annotations

import pytest
from tests.browser import SIZES, accessible

from charter.records.comment import CommentModerated

from .front import CLAUSE, SPEC, Front
from .test_comments import add
from .world import HOSTILE, PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_form_is_accessible_and_fits(tmp_path, visit, size, scheme):
    hostile = SPEC + f"\nIt should {HOSTILE.replace('`', '')}[^hst1].\n"
    with Front(tmp_path, spec=hostile) as front:
        tab = visit(front.base, size, scheme)
        for name, path in {
            "rules": "/feedback",
            "clause": f"/feedback?rule={CLAUSE}",
            "section": "/feedback?rule=kind&spec=other",
            "unknown": "/feedback?rule=" + "x" * 200,
        }.items():
            tab.goto(front.base + path)
            accessible(tab, f"{name}-{size}-{scheme}")
        tab.goto(f"{front.base}/feedback?rule={CLAUSE}")
        tab.check("input[value=disagree]")
        tab.fill("textarea", HOSTILE + "y" * 10)
        tab.evaluate("document.querySelector('input[name=token]').value = 'old'")
        tab.click("button.main")
        assert tab.input_value("textarea").startswith("<script>")
        accessible(tab, f"wrong-{size}-{scheme}")
        tab.click("button.main")
        assert "/taken" in tab.url
        accessible(tab, f"taken-{size}-{scheme}")
        assert len(front.received()) == 1
    assert [said for said in tab.troubles if "404" not in said and "409" not in said] == []


def test_a_comment_is_sent_by_keyboard_alone(tmp_path, visit):
    with Front(tmp_path) as front:
        tab = visit(front.base)
        tab.goto(f"{front.base}/feedback?rule={CLAUSE}")
        for _ in range(20):
            tab.keyboard.press("Tab")
            if tab.evaluate("document.activeElement.name") == "stance":
                break
        tab.keyboard.press("ArrowDown")
        tab.keyboard.press("Tab")
        tab.keyboard.type("by hand")
        for _ in range(2):
            tab.keyboard.press("Tab")
        with tab.expect_navigation():
            tab.keyboard.press("Enter")
        assert "/taken" in tab.url
        (record,) = front.received()
        assert record.stance == "disagree"


def entered(tab, served, name="rita"):
    """Log in, and open the queue."""
    tab.goto(f"{served.base}/login")
    tab.fill("input[name=name]", name)
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    tab.goto(f"{served.base}/comments")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_queue_is_accessible_fits_and_is_inert(served, visit, size, scheme):
    add(served.world, text=HOSTILE * 5, group=HOSTILE[:60])
    tab = visit(served.base, size, scheme)
    entered(tab, served)
    assert "<script>alert(1)" in tab.inner_text("main")
    assert tab.evaluate("document.querySelectorAll('main script, main img, main svg').length") == 0
    accessible(tab, f"queue-{size}-{scheme}")
    tab.keyboard.press("2")
    tab.fill("textarea", "an attack")
    tab.click("button.main")
    accessible(tab, f"empty-{size}-{scheme}")
    assert (tab.troubles, tab.foreign) == ([], [])


def test_the_queue_is_worked_by_single_keys(served, visit):
    add(served.world, 0, "first")
    add(served.world, 1, "second")
    tab = visit(served.base)
    entered(tab, served)
    with tab.expect_navigation():
        tab.keyboard.press("0")
    assert "second" in tab.inner_text("main")
    tab.keyboard.press("1")
    with tab.expect_navigation():
        tab.keyboard.press("9")
    assert "first" in tab.inner_text("main")
    (found,) = served.world.ledger.read(CommentModerated)
    assert (found.by, found.verdict) == ("rita", "accepted")
