"""Held actions: who may decide, on what, and what becomes of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from charter.errors import ConfigError, LedgerUnavailable
from charter.ledger.board import Board
from charter.records.approval import ApprovalAsked, ApprovalUsed, ApprovalVoted

from .conftest import form_token, send


def asked(world, tool="run_command", nth=0):
    """Return the approvals that were asked for, in order."""
    return [each for each in world.ledger.read(ApprovalAsked) if each.tool == tool][nth]


def vote(served, name, approval, verdict="approve", **form):
    """Vote in the browser of somebody."""
    given = {"binding": approval.binding, "verdict": verdict, **form}
    path = f"/approvals/{approval.run}"
    return send(served.login(name), "/health", path, **given)


def status(world, approval):
    """Return what became of an approval."""
    board = Board()
    board.poll(world.ledger)
    return board.approval(approval.run).status(world.clock.now())


@pytest.mark.parametrize(("verdict", "becomes"), [("approve", "approved"), ("deny", "denied")])
def test_one_person_decides(lively, verdict, becomes):
    served, _ = lively
    approval = asked(served.world)
    answer = vote(served, "olga", approval, verdict, note="as agreed")
    assert answer.status_code == 303
    assert status(served.world, approval) == becomes
    (found,) = served.world.ledger.read(ApprovalVoted)
    assert (found.by, found.verdict, found.note, found.binding) == (
        "olga", verdict, "as agreed", approval.binding,
    )  # fmt: skip
    text = served.login("anna").get(f"/approvals/{approval.run}").text
    assert "as agreed" in text


def test_four_eyes_need_two_people(lively):
    served, _ = lively
    approval = asked(served.world, nth=1)
    assert approval.needed == 2
    vote(served, "olga", approval)
    assert status(served.world, approval) == "pending"
    again = vote(served, "olga", approval)
    assert again.status_code == 409
    assert "You have voted on this already" in again.text
    vote(served, "otto", approval)
    assert status(served.world, approval) == "approved"


def test_two_accounts_of_one_person_are_one_voice(world, serve):
    from charter.console.accounts import Accounts  # noqa: PLC0415

    from .world import account, busy  # noqa: PLC0415

    busy(world)
    twins = [account(name, "operator", person="Olga@Example.org") for name in ("olga", "twin")]
    served = serve(world, accounts=Accounts.of(*twins))
    approval = asked(world, nth=1)
    vote(served, "olga", approval)
    assert vote(served, "twin", approval).status_code == 409
    assert status(world, approval) == "pending"


@pytest.mark.parametrize("principal", ["paul", "Team-Mail", "team-mail"])
def test_whoever_asks_cannot_approve(world, serve, principal):
    world.service()
    world.exchange(
        "Clean up.", calls=(("run_command", {"command": "rm -rf /x"}),), principal=principal
    )
    served = serve(world)
    approval = asked(world)
    name = "paul"
    person = "Team-Mail"
    if principal.lower() == person.lower():
        answer = vote(served, name, approval)
        assert answer.status_code == 403
        assert "cannot approve it" in answer.text
        assert status(world, approval) == "pending"
        page = served.login(name).get(f"/approvals/{approval.run}").text
        assert "Approve once" not in page
        assert vote(served, name, approval, "deny").status_code == 303
        assert status(world, approval) == "denied"
    else:
        assert vote(served, name, approval).status_code == 303


def test_the_editor_of_arguments_cannot_approve_them(lively):
    served, _ = lively
    first = asked(served.world)
    edited = replace(
        first, run="apr_" + "e" * 32 + "_1", binding="e" * 64, edited_from=first.run, editor="Olga"
    )
    served.world.ledger.append(edited)
    assert vote(served, "olga", edited).status_code == 403
    assert vote(served, "otto", edited).status_code == 303


def test_a_vote_counts_for_what_was_shown(lively):
    served, _ = lively
    approval = asked(served.world)
    answer = vote(served, "olga", replace(approval, binding="f" * 64))
    assert answer.status_code == 409
    assert "look at it again" in answer.text
    assert not list(served.world.ledger.read(ApprovalVoted))


def test_what_has_ended_takes_no_vote(lively):
    served, _ = lively
    expired, used = asked(served.world), asked(served.world, nth=1)
    served.world.ledger.append(ApprovalUsed(used.run, used.at, used.exchange, "d"))
    assert "is used" in vote(served, "olga", used).text
    served.world.clock.time += 3601
    answer = vote(served, "olga", expired)
    assert answer.status_code == 409
    assert "is expired" in answer.text
    page = served.login("olga").get("/approvals").text
    assert "Nothing waits for a person" in page


def test_an_unknown_approval_and_verdict_are_refused(lively):
    served, _ = lively
    approval = asked(served.world)
    assert vote(served, "olga", replace(approval, run="apr_x")).status_code == 404
    assert vote(served, "olga", approval, "maybe").status_code == 422
    assert vote(served, "olga", approval, note="x" * 2001).status_code == 422


@pytest.mark.parametrize(
    ("name", "sees"), [("vera", False), ("olga", True), ("rita", True), ("anna", True)]
)
def test_what_is_held_is_shown_to_those_who_decide_or_read(lively, name, sees):
    served, _ = lively
    text = served.login(name).get(f"/approvals/{asked(served.world).run}").text
    assert ("rm -rf /var/backups/2024" in text) is sees
    assert ("Clean up the old backups" in text) is sees
    assert ("Approve once" in text) is (name == "olga")
    assert "expires in" in text.lower()


def test_arguments_are_changed_by_whoever_makes_fresh_approvals(world, serve):
    from .world import busy  # noqa: PLC0415

    busy(world)

    def edit(first, arguments, by, now):
        if arguments == "no":
            raise ConfigError("these arguments are no JSON")
        made = replace(
            first, run="apr_" + "d" * 32 + "_1", binding="d" * 64, edited_from=first.run, editor=by
        )
        voted = ApprovalVoted(first.run, first.at, by, "edit", first.binding, "", made.run)
        world.ledger.append(made, voted)
        return made.run

    served = serve(world, edit=edit)
    approval = asked(world)
    assert "Ask for this instead" in served.login("olga").get(f"/approvals/{approval.run}").text
    answer = vote(served, "olga", approval, "edit", arguments="no")
    assert (answer.status_code, "no JSON" in answer.text) == (422, True)
    assert vote(served, "olga", approval, "edit", arguments=" ").status_code == 422
    answer = vote(served, "olga", approval, "edit", arguments='{"command": "ls"}')
    assert answer.headers["location"].endswith("d_1")
    assert status(world, approval) == "superseded"
    made = asked(world, nth=2)
    assert vote(served, "olga", made).status_code == 403
    assert vote(served, "otto", made).status_code == 303
    assert status(world, made) == "approved"


def test_without_that_nothing_can_be_changed(lively):
    served, _ = lively
    approval = asked(served.world)
    assert "Ask for this instead" not in served.login("olga").get(f"/approvals/{approval.run}").text
    assert vote(served, "olga", approval, "edit", arguments="{}").status_code == 409


def test_a_ledger_that_cannot_be_written_loses_no_vote_silently(lively, monkeypatch):
    served, _ = lively

    def full(*_records):
        raise LedgerUnavailable("database or disk is full")

    client = served.login("olga")
    approval = asked(served.world)
    token = form_token(client.get("/health").text)
    monkeypatch.setattr(served.world.ledger, "append", full)
    form = {"form_token": token, "binding": approval.binding, "verdict": "approve"}
    answer = client.post(f"/approvals/{approval.run}", data=form)
    assert answer.status_code == 503
    assert "disk is full" in answer.text


def test_whoever_asks_can_take_it_back(lively):
    served, _ = lively
    served.world.exchange(
        "Clean up.", calls=(("run_command", {"command": "rm -rf /srv/x"}),), principal="olga"
    )
    approval = asked(served.world, nth=2)
    page = served.login("olga").get(f"/approvals/{approval.run}").text
    assert "cannot approve it" in page
    assert 'value="deny"' in page
    assert 'value="approve"' not in page
    assert vote(served, "olga", approval, "deny").status_code == 303
    assert status(served.world, approval) == "denied"


@pytest.mark.parametrize(
    ("name", "reads"), [("vera", False), ("olga", True), ("anna", True), ("rita", True)]
)
def test_the_list_shows_what_is_held_to_those_who_may_read_it(lively, name, reads):
    served, _ = lively
    text = served.login(name).get("/approvals").text
    assert ("rm -rf /var/backups/2024" in text) is reads


@pytest.mark.parametrize("page", ["/approvals", "/approvals/{}", "/api/approvals/{}"])
def test_what_somebody_saw_held_is_not_in_their_queue(lively, page):
    served, _ = lively
    client = served.login("mona")
    assert "Clean up the old backups." in queue_of(served.login("rita"))
    path = page.format(asked(served.world).run)
    seen = (served.bearer("mona") if "/api/" in page else client).get(path)
    assert "rm -rf /var/backups/2024" in seen.text
    assert "Clean up the old backups." not in queue_of(client)


def queue_of(client):
    """Return the texts of a whole review queue, each skipped."""
    texts = []
    while "Nothing to review" not in (text := client.get("/review").text):
        texts.append(text)
        item = re.search(r'name="item" value="([\w-]+)"', text)[1]
        client.post("/review/skip", data={"form_token": form_token(text), "item": item})
    return "\n".join(texts)
