"""Notices sent to real servers: signatures, retries, once each, never where they may not go."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest

from charter.errors import ConfigError
from charter.govern.notices.address import is_public
from charter.govern.notices.deliver import MOST_FAILED, Post, Wanted, given_up, wanted_of
from charter.govern.notices.due import due_of, read_due, recent
from charter.govern.notices.message import message_of
from charter.govern.notices.settings import read_settings
from charter.govern.notices.webhook import key_of, signature
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import SqliteStore
from charter.records.incident import IncidentAmended, IncidentOpened
from charter.records.objective import AlertEnded, AlertRaised, NoticeSent
from charter.records.release import (
    PinLifted,
    PolicyPinned,
    Refusal,
    ReleaseAsked,
    Released,
    ReleaseOverridden,
    ReleaseWithdrawn,
)

from . import servers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of the published example
AT = "2026-03-01T10:00:00.000Z"
ALERT = AlertRaised("accord/page", 1, AT, "accord", "page", "sha256:0", 60, 12, 100, "24.0", "30.0")
HOOK = """
format: charter-notices/1
tries: {tries}
targets:
  - {{kind: webhook, name: hook, url: "{url}", secret_env: SECRET, timeout: {timeout},
     allow_private: {private}, plain_http: true}}
routes:
  - {{events: [alert.*], to: [hook]}}
"""
MAIL = """
format: charter-notices/1
targets:
  - {{kind: email, name: mail, host: 127.0.0.1, port: {port}, security: none,
     from: charter@example.org, to: [ada@example.org, bob@example.org], allow_private: true}}
routes:
  - {{events: ["*"], severities: [page], to: [mail]}}
"""


@pytest.fixture
def ledger(tmp_path):
    with Ledger(SqliteStore(tmp_path / "ledger.sqlite")) as opened:
        yield opened


def hook(url, private="true", tries=3, timeout=5):
    return read_settings(HOOK.format(url=url, private=private, tries=tries, timeout=timeout), "n")


class Sending:
    """Sends what a ledger has to tell, and remembers how long it waited."""

    def __init__(self, ledger, settings, environ=None):
        self.ledger, self.settings, self.slept = ledger, settings, []
        environ = {"SECRET": SECRET} if environ is None else environ
        self.post = Post(
            ledger, settings.tries, environ, lambda: AT, lambda: 1614265330, self.slept.append
        )

    def wanted(self):
        notices = self.ledger.read(NoticeSent)
        return list(wanted_of(read_due(self.ledger), self.settings, notices))

    def all(self):
        return [(each.outcome, each.detail) for each in map(self.post.deliver, self.wanted())]


def test_the_signature_is_that_of_the_published_example():
    body = b'{"test": 2432232314}'
    found = signature(key_of(SECRET), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "whsec_AAAA", "whsec_!!", "whsec_" + "QUJD"])
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret):
    with pytest.raises(ConfigError) as failure:
        key_of(secret)
    assert not secret or secret not in str(failure.value)


def test_an_alert_is_posted_signed_and_once(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks()) as server:
        sending = Sending(ledger, hook(server.url))
        assert sending.all() == [("sent", "")]
        assert sending.all() == []
    ((path, headers, body),) = server.asked
    assert path == "/hook?a=b"
    headers = {name.lower(): value for name, value in headers.items()}
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(base64.b64decode(SECRET[6:]), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    said = json.loads(body)
    assert said["type"] == "alert.raised"
    assert said["timestamp"] == AT
    assert said["data"]["about"] == "accord/page/1"
    assert said["data"]["facts"]["bad"] == 12
    (notice,) = ledger.read(NoticeSent)
    assert notice == NoticeSent("accord/page/1", 1, AT, "alert.raised", "hook", "sent")


def test_what_may_pass_is_tried_again_with_longer_pauses(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks(503, 429, 200)) as server:
        sending = Sending(ledger, hook(server.url))
        assert sending.all() == [("sent", "")]
    assert sending.slept == [1.0, 2.0]
    assert len({headers["webhook-id"] for _, headers, _ in server.asked}) == 1


@pytest.mark.parametrize(("status", "asked"), [(404, 1), (302, 1), (410, 1), (500, 2), (408, 2)])
def test_failures_are_recorded_and_redirects_are_not_followed(ledger, status, asked):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks(status)) as server:
        sending = Sending(ledger, hook(server.url, tries=2))
        assert sending.all() == [("failed", f"it answered {status}")]
        assert len(server.asked) == asked
        assert len(sending.wanted()) == 1  # the next run tries again


def test_an_endless_answer_is_not_read_to_its_end(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks("endless")) as server:
        assert Sending(ledger, hook(server.url)).all() == [("sent", "")]


def test_a_server_that_says_nothing_is_given_up(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks()) as server:
        port = server.server_address[1]
    found = Sending(ledger, hook(f"http://127.0.0.1:{port}/", tries=1)).all()
    assert found == [("failed", "no answer: ConnectionRefusedError")]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0.0.0.0"])  # noqa: S104 - asked, not bound
def test_private_addresses_are_refused_unless_the_settings_say_so(ledger, host):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks()) as server:
        url = f"http://{host}:{server.server_address[1]}/"
        ((outcome, detail),) = Sending(ledger, hook(url, private="false")).all()
        assert outcome == "failed"
        assert "private" in detail or "looked up" in detail
        assert server.asked == []


@pytest.mark.parametrize(
    ("place", "public"),
    [
        ("8.8.8.8", True),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("::ffff:127.0.0.1", False),
        ("fe80::1%eth0", False),
        ("224.0.0.1", False),
        ("2606:4700::1111", True),
        ("nonsense", False),
    ],
)
def test_which_addresses_are_public(place, public):
    assert is_public(place) is public


def test_what_is_missing_from_the_environment_is_a_failure_with_its_name(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks()) as server:
        ((outcome, detail),) = Sending(ledger, hook(server.url), environ={}).all()
    assert (outcome, "SECRET is not set" in detail) == ("failed", True)


def test_after_many_failures_a_notice_is_given_up(ledger):
    failed = [
        NoticeSent("accord/page/1", number, AT, "alert.raised", "hook", "failed", "no")
        for number in range(1, MOST_FAILED + 1)
    ]
    settings = hook("http://example.org/")
    assert len(list(wanted_of(due_of([ALERT]), settings, failed[1:]))) == 1
    assert list(wanted_of(due_of([ALERT]), settings, failed)) == []


def later(minutes):
    at = datetime.fromisoformat(AT) + timedelta(minutes=minutes)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_what_failed_waits_longer_each_time_so_that_an_outage_loses_nothing():
    """A run each minute, of a target that is away: half a day passes before it is given up."""
    settings, failed, runs = hook("http://example.org/"), [], []
    for minute in range(24 * 60):
        if list(wanted_of(due_of([ALERT]), settings, failed, later(minute))):
            runs.append(minute)
            number = len(failed) + 1
            failed.append(
                NoticeSent(
                    "accord/page/1", number, later(minute), "alert.raised", "hook", "failed", "no"
                )
            )
    assert runs[:8] == [0, 1, 3, 7, 15, 31, 63, 123]
    assert len(runs) == MOST_FAILED
    assert runs[-1] > 12 * 60
    (lost,) = given_up(due_of([ALERT]), settings, failed)
    assert lost.key == ("accord/page/1", "alert.raised", "hook")
    assert given_up(due_of([ALERT]), settings, failed[1:]) == ()


@pytest.mark.parametrize("at", ["soon", later(9)])
def test_a_failure_of_no_time_or_of_one_to_come_does_not_wait(at):
    failed = [NoticeSent("accord/page/1", 1, at, "alert.raised", "hook", "failed", "no")]
    assert list(wanted_of(due_of([ALERT]), hook("http://example.org/"), failed, AT))


def test_of_two_who_send_at_once_one_record_stays(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Hooks()) as server:
        sending = Sending(ledger, hook(server.url))
        (wanted,) = sending.wanted()
        sending.post.deliver(wanted)
        sending.post.deliver(wanted)  # the other process had looked before the first recorded
    assert len(server.asked) == 2
    assert len({headers["webhook-id"] for _, headers, _ in server.asked}) == 1
    assert len(list(ledger.read(NoticeSent))) == 1


def test_people_are_told_by_mail(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Post()) as server:
        sending = Sending(ledger, read_settings(MAIL.format(port=server.port), "n"))
        assert sending.all() == [("sent", "")]
        assert sending.all() == []
    mail = message_from_bytes(server.mails[0].removesuffix(b".\r\n"), policy=policy.default)
    assert mail["To"] == "ada@example.org, bob@example.org"
    assert mail["Subject"].startswith("[charter page] accord: 12 of 100 events are bad")
    assert mail["Message-ID"].endswith("@example.org>")
    assert "about: accord/page/1" in mail.get_content()


def test_a_mail_in_any_script_passes_servers_of_seven_bits(ledger):
    ledger.append(replace(ALERT, objective="日本"))
    with servers.serving(servers.Post()) as server:
        assert Sending(ledger, read_settings(MAIL.format(port=server.port), "n")).all()
    assert server.mails[0].isascii()
    mail = message_from_bytes(server.mails[0].removesuffix(b".\r\n"), policy=policy.default)
    assert "日本" in mail.get_content()


def test_people_who_have_a_mail_are_not_told_again_because_of_others(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Post(refuse=b"550 nobody here", whom=b"bob")) as server:
        sending = Sending(ledger, read_settings(MAIL.format(port=server.port), "n"))
        assert sending.all() == [("sent", "it refused 1 of 2 people")]
        assert sending.all() == []
    assert len(server.mails) == 1
    mail = message_from_bytes(server.mails[0].removesuffix(b".\r\n"), policy=policy.default)
    assert mail["Date"].datetime == datetime.fromtimestamp(1614265330, UTC)


def test_a_breach_names_the_decision_and_no_word_of_it():
    breach = replace(
        ALERT, run="root:no_lies/breach", objective="root:no_lies", severity="breach", bad=2,
        total=2, burn="", links=("x_1.2",),
    )  # fmt: skip
    (due,) = due_of([breach])
    assert due.title == "Root section no_lies was broken: 2 of 2 people found so"
    assert due.facts["decision"] == "x_1.2"
    assert '"decision": "x_1.2"' in message_of(due, "hook").body.decode()
    (plain,) = due_of([ALERT])
    assert "decision" not in json.loads(message_of(plain, "hook").body)["data"]["facts"]


def test_titles_count_one_event_as_one():
    (due,) = due_of([replace(ALERT, bad=1, total=1, burn="")])
    assert due.title == "accord: 1 of 1 event is bad"


@pytest.mark.parametrize(
    ("refusal", "detail"),
    [(b"550 nobody here", "no answer: SMTPRecipientsRefused"), (b"451 later", "no answer")],
)
def test_mail_that_is_refused_is_a_failure(ledger, refusal, detail):
    ledger.append(ALERT)
    with servers.serving(servers.Post(refuse=refusal)) as server:
        settings = read_settings(MAIL.format(port=server.port), "n")
        ((outcome, found),) = Sending(ledger, settings).all()
    assert outcome == "failed"
    assert found.startswith(detail)


def test_a_password_is_not_sent_where_encryption_is_not_offered(ledger):
    ledger.append(ALERT)
    with servers.serving(servers.Post()) as server:
        text = MAIL.format(port=server.port).replace("security: none", "security: starttls")
        ((outcome, detail),) = Sending(ledger, read_settings(text, "n")).all()
    assert (outcome, detail) == ("failed", "it cannot do what the settings ask of it")
    assert server.mails == []


def test_every_kind_of_record_says_something_and_drills_say_so():
    opened = IncidentOpened("inc_1", AT, "ada", "cli", "Leak", "s", "serious", False, ())
    drill = IncidentOpened("inc_2", AT, "ada", "cli", "Drill", "s", "serious", True, ())
    records = [
        ALERT,
        AlertEnded("accord/page", 1, AT, "ada", "fixed"),
        opened,
        IncidentAmended("inc_1", 1, AT, "ada", "note"),
        IncidentAmended("inc_1", 2, AT, "ada", "closed"),
        drill,
        IncidentAmended("inc_2", 1, AT, "ada", "closed"),
        ReleaseOverridden("rel_1", AT, "ada", "owner", "why", ("gate whole",)),
        Released("spec", 1, AT, "ada", "rel_1", "1.2", "sha256:p", (), True, "note"),
        ReleaseWithdrawn("rel_1", AT, "ada", "owner", "why"),
        ReleaseAsked("rel_2", AT, "ada", "spec", "1.3", "sha256:p", (), "rel_1", "root", "{}",
                     (Refusal("gate", "whole", "no"),), 2, ("approver",)),
        PolicyPinned("pin_1", AT, "ada", "sha256:p", "why", "inc_1"),
        PinLifted("pin_1", AT, "ada", "over"),
    ]  # fmt: skip
    every = list(due_of(records))
    drills = [each for each in every if each.drill]
    assert [each.event for each in drills] == ["incident.opened", "incident.closed"]
    assert all(each.title.startswith("DRILL: ") for each in drills)
    found = [each for each in every if not each.drill]
    assert [(each.event, each.about) for each in found] == [
        ("alert.raised", "accord/page/1"),
        ("alert.ended", "accord/page/1"),
        ("incident.opened", "inc_1"),
        ("incident.closed", "inc_1"),
        ("release.overridden", "rel_1"),
        ("release.released", "rel_1"),
        ("release.withdrawn", "rel_1"),
        ("release.asked", "rel_2"),
        ("pin.set", "pin_1"),
        ("pin.lifted", "pin_1"),
    ]
    assert (found[7].severity, found[7].facts["refusals"]) == ("root", "gate whole")
    assert "overridden" in found[5].title


def test_what_happened_long_ago_is_told_to_nobody():
    (due,) = due_of([ALERT])
    assert list(recent([due], "2026-03-04T09:59:59.000Z", 72)) == [due]
    assert list(recent([due], "2026-03-04T10:00:01.000Z", 72)) == []


def test_hostile_words_stay_on_one_line():
    words = "a\r\nBcc: eve@example.org\x1b[2J" + "W" * 5000
    record = IncidentOpened("inc_1", AT, words, "cli", words, "s", "serious", False, ())
    (due,) = due_of([record])
    message = message_of(due, "mail")
    assert message.subject.isprintable()
    assert len(message.subject) <= 200
    assert "\x1b" not in message.text
    assert message == message_of(due, "mail")
    assert message.id != message_of(due, "hook").id


def test_a_wanted_notice_is_told_from_others():
    settings = hook("http://example.org/")
    (wanted,) = wanted_of(due_of([ALERT, ALERT]), settings, ())
    assert isinstance(wanted, Wanted)
    assert wanted.key == ("accord/page/1", "alert.raised", "hook")


def test_a_closing_after_a_reopening_is_told_again_and_how_bad_it_is():
    found = due_of(
        [
            IncidentOpened("inc_1", AT, "ada", "cli", "t", "s", "incident", False, ()),
            IncidentAmended("inc_1", 1, AT, "ada", "closed"),
            IncidentAmended("inc_1", 2, AT, "ada", "reopened"),
            IncidentAmended("inc_1", 3, AT, "ada", "severity", value="disaster"),
            IncidentAmended("inc_1", 4, AT, "ada", "closed"),
        ]
    )
    assert [(each.event, each.about, each.severity) for each in found] == [
        ("incident.opened", "inc_1", "incident"),
        ("incident.closed", "inc_1", "incident"),
        ("incident.closed", "inc_1/2", "disaster"),
    ]
