"""`charter show URL`: a published spec, read back from a server."""

from __future__ import annotations

import email.message
import json
import socket
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from charter.cli import published
from charter.cli.main import cli
from charter.cli.site_address import data_address
from charter.errors import CharterError, ConfigError
from charter.load import load
from charter.spec.export import export


@pytest.fixture
def server():
    """Answer with what a test says; yields the address and the answers by path."""
    answers = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            status, headers, body = answers.get(self.path, (404, {}, b"no"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}", answers
    made.shutdown()
    made.server_close()
    thread.join()


def show(*arguments):
    """Run the verb."""
    return CliRunner().invoke(cli, ["show", *arguments])


def test_a_published_spec_is_read_back(server):
    base, answers = server
    spec = load("starter")
    answers["/spec/spec.json"] = (200, {}, json.dumps(export(spec)).encode())
    answers["/old.json"] = (302, {"Location": "/spec/spec.json"}, b"")
    for address in ("/spec/", "/spec/index.html", "/spec/s/protect_privacy.html", "/old.json"):
        done = show(base + address, "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.output) == export(spec)
    assert "49" in show(base + "/spec/").output
    clause = spec.section("protect_privacy").clauses[0]
    assert clause.text in show(f"{base}/spec/#{clause.id}").output
    assert spec.section("protect_privacy").title in show(f"{base}/spec/#protect_privacy").output


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((404, {}, b"no"), "the server says 404"),
        ((200, {}, b"<html>"), "is no published spec"),
        ((200, {}, b'{"format": "charter-spec/2"}'), "is no published spec: format"),
        ((200, {}, b"[" * 100_000), "is no published spec"),
        ((302, {"Location": "/spec.json"}, b""), "redirects too often"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "nobody should follow"),
        ((200, {}, b" " * 3000), "larger than"),
    ],
)
def test_what_cannot_be_read_ends_in_one_line(server, monkeypatch, answer, what):
    base, answers = server
    answers["/spec.json"] = answer
    if what == "larger than":
        monkeypatch.setattr(published, "MAX_BYTES", 2000)
    done = show(base)
    assert isinstance(done.exception, CharterError), done.exception
    assert what in str(done.exception)
    assert "\n" not in done.exception.args[0]


def test_a_server_that_says_nothing_is_not_waited_for(server, monkeypatch):
    base, answers = server
    answers["/spec.json"] = (200, {}, b"x" * 10)
    monkeypatch.setattr(published, "MAX_SECONDS", 1e-6)
    assert isinstance(show(base).exception, CharterError)


@pytest.mark.parametrize("each", [b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", b"H", b""])
def test_headers_that_do_not_end_are_not_waited_for(monkeypatch, each):
    monkeypatch.setattr(published, "MAX_SECONDS", 0.5)
    over = threading.Event()

    def drip():
        with suppress(OSError):
            client, _ = listening.accept()
            with client:
                client.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.1):
                    client.sendall(each)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip)
        thread.start()
        done = show(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        over.set()
        thread.join()
    assert "took longer than" in str(done.exception)
    for other in threading.enumerate():  # what was left to itself ends when the server does
        if other.daemon and other.name.startswith("Thread-"):
            other.join(5)


@pytest.mark.parametrize(
    ("private", "held"),
    [((), True), (("first", "next"), True), (("first",), True), (("next",), False)],
)
def test_nobody_is_led_from_a_public_address_to_a_private_one(server, monkeypatch, private, held):
    base, answers = server
    first, following = "127.0.0.2", "127.0.0.1"
    inside = [{"first": first, "next": following}[each] for each in private]
    monkeypatch.setattr(published, "_is_private", inside.__contains__)
    with socket.create_server((first, 0)) as listening:

        def answer():
            client, _ = listening.accept()
            with client:
                client.recv(10_000)
                head = f"HTTP/1.1 302 Found\r\nLocation: {base}/x.json\r\nContent-Length: 0\r\n\r\n"
                client.sendall(head.encode())

        thread = threading.Thread(target=answer)
        thread.start()
        answers["/x.json"] = (200, {}, json.dumps(export(load("starter"))).encode())
        done = show(f"http://{first}:{listening.getsockname()[1]}/")
        thread.join()
    if held:
        assert done.exit_code == 0, done.exception
    else:
        assert "from a public address to a private one" in str(done.exception)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("100.64.0.1", True),
        ("0.0.0.0", True),  # noqa: S104 - nobody binds to it
        ("::1", True),
        ("fe80::1%eth0", True),
        ("fd00::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:8.8.8.8", False),
        ("8.8.8.8", False),
        ("2606:4700::1", False),
    ],
)
def test_what_is_private(address, private):
    assert published._is_private(address) is private


def test_nobody_there():
    assert isinstance(show("http://127.0.0.1:1/").exception, CharterError)


@pytest.mark.parametrize(
    "url", ["http://", "https:// x/", "http://a:b@c/", "http://a:x/", "http://["]
)
def test_addresses_that_are_none(url):
    with pytest.raises(ConfigError):
        data_address(url)


def test_a_version_has_its_own():
    assert data_address("https://a.example/v/1/x.html#y") == "https://a.example/v/1/spec.json"
    assert data_address("https://a.example") == "https://a.example/spec.json"


def test_what_needs_the_text_is_refused():
    assert isinstance(show("http://a.example/", "--effective").exception, ConfigError)


def test_a_depth_that_no_heading_has_is_shown(server):
    base, answers = server
    made = export(load("starter"))
    made["sections"][0]["depth"] = 10**18
    answers["/spec.json"] = (200, {}, json.dumps(made).encode())
    assert show(base).exit_code == 0


@pytest.mark.parametrize(("number", "followed"), [(3, True), (4, False)])
def test_three_redirects_are_followed_and_no_more(server, number, followed):
    base, answers = server
    answers["/spec.json"] = (200, {}, json.dumps(export(load("starter"))).encode())
    for at in range(number):
        target = f"/{at + 1}.json" if at + 1 < number else "/spec.json"
        answers[f"/{at}.json"] = (302, {"Location": target}, b"")
    assert (show(f"{base}/0.json").exit_code == 0) is followed


@pytest.mark.parametrize(
    ("old", "new", "followed"),
    [
        ("https://a.example/", "http://a.example/spec.json", False),
        ("https://a.example/", "https://b.example/spec.json", True),
        ("http://a.example/", "https://a.example/spec.json", True),
    ],
)
def test_no_redirect_leads_from_https_to_http(old, new, followed):
    asked = urllib.request.Request(old)  # noqa: S310 - nothing is opened
    headers = email.message.Message()
    ask = partial(published._Redirects().redirect_request, asked, None, 302, "", headers, new)
    if followed:
        assert ask().full_url == new
        return
    with pytest.raises(urllib.error.URLError, match="not followed"):
        ask()
