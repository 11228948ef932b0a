"""Objectives in the console: value with interval, budget and alerts of a real ledger."""

from __future__ import annotations

import re

import pytest
from tests.browser import SIZES, accessible

from charter.console import objective_pages
from charter.console.govern import Govern
from charter.console.moment import stamp
from charter.console.objective_pages import percent
from charter.govern.instants import milliseconds
from charter.records.decision import CheckRan
from charter.records.objective import AlertEnded, AlertRaised

from .world import HOSTILE, PASSWORD

FILE = """\
format: charter-objectives/1
objectives:
  - {id: checks-work, title: Checks can look, indicator: checks-errored, target: 0.95, days: 7}
  - id: accord-privacy
    title: Privacy is kept
    indicator: accord
    scope: {section: protect_privacy}
    target: 0.99
"""
GOOD = CheckRan("secrets", "ran", "allow", "text", 10, 5)
BAD = CheckRan("lookup", "errored", "deny", "text", 0, 5, "no answer")


@pytest.fixture
def desk(world, serve, tmp_path):
    """A console with a file of objectives."""
    file = tmp_path / "objectives.yaml"
    file.write_text(FILE)
    world.file = file
    return serve(world, govern=Govern(objectives=lambda: file))


def traffic(world, good=18, bad=2):
    for number in range(good + bad):
        check = BAD if number < bad else GOOD
        world.exchange(f"What is {number}?", "It is fine.", checks=(check,), ago=600)


def raised(world, name="accord-privacy", number=1, severity="page", minutes=60):
    return AlertRaised(
        f"{name}/{severity}", number, stamp(world.clock.now() - 60), name, severity, "sha256:0",
        minutes, 9, 20, "45.0" if minutes else "", "50.0" if minutes else "",
    )  # fmt: skip


def words(text):
    return " ".join(re.sub("<[^>]+>", " ", text).split())


def row(client, name):
    page = client.get("/objectives").text
    return words(next(each for each in page.split("<tr") if f">{name}<" in each))


def test_values_have_intervals_and_budgets(desk):
    traffic(desk.world)
    found = row(desk.login("vera"), "checks-work")
    counted = re.search(r"([\d,]+) ([\d,]+) bad", found)
    total, bad = (int(each.replace(",", "")) for each in counted.groups())
    share = percent((total - bad) / total)
    assert bad > 0
    assert share in found
    assert re.search(r"[\d.]+ % to [\d.]+ %", found)
    left = 1 - (bad / total) / 0.05
    assert f"{percent(left, 0)} left" in found


def test_what_is_not_known_is_said_to_be_so(desk):
    found = row(desk.login("vera"), "accord-privacy")
    assert "unknown" in found
    assert "no data" in found
    assert "100 %" not in found


def test_alerts_lead_to_an_incident_until_they_end(desk):
    world = desk.world
    world.ledger.append(raised(world), raised(world, "kept", severity="breach", minutes=0))
    page = desk.login("olga").get("/objectives").text
    assert "9 bad of 20 in 1 hour" in words(page)
    assert "a rule without a budget was broken; 9 people found so" in words(page)
    assert "/console/incidents/new?links=alert%3Aaccord-privacy/page/1" in page
    assert "incidents/new" not in desk.login("vera").get("/objectives").text
    world.ledger.append(AlertEnded("accord-privacy/page", 1, stamp(world.clock.now()), "-", "over"))
    assert "9 bad of 20" not in words(desk.login("olga").get("/objectives").text)


@pytest.mark.parametrize("text", ["", "[", "format: other", "\xff"])
def test_a_file_that_is_none_is_told_without_its_place(desk, text):
    desk.world.file.write_text(text, encoding="latin-1")
    page = desk.login("vera").get("/objectives")
    assert page.status_code == 200
    assert "cannot be read" in page.text
    assert str(desk.world.file) not in page.text


def test_who_comes_while_others_count_is_told_and_holds_no_thread(
    world, serve, tmp_path, monkeypatch
):
    file = tmp_path / "objectives.yaml"
    file.write_text(FILE)
    given = Govern(objectives=lambda: file)
    world.ledger.append(raised(world))
    client = serve(world, govern=given).login("vera")
    monkeypatch.setattr(objective_pages, "PATIENCE", 0.01)
    with given.lock:
        page = client.get("/objectives").text
    assert "ask again" in page
    assert "accord-privacy" in page, "what is known without counting"
    assert "Privacy is kept" not in page
    assert "Privacy is kept" in client.get("/objectives").text


def test_without_a_file_the_page_says_how(served):
    assert "name no objectives" in served.login("vera").get("/objectives").text


def test_shares_have_no_digit_that_says_nothing():
    said = [percent(each) for each in (1, 0.995, 0.12345, 0)]
    assert said == ["100 %", "99.5 %", "12.35 %", "0 %"]
    assert milliseconds("2026-11-22T00:00:00.000Z") is not None


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_accessible_and_fits(desk, visit, size, scheme):
    world = desk.world
    traffic(world)
    world.ledger.append(raised(world), raised(world, HOSTILE[:80], severity="breach", minutes=0))
    tab = visit(desk.base, size, scheme)
    tab.goto(f"{desk.base}/login")
    tab.fill("input[name=name]", "olga")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    tab.goto(f"{desk.base}/objectives")
    accessible(tab)
    assert tab.troubles == []
