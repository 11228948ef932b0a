"""People answer a survey while the service is killed: every vote they were told of is there."""

from __future__ import annotations

import asyncio
import threading

import pytest
from tests.survival.participants import AT, SETTINGS, Participants, crowded, lost
from tests.survival.process import until

from charter.evolve.surveys.opening import open_survey
from charter.ledger.master_key import MasterKey
from charter.ledger.vault import Vault

PEOPLE = 60
KILLS = 2


@pytest.mark.slow
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_no_vote_is_lost_when_the_service_is_killed(serve, request, store):
    place = request.getfixturevalue("postgres_url") if store == "postgres" else ""
    gateway = serve(more=SETTINGS, place=place)
    survey = crowded()
    with gateway.ledger() as ledger:
        open_survey(ledger, survey, by="ada", at=AT)
        crowd = Participants(gateway.url, PEOPLE)
        whole = PEOPLE * len(survey.items)
        killed = []

        def kill():
            for number in range(1, KILLS + 1):
                until(lambda number=number: crowd.acknowledged > whole * number // (KILLS + 1))
                gateway.kill()
                killed.append(crowd.acknowledged)
                crowd.url = gateway.start().url

        killer = threading.Thread(target=kill)
        killer.start()
        asyncio.run(crowd.run())
        killer.join()
        gateway.stop()
        vault = Vault(ledger.store, MasterKey.load(gateway.folder / "master.key"))
        missing, twice, joined = lost(crowd.people, ledger, vault, survey)
    assert len(killed) == KILLS
    assert 0 < killed[0] < killed[1] < whole
    assert missing == []
    assert (twice, joined) == (0, PEOPLE)
    assert crowd.acknowledged == whole
    assert crowd.refused == []
    found = gateway.verified()
    assert (found["integrity"], found["completeness"]) == ("holds", "holds")
