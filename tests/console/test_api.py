"""The API: tokens, rights, and what its document promises."""

from __future__ import annotations

import json
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable

from charter.console.accounts import Accounts
from charter.console.api_calls import CALLS
from charter.console.app import console
from charter.console.limit import Limit
from charter.console.openapi import document
from charter.console.roles import Right
from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.review import ReviewRecorded
from charter.records.stop import StopOrdered

from .world import PEOPLE, SECRET, busy, candidates, exchange_id, policy

NAMES = {"viewer": "vera", "reviewer": "rita", "operator": "olga", "auditor": "anna"}
BODIES = {
    "/api/approvals/{approval}/votes": {"verdict": "deny", "binding": "x"},
    "/api/stops": {"reach": "all", "reason": "test"},
    "/api/stops/{stop}/lift": {"reason": "test"},
    "/api/incidents": {"title": "It lies", "severity": "hazard"},
    "/api/reviews": {
        "decision": "x_" + "a" * 32 + ".1", "label": "adhered", "section": "be_concise",
    },
}  # fmt: skip


def filled(path):
    named = {"approval": "apr_" + "0" * 32 + "_1", "stop": "stp_0", "incident": "inc_none"}
    return path.format(exchange="x_" + "a" * 32, **named)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path}")
def test_every_call_needs_a_token_and_its_right(lively, call):
    served, _ = lively
    path, body = filled(call.path), BODIES.get(call.path)
    given = {"json": body} if call.method == "POST" else {}
    nobody = served.client().request(call.method, path, **given)
    assert nobody.status_code == 401
    assert nobody.headers["www-authenticate"] == "Bearer"
    for role, name in NAMES.items():
        rights = next(each for each in PEOPLE if each.name == name).rights
        answer = served.bearer(name).request(call.method, path, **given)
        assert (answer.status_code == 403) is (call.right not in rights), (role, answer.text)


def test_a_cookie_opens_nothing(lively):
    served, _ = lively
    client = served.login("olga")
    assert client.get("/api/decisions").status_code == 401
    assert client.post("/api/stops", json=BODIES["/api/stops"]).status_code == 401


def test_wrong_tokens_are_counted(lively):
    served, _ = lively
    bad = served.client(headers={"authorization": "Bearer chc_nobody"})
    codes = [bad.get("/api/health").status_code for _ in range(62)]
    assert codes.count(401) == 60
    assert codes[-1] == 429
    assert served.bearer("vera").get("/api/health").status_code == 200


def test_decisions_are_paged_and_filtered(lively):
    served, ids = lively
    client = served.bearer("vera")
    seen, before = [], None
    while True:
        asked = {"limit": 7} | ({"before": before} if before else {})
        page = client.get("/api/decisions", params=asked).json()
        seen += [row["index"] for row in page["decisions"]]
        before = page["more"]
        if before is None:
            break
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 30
    found = client.get("/api/decisions", params={"effect": "redact"}).json()["decisions"]
    assert [row["record"]["exchange"] for row in found] == [ids["redacted"]]


def test_an_exchange_is_explained_and_its_content_kept_from_viewers(lively):
    served, ids = lively
    path = f"/api/decisions/{ids['redacted']}"
    seen = served.bearer("vera").get(path).json()
    assert seen["content"] is None
    assert "4111 1111" not in json.dumps(seen), "four digits alone may stand in a digest"
    read = served.bearer("anna").get(path).json()
    assert read["content"]["answer"] == "It is 4111 1111 1111 1111."
    assert [each["role"] for each in read["content"]["conversation"]] == ["developer", "user"]
    assert "no_card_number_out" in read["decisions"][1]["explanation"]


def test_an_approval_is_voted_on(lively):
    served, _ = lively
    client = served.bearer("olga")
    first, *_ = client.get("/api/approvals").json()["approvals"]
    whole = client.get(f"/api/approvals/{first['id']}").json()
    assert json.loads(whole["arguments"]) == {"command": "rm -rf /var/backups/2024"}
    path = f"/api/approvals/{first['id']}/votes"
    said = {"verdict": "approve", "binding": first["asked"]["binding"]}
    answer = client.post(path, json=said)
    assert (answer.status_code, answer.json()["status"]) == (201, "approved")
    assert client.post(path, json=said).status_code == 409
    (vote,) = served.world.ledger.read(ApprovalVoted)
    assert vote.by == "olga"
    assert len(client.get("/api/approvals?status=approved").json()["approvals"]) == 1


def test_a_stop_is_ordered_and_lifted(lively):
    served, _ = lively
    client = served.bearer("olga")
    made = client.post("/api/stops", json={"reach": "tool", "name": "pay", "reason": "x"})
    (stop,) = made.json()["stops"]
    assert next(served.world.ledger.read(StopOrdered)).run == stop["run"]
    assert client.get("/api/stops").json()["stops"] == [stop]
    lifted = client.post(f"/api/stops/{stop['run']}/lift", json={"reason": "y"})
    assert lifted.status_code == 201
    assert client.get("/api/stops").json()["stops"] == []


def test_what_is_wrong_in_a_stop_is_named(lively):
    served, _ = lively
    client = served.bearer("olga")
    for body, said in (
        ({"reach": "tool", "name": "", "reason": "x"}, "tool.name"),
        ({"reach": "all", "reason": " "}, "all.reason"),
        ({"reach": "moon", "reason": "x"}, "reach"),
    ):
        answer = client.post("/api/stops", json=body)
        assert answer.status_code == 422
        assert said in answer.json()["error"]["message"]


def test_a_review_made_elsewhere_is_no_blind_one(lively):
    served, _ = lively
    each = candidates(served.world.ledger)[0]
    said = {"decision": each.row.record.decision, "label": "adhered", "section": "be_concise",
            "should_pass": True}  # fmt: skip
    client = served.bearer("rita")
    assert client.post("/api/reviews", json=said).status_code == 201
    assert client.post("/api/reviews", json=said).status_code == 409
    (found,) = served.world.ledger.read(ReviewRecorded)
    assert (found.blind, found.drawn, found.by) == (False, "chosen", "rita")
    figures = client.get("/api/reviews").json()
    assert (figures["reviews"], figures["blind"]) == (1, 0)
    assert figures["agreement"]["too_few"] is True
    (line,) = client.get("/api/reviews/labels").text.splitlines()
    assert json.loads(line)["id"] == said["decision"]
    other = {**said, "decision": "x_" + "a" * 32 + ".1"}
    assert client.post("/api/reviews", json=other).status_code == 404


def test_health_counts(lively):
    served, _ = lively
    found = served.bearer("vera").get("/api/health").json()
    assert found["services"][0]["state"] == "counting"
    assert found["pending"] == 2
    assert found["size"] == served.world.ledger.size()
    served.world.clock.time += 400
    found = served.bearer("vera").get("/api/health").json()
    assert found["services"][0]["state"] == "silent"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"reach": "all", "reach": "app", "reason": "x"}', "application/json", 400),
        (b'{"reach": "all", "reason": "x"}', "text/plain", 415),
        (b'{"reach": "all"}', "application/json", 422),
        (b'{"reach": "all", "reason": "x", "more": 1}', "application/json", 422),
        (b'{"reach": "all", "reason": 7}', "application/json", 422),
        (b'"all"', "application/json", 422),
        (b" " * 600_000, "application/json", 413),
    ],
)
def test_bodies_that_are_none_are_refused(lively, content, kind, status):
    served, _ = lively
    answer = served.bearer("olga").post(
        "/api/stops", content=content, headers={"content-type": kind}
    )
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["status"] == status
    assert not list(served.world.ledger.read(StopOrdered))


def test_parameters_that_are_none_are_refused(lively):
    served, _ = lively
    client = served.bearer("vera")
    for query in ("limit=0", "limit=x", "effect=maybe", "unknown=1", "limit=1&limit=2",
                  "since=yesterday", "before=-1", "since=2026-99-99T00:00:00Z"):  # fmt: skip
        assert client.get(f"/api/decisions?{query}").status_code == 422, query


def test_failures_are_json(lively):
    served, _ = lively
    client = served.bearer("vera")
    assert client.get("/api/nowhere").json()["error"]["status"] == 404
    wrong = client.delete("/api/stops")
    assert (wrong.status_code, wrong.json()["error"]["status"]) == (405, 405)
    assert "POST" in wrong.headers["allow"]


def test_the_document_names_every_call_and_hides_none(lively):
    served, _ = lively
    shown = served.client().get("/api/openapi.json").json()
    assert shown == document("/console")
    assert shown["servers"] == [{"url": "/console"}]
    listed = {(m.upper(), p) for p, found in shown["paths"].items() for m in found}
    assert listed == {(call.method, call.path) for call in CALLS}
    assert {call.right for call in CALLS} <= set(Right)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_the_api_keeps_what_its_document_promises(world, monkeypatch, mode):
    """Schemathesis sends what fits the document and what does not, and reads every answer by it."""
    import schemathesis  # noqa: PLC0415 - slow to import
    from schemathesis import GenerationMode  # noqa: PLC0415
    from schemathesis.specs.openapi.checks import negative_data_rejection  # noqa: PLC0415

    busy(world)
    monkeypatch.setattr(Limit, "take", lambda *_: 0)
    app = console(
        world.ledger,
        vault=world.vault,
        policies=lambda digest: policy() if digest == policy().digest else None,
        accounts=Accounts.of(*PEOPLE),
        secret=SECRET,
        clock=world.clock,
    )
    schema = schemathesis.openapi.from_asgi("/console/api/openapi.json", app)
    bearer = {"Authorization": "Bearer chc_mona"}
    approvals = [each.run for each in world.ledger.read(ApprovalAsked)]
    exchange = exchange_id(3)
    tried = Counter()

    def fuzz(case):
        tried[case.operation.label] += 1
        if mode == "positive" and tried.total() % 2:  # ids that exist, where chance finds none
            known = {"approval": approvals[0], "exchange": exchange}
            case.path_parameters = {
                name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        if mode == "positive":
            case.call_and_validate(headers=bearer)
            return
        response = case.call(headers=bearer)
        # a value such as [] has no form in a URL: it is not sent, and the rest may be right
        sent = parse_qs(urlsplit(response.request.url).query, keep_blank_values=True)
        unsent = set(case.query or ()) - set(sent)
        # 413 is a refusal too, of what is larger than any body that fits the document
        left = [negative_data_rejection] if unsent or response.status_code == 413 else []
        case.validate_response(response, excluded_checks=left, headers=bearer)

    for found in schema.get_all_operations():
        operation = found.ok()
        strategy = operation.as_strategy(generation_mode=GenerationMode(mode))
        try:
            run = settings(
                max_examples=12, deadline=None, database=None, derandomize=True,
                suppress_health_check=list(HealthCheck),
            )(given(case=strategy)(fuzz))  # fmt: skip
            run()
        except Unsatisfiable:  # nothing can be wrong where nothing is taken
            assert mode == "negative"
    assert tried.total() > 60
