"""Two gateways on one PostgreSQL: what one knows the other does, and one goes on alone."""

import threading

import pytest
from tests.survival.crowd import Crowd, given
from tests.survival.process import CHAT, ask, asking_to_pay, until

from charter.records.approval import ApprovalUsed
from charter.records.service import ServiceStarted
from charter.records.stop import StopOrdered


@pytest.fixture
def pair(serve, postgres_server):
    """Two replicas, in one folder of keys."""
    place = postgres_server.database()
    first = serve(place=place)
    return first, serve(place=place, folder=first.folder)


def test_one_is_killed_and_the_other_goes_on(pair, upstream):
    first, second = pair
    with first.ledger() as ledger:
        crowd = Crowd([first.url, second.url], ledger)

        def kill():
            first.kill()
            crowd.urls = [second.url]
            before = len(crowd.answers)
            until(lambda: len(crowd.answers) > before + 20)

        crowd.run(1.0, kill)
        until(lambda: second.health()["under_way"] == 0)  # of clients that have gone
        before = {one.run for one in ledger.read(ApprovalUsed)}
        again = list(crowd.approved.items())
        answers = crowd.each(body for _, body in again)
        for (approval, _), answer in zip(again, answers, strict=True):
            assert given(answer) == (approval not in before)
        assert again
        second.stop()
        assert crowd.check() > 50
        assert len(list(ledger.read(ServiceStarted))) == 2
    found = second.verified()
    assert (found["integrity"], found["completeness"]) == ("holds", "holds"), found


def test_what_is_asked_at_one_is_taken_at_the_other_once(pair, upstream):
    with pair[0].ledger() as ledger:
        crowd = Crowd([one.url for one in pair], ledger)
        for number in range(3):
            body = asking_to_pay(f"Pay bill {number} at either.")
            (held,) = crowd.each([body])
            approval = crowd.held(held)
            place = ("--ledger", pair[0].place)
            pair[0].charter("approvals", "approve", approval, "--by", "bea", *place)
            taken = until(lambda body=body: _at_once(pair, body))
            assert sum(taken) == 1
            assert sum(_at_once(pair, body)) == 0
        assert len({one.run for one in ledger.read(ApprovalUsed)}) == 3


def _at_once(pair, body):
    """Repeat a request four times at both replicas at the same moment; return who got the call."""
    begin, found = threading.Barrier(8), []

    def one(gateway):
        with gateway.client() as client:
            begin.wait(60)
            response = client.post(CHAT, json=body)
            assert response.status_code in (200, 403)
            found.append('"transfer"' in response.text)

    threads = [threading.Thread(target=one, args=(pair[at % 2],)) for at in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 8
    return found if any(found) else []


def test_a_stop_reaches_both(pair, upstream):
    upstream.say(" ".join(["word"] * 400), pause=0.1)
    texts, begun = {}, threading.Barrier(3)

    def one(at):
        with (
            pair[at].client() as client,
            client.stream("POST", CHAT, json=ask(stream=True)) as response,
        ):
            pieces = response.iter_text()
            texts[at] = next(pieces)
            begun.wait(60)
            for piece in pieces:
                texts[at] += piece

    threads = [threading.Thread(target=one, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    begun.wait(60)
    place = ("--ledger", pair[0].place)
    pair[0].charter("stop", "--all", "--reason", "a test", "--by", "bea", *place)
    before = {at: texts[at].count("word") for at in range(2)}
    for thread in threads:
        thread.join(60)
    for at in range(2):
        # ten a second: counted by what the upstream says, so that a busy machine is no failure
        assert texts[at].count("word") - before[at] <= 10
        assert '"finish_reason":"stop"' not in texts[at]
        assert "[DONE]" not in texts[at] or "content_filter" in texts[at]
        with pair[at].client() as client:
            response = client.post(CHAT, json=ask())
            assert (response.status_code, response.json()["error"]["code"]) == (403, "stopped")
            assert client.get("/health").json()["stops"] == 1
    with pair[0].ledger() as ledger:
        (stop,) = ledger.read(StopOrdered)
    pair[1].charter("resume", stop.run, "--reason", "over", "--by", "bea", *place)
    upstream.say()
    for gateway in pair:
        until(lambda gateway=gateway: gateway.health()["stops"] == 0)
        with gateway.client() as client:
            assert client.post(CHAT, json=ask()).status_code == 200


def test_a_stop_outlives_a_kill(serve, upstream):
    gateway = serve()
    place = ("--ledger", gateway.place)
    gateway.charter("stop", "--app", "shop", "--reason", "a test", "--by", "bea", *place)
    until(lambda: gateway.health()["stops"])
    gateway.kill()
    gateway.start()
    with gateway.client("ann") as stopped, gateway.client("bob") as other:
        assert stopped.post(CHAT, json=ask()).json()["error"]["code"] == "stopped"
        assert upstream.asked == []
        assert other.post(CHAT, json=ask()).status_code == 200
