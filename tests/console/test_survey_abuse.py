"""Whoever forges, floods, replays or stuffs the pages of a survey gets one sentence."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from tests.evolve.surveys.people import small

from charter.console.survey_post import MOST_FORM
from charter.evolve.surveys.invitation import invite, new_codes
from charter.evolve.surveys.opening import open_survey
from charter.evolve.surveys.secret_code import new_code
from charter.records.survey import (
    AnswerGiven,
    ConductNoted,
    InvitationUsed,
    ParticipantJoined,
)

from .survey_front import AT, Surveys, mail, through, words
from .world import HOSTILE

SPITE = HOSTILE.replace("\x1b", "")


@pytest.fixture
def front(tmp_path):
    """A gateway with one survey."""
    with Surveys(tmp_path) as found:
        yield found


def test_nobody_joins_without_consent_or_with_other_words(front):
    guest = front.guest().open()
    guest.post()
    assert guest.page.status_code == 422
    assert "Agree first" in guest.text
    guest.open().post(consent="yes", consent_digest="sha256:" + "0" * 64)
    assert guest.page.status_code == 422
    assert front.read(ParticipantJoined) == []


def test_a_receipt_that_no_form_of_ours_made_joins_nobody(front):
    guest = front.guest().open()
    guest.post(consent="yes", receipt=new_code())
    assert guest.page.status_code == 409
    guest.open().post(consent="yes", code="1.2.3")
    assert guest.page.status_code == 409
    assert front.read(ParticipantJoined) == []


def test_forged_ids_and_receipts_open_nothing(front):
    guest = through(front.guest().join())
    for receipt in (new_code(), "", "A" * 5000, HOSTILE, guest.receipt[:-1] + "?"):
        for path in ("", "/mine"):
            sent = {"receipt": receipt, "do": "go"}
            answer = guest.client.post(front.address + path, data=sent)
            assert answer.status_code == 404
            assert "no participation with this receipt" in answer.text
            assert "<script>" not in answer.text
    for survey in ("none", "x" * 3000, "%3Cscript%3E", "..%2Fconsole"):
        assert front.client.get(f"/survey/{survey}").status_code == 404
        assert front.client.post(f"/survey/{survey}", data={"do": "join"}).status_code == 404


def test_answers_to_items_of_other_surveys_are_refused(front):
    open_survey(front.service.ledger, small(), by="ada", at=AT)
    guest = front.guest().join()
    for item in ("again", "trait:age", "", "nothing", "pa_" + "0" * 32):
        page = guest.client.post(
            front.address, data=guest.hidden | {"item": item, "vote": "agree", "do": "answer"}
        )
        assert page.status_code == 404
    page = guest.client.post("/survey/small", data=guest.hidden | {"vote": "agree", "do": "answer"})
    assert page.status_code == 404
    assert front.read(AnswerGiven) == []


def test_a_form_of_another_item_is_not_taken_for_this_one(front):
    guest = front.guest().join()
    other = "say" if guest.item != "say" else "rate"
    answer = {"item": other, "vote": "agree", "rating": "1", "do": "answer"}
    page = guest.client.post(front.address, data=guest.hidden | answer)
    assert page.status_code == 409
    assert front.read(AnswerGiven) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
    ],
)
def test_forms_of_other_sites_are_refused(front, headers, status):
    guest = front.guest().open()
    guest.post(consent="yes", headers=headers)
    assert guest.page.status_code == status
    assert len(front.read(ParticipantJoined)) == (status == 200)


def test_a_large_answer_is_refused_with_one_line(front):
    guest = front.guest().join()
    guest.post(why="x" * 1024 * 1024, do="answer")
    assert guest.page.status_code == 413
    assert "too large" in guest.text
    assert len(guest.page.text) < 4000
    assert front.read(AnswerGiven) == []
    many = {f"f{number}": "1" for number in range(500)}
    assert guest.client.post(front.address, data=many).status_code == 400
    assert guest.client.post(front.address, json={"vote": "agree"}).status_code == 415


def test_the_longest_reason_fits(front):
    guest = front.guest().join()
    guest.reach("pick")
    reason = "\U0001f642" * 4000
    guest.say({"why": reason})
    assert guest.page.status_code == 200
    assert front.answers(guest.receipt)["pick"].why == reason
    assert MOST_FORM > 4000 * 12


def test_scripts_in_texts_are_shown_as_text(tmp_path):
    spite = words(SPITE)
    survey = mail(title=spite, traits=())
    with Surveys(tmp_path, survey) as front:
        guest = front.guest().join()
        for _ in range(3):
            guest.say({"why": SPITE, "vote": "agree", "rating": "1"})
        guest.post(path="/mine")
        assert "<script>" not in guest.page.text
        assert "<img" not in guest.page.text
        assert "<script>alert(1)</script>" in guest.text
        guest.post(change="pick")
        assert "<script>" not in guest.page.text


def test_an_invitation_makes_a_panel_and_is_used_up(front):
    codes = new_codes(2)
    invite(front.service.ledger, "mail", codes, frame="by lot", by="ada", at=AT)
    guest = front.guest().join(invitation=codes[0].lower())
    assert guest.item
    assert front.read(ParticipantJoined)[0].channel == "panel"
    second = front.guest().join(invitation=codes[0])
    assert second.page.status_code == 422
    assert "was used before" in second.text
    forged = front.guest().join(invitation=new_code())
    assert forged.page.status_code == 422
    assert "no invitation to this survey" in forged.text
    for typed in ("nonsense", HOSTILE, "-" * 90):
        wrong = front.guest().join(invitation=typed)
        assert wrong.page.status_code == 422
        assert "<script>" not in wrong.page.text
    assert len(front.read(InvitationUsed)) == 1
    assert len(front.read(ParticipantJoined)) == 1
    forged.post(consent="yes", invitation="")
    assert [each.channel for each in front.read(ParticipantJoined)] == ["panel", "open"]


def test_a_panel_takes_nobody_without_an_invitation(tmp_path):
    with Surveys(tmp_path, mail(channels=("panel",))) as front:
        guest = front.guest().join()
        assert guest.page.status_code == 403
        assert front.read(ParticipantJoined) == []
        assert "About mail" not in front.client.get("/survey").text


def test_many_from_one_network_are_noted_and_then_refused(tmp_path):
    with Surveys(tmp_path, more="per_network = 8\nsame_network = 3\n") as front:
        codes = [front.guest("198.51.100.7").join().page.status_code for _ in range(10)]
        assert codes == [200] * 8 + [429] * 2
        assert front.read(ConductNoted) != []
        noted = front.read(ConductNoted)
        assert {each.kind for each in noted} == {"same_network"}
        assert {each.run for each in noted} == {each.run for each in front.read(ParticipantJoined)}
        assert "198.51" not in str(noted)
        other = front.guest("198.51.100.8").join()
        assert other.page.status_code == 200
        assert len(front.read(ConductNoted)) == 8
        full = front.guest("198.51.100.7").join()
        assert full.page.headers["retry-after"]
        assert "Too many requests come from your network" in full.text


def test_a_form_that_is_sent_again_takes_nothing_of_the_limit(tmp_path):
    with Surveys(tmp_path, more="per_network = 1\n") as front:
        guest = front.guest().open()
        start = guest.hidden | {"consent": "yes"}
        sent = [guest.client.post(front.address, data=start).status_code for _ in range(4)]
        assert sent == [200] * 4
        assert front.guest().join().page.status_code == 429


def test_there_are_limits_for_all_networks_together(tmp_path):
    more = "per_hour = 2\nrequests_per_network = 6\nrequests_per_minute = 14\n"
    with Surveys(tmp_path, more=more) as front:
        joined = [front.guest(f"198.51.100.{at}").join().page for at in range(3)]
        assert [page.status_code for page in joined] == [200, 200, 429]
        assert "Too many people" in joined[2].text
        asked = [front.guest("198.51.100.9").open().page.status_code for _ in range(7)]
        assert asked == [200] * 6 + [429]
        assert [front.guest(f"203.0.113.{at}").open().page.status_code for at in range(4)] == [
            200,
            200,
            429,
            429,
        ]


def test_too_many_changes_are_refused_and_noted(tmp_path):
    survey = mail(items=mail().items[:1], traits=())
    with Surveys(tmp_path, survey, more="requests_per_network = 1000\n") as front:
        guest = front.guest().join()
        start = guest.hidden
        votes = ("agree", "disagree")
        status = [
            guest.client.post(
                front.address, data=start | {"vote": votes[at % 2], "do": "answer"}
            ).status_code
            for at in range(57)
        ]
        assert status == [200] * 55 + [429, 200]  # the last one says what stands there already
        (noted,) = front.read(ConductNoted)
        assert noted.kind == "too_many"


def test_what_is_no_step_or_page_is_refused(front):
    guest = front.guest().join()
    assert guest.client.post(front.address, data=guest.hidden | {"do": "x"}).status_code == 400
    assert guest.client.post(front.address, data=guest.hidden).status_code == 400
    for hidden in ({"left": "9" * 3000}, {"left": "1,x,-1,99999999"}, {"shown": "\u0663" * 9}):
        answer = guest.client.post(front.address, data=guest.hidden | hidden | {"do": "go"})
        assert answer.status_code == 200
    assert front.client.put(front.address).status_code == 405
    assert front.client.get("/survey/static/console.js").status_code == 404
    assert front.client.get("/survey/static/survey.css").status_code == 200


@pytest.mark.parametrize("why", [b"%E4%F6", b"\xe4\xf6", b"a%80b", b"%ED%A0%80"])
def test_words_in_another_encoding_are_refused_and_not_kept_as_other_words(front, why):
    guest = front.guest().join().reach("pick")
    kind = {"content-type": "application/x-www-form-urlencoded"}
    body = urlencode(guest.hidden | {"do": "answer"}).encode() + b"&why=" + why
    assert guest.client.post(front.address, content=body, headers=kind).status_code == 400
    assert front.read(AnswerGiven) == []
    plain = body.removesuffix(why) + "\u00e4".encode()
    assert guest.client.post(front.address, content=plain, headers=kind).status_code == 200
    assert front.answers(guest.receipt)["pick"].why == "\u00e4"
