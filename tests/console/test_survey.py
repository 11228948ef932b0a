"""The pages on which people take part, behind the gateway's own server."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.console.form_code import OPEN_S
from charter.console.headers import HEADERS
from charter.console.survey_words import all_words, chosen_language
from charter.errors import ConfigError, LedgerUnavailable
from charter.evolve.surveys.answer import Compared, Rated, Told, Voted
from charter.evolve.surveys.participation import find
from charter.evolve.surveys.secret_code import digest_of_code
from charter.evolve.surveys.shown import candidates_for
from charter.evolve.surveys.wording import WORDINGS
from charter.gateway.settings_file import load_settings
from charter.records.survey import (
    AnswerGiven,
    ParticipantJoined,
    ParticipantWithdrew,
)

from .survey_front import SETTINGS, Surveys, mail, through
from .world import HOSTILE

SPITE = HOSTILE.replace("\x1b", "")


@pytest.fixture
def front(tmp_path):
    """A gateway with one survey."""
    with Surveys(tmp_path) as found:
        yield found


def test_somebody_answers_everything_and_gets_a_receipt(front):
    guest = through(front.guest().join())
    assert "Thank you" in guest.text
    assert "3 of 3 questions" in guest.text
    assert guest.receipt in guest.text
    assert front.answers(guest.receipt) == {
        "say": Voted(1),
        "pick": Compared((("B",), ("A", "C")), why="So."),
        "rate": Rated(-2),
        "trait:age": Told("old"),
    }
    (joined,) = front.read(ParticipantJoined)
    assert (joined.channel, joined.language) == ("open", "en")
    assert joined.receipt == digest_of_code(guest.receipt)


def test_the_start_page_says_what_is_promised(front):
    text = front.guest().open().text
    for said in ("About mail", "To learn.", "I agree to it.", "30 days", "rules@example.org"):
        assert said in text
    assert "3 questions" in text
    assert "About mail" in front.client.get("/survey").text


def test_pages_tell_the_browser_to_run_nothing_and_set_no_cookie(front):
    guest = front.guest()
    pages = [guest.open().page, guest.join().page, guest.say().page, through(guest).page]
    pages += [front.client.get(f"/survey{path}") for path in ("", "/mail/mine", "/none", "/a/b/c")]
    for page in pages:
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert {name for name, _ in HEADERS} <= {*page.headers}
        assert "set-cookie" not in page.headers
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
        assert not re.search(r'(?:src|href|action)="(?!/survey)', page.text)


def test_the_receipt_stands_in_no_address_and_in_no_file(front):
    guest = through(front.guest().join())
    addresses = re.findall(r'(?:href|action|formaction)="([^"]*)"', guest.page.text)
    assert addresses
    assert not any(guest.receipt in each for each in addresses)
    for file in front.folder.glob("ledger.sqlite*"):
        assert guest.receipt.encode() not in file.read_bytes()


def test_the_page_says_that_an_answer_is_kept_only_after_it_is(front, monkeypatch):
    guest = front.guest().join()
    assert "is kept." not in guest.text

    def full(*_given, **_named):
        raise LedgerUnavailable("no room")

    with monkeypatch.context() as patched:
        patched.setattr(front.service.ledger, "append", full)
        lost = guest.say()
        assert lost.page.status_code == 503
        assert "cannot be kept" in lost.text
    assert front.read(AnswerGiven) == []
    again = front.guest()
    again.page = again.client.post(front.address, data={"receipt": guest.receipt, "do": "go"})
    assert again.say().page.status_code == 200
    assert "Your answer is kept." in again.text
    assert len(front.read(AnswerGiven)) == 1


def test_a_form_sent_twice_does_once_what_it_does(front):
    guest = front.guest().open()
    start = guest.hidden | {"consent": "yes"}
    pages = [guest.client.post(front.address, data=start) for _ in range(3)]
    assert {page.status_code for page in pages} == {200}
    assert len(front.read(ParticipantJoined)) == 1
    guest.page = pages[0]
    answer = guest.hidden | {"vote": "agree", "rating": "1", "personal.A": "1", "do": "answer"}
    if guest.item == "pick":
        answer |= {"personal.B": "1", "personal.C": "1"}
    with ThreadPoolExecutor(8) as pool:
        sent = list(pool.map(lambda _: guest.client.post(front.address, data=answer), range(8)))
    assert {page.status_code for page in sent} == {200}
    assert len(front.read(AnswerGiven)) == 1


def test_the_time_an_answer_took_is_measured_by_signed_forms(front, monkeypatch):
    guest = front.guest().join()
    clock = front.service.clock
    before = clock.now()
    forged = guest.hidden | {"shown": "1"}
    page = guest.client.post(front.address, data=forged | {"do": "answer", "vote": "agree"})
    assert page.status_code == 409
    assert front.read(AnswerGiven) == []
    switched = guest.client.post(front.address, data=forged | {"to": "de", "code": ""})
    assert 'name="shown" value="1"' not in switched.text
    kept = guest.client.post(front.address, data=guest.hidden | {"to": "de"})
    assert f'name="shown" value="{guest.hidden["shown"]}"' in kept.text
    monkeypatch.setattr(type(clock), "now", lambda _: before + 7.5)
    guest.say()
    (record,) = front.read(AnswerGiven)
    sealed = front.service.vault.open(record.payload)
    assert 7000 <= json.loads(sealed["text"])["ms"] <= 7600


def test_an_old_form_shows_the_question_again_with_what_was_filled_in(front, monkeypatch):
    guest = front.guest().join()
    guest.reach("pick")
    clock, later = front.service.clock, front.service.clock.now() + OPEN_S + 60
    monkeypatch.setattr(type(clock), "now", lambda _: later)
    count = len(front.read(AnswerGiven))
    guest.post({"personal.A": "3", "why": "My words"}, do="answer")
    assert guest.page.status_code == 409
    assert "open for too long" in guest.text
    assert "My words" in guest.text
    assert re.search(r'<option value="3" selected', guest.page.text)
    assert len(front.read(AnswerGiven)) == count
    guest.say()
    assert len(front.read(AnswerGiven)) == count + 1


def test_a_form_can_be_sent_to_the_service_that_was_started_after(tmp_path):
    with Surveys(tmp_path) as front:
        guest = front.guest().join()
        hidden = guest.hidden
    with Surveys(tmp_path, mail("other")) as front:
        answer = {"vote": "agree", "rating": "0", "personal.A": "1", "do": "answer"}
        answer |= {"personal.B": "1", "personal.C": "1"} if hidden["item"] == "pick" else {}
        page = front.client.post("/survey/mail", data=hidden | answer)
        assert page.status_code == 200
        assert "is kept." in page.text


@pytest.mark.parametrize(
    ("item", "fields", "sentence"),
    [
        ("say", {}, "Choose one"),
        ("say", {"vote": "perhaps"}, "Choose one"),
        ("rate", {"rating": "11"}, "Choose one"),
        ("rate", {"rating": ""}, "Choose one"),
        ("pick", {}, "at least one thing"),
        ("pick", {"personal.A": "1"}, "every answer a place"),
        ("pick", {"world.A": "1", "world.B": "2", "world.C": ""}, "every answer a place"),
        ("pick", {"unacceptable": ["none", "A"]}, "not both"),
        ("pick", {"unacceptable": ["none", "all"]}, "not both"),
        ("pick", {"why": "x" * 4001}, "too long"),
        ("pick", {"why": "a\x00b"}, "does not show"),
    ],
)
def test_what_is_no_answer_is_said_and_nothing_is_kept(front, item, fields, sentence):
    guest = front.guest().join()
    guest.reach(item)
    guest.say(fields)
    assert guest.page.status_code == 422
    assert sentence in guest.text
    assert 'role="alert"' in guest.page.text
    assert guest.item == item
    assert front.read(AnswerGiven) == []


def test_boxes_about_all_candidates_are_answers(front):
    for boxes, expected in ((["none"], ()), (["all"], ("A", "B", "C")), (["B"], ("B",))):
        guest = front.guest().join()
        guest.reach("pick")
        guest.say({"unacceptable": boxes})
        assert front.answers(guest.receipt)["pick"] == Compared(unacceptable=expected)
        page = front.client.post(
            front.address, data={"receipt": guest.receipt, "change": "pick"}
        ).text
        checked = re.findall(r'name="unacceptable" value="(\w+)"[^>]* checked', page)
        assert checked == boxes


def test_questions_may_be_left_open_and_come_again(front):
    guest = front.guest().join()
    for _ in range(3):
        guest.post(do="skip")
    assert "Questions that you left open: 3" in guest.text
    guest.post(do="again")
    assert guest.item
    for _ in range(3):
        guest.post(do="skip")
    guest.post(do="finish")
    assert guest.item == "traits"
    guest.post(do="skip")
    assert "0 of 3 questions" in guest.text
    assert front.read(AnswerGiven) == []


def test_back_shows_what_was_said_and_stopping_shows_the_receipt(front):
    guest = front.guest().join()
    first = guest.item
    guest.say()
    guest.post(do="back")
    assert guest.item == first
    assert re.search(r"( checked| selected)", guest.page.text)
    guest.post(do="stop")
    assert "You can go on later" in guest.text
    assert guest.receipt in guest.text
    guest.post(do="again")
    assert guest.item not in ("", first)


def test_somebody_goes_on_elsewhere_with_the_receipt_however_it_is_typed(front):
    guest = front.guest().join()
    guest.say()
    typed = guest.receipt.lower().replace("-", " ")
    other = front.guest()
    other.page = other.client.get("/survey/mail/mine")
    other.post(receipt=typed, path="/mine")
    assert "My answers" in other.text
    other.post(do="go")
    assert "Question 2 of 3" in other.text


def test_an_answer_is_changed_from_the_list_of_ones_own(front):
    guest = through(front.guest().join())
    guest.post(path="/mine")
    assert "Answer" in guest.text
    assert "So." in guest.text
    guest.post(change="say")
    assert guest.item == "say"
    assert re.search(r'value="agree" checked', guest.page.text)
    guest.say({"vote": "disagree"})
    assert "Your answer is kept." in guest.text
    assert "My answers" in guest.text
    assert front.answers(guest.receipt)["say"] == Voted(-1)
    guest.post(change="traits").say({"option.age": "young"})
    assert front.answers(guest.receipt)["trait:age"] == Told("young")
    assert "My answers" in guest.text


def test_everything_is_withdrawn_after_one_more_question(front):
    guest = through(front.guest().join())
    guest.post(path="/mine")
    guest.post(do="withdraw", path="/mine")
    assert "cannot be undone" in guest.text
    assert front.read(ParticipantWithdrew) == []
    sent = guest.hidden | {"do": "withdraw-now"}
    guest.post(do="withdraw-now", path="/mine")
    assert "Everything is withdrawn" in guest.text
    assert len(front.read(ParticipantWithdrew)) == 1
    assert front.answers(guest.receipt) == {}
    for path in ("", "/mine"):
        again = guest.client.post(front.address + path, data=sent)
        assert again.status_code == 410
        assert "was withdrawn" in again.text
    assert len(front.read(ParticipantWithdrew)) == 1


def test_nobody_withdraws_without_a_form_of_ours(front):
    guest = front.guest().join()
    sent = {"receipt": guest.receipt, "do": "withdraw-now"}
    answer = guest.client.post(f"{front.address}/mine", data=sent)
    assert answer.status_code == 409
    assert front.read(ParticipantWithdrew) == []


def test_a_closed_survey_takes_nothing_but_shows_and_withdraws(front):
    guest, late = front.guest().join(), front.guest().open()
    guest.reach("pick")
    front.close()
    guest.say()
    assert guest.page.status_code == 409
    assert "no more answers" in guest.text
    assert "So." in guest.text
    late.post(consent="yes")
    assert late.page.status_code == 409
    assert "no more answers" in front.guest().open().text
    assert 'name="consent"' not in front.guest().open().page.text
    guest.page = guest.client.post(f"{front.address}/mine", data={"receipt": guest.receipt})
    assert guest.page.status_code == 200
    assert "Change" not in guest.text
    guest.post(do="withdraw", path="/mine").post(do="withdraw-now", path="/mine")
    assert len(front.read(ParticipantWithdrew)) == 1
    assert len(front.read(ParticipantJoined)) == 1


def test_a_number_stands_where_the_lines_of_its_language_begin(front):
    guest = through(front.guest(language="ar").join()).post(path="/mine")
    assert re.search(r'<p class="words"><bdi>−?[0-9]</bdi></p>', guest.page.text)
    assert re.search(r'<p class="words" dir="auto">[^<0-9]', guest.page.text)


def test_every_language_has_its_words_and_its_direction(front):
    guest = front.guest(language="ar").join()
    assert 'lang="ar" dir="rtl"' in guest.page.text
    assert "السؤال 1 من 3" in guest.text
    assert front.read(ParticipantJoined)[0].language == "ar"
    item = guest.item
    guest.post(to="de")
    assert guest.item == item
    assert 'lang="de" dir="ltr"' in guest.page.text
    assert "Frage 1 von 3" in guest.text
    assert "[de]" in guest.text
    guest.post(to="tlh")
    assert "Question 1 of 3" in guest.text
    assert "we do not have them in this language" in guest.text
    assert re.search(r'<h1 lang="en" dir="ltr">', guest.page.text)
    assert "we do not have" not in front.guest(language="de").open().text
    guest.post(to="xx")
    assert "[tlh]" in guest.text


def test_a_change_of_language_keeps_what_is_filled_in(front):
    guest = front.guest().join()
    guest.reach("pick")
    guest.post({"world.B": "3", "why": "Halb fertig", "unacceptable": "C"}, to="de")
    assert guest.item == "pick"
    assert "Halb fertig" in guest.text
    assert re.search(r'<option value="3" selected', guest.page.text)
    assert re.search(r'value="C"[^>]* checked', guest.page.text)
    kept = len(front.read(AnswerGiven))
    guest.say()
    assert len(front.read(AnswerGiven)) == kept + 1


def test_all_languages_have_the_same_words():
    found = all_words()
    assert set(found) == set(WORDINGS)
    for language, said in found.items():
        assert list(said) == list(found["en"]), language
        for key, text in said.items():
            named = sorted(re.findall(r"\{\w+\}", text))
            assert named == sorted(re.findall(r"\{\w+\}", found["en"][key])), (language, key)
            assert text.strip() == text != "", (language, key)


@pytest.mark.parametrize(
    ("wanted", "header", "expected"),
    [
        ("de", "fr", "de"),
        ("", "fr-CH, fr;q=0.9, pt-BR;q=0.8", "pt-BR"),
        ("", "pt;q=1", "pt-BR"),
        ("", "zz,,;;", "en"),
        ("xx", "", "en"),
        ("", "x" * 10_000, "en"),
    ],
)
def test_a_language_is_chosen(wanted, header, expected):
    assert chosen_language(("en", "de", "pt-BR"), wanted, header) == expected


def test_surveys_are_off_unless_settings_say_so(tmp_path):
    found = CliRunner().invoke(
        cli, ["serve", "starter", "--upstream", "http://127.0.0.1:9/v1", "--check"]
    )
    assert found.exit_code == 0, found.output
    file = tmp_path / "gateway.toml"
    file.write_text("[survey]\nenabled = true\n[keep]\npayloads = 'none'\n")
    with pytest.raises(ConfigError, match="answers cannot be taken"):
        load_settings(file)
    file.write_text("[survey]\nper_network = 0\n")
    with pytest.raises(ConfigError, match="survey"):
        load_settings(file)
    file.write_text(SETTINGS)
    assert load_settings(file).survey.enabled
    assert not load_settings(file).feedback.enabled


def test_the_ledger_verifies_after_people_took_part_took_back_and_withdrew(tmp_path):
    with Surveys(tmp_path) as front:
        through(front.guest().join()).post(path="/mine").post(take="say")
        gone = through(front.guest().join()).post(path="/mine")
        gone.post(do="withdraw", path="/mine").post(do="withdraw-now", path="/mine")
    found = CliRunner().invoke(cli, ["verify", str(tmp_path / "ledger.sqlite"), "--json"])
    said = json.loads(found.output)
    assert said["integrity"] == "holds", found.output
    assert "no record names" not in found.output


def test_one_answer_is_taken_back_open_or_closed(front):
    guest = through(front.guest().join()).post(path="/mine")
    made_up = guest.client.post(front.address, data=guest.hidden | {"take": "nothing"})
    assert made_up.status_code == 400
    guest.post(take="say")
    assert "That answer is taken back" in guest.text
    assert "Say why." not in guest.text
    assert set(front.answers(guest.receipt)) == {"pick", "rate", "trait:age"}
    guest.post(take="say")
    assert guest.page.status_code == 200
    guest.post(do="go")
    assert guest.item == "say"
    assert "2 of 3 answered" in guest.text
    assert "checked" not in guest.page.text
    front.close()
    guest.page = guest.client.post(f"{front.address}/mine", data={"receipt": guest.receipt})
    assert "Change" not in guest.text
    guest.post(take="trait:age").post(take="pick")
    assert set(front.answers(guest.receipt)) == {"rate"}
    assert len(front.read(AnswerGiven)) == 7


def test_after_its_last_day_a_survey_is_closed_but_shows_gives_back_and_withdraws(
    tmp_path, monkeypatch
):
    with Surveys(tmp_path, mail(closes="2999-11-30")) as front:
        clock = type(front.service.clock)
        last = datetime(2999, 11, 30, 23, 59, 59, tzinfo=UTC).timestamp()
        monkeypatch.setattr(clock, "now", lambda _: last)
        guest, late = front.guest().join(), front.guest().open()
        assert "until 2999-11-30" in late.text
        guest.reach("pick").say()
        guest.post(change="pick")
        monkeypatch.setattr(clock, "now", lambda _: last + 1)
        for sent in (guest.say({"why": "Other words."}), late.post(consent="yes")):
            assert sent.page.status_code == 409
            assert "no more answers" in sent.text
        assert "no more answers" in late.open().text
        assert 'name="consent"' not in late.page.text
        assert "No survey is open here." in front.client.get("/survey").text
        guest.page = guest.client.post(f"{front.address}/mine", data={"receipt": guest.receipt})
        assert "Help me with this?" in guest.text
        assert "Change" not in guest.text
        guest.post(take="pick")
        assert front.answers(guest.receipt) == {}
        guest.post(do="withdraw", path="/mine").post(do="withdraw-now", path="/mine")
        assert len(front.read(ParticipantWithdrew)) == 1
        assert len(front.read(ParticipantJoined)) == 1


def test_the_list_of_ones_own_tells_which_answer_was_which_after_closing_too(front):
    guest = through(front.guest().join())
    front.close()
    guest.page = guest.client.post(f"{front.address}/mine", data={"receipt": guest.receipt})
    order = candidates_for(front.survey.item("pick"), find(front.service.ledger, guest.receipt).id)
    shown = re.findall(r"<h3>Answer ([123])</h3>\s*<p[^>]*>Candidate ([ABC])</p>", guest.page.text)
    assert shown == [(str(number), letter) for number, letter in enumerate(order, 1)]
