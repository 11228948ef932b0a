"""One request, from its key to the last byte of its answer.

Nothing leaves before what it follows from is durable: refusals, held calls and released calls
alike. What ends an exchange early (a stop, a client that has gone, an upstream that broke) is
recorded as well.
"""

from __future__ import annotations

import time
import traceback
from pathlib import Path

from charter.errors import LedgerError, LedgerUnavailable
from charter.gateway.exchange import RESTRICTS, Begun, Exchange, Refused
from charter.gateway.held import Held
from charter.gateway.running import Cut
from charter.gateway.served import Caller, Served
from charter.gateway.streamed import relay_stream
from charter.gateway.unary import answer_whole
from charter.gateway.wire.failure import Failure

TRIES = 5
"""How often a request is judged, where others like it change what it is judged by."""


async def handle(exchange: Exchange) -> None:
    """Answer the request, whatever happens."""
    service = exchange.service
    service.counted.received += 1
    service.running.add(exchange.running)
    service.metrics.in_flight += 1
    begun = time.perf_counter()
    try:
        await _serve(exchange)
    except Refused as refusal:
        await exchange.refuse(refusal)
    except Cut as cut:
        await _cut(exchange, cut)
    except LedgerError as error:
        service.say("error", "not.recorded", exchange=exchange.id, reason=error.message)
        await exchange.not_recorded()
    except Exception as error:  # a defect: nothing that was not decided on leaves
        exchange.outcome = ("", "failed")
        service.say("error", "defect", exchange=exchange.id, reason=_where(error))
        if exchange.started:
            raise ConnectionResetError from error  # the server breaks the answer off
        await exchange.fail(Failure.NOT_READY, "The gateway failed; nothing was done.")
    finally:
        service.running.discard(exchange.running)
        service.metrics.in_flight -= 1
        exchange.count(time.perf_counter() - begun)


async def _serve(exchange: Exchange) -> None:
    caller, served = exchange.caller()
    raw = await exchange.read_body()
    for left in reversed(range(TRIES)):
        try:
            await _decide(exchange, caller, served, raw)
        except LedgerUnavailable:
            raise
        except LedgerError:
            if exchange.started or not left:
                raise
            # Another was quicker to ask, or to use an approval: judged by what is so now. Of many
            # at once, one wins each time; who comes after that finds what it left.
            await exchange.service.poll()
        else:
            return


async def _decide(exchange: Exchange, caller: Caller, served: Served, raw: bytes) -> None:
    begun = exchange.begun = exchange.judge(caller, served, raw)
    held: Held | None = None
    if begun.opened.resume is not None and begun.opened.verdict.effect not in RESTRICTS:
        held = await exchange.held(begun.opened)
        if held is None:  # a model has to be asked again, and the request agreed to again
            begun = exchange.begun = exchange.judge(caller, served, raw, anew=True)
    opened = begun.opened
    if opened.verdict.effect in RESTRICTS:
        await begun.recorder.write(opened.verdict.records, exchange.payload)
        await exchange.reply_verdict(opened.verdict, opened)
        return
    await _answer(exchange, begun, held)


async def _answer(exchange: Exchange, begun: Begun, held: Held | None) -> None:
    answer = relay_stream if begun.asked.stream else answer_whole
    await answer(exchange, begun, exchange.forwarded(begun), held)


async def _cut(exchange: Exchange, cut: Cut) -> None:
    try:
        await exchange.was_cut(cut)
    except LedgerError as error:
        exchange.service.say("error", "not.recorded", exchange=exchange.id, reason=error.message)
        await exchange.not_recorded()


def _where(error: BaseException) -> str:
    """Return kind and place of a defect; its message may hold content."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(error).__name__} at {place}"
