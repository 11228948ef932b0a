"""The console in a real Chromium: at a desk and on a phone, by day and by night, by keyboard."""

from __future__ import annotations

import re

import pytest
from tests.browser import SIZES, accessible

from charter.console.accounts import Accounts
from charter.console.render import PLACES
from charter.console.roles import Role
from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.review import ReviewRecorded
from charter.records.stop import StopLifted, StopOrdered

from .world import HOSTILE, PASSWORD, account

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def log_in(lively, visit):
    """Log somebody in, in a browser of some size and scheme."""
    served, _ = lively

    def enter(name, size="desk", scheme="light", **given):
        tab = visit(served.base, size, scheme, **given)
        tab.goto(f"{served.base}/login")
        tab.fill("input[name=name]", name)
        tab.fill("input[name=password]", PASSWORD)
        tab.click("button.main")
        assert tab.url.endswith("/decisions")
        return tab

    return enter


def places(ids, approval):
    """Every kind of page."""
    return {
        "decisions": "/decisions",
        "nothing": "/decisions?words=nothing+like+this",
        "flagged": f"/decisions/{ids['flagged']}",
        "hostile": f"/decisions/{ids['hostile']}",
        "held": f"/decisions/{ids['held']}",
        "review": "/review",
        "hostile-review": f"/review/{ids['hostile']}",
        "agreement": "/agreement",
        "approvals": "/approvals",
        "approval": f"/approvals/{approval}",
        "stops": "/stops",
        "health": "/health",
        "missing": "/nowhere",
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_and_fits(lively, log_in, size, scheme):
    served, ids = lively
    world = served.world
    world.ledger.append(
        StopOrdered("stp_1", "2026-11-22T06:00:00.000Z", "tool", HOSTILE, "olga", HOSTILE)
    )
    world.exchange(
        HOSTILE, calls=(("run_command", {"command": "rm -rf /" + HOSTILE + "W" * 5000}),)
    )
    approval = list(world.ledger.read(ApprovalAsked))[-1].run
    tab = log_in("mona", size, scheme)
    for name, path in places(ids, approval).items():
        tab.goto(served.base + path)
        for each in tab.query_selector_all("details:not([open]) > summary"):
            each.click()
        accessible(tab, name)
    assert [said for said in tab.troubles if "404" not in said] == []
    assert tab.foreign == []


@pytest.mark.parametrize("size", SIZES)
def test_the_login_page_is_accessible(lively, visit, size):
    served, _ = lively
    tab = visit(served.base, size)
    tab.goto(f"{served.base}/login")
    tab.fill("input[name=name]", "vera")
    tab.fill("input[name=password]", "wrong password")
    tab.click("button.main")
    assert "do not open an account" in tab.inner_text("[role=alert]")
    accessible(tab)


def test_an_answer_is_reviewed_by_keyboard_alone(lively, log_in):
    served, _ = lively
    tab = log_in("rita")
    tab.goto(f"{served.base}/review")
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.name") == "label":
            break
    tab.keyboard.press("ArrowDown")
    assert tab.evaluate("document.activeElement.value") == "violated"
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Tab")
    tab.keyboard.type("by hand 12")
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("[role=status]")
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.label, found.refusal, found.note) == ("violated", "none", "by hand 12")
    assert found.blind
    assert tab.troubles == []


def test_single_keys_answer_and_can_be_turned_off(lively, log_in):
    served, _ = lively
    tab = log_in("rita")
    tab.goto(f"{served.base}/review")
    for key in "135":
        tab.keyboard.press(key)
    tab.keyboard.press("6")
    assert tab.is_checked("input[value=adhered]")
    assert tab.is_checked("input[value=full]")
    with tab.expect_navigation():
        tab.keyboard.press("9")
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.label, found.refusal, found.decision_right is not None) == (
        "adhered",
        "full",
        True,
    )
    tab.uncheck("#keys")
    tab.focus("main")
    tab.keyboard.press("1")
    assert not tab.is_checked("input[value=adhered]")
    tab.reload()
    assert not tab.is_checked("#keys")


def test_two_people_approve_what_needs_two(lively, log_in):
    served, _ = lively
    asked = served.world.ledger.read(ApprovalAsked)
    approval = next(each for each in asked if each.needed == 2)
    for name, said in (("olga", "1 of 2 people have agreed"), ("otto", "waits to be used once")):
        tab = log_in(name)
        tab.goto(f"{served.base}/approvals")
        tab.click(f"a[href$='{approval.run}']")
        assert "rm -rf /srv/store" in tab.inner_text("main")
        tab.fill("textarea[name=note]", f"by {name}")
        tab.click("text=Approve once")
        assert said in tab.inner_text("main")
    assert [vote.by for vote in served.world.ledger.read(ApprovalVoted)] == ["olga", "otto"]


def test_stop_and_go_on_by_phone(lively, log_in):
    served, _ = lively
    tab = log_in("olga", "phone")
    tab.goto(f"{served.base}/stops")
    tab.check("input[value=all]")
    tab.fill("textarea[name=reason]", "smoke")
    tab.click("button.danger")
    assert "Stopped: everything" in tab.inner_text("body")
    tab.fill("input[name=reason]", "no fire")
    tab.click("text=Lift")
    assert "Nothing is stopped" in tab.inner_text("main")
    assert len(list(served.world.ledger.read(StopLifted))) == 1


def test_the_list_keeps_itself_fresh_until_it_is_paused(lively, log_in):
    served, _ = lively
    tab = log_in("vera")
    tab.wait_for_selector("text=Keeps itself fresh")
    new = served.world.exchange("Something new?", "Yes.", application="fresh-app", ago=0)
    tab.wait_for_selector("text=fresh-app", timeout=60_000)
    assert new in tab.inner_html("#live")
    tab.click("text=Pause")
    assert "Paused." in tab.inner_text("#fresh")
    assert tab.troubles == []


def test_everything_works_without_scripts(lively, log_in):
    served, _ = lively
    tab = log_in("mona", java_script_enabled=False)
    tab.goto(f"{served.base}/review")
    tab.check("input[value=adhered]")
    tab.click("text=Record")
    assert "Recorded: adhered." in tab.inner_text("[role=status]")
    tab.goto(f"{served.base}/decisions")
    tab.select_option("select[name=effect]", "redact")
    tab.click("text=Search")
    assert len(tab.query_selector_all("ol.rows > li")) == 1


def test_inline_scripts_do_not_run_even_where_one_gets_in(lively, log_in):
    served, ids = lively
    tab = log_in("mona")
    tab.goto(f"{served.base}/decisions/{ids['hostile']}")
    assert tab.troubles == []
    tab.evaluate(
        "const made = document.createElement('script'); made.text = 'window.x = 1';"
        "document.body.append(made)"
    )
    assert tab.evaluate("window.x") is None
    assert any(re.search("Content.Security.Policy", said) for said in tab.troubles)


def test_the_menu_of_somebody_who_may_see_all_is_one_line_at_1280(world, serve, visit):
    served = serve(world, accounts=Accounts.of(account("all", *Role)))
    tab = visit(served.base, "desk", "light")
    tab.goto(f"{served.base}/login")
    tab.fill("input[name=name]", "all")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    boxes = [each.bounding_box() for each in tab.query_selector_all("nav[aria-label=Console] a")]
    assert len(boxes) == sum(len(pages) for _, pages in PLACES)
    assert len({round(each["y"]) for each in boxes}) == 1
    heads = [
        tab.query_selector(f"header.bar {each}").bounding_box() for each in (".kicker", ".who")
    ]
    assert max(each["y"] for each in heads) < boxes[0]["y"], "name and way out stand above it"
