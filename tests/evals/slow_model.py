"""Run the small suite with a model that takes its time, to be killed while it does.

Arguments: spec, script, out folder, log. Every answered request is one line in the log.
"""

import asyncio
import sys
from pathlib import Path

from charter.evals.plan import Plan, Settings
from charter.evals.run import carry_out, open_run
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.models.open import open_model
from charter.records.run import RunFinished


class Slow:
    """A scripted model that sleeps before each reply and notes it."""

    def __init__(self, model, log):
        self.identity, self.calls_tools = model.identity, model.calls_tools
        self.model, self.log = model, log

    async def reply(self, request):
        await asyncio.sleep(0.08)
        with self.log.open("a") as stream:
            stream.write(f"{hash(request.messages)}/{request.seed}\n")
        return await self.model.reply(request)


class Silent:
    """Wants to know nothing."""

    def advance(self, verdict):
        """Ignore it."""


def main(spec, script, out, log):
    suite = compile_suite(load(spec))
    model = Slow(open_model(f"scripted:{script}", {}), Path(log))
    with Ledger(open_store(f"{out}/ledger.sqlite")) as ledger:
        if any(True for _ in ledger.read(RunFinished)):
            return  # killed after the last reply, on the way out
        plan = Plan(suite, model.identity, Settings(repeat=4))
        opened = open_run(ledger, plan)
        asyncio.run(carry_out(opened, plan, model, ledger=ledger, concurrency=3, progress=Silent()))


main(*sys.argv[1:])
