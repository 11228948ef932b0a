"""What operators see of surveys, and reasons that are read before anybody quotes them."""

from __future__ import annotations

import pytest
from tests.browser import SIZES, accessible

from charter.evolve.surveys.answer import read_answer
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.moderated import accepted_reasons
from charter.evolve.surveys.opening import open_survey, opening
from charter.evolve.surveys.participation import consent_digest, find, join
from charter.evolve.surveys.secret_code import new_code
from charter.evolve.surveys.withdrawal import withdraw
from charter.records.comment import CommentModerated
from charter.records.survey import SurveyClosed

from .conftest import send
from .survey_front import AT, mail
from .world import HOSTILE, PASSWORD

SPITE = HOSTILE.replace("\x1b", "")


def says(world, why, receipt=None):
    """Somebody joins and gives a reason; return their receipt."""
    found = opening(world.ledger, "mail")
    part = find(world.ledger, receipt) if receipt else None
    receipt = receipt or new_code()
    part = part or join(
        world.ledger, world.vault, found, receipt=receipt, language="de",
        consent=consent_digest(found.survey, "de"), at=AT,
    )  # fmt: skip
    question = found.survey.item("pick")
    reply = Reply(question, read_answer(question, {"why": why}))
    give(world.ledger, world.vault, found, part, reply, at=AT)
    return receipt


@pytest.fixture
def surveyed(world, serve):
    """A console over a ledger with one survey."""
    open_survey(world.ledger, mail(), by="ada", at=AT)
    return serve(world)


def test_figures_are_shown_and_no_word_of_anybody(surveyed):
    says(surveyed.world, "A secret reason.")
    text = surveyed.login("vera").get("/surveys").text
    assert "About mail" in text
    assert "de 1" in text
    assert "30 % or more: 1" in text
    assert "takes answers" in text
    assert "secret" not in text
    assert "Close" not in text


def test_people_with_the_right_close_and_open_again(surveyed):
    olga, vera = surveyed.login("olga"), surveyed.login("vera")
    ledger = surveyed.world.ledger
    assert send(olga, "/surveys", "/surveys/mail", to="closed", reason=" ").status_code == 422
    assert opening(ledger, "mail").open
    assert send(olga, "/surveys", "/surveys/mail", to="closed", reason="over").status_code == 303
    (closed,) = ledger.read(SurveyClosed)
    assert (closed.by, closed.reason) == ("olga", "over")
    assert send(olga, "/surveys", "/surveys/mail", to="closed", reason="x").status_code == 409
    assert send(vera, "/surveys", "/surveys/mail", to="open").status_code == 403
    assert send(olga, "/surveys", "/surveys/mail", to="open").status_code == 303
    assert opening(ledger, "mail").open
    assert send(olga, "/surveys", "/surveys/none", to="open").status_code == 404


def test_a_reason_is_quoted_only_after_somebody_accepted_it(surveyed):
    world = surveyed.world
    says(world, "First reason.")
    receipt = says(world, SPITE)
    rita, place = surveyed.login("rita"), "/surveys/mail/reasons"
    assert surveyed.login("olga").get(place).status_code == 403
    assert accepted_reasons(world.ledger, opening(world.ledger, "mail")) == frozenset()
    verdicts = {}
    for _ in range(2):
        text = rita.get(place).text
        assert "<script>alert" not in text
        verdict = "accepted" if "First reason." in text else "rejected"
        id_ = text.partition('name="id" value="')[2][:35]
        assert send(rita, place, place, id=id_, verdict="rejected").status_code == 422
        done = send(rita, place, place, id=id_, verdict=verdict, reason="names somebody")
        assert done.status_code == 303
        verdicts[id_] = verdict
        late = send(rita, "/surveys", place, id=id_, verdict="accepted")
        assert late.status_code in (403, 409)
    assert "No reason waits" in rita.get(place).text
    assert {each.run: each.verdict for each in world.ledger.read(CommentModerated)} == verdicts
    ((_, item),) = accepted_reasons(world.ledger, opening(world.ledger, "mail"))
    assert item == "pick"
    says(world, "Other words.", receipt)
    assert "Other words." in rita.get(place).text


def test_words_that_were_changed_or_withdrawn_are_no_longer_accepted(surveyed):
    world = surveyed.world
    receipt, place = says(world, "Mine."), "/surveys/mail/reasons"
    rita = surveyed.login("rita")
    id_ = rita.get(place).text.partition('name="id" value="')[2][:35]
    assert send(rita, place, place, id=id_, verdict="accepted").status_code == 303
    found = opening(world.ledger, "mail")
    assert len(accepted_reasons(world.ledger, found)) == 1
    withdraw(world.ledger, world.vault, find(world.ledger, receipt), at=AT)
    assert accepted_reasons(world.ledger, found) == frozenset()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_accessible_and_fit(surveyed, visit, size):
    says(surveyed.world, SPITE)
    tab = visit(surveyed.base, size)
    tab.goto(f"{surveyed.base}/login")
    tab.fill("input[name=name]", "mona")
    tab.fill("input[name=password]", PASSWORD)
    tab.click("button.main")
    for path in ("/surveys", "/surveys/mail/reasons"):
        tab.goto(surveyed.base + path)
        accessible(tab, f"{path}-{size}")
    assert tab.evaluate("document.querySelectorAll('main script, main img, main svg').length") == 0
    assert (tab.troubles, tab.foreign) == ([], [])
