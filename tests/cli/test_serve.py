"""`charter serve` and `charter key`: what they say, and how they end."""

import json
import re
import signal
import socket
import threading
import time
from http.client import HTTPConnection

import pytest
from click.testing import CliRunner

from charter.cli.main import cli
from charter.gateway.callers import digest_of_key
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey

UPSTREAM = ("--upstream", "http://127.0.0.1:9/v1")


def test_a_key_is_shown_once_with_its_digest():
    found = json.loads(CliRunner().invoke(cli, ["key", "new", "--json"]).output)
    assert re.fullmatch(r"ck_[A-Za-z0-9_-]{43}", found["key"])
    assert found["digest"] == digest_of_key(found["key"])
    said = CliRunner().invoke(cli, ["key", "new"]).output
    assert said.startswith("key:    ck_")
    assert found["key"] not in said


def test_check_says_what_would_be_served(tmp_path):
    done = CliRunner().invoke(cli, ["serve", "starter", *UPSTREAM, "--check"])
    assert done.exit_code == 0
    assert "serves The Charter Starter Spec" in done.output
    assert re.search(r"policy sha256:[0-9a-f]{64}\n", done.output)
    assert "streams" in done.output
    assert not list(tmp_path.iterdir())


def test_it_serves_until_it_is_told_to_end(charter):
    process = charter.start("serve", "starter", *UPSTREAM, "--port", "0", "--ledger", "kept")
    lines = []
    timer = threading.Timer(50, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            lines.append(line.decode())
            if lines[-1].startswith("  ck_"):
                break
        said = "".join(lines)
        port = int(re.match(r"http://127\.0\.0\.1:(\d+)/v1\n", said)[1])
        link = HTTPConnection("127.0.0.1", port, timeout=10)
        link.request("GET", "/ready")
        assert link.getresponse().read() == b'{"ready":true}'
        link.close()
    finally:
        process.send_signal(signal.SIGTERM)
        done = charter.end(process)
        timer.cancel()
    assert done.code == 0, done.err
    events = [json.loads(line)["event"] for line in done.err.splitlines()]
    assert events[0] == "serving"
    assert events[-1] == "ended"
    assert lines[-1].strip() not in done.err
    assert (charter.folder / "kept" / "ledger.sqlite").is_file()
    assert (charter.folder / "kept" / "master.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["starter"], ["upstream"]),
        (["starter", "--upstream", "ftp://x"], ["--upstream", "ftp"]),
        (["starter", "--upstream", "http://x:99999/v1"], ["names no server"]),
        (["starter", "--upstream", "http://[::1"], ["names no server"]),
        (["starter", "--upstream", "http://a b/v1"], ["names no server"]),
        (["starter", *UPSTREAM, "--ledger", ""], ["--ledger names no ledger"]),
        (["starter", *UPSTREAM, "--ledger", "mysql://x"], ["mysql://", "postgresql://"]),
        (["starter", *UPSTREAM, "--host", "0.0.0.0"], ["--host", "outside"]),  # noqa: S104
        (["starter", "--upstream-key", "X"], ["--upstream-key"]),
        (["starter", *UPSTREAM, "--upstream-key", "NO_SUCH_KEY"], ["NO_SUCH_KEY"]),
        (["nowhere.md", *UPSTREAM], ["nowhere.md"]),
        (["starter", *UPSTREAM, "--settings", "no.toml"], ["no.toml"]),
    ],
)
def test_what_cannot_be_served_is_said_in_one_line(charter, arguments, words):
    charter("serve", *arguments).failure(2, *words)


def test_a_taken_address_is_said_in_one_line_and_leaves_no_record(charter):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        given = ("serve", "starter", *UPSTREAM, "--ledger", "kept", "--port", port)
        charter(*given).failure(3, f"127.0.0.1 port {port}", "in use", "--port")
    with open_ledger(charter.folder / "kept", create=False) as ledger:
        assert ledger.size() == 0


SPEC = """---
spec: small
version: "{version}"
---

# Be kind {{#kind authority=user}}

The assistant should greet[^grt1].
"""
CALLER = """
[upstream]
url = "http://127.0.0.1:{port}/v1"
[callers.web]
keys = ["sha256:{digest}"]
application = "shop"
[ledger]
location_env = "LEDGER_OF_THIS_TEST"
"""


def answers(port, path):
    link = HTTPConnection("127.0.0.1", port, timeout=10)
    link.request("GET", path)
    found = json.loads(link.getresponse().read())
    link.close()
    return found


def test_check_says_which_variable_names_no_ledger(charter):
    (charter.folder / "gateway.toml").write_text(CALLER.format(port=9, digest="a" * 64))
    done = charter("serve", "starter", "--settings", "gateway.toml", "--check")
    assert "would not start here: the environment variable LEDGER_OF_THIS_TEST" in done.out


def test_check_reads_the_accounts_of_the_console(charter):
    text = CALLER.format(port=9, digest="a" * 64) + '[console]\naccounts = "none.toml"\n'
    (charter.folder / "gateway.toml").write_text(text)
    done = charter("serve", "starter", "--settings", "gateway.toml", "--check")
    assert "1 caller\n" in done.out
    assert "would not start here" in done.out.split("LEDGER_OF_THIS_TEST", 1)[1]
    assert "none.toml" in done.out


GOVERNED = CALLER.replace('location_env = "LEDGER_OF_THIS_TEST"', 'location = "gateway"')


def test_check_says_what_bars_a_policy(charter):
    text = GOVERNED.format(port=9, digest="a" * 64)
    words = ("serve", "starter", "--settings", "gateway.toml", "--check")
    (charter.folder / "gateway.toml").write_text(text)
    assert "would not start" not in charter(*words).out
    (charter.folder / "gateway.toml").write_text(text + "[govern]\nreleased_only = true\n")
    assert "would not start here: govern.released_only: there is no key" in charter(*words).out
    LogKey.create(charter.folder / "gateway" / "log.key", "here/charter")
    with open_ledger(charter.folder / "gateway"):
        pass
    assert "is not released: no release of charter-starter stands" in charter(*words).out
    (charter.folder / "none.yaml").write_text("format: charter-thresholds/9\n")
    more = '[govern]\nthresholds = "none.yaml"\nmodels = ["m"]\n'
    (charter.folder / "gateway.toml").write_text(text + more)
    assert "would not start here: none.yaml" in charter(*words).out


def test_it_says_where_the_pages_for_people_are(charter):
    base = CALLER.format(port=9, digest="a" * 64)
    more = '[console]\naccounts = "accounts.toml"\n[feedback]\nenabled = true\n'
    made = charter("account", "add", "ada", "--role", "reviewer", "--no-password")
    assert made.code == 0, made.err
    for text, pages in ((base + more, True), (base, False)):
        (charter.folder / "gateway.toml").write_text(text)
        words = ("--settings", "gateway.toml", "--port", "0", "--ledger", "kept")
        process = charter.start("serve", "starter", *words)
        timer = threading.Timer(50, process.kill)
        timer.start()
        lines = []
        try:
            for line in process.stdout:
                lines.append(line.decode())
                if lines[-1].startswith("ledger "):
                    break
        finally:
            process.send_signal(signal.SIGTERM)
            done = charter.end(process)
            timer.cancel()
        assert done.code == 0, done.err
        root = lines[0].removesuffix("/v1\n")
        assert (f"console {root}/console/\n" in lines) is pages
        assert (f"comments of the public {root}/feedback\n" in lines) is pages


def test_a_reload_says_what_it_could_not_take(charter):
    """A person changes files of a gateway that serves, and asks it to read them again."""
    spec, settings = charter.folder / "spec.md", charter.folder / "gateway.toml"
    spec.write_text(SPEC.format(version="1.0"))
    settings.write_text(CALLER.format(port=9, digest="a" * 64))
    words = ("--settings", "gateway.toml", "--port", "0", "--ledger", "kept")
    process = charter.start("serve", "spec.md", *words)
    timer = threading.Timer(50, process.kill)
    timer.start()
    try:
        port = int(re.match(rb"http://127\.0\.0\.1:(\d+)/v1\n", process.stdout.readline())[1])
        assert "not_reloaded" not in answers(port, "/health")
        spec.write_text(SPEC.format(version="0.9"))
        process.send_signal(signal.SIGHUP)
        while "not_reloaded" not in answers(port, "/health"):
            time.sleep(0.05)
        found = answers(port, "/ready")
        assert found["ready"]
        assert "0.9 would replace 1.0" in found["not_reloaded"]
        spec.write_text(SPEC.format(version="1.1"))
        settings.write_text(CALLER.format(port=10, digest="a" * 64))
        process.send_signal(signal.SIGHUP)
        while "not_reloaded" in answers(port, "/health"):
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGTERM)
        done = charter.end(process)
        timer.cancel()
    lines = [json.loads(line) for line in done.err.splitlines()]
    told = [(line["level"], line["event"]) for line in lines]
    assert told[1:4] == [
        ("error", "not.reloaded"),
        ("warning", "needs.restart"),
        ("info", "reloaded"),
    ]
    assert lines[2]["reason"] == "[upstream]: read at the start only"
