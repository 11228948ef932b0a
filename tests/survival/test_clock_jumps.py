"""A wall clock that jumps: what expired stays so, nothing is released, and it goes on serving."""

import threading
import time

import pytest
from tests.survival import jumping_clock
from tests.survival.crowd import Crowd, given
from tests.survival.process import CHAT, ask, asking_to_pay, until

from charter.records.approval import ApprovalExpired, ApprovalUsed, ApprovalVoted
from charter.records.decision import DecisionRecorded

DAY = 86_400


class Jumping:
    """A gateway whose clock can be set."""

    def __init__(self, serve):
        self.gateway = serve(module=(jumping_clock.__file__,))
        self.ledger = self.gateway.ledger()
        self.crowd = Crowd([self.gateway.url], self.ledger)

    def jump(self, seconds):
        (self.gateway.folder / "offset.new").write_text(str(seconds))
        (self.gateway.folder / "offset.new").rename(self.gateway.folder / "offset")
        time.sleep(0.3)

    def ask(self, body):
        (answer,) = self.crowd.each([body])
        return answer

    def approve(self, approval):
        self.crowd.approve(approval)
        time.sleep(0.5)


@pytest.fixture
def jumping(serve, upstream):
    found = Jumping(serve)
    yield found
    found.ledger.close()


def test_an_approval_that_expired_stays_so_when_the_clock_is_set_back(jumping):
    body = asking_to_pay("Pay while clocks jump.")
    approval = jumping.crowd.held(jumping.ask(body))
    jumping.approve(approval)
    jumping.jump(DAY)
    answer = jumping.ask(body)
    second = jumping.crowd.held(answer)
    assert not given(answer)
    assert second != approval
    jumping.jump(0)
    for _ in range(3):
        answer = jumping.ask(body)
        assert not given(answer)
        assert jumping.crowd.held(answer) != approval
    assert list(jumping.ledger.read(ApprovalUsed)) == []


def test_one_that_nobody_used_is_ended_by_a_record(jumping):
    body = asking_to_pay("Pay late.")
    approval = jumping.crowd.held(jumping.ask(body))
    jumping.jump(DAY)
    until(lambda: [one.run for one in jumping.ledger.read(ApprovalExpired)] == [approval])
    jumping.jump(-DAY)
    jumping.approve(approval)
    assert not given(jumping.ask(body))
    jumping.gateway.kill()  # what comes next is folded from the ledger alone
    jumping.gateway.start()
    jumping.crowd.urls = [jumping.gateway.url]
    assert not given(jumping.ask(body))
    assert [one.run for one in jumping.ledger.read(ApprovalVoted)] == [approval]


@pytest.mark.parametrize("seconds", [DAY, -DAY])
def test_streams_and_requests_go_on(jumping, upstream, seconds):
    upstream.say("one two three four five six seven eight", pause=0.1)
    texts = []

    def one():
        with jumping.gateway.client() as client:
            texts.append(client.post(CHAT, json=ask(stream=True)).text)

    thread = threading.Thread(target=one)
    thread.start()
    until(lambda: upstream.asked)
    jumping.jump(seconds)
    thread.join(60)
    assert '"finish_reason":"stop"' in texts[0]
    upstream.say()
    assert jumping.ask(ask()).status == 200
    assert jumping.gateway.ready()
    times = [record.at for record in jumping.ledger.read(DecisionRecorded)]
    assert times == sorted(times), "records of one service never go backwards"
    jumping.gateway.stop()
    found = jumping.gateway.verified()
    assert (found["integrity"], found["completeness"]) == ("holds", "holds"), found
