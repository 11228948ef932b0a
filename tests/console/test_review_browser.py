"""The queue in a real Chromium: at a desk and on a phone, without scripts."""

from __future__ import annotations

import pytest
from tests.browser import SIZES, accessible

from charter.records.approval import ApprovalVoted
from charter.records.oversight import ItemMoved
from charter.records.review import ReviewRecorded

from .world import HOSTILE, PASSWORD, queued

pytestmark = [pytest.mark.browser, pytest.mark.slow]
AT = "2026-11-22T07:00:00.000Z"


@pytest.mark.parametrize("size", SIZES)
def test_an_item_goes_from_the_lead_to_the_figures_without_scripts(lively, visit, size):
    served, ids = lively
    world = served.world
    item = queued(world, ids["redacted"], at=AT)
    queued(world, ids["hostile"], section=HOSTILE[:150], at=AT)
    for number in range(40):
        world.ledger.append(
            ApprovalVoted(f"a{number}", AT, HOSTILE[:60], "approve", "b", seconds=1)
        )

    def log_in(name):
        tab = visit(served.base, size, "light", java_script_enabled=False)
        tab.goto(f"{served.base}/login")
        tab.fill("input[name=name]", name)
        tab.fill("input[name=password]", PASSWORD)
        tab.click("button.main")
        return tab

    lead = log_in("lena")
    lead.goto(f"{served.base}/queue")
    for each in lead.query_selector_all("summary"):
        each.click()
    form = lead.locator(f"form[action$='{item}']")
    form.locator("select[name=to]").select_option("rita")
    form.locator("button[value=assigned]").click()
    assert "Assigned to rita" in lead.inner_text("main")
    rita = log_in("rita")
    rita.goto(f"{served.base}/review")
    assert "1 of them assigned to you alone" in rita.inner_text("main")
    rita.click("text=Take the next item")
    assert "Read me the card on file." in rita.inner_text("main")
    rita.check("input[value=violated]")
    rita.click("button.main")
    assert "Recorded: violated." in rita.inner_text("[role=status]")
    (found,) = world.ledger.read(ReviewRecorded)
    assert (found.by, found.blind) == ("rita", True)
    assert [each.move for each in world.ledger.read(ItemMoved)] == ["assigned", "taken"]
    lead.goto(f"{served.base}/agreement")
    assert "40 of 40 votes sooner than anybody reads" in lead.inner_text("main")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_the_queue_are_accessible_and_fit(lively, visit, size, scheme):
    served, ids = lively
    world = served.world
    held = queued(world, ids["redacted"], at=AT, needed=2)
    queued(world, ids["hostile"], section=HOSTILE[:150], at=AT)
    until = "2026-11-22T07:50:00.000Z"
    world.ledger.append(ItemMoved(held, 1, AT, "remy", "taken", until=until))
    for number in range(40):
        world.ledger.append(
            ApprovalVoted(f"a{number}", AT, HOSTILE[:60], "approve", "b", seconds=1)
        )
    for name, paths in {"lena": ("queue", "agreement"), "mona": ("review", "queue")}.items():
        tab = visit(served.base, size, scheme)
        tab.goto(f"{served.base}/login")
        tab.fill("input[name=name]", name)
        tab.fill("input[name=password]", PASSWORD)
        tab.click("button.main")
        for path in paths:
            tab.goto(f"{served.base}/{path}")
            for each in tab.query_selector_all("details:not([open]) > summary"):
                each.click()
            accessible(tab, path)
        assert tab.troubles == []
        assert tab.foreign == []
