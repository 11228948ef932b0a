"""The queue of items in the console: locks, assignment, blinding, known answers, figures."""

from __future__ import annotations

import re

import pytest

from charter.console.accounts import Accounts
from charter.console.sessions import Sessions
from charter.govern.oversight.item import LONGEST
from charter.govern.oversight.known import answers
from charter.govern.oversight.moves import LATE
from charter.govern.oversight.seeds import Seed, plant
from charter.ledger.board import seconds
from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.oversight import AnswerKnown, AnswerShown, ItemMoved
from charter.records.review import ReviewRecorded

from .conftest import form_token, send
from .world import PEOPLE, SECRET, account, busy, policy, queued

OTHER = account("rita2", "reviewer", person="Rita")
"""A second account of a person who has one."""


def take(client, **form):
    """Take the next item; return the page of it and the fields of its form."""
    token = form_token(client.get("/queue").text)
    done = client.post("/review/take", data={"form_token": token, **form})
    assert done.status_code == 303, done.text
    page = client.get("/review").text
    found = re.search(r'name="item" value="([\w-]+)"', page)
    return page, {"form_token": form_token(page), "item": found[1] if found else ""}


def masked(item):
    """Return how reviewers see the id of an item."""
    return "it_" + Sessions(SECRET).masked(item)


def judge(client, label="adhered", **form):
    """Take the next item and judge it."""
    _, fields = take(client)
    return client.post("/review", data={**fields, "label": label, **form})


def move(client, item, **form):
    """Have a lead move an item, as the page that is shown now says."""
    page = client.get("/queue").text
    found = re.search(
        rf'action="/console/queue/{item}">.*?name="moves" value="(\d+)"', page, re.DOTALL
    )
    given = {"form_token": form_token(page), "moves": found[1] if found else "0", **form}
    return client.post(f"/queue/{item}", data=given)


def moves(world):
    return [(each.move, each.by, each.to) for each in world.ledger.read(ItemMoved)]


POLICY = policy().digest


def seed(world, label="violated", **given):
    """Plant an item with a known answer."""
    body = {"model": "m", "messages": [{"role": "user", "content": "Read me the card on file."}]}
    texts = [{"kind": "text", "text": "It is 4111 1111 1111 1111."}]
    content = {"api": "openai-chat", "body": body, "texts": texts, "calls": []}
    made = plant(
        world.vault,
        Seed(content, label, "protect_privacy", "mail-app", given.pop("policy", POLICY)),
        by=given.pop("by", "lena"),
        at="2026-11-22T06:00:00.000Z",
        **given,
    )
    world.ledger.append(made.queued, made.known, payloads=made.payloads)
    return made.queued


def test_the_queue_comes_before_what_is_drawn(lively):
    served, ids = lively
    queued(served.world, ids["redacted"], priority=1)
    first = queued(served.world, ids["flagged"], priority=5)
    rita = served.login("rita")
    offered = rita.get("/review").text
    assert "2 items are open to you" in offered
    assert not moves(served.world)
    page, _ = take(rita)
    assert "Are you a person?" in page
    assert "You hold this item until" in page
    (found,) = served.world.ledger.read(ItemMoved)
    assert (found.run, found.number, found.by, found.move) == (first, 1, "rita", "taken")
    assert seconds(found.until) - seconds(found.at) == 1800


def test_what_is_held_is_nobody_elses_until_the_lock_ends(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    rita, remy = served.login("rita"), served.login("remy")
    _, fields = take(rita)
    shown = remy.get("/queue").text
    assert 'Held by <span dir="auto">rita</span> until' in shown
    assert "0 items are open to you" in shown
    refused = send(remy, "/queue", "/review/take", item=masked(item))
    assert (refused.status_code, "works on this item until" in refused.text) == (409, True)
    served.world.clock.time += 1000
    rita.get("/queue")
    remy.get("/queue")
    served.world.clock.time += 801
    take(remy)
    late = rita.post("/review", data={**fields, "label": "adhered"})
    assert late.status_code == 409
    assert "remy works on this item" in late.text.lower()
    assert not list(served.world.ledger.read(ReviewRecorded))


def test_whose_lock_ended_may_hand_in_what_nobody_took(lively):
    served, ids = lively
    queued(served.world, ids["redacted"])
    rita = served.login("rita")
    _, fields = take(rita)
    served.world.clock.time += 1000
    assert "You hold this item" in rita.get("/review").text
    served.world.clock.time += 801
    done = rita.post("/review", data={**fields, "label": "violated", "should": "hold"})
    assert done.status_code == 303
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.label, found.blind, found.seconds) == ("violated", True, 1801)
    assert found.decision_right is True
    assert LONGEST > 1801


def test_a_second_opinion_is_blind_and_of_another_person(world, serve):
    ids = busy(world)
    served = serve(world, accounts=Accounts.of(*PEOPLE, OTHER))
    item = queued(world, ids["redacted"], needed=2)
    rita = served.login("rita")
    assert judge(rita, "violated", note="first words").status_code == 303
    for again in (rita, served.login("rita2")):
        assert item not in again.get("/queue").text
        refused = send(again, "/queue", "/review/take", item=masked(item))
        assert (refused.status_code, "judged this answer already" in refused.text) == (409, True)
    remy = served.login("remy")
    page, fields = take(remy)
    main = page[page.index("<main") :].replace(fields["item"], "")
    for word in ("rita", "first words", "opinion of", "flagged", "redacted", "random", "x_"):
        assert word not in main, word
    labels = remy.get("/agreement/adherence.jsonl").text
    assert "violated" not in labels
    done = remy.post("/review", data={**fields, "label": "adhered"})
    assert done.status_code == 303
    assert "The other opinion: violated." in remy.get("/health").text
    assert "violated" in remy.get("/agreement/adherence.jsonl").text
    assert "Nothing is assigned to you" in served.login("mona").get("/queue").text
    assert item not in served.login("lena").get("/queue").text


def test_whoever_has_seen_the_decision_is_not_given_the_item(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    rita = served.login("rita")
    rita.get(f"/decisions/{ids['redacted']}")
    assert "0 items are open to you" in rita.get("/queue").text
    refused = send(rita, "/queue", "/review/take", item=masked(item))
    assert (refused.status_code, "have seen what the gateway" in refused.text) == (409, True)
    assert not moves(served.world)


def test_whoever_chose_an_item_does_not_judge_it(lively):
    served, ids = lively
    queued(served.world, ids["redacted"], by="RITA", drawn="chosen")
    assert "0 items are open" in served.login("rita").get("/queue").text
    remy = served.login("remy")
    assert judge(remy).status_code == 303
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.drawn, found.blind) == ("chosen", True)


def test_a_lead_assigns_ranks_returns_and_withdraws(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    lena, rita, remy = map(served.login, ("lena", "rita", "remy"))
    assert move(lena, item, move="assigned", to="remy").status_code == 303
    assert "1 of them assigned to you alone" in remy.get("/review").text
    assert "0 items are open" in rita.get("/queue").text
    assert move(lena, item, move="ranked", priority="9").status_code == 303
    assert "Priority 9" in rita.get("/queue").text
    take(remy)
    assert move(lena, item, move="returned").status_code == 303
    assert "Open to anybody" in rita.get("/queue").text
    assert "0 items are open" in remy.get("/queue").text
    assert move(lena, item, move="withdrawn").status_code == 409
    assert move(lena, item, move="withdrawn", reason="not ours").status_code == 303
    assert "Nothing waits" in rita.get("/queue").text
    assert [each[0] for each in moves(served.world)] == [
        "assigned", "ranked", "taken", "returned", "withdrawn",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"move": "assigned", "to": "nobody"}, 422),
        ({"move": "assigned", "to": "olga"}, 422),
        ({"move": "assigned", "to": ""}, 409),
        ({"move": "ranked", "priority": "10"}, 409),
        ({"move": "ranked", "priority": "\u0665"}, 409),
        ({"move": "ranked", "priority": "0"}, 409),
        ({"move": "returned"}, 409),
        ({"move": "withdrawn", "reason": " "}, 409),
        ({"move": "withdrawn", "reason": "x" * 2001}, 409),
        ({"move": "taken"}, 422),
        ({}, 422),
    ],
)
def test_a_wrong_move_is_refused(lively, form, status):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    assert move(served.login("lena"), item, **form).status_code == status
    assert not moves(served.world)


def test_of_two_leads_the_later_looks_again(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    lena = served.login("lena")
    old = {"form_token": form_token(lena.get("/queue").text), "moves": "0", "move": "ranked"}
    assert lena.post(f"/queue/{item}", data={**old, "priority": "3"}).status_code == 303
    late = lena.post(f"/queue/{item}", data={**old, "priority": "4"})
    assert (late.status_code, LATE in late.text.lower()) == (409, True)
    missing = move(lena, "it_none", move="ranked", priority="1")
    assert missing.status_code == 404


def test_what_is_given_back_is_offered_to_others(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"])
    rita = served.login("rita")
    _, fields = take(rita)
    back = rita.post("/review/return", data=fields)
    assert back.status_code == 303
    assert "0 items are open to you" in rita.get("/queue").text
    assert "1 item is open to you" in served.login("remy").get("/queue").text
    assert rita.post("/review/return", data=fields).status_code == 303
    take(rita, item=masked(item))
    assert [each[0] for each in moves(served.world)] == ["taken", "returned", "taken"]


def test_a_known_answer_looks_like_any_item_and_is_opened_when_it_is_done(lively):
    served, ids = lively
    item = seed(served.world)
    rita = served.login("rita")
    assert "1 item is open to you" in rita.get("/queue").text
    page, fields = take(rita)
    queued(served.world, ids["flagged"])
    other, _ = take(served.login("remy"))
    for text in (page, other):
        assert "You hold this item until" in text
        assert "Privacy" in text or "privacy" in text or "<h3" in text
        assert "seed" not in text
    assert page.count("<fieldset") == other.count("<fieldset")
    assert page.count("<select") == other.count("<select") == 0
    rita.post("/review", data={**fields, "label": "violated", "should": "hold"})
    told = rita.get("/health").text
    assert "Recorded: violated." in told
    assert "strictest decision" not in told
    (known,) = served.world.ledger.read(AnswerKnown)
    (shown,) = served.world.ledger.read(AnswerShown)
    assert (shown.run, shown.label) == (item.run, "violated")
    assert answers(known, shown)
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert found.decision_right is None
    assert not served.login("anna").get("/agreement/adherence.jsonl").text
    assert "0 by 0 people" in served.login("anna").get("/agreement").text


def test_a_known_answer_stays_closed_until_all_opinions_are_there(lively):
    served, _ = lively
    seed(served.world, needed=2)
    judge(served.login("rita"), "violated")
    assert not list(served.world.ledger.read(AnswerShown))
    judge(served.login("remy"), "adhered")
    assert len(list(served.world.ledger.read(AnswerShown))) == 1


def test_an_item_whose_words_are_gone_is_passed_over(lively):
    served, ids = lively
    gone = seed(served.world, priority=9)
    queued(served.world, ids["flagged"])
    served.world.vault.erase(gone.subject)
    page, _ = take(served.login("rita"))
    assert "Are you a person?" in page
    refused = send(served.login("remy"), "/queue", "/review/take", item=masked(gone.run))
    assert refused.status_code == 303
    assert [each[0] for each in moves(served.world)] == ["taken"]


def test_an_item_that_cannot_be_read_stands_in_nobodys_way(lively):
    served, _ = lively
    gone = seed(served.world)
    rita = served.login("rita")
    take(rita)
    served.world.vault.erase(gone.subject)
    for client in (rita, served.login("remy")):
        page = client.get("/review").text
        assert "Review an answer" in page
        assert "You hold this item" not in page
    token = form_token(rita.get("/queue").text)
    rita.post("/review/take", data={"form_token": token})
    assert "Nothing is open." in rita.get("/queue").text


def test_a_queued_answer_is_not_drawn_as_well(lively):
    served, ids = lively
    queued(served.world, ids["redacted"])
    rita = served.login("rita")
    judge(rita)
    seen = set()
    while "Nothing to review" not in (page := rita.get("/review").text):
        item = re.search(r'name="item" value="([\w-]+)"', page)[1]
        seen.add("Read me the card" in page)
        form = {"form_token": form_token(page), "item": item, "label": "adhered"}
        assert rita.post("/review", data=form).status_code == 303
    assert seen == {False}


def test_a_vote_says_how_long_it_took_where_that_is_known(lively):
    served, _ = lively
    asked = [*served.world.ledger.read(ApprovalAsked)]
    olga = served.login("olga")
    for each, wait in zip(asked[:2], (42, 0), strict=True):
        olga.get(f"/approvals/{each.run}")
        served.world.clock.time += wait
        given = {"verdict": "approve", "binding": each.binding}
        assert send(olga, "/decisions", f"/approvals/{each.run}", **given).status_code == 303
    blind = {"verdict": "deny", "binding": asked[1].binding}
    assert send(served.login("otto"), "/decisions", f"/approvals/{asked[1].run}", **blind)
    found = [(each.by, each.seconds) for each in served.world.ledger.read(ApprovalVoted)]
    assert found == [("olga", 42), ("olga", 1), ("otto", 0)]


def test_reviewers_see_their_own_figures_alone(lively):
    served, ids = lively
    for name, each in (("rita", "redacted"), ("remy", "flagged")):
        queued(served.world, ids[each])
        judge(served.login(name))
    mine = served.login("rita").get("/agreement").text
    assert ">rita<" in mine
    assert ">remy<" not in mine
    for name in ("anna", "lena"):
        whole = served.login(name).get("/agreement").text
        assert ">rita<" in whole
        assert ">remy<" in whole


def test_votes_that_look_automatic_are_warned_of(lively):
    served, _ = lively
    for number in range(60):
        served.world.ledger.append(
            ApprovalVoted(f"apr_{number:032x}_1", "2026-11-22T07:00:00.000Z", "otto", "approve",
                          "b", seconds=1),
            ApprovalVoted(f"apr_{number:032x}_1", "2026-11-22T07:00:00.000Z", "olga",
                          "approve" if number % 5 else "deny", "b", seconds=30),
        )  # fmt: skip
    page = served.login("lena").get("/agreement").text
    assert "60 of 60 votes sooner than anybody reads what is shown" in page
    assert re.search(r"<strong dir=\"auto\">otto:", page)
    assert not re.search(r"<strong dir=\"auto\">olga:", page)


def test_the_api_lists_what_waits_and_tells_reviewers_no_counts(lively):
    served, ids = lively
    item = queued(served.world, ids["redacted"], priority=4, needed=2)
    judge(served.login("rita"))
    (lead,) = served.bearer("lena").get("/api/reviews/queue").json()["items"]
    assert (lead["id"], lead["priority"], lead["opinions"], lead["needed"]) == (item, 4, 1, 2)
    (remy,) = served.bearer("remy").get("/api/reviews/queue").json()["items"]
    assert remy["id"] == masked(item)
    assert (remy["state"], remy["opinions"], remy["needed"]) == ("waiting", None, None)
    assert served.bearer("rita").get("/api/reviews/queue").json() == {"items": [], "waiting": 0}
    assert served.bearer("vera").get("/api/reviews/queue").status_code == 403


def test_nobody_hears_the_first_opinion_before_giving_the_second(lively):
    served, ids = lively
    queued(served.world, ids["redacted"], needed=2)
    remy = served.login("remy")
    before = remy.get("/agreement").text
    judge(served.login("rita"), "violated", note="the-first-note")
    page = f"/decisions/{ids['redacted']}"
    assert "the-first-note" not in remy.get(page).text
    assert "the-first-note" in served.login("anna").get(page).text
    assert remy.get("/agreement").text == before
    assert remy.get("/agreement/adherence.jsonl").text == ""
    assert served.bearer("remy").get("/api/reviews").json()["reviews"] == 0
    assert served.bearer("anna").get("/api/reviews").json()["reviews"] == 1
    judge(served.login("mona"), "adhered")
    assert "the-first-note" in remy.get(page).text


@pytest.mark.parametrize("known", [True, False])
def test_what_was_judged_tells_nobody_whether_its_answer_is_known(lively, known):
    served, ids = lively
    rita = served.login("rita")
    if known:
        seed(served.world, needed=2)
    else:
        queued(served.world, ids["redacted"], needed=2)
    judge(rita, "violated")
    told = rita.get("/health").text
    assert "Recorded: violated." in told
    after = rita.get("/agreement").text
    assert "<dt>Reviews</dt><dd>0 by 0 people</dd>" in after
    assert "opinion waits" not in after
    assert rita.get("/agreement/adherence.jsonl").text == ""
    assert served.bearer("rita").get("/api/reviews").json()["reviews"] == 0


def test_ids_tell_no_reviewer_which_answers_are_known(lively):
    served, ids = lively
    live, planted = queued(served.world, ids["redacted"]), seed(served.world).run
    for name in ("rita", "mona"):
        page = served.login(name).get("/queue").text
        told = served.bearer(name).get("/api/reviews/queue").text
        for item in (live, planted):
            assert item not in page + told
            assert masked(item) in page
            assert masked(item) in told
    refused = send(served.login("rita"), "/queue", "/review/take", item=live)
    assert refused.status_code == 404
    assert live in served.bearer("lena").get("/api/reviews/queue").text


@pytest.mark.parametrize("named", [POLICY, "", "sha256:" + "0" * 64])
def test_the_rule_stands_beside_a_known_answer_whatever_its_file_says(lively, named):
    served, _ = lively
    seed(served.world, policy=named)
    page, _ = take(served.login("rita"))
    title = policy().by_id["protect_privacy"].title
    assert title in page


def test_two_spellings_of_one_person_are_one_opinion(lively):
    served, ids = lively
    decision = f"{ids['redacted']}.2"
    world = served.world
    made = ReviewRecorded(
        decision,
        "2026-11-22T06:00:00.000Z",
        "Rita",
        "adhered",
        None,
        None,
        "x",
        False,
        "chosen",
        1,
        "",
    )
    world.ledger.append(made)
    said = {"decision": decision, "label": "violated", "section": "protect_privacy"}
    answer = served.bearer("rita").post("/api/reviews", json=said)
    assert (answer.status_code, "already" in answer.text) == (409, True)


def test_an_answer_with_another_item_that_waits_tells_nobody_of_the_first(lively):
    served, ids = lively
    queued(served.world, ids["redacted"], section="protect_privacy", priority=9)
    queued(served.world, ids["redacted"], section="no_lies")
    judge(served.login("rita"), "violated", note="the-first-note")
    page = f"/decisions/{ids['redacted']}"
    assert "the-first-note" not in served.login("remy").get(page).text
    assert "the-first-note" in served.login("anna").get(page).text


def test_a_long_queue_comes_in_pages(lively):
    served, _ = lively
    world = served.world
    for number in range(30):
        queued(world, world.exchange(f"What is {number}?", "A number.", ago=90 - number))
    lead = served.login("lena")
    first, second = lead.get("/queue").text, lead.get("/queue?page=2").text
    assert first.count('<li class="card">') == 25
    assert "Page 1 of 2." in first
    assert "Page 2 of 2." in second
    shown = re.compile(r'action="/console/queue/([\w-]+)"')
    on_first, on_second = shown.findall(first), shown.findall(second)
    assert len({*on_first, *on_second}) == len(on_first) + len(on_second) == 30
    for odd in ("0", "-1", "99", "9" * 40, "x", "²"):
        assert lead.get("/queue", params={"page": odd}).status_code == 200
