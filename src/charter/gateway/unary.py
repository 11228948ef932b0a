"""An answer that comes whole: read, decided on, recorded, and only then sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from charter.gateway.answers.encode import encode
from charter.gateway.answers.members import readable, spoken
from charter.gateway.answers.settle import answer_of, settle
from charter.gateway.callers import tokens_of
from charter.gateway.exchange import Begun, Exchange
from charter.gateway.held import MOST_KEPT, Held
from charter.gateway.inside import BETWEEN
from charter.gateway.running import SLOW
from charter.gateway.send import JSON, send_reply
from charter.gateway.upstream import GARBAGE, LATE, UpstreamFailed, given_on
from charter.gateway.verdict import Channel
from charter.gateway.wire.failure import Details, Failure, fail
from charter.gateway.wire.json_body import parse
from charter.policy.decision import Effect

if TYPE_CHECKING:
    import aiohttp


MOST_ERROR = 256 * 1024
"""Bytes of an upstream's error that are looked at."""
MOST_WORDS = 200
"""Texts of one error that are looked at; one with more is replaced."""


async def answer_whole(exchange: Exchange, begun: Begun, body: bytes, held: Held | None) -> None:
    """Ask the upstream, or take an answer that was held, and settle it."""
    if held is not None:
        await _settle(exchange, begun, held.body, ())
        return
    response = await ask(exchange, begun, body)
    if response is None:
        return
    if response.status != 200:
        await not_an_answer(exchange, begun, response)
        return
    started = exchange.loop.time()
    limit = exchange.service.settings.upstream
    try:
        with exchange.running.waiting(started + limit.total_seconds, LATE):
            answer = await exchange.service.upstream.read(response)
    except UpstreamFailed as failed:
        await exchange.upstream_failed(begun, failed)
        return
    except BaseException:
        response.close()
        raise
    exchange.waited += exchange.loop.time() - started
    await _settle(exchange, begun, answer, given_on(response.headers))


async def ask(exchange: Exchange, begun: Begun, body: bytes) -> aiohttp.ClientResponse | None:
    """Send the request on; None where that failed, and the client was told."""
    service, loop = exchange.service, exchange.loop
    headers = service.upstream.headers(exchange.api, exchange.scope["headers"])
    started = loop.time()
    try:
        # A model may think for long before its first byte: the time for a whole answer counts.
        with exchange.running.waiting(started + service.settings.upstream.total_seconds, LATE):
            return await service.upstream.post(
                exchange.api, body, headers, exchange.scope["query_string"]
            )
    except UpstreamFailed as failed:
        await exchange.upstream_failed(begun, failed)
        return None
    finally:
        exchange.waited = loop.time() - started


async def _settle(
    exchange: Exchange, begun: Begun, answer: bytes, headers: list[tuple[bytes, bytes]] | tuple[()]
) -> None:
    opened = begun.opened
    try:
        limits, patterns = exchange.service.answer_limits, opened.streaming.patterns
        read = answer_of(exchange.api, answer, begun.body, limits, patterns)
    except ValueError:
        await exchange.upstream_failed(begun, UpstreamFailed(GARBAGE))
        return
    if begun.caller.tokens_per_day is not None:
        exchange.spend(begun, tokens_of(read.body.get("usage")))
    settled = settle(read, opened.judge, None if opened.streaming.whole else patterns)
    verdict = settled.refused
    done = "edited" if settled.edited or opened.body_edits else "forwarded"
    if verdict is not None:
        done = "held" if verdict.effect is Effect.REQUIRE_APPROVAL else "refused"
    uncovered = read.uncovered if verdict is None else ()
    rest = opened.judge.finish(done, settled.released, "", uncovered)
    records = (*opened.verdict.records, *settled.records, *rest)
    kept = Held(answer, stream=False) if verdict is not None and len(answer) <= MOST_KEPT else None
    await begun.recorder.write(records, lambda: exchange.payload(kept))
    if verdict is not None:
        await exchange.reply_verdict(verdict, opened)
        return
    exchange.outcome = (opened.verdict.effect.value, done)
    await send_whole(exchange, begun, 200, settled.body, headers)


async def send_whole(
    exchange: Exchange,
    begun: Begun,
    status: int,
    body: bytes,
    headers: list[tuple[bytes, bytes]] | tuple[()],
) -> None:
    """Send a body that was decided on."""
    exchange.started = True
    length = (b"content-length", str(len(body)).encode())
    send = exchange.send
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [JSON, length, *begun.headers, *headers],
        }
    )
    deadline = exchange.loop.time() + exchange.service.settings.server.write_seconds
    with exchange.running.waiting(deadline, SLOW):
        await send({"type": "http.response.body", "body": body})


async def not_an_answer(exchange: Exchange, begun: Begun, response: aiohttp.ClientResponse) -> None:
    """Give on an upstream's own error, once its words have passed as a model's would; else say so.

    That the gateway's own key is refused is no matter of the client's.
    """
    status = response.status
    given = given_on(response.headers)
    body = await _error_of(exchange, response)
    exchange.outcome = (begun.opened.verdict.effect.value, "failed")
    judge = begun.opened.judge
    failure = f"upstream_{status}"
    words = _words(body)
    passed = False
    records = begun.opened.verdict.records
    if words is not None and status not in (401, 407) and 400 <= status < 600:
        verdict = judge.text(Channel("text"), words)
        records += verdict.records
        passed = verdict.effect in (Effect.ALLOW, Effect.FLAG)
    judge.cut(failure, 0)
    await begun.recorder.write((*records, *judge.finish("failed", 0, failure)), exchange.payload)
    if passed:
        await send_whole(exchange, begun, status, encode(body), given)
        return
    if status in (401, 407) or not 400 <= status < 600:
        message = "The upstream does not take the gateway's key."
        if status not in (401, 407):
            message = "The upstream answered with what is no answer of this API."
        await exchange.fail(Failure.UPSTREAM_REFUSED, message)
        return
    details = Details(exchange.id, f"The upstream reported an error ({status}).")
    kind = Failure.UPSTREAM_GONE if status >= 500 or status in (408, 409, 429) else None
    reply = fail(exchange.api, kind or Failure.BAD_REQUEST, details)
    exchange.started = True
    headers = tuple(one for one in reply.headers if one[0] != "x-should-retry")
    reply = reply._replace(status=status, headers=headers)
    await send_reply(exchange.send, reply, (*begun.headers, *given))


async def _error_of(exchange: Exchange, response: aiohttp.ClientResponse) -> Any:
    """Return an upstream's error, parsed; None for what cannot be looked at."""
    pieces, size = [], 0
    deadline = exchange.loop.time() + exchange.service.settings.upstream.silence_seconds
    try:
        with exchange.running.waiting(deadline, LATE):
            async for piece in exchange.service.upstream.pieces(response, MOST_ERROR):
                pieces.append(piece)
                size += len(piece)
        found = parse(b"".join(pieces))
    except (UpstreamFailed, ValueError):
        return None
    finally:
        response.close()
    return found if isinstance(found, dict) and "error" in found else None


def _words(body: Any) -> str | None:
    """Return every text of an error as one; None where there are too many, or others than texts."""
    if body is None or not readable(body):
        return None
    words = spoken({"": ("", (body,))}).text
    return words if words.count(BETWEEN) < MOST_WORDS else None
