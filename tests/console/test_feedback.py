"""The form for the public, behind the gateway's own server."""

from __future__ import annotations

import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.console.comments import words_of
from charter.console.feedback import feedback
from charter.console.form_code import OPEN_S
from charter.console.headers import HEADERS
from charter.errors import ConfigError, LedgerUnavailable
from charter.gateway.settings_file import load_settings
from charter.gateway.table import build_table
from charter.ledger.erasure import erase
from charter.records.comment import CommentModerated

from .front import CLAUSE, SETTINGS, SPEC, Front
from .world import HOSTILE


@pytest.fixture
def front(tmp_path):
    """A gateway with the form."""
    with Front(tmp_path) as found:
        yield found


def test_the_form_shows_the_rules_own_words(front):
    clause, section = front.open().text, front.open("kind").text
    assert "should greet people" in clause
    assert "shout" not in clause
    assert "should greet people" in section
    assert "shout &lt;b&gt;loudly&lt;/b&gt;" in section
    assert "<b>" not in section
    assert "The &lt;i&gt;authors&lt;/i&gt; read it." in clause
    assert "another version" not in clause
    assert "another version" in front.open(spec="sha256:" + "0" * 64).text
    assert "/feedback/?rule=kind" in front.client.get("/feedback").text


def test_answers_say_what_a_browser_has_to_refuse(front):
    for path in ("/feedback", "/feedback?rule=kind", "/feedback/nowhere", "/feedback?rule=none"):
        headers = front.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "frame-ancestors 'none'" in policy
        assert {name for name, _ in HEADERS} <= {*headers}
        assert headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in headers
    assert "<script" not in front.open().text


@pytest.mark.parametrize("rule", ["none", "kind/none", "x" * 3000, "<script>alert(1)</script>"])
def test_an_unknown_rule_is_said_in_one_line(front, rule):
    answer = front.open(rule)
    assert answer.status_code == 404
    assert "has no rule" in answer.text
    assert "<script>" not in answer.text
    assert front.send(front.fields() | {"rule": rule}).status_code == 404
    assert front.received() == []


def test_a_comment_is_recorded_and_its_words_are_sealed(front):
    answer = front.send(text="  My words,\r\nas I wrote them.  ")
    assert answer.status_code == 303
    (record,) = front.received()
    taken = front.client.get(answer.headers["location"])
    assert record.run in taken.text
    assert (record.clause, record.stance, record.group) == (CLAUSE, "disagree", "developer")
    assert record.spec == front.service.table.base.policy.spec_digest
    assert words_of(front.service.vault, record) == "My words,\nas I wrote them."
    for file in front.folder.glob("ledger.sqlite*"):
        assert b"as I wrote them" not in file.read_bytes()


def test_a_form_that_is_sent_twice_makes_one_comment(front):
    fields = front.fields()
    first, second = front.send(fields), front.send(fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(front.received()) == 1


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"stance": "maybe"}, 422, "Say whether you agree"),
        ({"text": "  "}, 422, "Say why"),
        ({"text": "\x00\u200b\u202e\n\U000e0041"}, 422, "Say why"),
        ({"text": "x" * 4001}, 422, "these are 4,001"),
        ({"group": "king"}, 422, "Choose one of the groups"),
        ({"website": "http://spam"}, 422, "looks like a program"),
        ({"token": ""}, 409, "Read it again"),
        ({"token": "1.2.3"}, 409, "Read it again"),
        ({"token": "9" * 5000}, 409, "Read it again"),
        ({"token": "٣.2.3"}, 409, "Read it again"),
        ({"rule": "kind"}, 409, "Read it again"),
        ({"text": "x" * 70_000}, 413, "too large"),
    ],
)
def test_what_cannot_be_taken_is_said_and_not_recorded(front, changed, status, words):
    answer = front.send(front.fields() | changed)
    assert answer.status_code == status
    assert words in answer.text
    assert front.received() == []


def test_words_are_kept_in_the_form_when_it_comes_back(front):
    answer = front.send(stance="", text="</textarea><script>alert(1)</script> mine")
    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; mine</textarea>" in answer.text
    fresh = re.search(r'name="token" value="([^"]+)"', answer.text)[1]
    assert front.send(front.fields(token=fresh, text="mine")).status_code == 303


def test_the_longest_comment_is_taken(front):
    assert front.send(text="\U0001f600" * 4000).status_code == 303
    (record,) = front.received()
    assert len(words_of(front.service.vault, record)) == 4000


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "null", "host": ""}, 403),
        ({"origin": "http://[", "host": ""}, 403),
        ({"content-type": "text/plain"}, 415),
        ({"sec-fetch-site": "same-origin"}, 303),
    ],
)
def test_forms_of_other_sites_are_refused(front, headers, status):
    assert front.send(headers=headers).status_code == status
    assert len(front.received()) == (status == 303)


def test_a_form_is_too_old_one_day(front, monkeypatch):
    fields = front.fields()
    now = front.service.clock.now()
    monkeypatch.setattr(front.service.clock, "now", lambda: now + OPEN_S + 60)
    assert front.send(fields).status_code == 409


def test_one_address_may_send_so_many(tmp_path):
    with Front(tmp_path, more="per_address = 2\n") as front:
        found = [front.send().status_code for _ in range(3)]
        assert found == [303, 303, 429]
        assert int(front.send().headers["retry-after"]) > 0
        assert len(front.received()) == 2


def test_all_addresses_together_may_send_so_many(tmp_path):
    more = 'per_hour = 2\naddress_header = "x-real-address"\n'
    with Front(tmp_path, more=more) as front:
        found = [
            front.send(headers={"x-real-address": f"made up, 10.0.0.{at}"}).status_code
            for at in range(3)
        ]
        assert found == [303, 303, 429]


def test_one_network_of_ipv6_is_one_address(tmp_path):
    more = 'per_address = 1\naddress_header = "x-real-address"\n'
    with Front(tmp_path, more=more) as front:
        found = [
            front.send(headers={"x-real-address": address}).status_code
            for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::2")
        ]
        assert found == [303, 429, 303, 303]


@pytest.mark.parametrize(
    "addresses",
    [
        ("10.0.0.1:1001", "10.0.0.1:1002"),
        ("[2001:db8::1]:1001", '"[2001:db8::1:2]:1002"'),
        ("unknown", "_hidden7"),
        ("", "1.2.3.4,"),
        ("x" * 5000, "256.1.1.1:80"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
    ],
)
def test_no_way_to_write_an_address_makes_it_another(tmp_path, addresses):
    more = 'per_address = 1\naddress_header = "x-real-address"\n'
    with Front(tmp_path, more=more) as front:
        found = [front.send(headers={"x-real-address": one}).status_code for one in addresses]
        assert found == [303, 429]


def test_a_body_that_comes_too_slowly_is_refused(front, monkeypatch):
    monkeypatch.setattr("charter.console.guard.BODY_S", 0.1)
    with socket.create_connection(("127.0.0.1", front.port), timeout=20) as line:
        line.sendall(
            b"POST /feedback/ HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n"
            b"content-type: application/x-www-form-urlencoded\r\n\r\nrule"
        )
        assert line.recv(1000).startswith(b"HTTP/1.1 408 ")


def test_other_words_under_a_code_are_not_lost(front):
    fields = front.fields()
    assert front.send(fields).status_code == 303
    for changed in ({"text": "Better words."}, {"stance": "agree"}):
        answer = front.send(fields | changed)
        assert answer.status_code == 409
        assert "was sent before, with other words" in answer.text
    fresh = re.search(r'name="token" value="([^"]+)"', answer.text)[1]
    assert "Because I say so." in answer.text
    assert front.send(fields | {"text": "Better words.", "token": fresh}).status_code == 303
    found = [words_of(front.service.vault, each) for each in front.received()]
    assert found == ["Because I say so.", "Better words."]


def test_the_same_form_many_times_at_once_makes_one_comment(front):
    fields = front.fields()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: front.send(fields | {"website": ""}), range(10)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert len(front.received()) == 1


def test_a_form_sent_again_takes_nothing_of_what_all_may_send(tmp_path):
    with Front(tmp_path, more="per_hour = 2\n") as front:
        fields = front.fields()
        assert [front.send(fields).status_code for _ in range(4)] == [303] * 4
        assert front.send().status_code == 303


def test_a_form_sent_again_makes_no_key_for_erased_words(front):
    fields = front.fields()
    front.send(fields)
    (record,) = front.received()
    vault = front.service.vault
    erase(
        front.service.ledger,
        vault,
        record.subject,
        by="ada",
        reason="asked for",
        basis="Art. 17 GDPR",
        at="2026-01-02T10:00:00.000Z",
    )
    assert front.send(fields).status_code == 409
    assert front.service.ledger.store.key(record.subject) is None


def test_only_what_was_taken_is_called_taken(front):
    assert front.client.get("/feedback/taken?comment=cm_" + "0" * 32).status_code == 404


@pytest.mark.parametrize("more", ["per_hour = 1\n", "waiting = 1\n"])
def test_words_that_are_not_taken_are_given_back(tmp_path, more):
    with Front(tmp_path, more=more) as front:
        front.send()
        answer = front.send(text="</textarea><script>alert(1)</script> mine")
        assert answer.status_code in (429, 503)
        assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; mine" in answer.text


def test_words_are_given_back_where_their_rule_is_gone(front, tmp_path):
    fields = front.fields("kind")
    file = tmp_path / "other.md"
    file.write_text(SPEC.replace("#kind", "#gone"))
    table = build_table(file, (), front.settings)
    before, front.service.table = front.service.table, table
    try:
        answer = front.send(fields)
        assert answer.status_code == 404
        assert "Because I say so." in answer.text
    finally:
        front.service.table = before


def test_nothing_is_taken_once_nothing_is_kept(front, tmp_path):
    file = tmp_path / "none.toml"
    file.write_text(SETTINGS.replace("enabled = true", "") + '[keep]\npayloads = "none"\n')
    table = build_table(tmp_path / "spec.md", (), load_settings(file))
    before, front.service.table = front.service.table, table
    try:
        assert front.send().status_code == 503
        assert front.received() == []
    finally:
        front.service.table = before


def test_no_more_wait_than_people_can_read(tmp_path):
    with Front(tmp_path, more="waiting = 1\n") as front:
        assert [front.send().status_code for _ in range(2)] == [303, 503]


def test_where_nothing_is_kept_none_is_taken(tmp_path):
    with Front(tmp_path) as front:
        assert front.send().status_code == 303
    file = tmp_path / "gateway.toml"
    file.write_text(SETTINGS + '[keep]\npayloads = "none"\n')
    with pytest.raises(ConfigError, match="comments cannot be taken") as caught:
        load_settings(file)
    assert "\n" not in str(caught.value)


def test_without_a_vault_none_is_taken(front):
    found = front.service
    front.app.feedback = feedback(
        found.ledger,
        vault=lambda: None,
        policy=lambda: found.table.base.policy,
        clock=found.clock,
        secret=b"s" * 32,
    )
    answer = front.send()
    assert answer.status_code == 503
    assert "nothing that people write is kept" in answer.text
    assert front.received() == []


def test_a_ledger_that_fails_is_said_without_its_place(front, monkeypatch):
    fields = front.fields()

    def fail(*_, **__):
        raise LedgerUnavailable(f"{front.folder}: no room")

    monkeypatch.setattr(front.service.ledger, "append", fail)
    answer = front.send(fields)
    assert answer.status_code == 503
    assert "could not be kept" in answer.text
    assert str(front.folder) not in answer.text
    monkeypatch.undo()
    assert front.send(fields).status_code == 303


def test_a_rule_that_changes_meanwhile_is_read_again(front, tmp_path):
    fields = front.fields()
    file = tmp_path / "other.md"
    file.write_text(SPEC.replace("greet people", "greet nobody"))
    table = build_table(file, (), front.settings)
    before, front.service.table = front.service.table, table
    try:
        answer = front.send(fields)
        assert answer.status_code == 409
        assert "greet nobody" in answer.text
        assert "Because I say so." in answer.text
    finally:
        front.service.table = before


def test_without_the_setting_there_is_no_form(tmp_path):
    with Front(tmp_path, settings=SETTINGS.replace("enabled = true", "")) as front:
        assert front.client.get("/feedback").status_code == 404


def comments(front, *arguments, code=0):
    """Run `charter comments` on the ledger of a gateway."""
    place = ["--settings", str(front.folder / "gateway.toml")]
    place += ["--ledger", str(front.folder / "ledger.sqlite")]
    done = CliRunner().invoke(cli, ["comments", *arguments, *place])
    assert done.exit_code == code, (done.output, done.exception)
    return done.output


def test_nothing_is_exported_before_somebody_accepts_it(front, tmp_path):
    for text in (HOSTILE, "rude", "waits"):
        front.send(text=text)
    first, second, _ = (each.run for each in front.received())
    out, counts = tmp_path / "out.jsonl", tmp_path / "out.json"
    comments(front, "export", "--out", str(out))
    assert out.read_text() == ""
    assert "rude" in comments(front, "waiting")
    comments(front, "accept", first, "--by", "ada")
    comments(front, "reject", second, "--reason", "an insult", "--by", "ada")
    assert "no such comment waits" in comments(front, "accept", second, "--by", "bob", code=1)
    (moderated, refused) = front.service.ledger.read(CommentModerated)
    assert (moderated.by, moderated.verdict) == ("ada", "accepted")
    assert (refused.verdict, refused.reason) == ("rejected", "an insult")
    comments(front, "export", "--out", str(out))
    (row,) = map(json.loads, out.read_text().splitlines())
    assert (row["id"], row["rule"], row["text"]) == (first, CLAUSE, HOSTILE)
    comments(front, "export", "--out", str(counts))
    assert json.loads(counts.read_text()) == {
        "format": "charter-comments/1",
        "rules": [
            {
                "id": CLAUSE,
                "spec": row["spec"],
                "accepted": {"agree": 0, "disagree": 1, "unclear": 0},
            }
        ],
    }
    assert "1 accepted, 1 disagree; 1 waiting, 1 disagree; 1 rejected" in comments(front, "list")
    site = ["publish", str(front.folder / "spec.md"), "--out", str(tmp_path / "site")]
    form = ["--feedback", f"{front.base}/feedback", "--comments", str(counts), "--no-search"]
    assert CliRunner().invoke(cli, [*site, *form]).exit_code == 0
    page = (tmp_path / "site" / "kind.html").read_text()
    assert "1 comment: 1 disagree" in page
    assert "exe.txt" not in page
    link = re.search(r'href="([^"]+rule=kind%2Fgrt1[^"]+)"', page)[1].replace("&amp;", "&")
    assert "another version" not in front.client.get(link).text


def test_an_erased_comment_is_unreadable_and_the_ledger_still_holds(front, tmp_path):
    front.send(text="my secret")
    (record,) = front.received()
    comments(front, "accept", record.run, "--by", "ada")
    vault, place = front.service.vault, ["--ledger", str(front.folder / "ledger.sqlite")]
    why = ["--reason", "asked for", "--basis", "Art. 17 GDPR"]
    done = CliRunner().invoke(
        cli,
        ["erase", "--subject", f"public:comment/{record.run}", "--by", "ada", *place, *why],
    )
    assert done.exit_code == 0, done.output
    assert "1 payload" in done.output
    vault.forget()
    assert words_of(vault, record) is None
    out = tmp_path / "out.jsonl"
    assert "left out: 1" in comments(front, "export", "--out", str(out))
    assert out.read_text() == ""
    verify = ["verify", str(front.folder / "ledger.sqlite")]
    done = CliRunner().invoke(cli, verify)
    assert done.exit_code == 0, done.output


def test_an_erased_comment_cannot_be_accepted(front):
    front.send()
    (record,) = front.received()
    erase(
        front.service.ledger,
        front.service.vault,
        record.subject,
        by="ada",
        reason="asked",
        basis="law",
        at="2026-11-22T00:00:00.000Z",
    )
    assert "words cannot be read" in comments(front, "waiting")
    assert "cannot be accepted" in comments(front, "accept", record.run, "--by", "ada", code=1)
    comments(front, "reject", record.run, "--reason", "gone", "--by", "ada")


def test_a_section_that_binds_nobody_is_no_rule(tmp_path):
    with Front(tmp_path, spec=SPEC + "\n# Foreword {#foreword}\n\nHello.\n") as front:
        assert front.open("foreword").status_code == 404


def test_under_an_overlay_its_own_version_is_named(front, tmp_path):
    digest = front.service.table.base.policy.spec_digest
    file = tmp_path / "overlay.md"
    file.write_text(
        '---\nspec: shop\nversion: "7.7.7"\ntitle: "The shop"\n'
        f'extends: {{name: small, version: "1.0.0", digest: "{digest}"}}\nlevel: developer\n---\n\n'
        "# The name {#name authority=user}\n\nThe assistant should name the shop[^nme1].\n"
    )
    table = build_table(tmp_path / "spec.md", (str(file),), front.settings)
    before, front.service.table = front.service.table, table
    try:
        assert "The shop · version 7.7.7" in front.open("name/nme1").text
    finally:
        front.service.table = before
