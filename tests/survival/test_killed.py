"""`kill -9` at random moments: what was answered is recorded, and no approval counts twice."""

import random
import secrets
import time

import pytest
from tests.survival.crowd import Crowd, given
from tests.survival.process import until

from charter.records.approval import ApprovalAsked, ApprovalUsed
from charter.records.service import ServiceStarted

ROUNDS = 5


@pytest.mark.slow
def test_a_gateway_killed_under_load_loses_nothing(serve, upstream):
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    gateway = serve()
    with gateway.ledger() as ledger:
        crowd = Crowd([gateway.url], ledger)

        def kill(number):
            """Kill it once enough was done, however slow the machine is, and at any moment then."""
            if len(crowd.answers) < 25 * number or len(crowd.approved) < 2 * number:
                until(lambda: len(crowd.answers) > 25 * number)
                until(lambda: len(crowd.approved) >= 2 * number)
                time.sleep(chance.uniform(0.0, 0.3))
            gateway.kill()

        for number in range(1, ROUNDS + 1):
            crowd.urls = [gateway.url]
            crowd.run(chance.uniform(0.2, 1.5), lambda number=number: kill(number))
            gateway.start()
        crowd.urls = [gateway.url]
        before = {one.run for one in ledger.read(ApprovalUsed)}
        again = list(crowd.approved.items())
        for (approval, _), answer in zip(again, crowd.each(b for _, b in again), strict=True):
            if approval in before:
                assert not given(answer), f"{approval} was used twice; seed {seed}"
            else:
                assert given(answer), f"{approval} is lost; seed {seed}"
        assert not any(given(one) for one in crowd.each(body for _, body in again))
        gateway.stop()
        count = crowd.check()
        assert count > 100, seed
        assert len(again) > ROUNDS, seed
        assert len(list(ledger.read(ApprovalUsed))) == len(again)
        assert len(list(ledger.read(ApprovalAsked))) >= len(again)
        assert len(list(ledger.read(ServiceStarted))) == ROUNDS + 1
    found = gateway.verified()
    assert (found["integrity"], found["completeness"]) == ("holds", "holds"), (found, seed)
