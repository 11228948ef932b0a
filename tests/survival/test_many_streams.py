"""A thousand streams at once: all end right, all are recorded, and memory stays bounded."""

import asyncio
import json
import re
import resource

import aiohttp
import pytest
from tests.gateway.upstream_server import Script
from tests.survival.process import CHAT, KEYS, ask, until

from charter.records.decision import DecisionRecorded

MANY = 1000
FILES = 4 * MANY


@pytest.fixture
def many_files():
    """Room for as many connections, here and in the gateway; less is put back afterwards."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < FILES:
        pytest.skip(f"no more than {hard} files can be open")
    if soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def said(text):
    """Return what the pieces of a stream say together."""
    return "".join(json.loads(f'"{part}"') for part in re.findall(r'"content":"(.*?)"', text))


@pytest.mark.slow
def test_a_thousand_streams(many_files, serve, upstream):
    # On a busy machine a thousand clients and their upstream fall silent for seconds.
    gateway = serve(patience=40.0)
    upstream.scripts["talk"] = Script("one two three four five", pause=0.6)
    upstream.scripts["kept"] = Script("one two XYZZY four five", pause=0.6)
    seen = {"most": 0, "memory": 0}
    before = gateway.memory()

    async def one(session, at):
        model = "kept" if at % 10 == 0 else "talk"
        headers = {"authorization": f"Bearer {KEYS['ann']}"}
        body = ask(f"Question {at}?", model=model, stream=True)
        async with session.post(gateway.url + CHAT, json=body, headers=headers) as response:
            assert response.status == 200
            return model, response.headers["x-request-id"], await response.text()

    async def watch():
        while True:
            health = await asyncio.to_thread(gateway.health)
            seen["most"] = max(seen["most"], health["under_way"])
            seen["memory"] = max(seen["memory"], gateway.memory())
            await asyncio.sleep(0.2)

    async def main():
        timeout = aiohttp.ClientTimeout(total=100)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
            watching = asyncio.create_task(watch())
            found = await asyncio.gather(*(one(session, at) for at in range(MANY)))
            watching.cancel()
            return found

    found = asyncio.run(main())
    assert seen["most"] > MANY * 0.9, "they did not run at the same time"
    assert seen["memory"] - before < 300 * 2**20
    done = {}
    with gateway.ledger() as ledger:
        for record in ledger.read(DecisionRecorded):
            done.setdefault(record.exchange, []).append(record.effect)
    for model, exchange, text in found:
        right = '"finish_reason":"stop"' in text and said(text) == "one two three four five"
        assert right is (model == "talk"), text
        assert "XYZZY" not in text
        assert text.endswith("data: [DONE]\n\n")
        assert ("deny" in done[exchange]) is (model == "kept")
    until(lambda: gateway.health()["under_way"] == 0)
    gateway.stop()
    assert gateway.verified()["completeness"] == "holds"
