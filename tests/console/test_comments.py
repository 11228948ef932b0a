"""The moderation queue of the console."""

from __future__ import annotations

import dataclasses
import re
import sqlite3

import pytest

from charter.console.comments import Comments, Said, comment_id, receive, words_of
from charter.console.moment import stamp
from charter.ledger.erasure import erase
from charter.ledger.vault import salted
from charter.records.comment import CommentModerated, CommentReceived

from .conftest import form_token, send
from .world import HOSTILE


def add(world, number=0, text="My words", **changed):
    """Receive a comment."""
    rule = world.policy.rules[0]
    said = Said(
        rule.clauses[0].id, world.policy.spec_digest, world.policy.digest, "agree", "", text
    )
    said = said._replace(**changed)
    at = stamp(world.clock.now() + number)
    return receive(world.ledger, world.vault, comment_id(b"%d" % number), said, at)


def verdicts(world):
    return [(each.by, each.verdict, each.reason) for each in world.ledger.read(CommentModerated)]


def test_a_reviewer_reads_the_oldest_first_and_accepts(served):
    first, second = add(served.world), add(served.world, 1, "Other words", stance="unclear")
    rita = served.login("rita")
    page = rita.get("/comments").text
    assert "My words" in page
    assert "Other words" not in page
    assert first.clause in page
    answer = send(rita, "/comments", "/comments", comment=first.run, verdict="accepted")
    assert answer.status_code == 303
    assert "Other words" in rita.get("/comments").text
    send(rita, "/comments", "/comments", comment=second.run, verdict="rejected", reason="spam\r\n")
    assert verdicts(served.world) == [("rita", "accepted", ""), ("rita", "rejected", "spam")]
    assert "No comment waits" in rita.get("/comments").text


def test_pages_lead_to_comments_where_there_can_be_any(world, serve):
    link = 'href="/comments"'
    here, off = serve(world), serve(world, public=False)
    rita, remy, vera = here.login("rita"), off.login("remy"), off.login("vera")
    assert link in rita.get("/review").text.replace("/console/", "/")
    assert link not in remy.get("/review").text.replace("/console/", "/")
    add(world)  # from when they could come in
    assert link in remy.get("/review").text.replace("/console/", "/")
    assert link not in vera.get("/decisions").text.replace("/console/", "/")


def test_a_comment_is_moderated_once(served):
    found = add(served.world)
    rita, remy = served.login("rita"), served.login("remy")
    token = form_token(remy.get("/comments").text)
    send(rita, "/comments", "/comments", comment=found.run, verdict="accepted")
    form = {"form_token": token, "comment": found.run, "verdict": "rejected", "reason": "no"}
    answer = remy.post("/comments", data=form)
    assert answer.status_code == 409
    assert "already" in answer.text
    assert verdicts(served.world) == [("rita", "accepted", "")]


def test_two_processes_cannot_both_moderate(world, serve):
    found = add(world)
    one, other = serve(world).login("rita"), serve(world).login("remy")
    token = form_token(other.get("/comments").text)
    send(one, "/comments", "/comments", comment=found.run, verdict="rejected", reason="x")
    form = {"form_token": token, "comment": found.run, "verdict": "accepted"}
    assert other.post("/comments", data=form).status_code == 409
    assert len(verdicts(world)) == 1


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"verdict": "rejected", "reason": " "}, 422),
        ({"verdict": "rejected", "reason": "x" * 2001}, 422),
        ({"verdict": "perhaps"}, 422),
        ({}, 422),
        ({"verdict": "accepted", "comment": "cm_" + "0" * 32}, 409),
        ({"verdict": "accepted", "comment": "../x"}, 409),
        ({"verdict": "accepted", "form_token": "0" * 64}, 403),
    ],
)
def test_what_cannot_be_recorded_is_said(served, form, status):
    found = add(served.world)
    rita = served.login("rita")
    token = form_token(rita.get("/comments").text)
    answer = rita.post("/comments", data={"form_token": token, "comment": found.run, **form})
    assert answer.status_code == status
    assert verdicts(served.world) == []


@pytest.mark.parametrize("name", ["vera", "olga", "anna"])
def test_who_does_not_review_sees_no_comment(served, name):
    add(served.world)
    client = served.login(name)
    assert client.get("/comments").status_code == 403
    token = form_token(client.get("/health").text)
    assert client.post("/comments", data={"form_token": token}).status_code == 403


def test_what_is_skipped_comes_round_again(served):
    for number in range(3):
        add(served.world, number, f"words {number}")
    rita = served.login("rita")
    page, seen = rita.get("/comments").text, []
    for _ in range(4):
        seen.append(re.search(r"words (\d)", page)[1])
        page = rita.get("/comments", params={"after": re.search("cm_[0-9a-f]{32}", page)[0]}).text
    assert seen == ["0", "1", "2", "0"]


def test_hostile_words_are_text(served):
    add(served.world, text=HOSTILE, group=HOSTILE[:60])
    page = served.login("rita").get("/comments").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "U+202E" in page


def test_erased_words_cannot_be_accepted(served):
    found = add(served.world)
    world = served.world
    given = {"by": "ada", "reason": "asked", "basis": "law", "at": stamp(world.clock.now())}
    erase(world.ledger, world.vault, found.subject, **given)
    rita = served.login("rita")
    assert "Its words are not there" in rita.get("/comments").text
    form = {"comment": found.run, "verdict": "accepted"}
    assert send(rita, "/comments", "/comments", **form).status_code == 409
    form = {"comment": found.run, "verdict": "rejected", "reason": "gone"}
    assert send(rita, "/comments", "/comments", **form).status_code == 303


def test_damaged_words_keep_nobody_from_those_behind_them(served):
    add(served.world)
    add(served.world, 1, "words behind it")
    with sqlite3.connect(served.world.ledger.where) as file:
        file.execute("UPDATE payloads SET blob = zeroblob(80) WHERE rowid = 1")
    rita = served.login("rita")
    page = rita.get("/comments")
    assert page.status_code == 200
    assert "cannot be opened here" in page.text
    found = re.search("cm_[0-9a-f]{32}", page.text)[0]
    assert "words behind it" in rita.get("/comments", params={"after": found}).text


def test_erasing_one_comment_leaves_the_others(world):
    one, other = add(world), add(world, 1)
    given = {"by": "ada", "reason": "asked", "basis": "law", "at": stamp(world.clock.now())}
    erase(world.ledger, world.vault, one.subject, **given)
    assert words_of(world.vault, one) is None
    assert words_of(world.vault, other) == "My words"


def test_words_of_another_comment_are_not_shown(world):
    found = add(world)
    assert words_of(world.vault, dataclasses.replace(found, content=salted("x").commitment)) is None
    assert words_of(None, found) is None


def test_comments_are_counted_by_rule_and_stance(world):
    one, two = add(world), add(world, 1, stance="unclear")
    comments = Comments()
    comments.poll(world.ledger)
    assert comments.waiting == 2
    at = stamp(world.clock.now())
    world.ledger.append(CommentModerated(one.run, at, "ada", "accepted", ""))
    world.ledger.append(CommentModerated("cm_of_nobody", at, "ada", "accepted", ""))
    comments.poll(world.ledger)
    found = {(each.stance, each.status): count for each, count in comments.counts().items()}
    assert found == {("agree", "accepted"): 1, ("unclear", "waiting"): 1}
    assert comments.get(one.run) is None
    assert comments.get(two.run) == two
    assert comments.next(two.run) == two
    assert [type(each) for each in comments.all_waiting()] == [CommentReceived]
