"""Who may do what, tried with forms and bodies that would work for others."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest
from tests.evolve.proposals.made import made, wording

from charter.console.api_calls import CALLS
from charter.console.app import PAGES
from charter.console.comments import comment_id
from charter.console.guard import COOKIE
from charter.console.roles import Right
from charter.evolve.surveys.opening import open_survey
from charter.records.approval import ApprovalAsked
from charter.records.release import PolicyPinned
from charter.records.stop import StopOrdered

from .conftest import form_token
from .survey_front import mail
from .test_comments import add
from .test_incidents import opened
from .test_releases import asked as release
from .world import PASSWORD, PEOPLE, candidates, queued

ROLES = {
    "viewer": "vera",
    "reviewer": "rita",
    "operator": "olga",
    "auditor": "anna",
    "lead": "lena",
}
WHO = {Right.REVIEW: "rita", Right.ASSIGN: "lena"}
POSTS = [(path, right) for method, path, _, right in PAGES if method == "POST"]
API_POSTS = [call for call in CALLS if call.method == "POST"]


@pytest.fixture
def ready(lively):
    """A console with something that each form and each call could really do."""
    served, ids = lively
    ledger = served.world.ledger
    ledger.append(StopOrdered("stp_1", "2026-11-22T06:00:00.000Z", "tool", "pay", "otto", "test"))
    asked = next(ledger.read(ApprovalAsked))
    answer = candidates(ledger)[0].row.record.decision
    add(served.world)
    item = queued(served.world, ids["redacted"])
    opened(served.world)
    digest = served.world.policy.digest
    pinned = PolicyPinned("pin_1", "2026-11-22T06:00:00.000Z", "otto", digest, "test", "")
    ledger.append(release(), pinned, made(), wording())
    parts = {"approval": asked.run, "stop": "stp_1", "exchange": ids["held"], "item": item}
    parts |= {"incident": "inc_one", "change": "note", "release": "rel_1", "pin": "pin_1"}
    open_survey(ledger, mail(), by="otto", at="2026-11-22T06:00:00.000Z")
    parts |= {"proposal": "prop_1", "survey": "mail"}
    return served, parts, asked.binding, answer


def rights(role):
    return next(each for each in PEOPLE if each.name == ROLES[role]).rights


def forms(binding):
    return {
        "/review": {"item": "x", "label": "adhered"},
        "/review/skip": {"item": "x"},
        "/review/take": {"item": ""},
        "/review/return": {"item": "x"},
        "/queue/{item}": {"move": "ranked", "priority": "7", "moves": "0"},
        "/comments": {"comment": comment_id(b"0"), "verdict": "accepted"},
        "/approvals/{approval}": {"verdict": "approve", "binding": binding},
        "/stops": {"reach": "all", "reason": "test"},
        "/stops/{stop}/lift": {"reason": "test"},
        "/incidents/new": {"title": "It lies", "severity": "hazard"},
        "/incidents/{incident}/contain": {"how": "app", "application": "a", "reason": "test"},
        "/incidents/{incident}/{change}": {"value": "test"},
        "/releases/pins/{pin}/lift": {"reason": "test"},
        "/releases/{release}": {"verdict": "deny", "note": "test"},
        "/surveys/{survey}": {"to": "closed", "reason": "test"},
        "/surveys/{survey}/reasons": {"id": "re_1", "verdict": "accepted"},
        "/proposals/{proposal}": {"deed": "move:deferred", "reason": "test"},
    }


def bodies(binding, answer):
    return {
        "/api/approvals/{approval}/votes": {"verdict": "approve", "binding": binding},
        "/api/stops": {"reach": "all", "reason": "test"},
        "/api/stops/{stop}/lift": {"reason": "test"},
        "/api/incidents": {"title": "It lies", "severity": "hazard"},
        "/api/reviews": {"decision": answer, "label": "adhered", "section": "be_concise"},
    }


def test_every_form_and_every_call_that_does_something_is_tried():
    assert {path for path, _ in POSTS} == set(forms(""))
    assert {call.path for call in API_POSTS} == set(bodies("", ""))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("path", "right"), POSTS)
def test_a_right_form_of_the_wrong_role_does_nothing(ready, role, path, right):
    served, parts, binding, _ = ready
    if right in rights(role):
        return
    client = served.login(ROLES[role])
    token = form_token(client.get("/decisions").text)
    size = served.world.ledger.size()
    given = {"form_token": token, **forms(binding)[path]}
    answer = client.post(path.format(**parts), data=given)
    assert answer.status_code == 403
    assert served.world.ledger.size() == size


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("call", API_POSTS, ids=lambda call: call.path)
def test_a_right_body_of_the_wrong_role_does_nothing(ready, role, call):
    served, parts, binding, answer = ready
    size = served.world.ledger.size()
    body = bodies(binding, answer)[call.path]
    found = served.bearer(ROLES[role]).post(call.path.format(**parts), json=body)
    if call.right in rights(role):
        assert found.status_code == 201, found.text
        assert served.world.ledger.size() > size
    else:
        assert found.status_code == 403
        assert served.world.ledger.size() == size


@pytest.mark.parametrize("site", [None, "none", "same-origin", "same-site", "cross-site"])
@pytest.mark.parametrize(("path", "right"), POSTS)
def test_no_form_does_anything_without_its_token(ready, path, right, site):
    served, parts, binding, _ = ready
    client = served.login(WHO.get(right, "olga"))
    size = served.world.ledger.size()
    headers = {} if site is None else {"sec-fetch-site": site}
    given = forms(binding)[path]
    answer = client.post(path.format(**parts), data=given, headers=headers)
    assert answer.status_code == 403
    assert served.world.ledger.size() == size


@pytest.mark.parametrize(
    "header", ["x-http-method-override", "x-http-method", "x-method-override", "x-original-url"]
)
def test_a_method_is_what_the_request_says(ready, header):
    served, *_ = ready
    client = served.login("olga")
    token = form_token(client.get("/stops").text)
    size = served.world.ledger.size()
    asked = {"form_token": token, "reach": "all", "reason": "x", "_method": "POST"}
    value = "POST" if "method" in header else "/console/stops"
    assert client.get("/stops", params=asked, headers={header: value}).status_code == 200
    for method in ("PUT", "PATCH", "DELETE"):
        assert client.request(method, "/stops", data=asked).status_code == 405
    assert served.world.ledger.size() == size


def raw(served, target, host):
    """Send a request as no browser would; return its answer's headers."""
    place = urlsplit(served.base)
    kept = served.login("vera").cookies[COOKIE]
    head = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nCookie: {COOKIE}={kept}\r\n"
    head += "X-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\n"
    with socket.create_connection((place.hostname, place.port)) as line:
        line.sendall(f"{head}Connection: close\r\n\r\n".encode())
        found = b""
        while got := line.recv(65536):
            found += got
    return found.decode()


@pytest.mark.parametrize(
    "target",
    ["/console", "/console/", "/console/decisions/", "/console/login/", "/console/login",
     "/console//evil.example/", "/console/stops%2f", "/console/static/", "/console/api/health/",
     "http://evil.example/console/"],
)  # fmt: skip
def test_no_host_that_a_request_names_is_believed(served, target):
    found = raw(served, target, "evil.example")
    head, _, body = found.partition("\r\n\r\n")
    where = re.findall(r"(?im)^location: (.*)\r?$", head)
    assert all(each.startswith("/console/") for each in where), where
    assert "evil.example" not in head + body


def test_a_login_leads_nowhere_but_into_the_console(served):
    client = served.client()
    form = {"name": "vera", "password": PASSWORD, "next": "//evil.example"}
    answer = client.post("/login?next=//evil.example", data=form)
    assert answer.headers["location"] == "/console/"
