"""An answer that is streamed: events pass a relay; records are durable before what they free."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import TYPE_CHECKING, Any

from charter.errors import LedgerError
from charter.gateway.exchange import Begun, Exchange
from charter.gateway.held import MOST_KEPT, Held
from charter.gateway.relay.relay import relay_for
from charter.gateway.relay.step import KEEP_ALIVE, Relay, RelayTerms, Step
from charter.gateway.running import GONE, SLOW, STOPPED, Cut
from charter.gateway.send import STREAM
from charter.gateway.unary import ask, not_an_answer
from charter.gateway.upstream import GARBAGE, LATE, UpstreamFailed, given_on
from charter.gateway.verdict import Verdict
from charter.policy.decision import Effect

if TYPE_CHECKING:
    import aiohttp


QUIET = 10.0
"""Seconds without a byte to the client after which a comment keeps its connection alive."""
_UNRECORDED = "This could not be recorded, so it is not done."
WHOLE_HEADER = (b"x-charter-stream", b"whole")


async def relay_stream(exchange: Exchange, begun: Begun, body: bytes, held: Held | None) -> None:
    """Ask the upstream, or take an answer that was held, and relay it."""
    if held is not None:
        await Streamed(exchange, begun).run(_pieces_of(held), None)
        return
    response = await ask(exchange, begun, body)
    if response is None:
        return
    if response.status != 200:
        await not_an_answer(exchange, begun, response)
        return
    try:
        if response.content_type != "text/event-stream":
            await exchange.upstream_failed(begun, UpstreamFailed(GARBAGE))
            return
        pieces = exchange.service.upstream.pieces(response)
        await Streamed(exchange, begun).run(pieces, response)
    finally:
        response.close()


class Streamed:
    """One stream under way."""

    def __init__(self, exchange: Exchange, begun: Begun) -> None:
        self.exchange = exchange
        self.begun = begun
        asked, opened = begun.asked, begun.opened
        terms = RelayTerms(
            id=exchange.id,
            model=asked.model or "",
            created=int(exchange.now),
            n=asked.n,
            request=begun.body,
        )
        self.relay: Relay = relay_for(exchange.api, opened.streaming, opened.judge, request=terms)
        self.keeps = bool(asked.tools or opened.streaming.whole)
        """Whether the answer may have to be held, and is kept for that."""
        self.kept: list[bytes] = []
        self.size = 0
        self.sent = exchange.loop.time()

    async def run(
        self, pieces: AsyncIterator[bytes], response: aiohttp.ClientResponse | None
    ) -> None:
        """Relay all pieces. Raises LedgerError before anything was sent, never after."""
        exchange, begun = self.exchange, self.begun
        await begun.recorder.write(begun.opened.verdict.records, None)
        await self._start(response)
        try:
            step = await self._relay(pieces)
        except Cut as cut:
            step = self._cut(cut.why)
        except UpstreamFailed as failed:
            step = self.relay.end(failed.name)
        except LedgerError as error:
            exchange.service.say(
                "error", "not.recorded", exchange=exchange.id, reason=error.message
            )
            await self._unrecorded()
            return
        await self._finish(step)

    async def _start(self, response: aiohttp.ClientResponse | None) -> None:
        exchange, begun = self.exchange, self.begun
        exchange.started = True
        headers = [*STREAM, *begun.headers]
        if begun.opened.streaming.whole:
            headers.append(WHOLE_HEADER)
        if response is not None:
            headers += given_on(response.headers)
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _relay(self, pieces: AsyncIterator[bytes]) -> Step:
        """Feed pieces until the stream is done; return the step that ends it, not yet sent."""
        exchange, settings = self.exchange, self.exchange.service.settings
        running, loop = exchange.running, exchange.loop
        silence = settings.upstream.silence_seconds
        end = loop.time() + settings.upstream.total_seconds
        begun = loop.time()
        while True:
            with running.waiting(min(loop.time() + silence, end), LATE):
                piece = await anext(pieces, b"")
            exchange.waited = loop.time() - begun
            if not piece:
                return self.relay.end(None)
            self._keep(piece)
            step = self.relay.feed(piece)
            if step.done:
                return step
            await self._write(step)

    async def _write(self, step: Step) -> None:
        """Send what a step frees, once its records are durable."""
        if step.before:
            await self.begun.recorder.write(step.before, self._payload)
        now = self.exchange.loop.time()
        if step.out:
            await self._send(step.out)
        elif now - self.sent > QUIET:
            await self._send(KEEP_ALIVE)

    async def _send(self, data: bytes, *, more: bool = True) -> None:
        exchange = self.exchange
        self.sent = exchange.loop.time()
        deadline = self.sent + exchange.service.settings.server.write_seconds
        message = {"type": "http.response.body", "body": data, "more_body": more}
        with exchange.running.waiting(deadline, SLOW):
            await exchange.send(message)

    async def _finish(self, step: Step) -> None:
        """Record how it ended, then send the end."""
        exchange, begun, relay = self.exchange, self.begun, self.relay
        done = self._done()
        judge, unread = begun.opened.judge, relay.uncovered
        records = (*step.before, *judge.finish(done, relay.released, relay.failure, unread))
        exchange.outcome = (self._effect(), done)
        try:
            await begun.recorder.write(records, self._payload)
        except LedgerError as error:
            exchange.service.say(
                "error", "not.recorded", exchange=exchange.id, reason=error.message
            )
            await self._unrecorded()
            return
        exchange.spend(begun, len(begun.raw) // 4 + relay.released // 4)
        await self._last(step.out)

    async def _last(self, data: bytes) -> None:
        """Send the last bytes. A client that takes nothing is not waited for."""
        exchange = self.exchange
        if exchange.running.why in (GONE, SLOW):
            return
        exchange.running.why = ""
        try:
            await self._send(data, more=False)
        except Cut:
            return

    def _done(self) -> str:
        relay = self.relay
        if relay.failure:
            return "cut" if self.exchange.running.why else "failed"
        if relay.refused is not None:
            return "held" if relay.refused.effect is Effect.REQUIRE_APPROVAL else "cut"
        return "forwarded"

    def _effect(self) -> str:
        refused = self.relay.refused
        return (
            refused.effect.value if refused is not None else self.begun.opened.verdict.effect.value
        )

    def _cut(self, why: str) -> Step:
        """Return the step that ends the stream from outside."""
        running = self.exchange.running
        if why == STOPPED and running.stop is not None:
            return self.relay.stop(self.begun.opened.judge.stop(running.stop))
        return self.relay.end(why)

    async def _unrecorded(self) -> None:
        """End a stream whose records could not be kept: with an error, and nothing else."""
        self.exchange.outcome = ("", "failed")
        verdict = Verdict(
            Effect.DENY, self.begun.opened.verdict.decision, say=_UNRECORDED, failed=True
        )
        step = self.relay.stop(verdict)
        if step.out:
            await self._last(step.out)
        else:  # the relay has ended already, and what it said last cannot be sent
            raise ConnectionResetError

    def _keep(self, piece: bytes) -> None:
        if self.keeps:
            self.size += len(piece)
            self.kept.append(piece)
            if self.size > MOST_KEPT:
                self.keeps, self.kept = False, []

    def _payload(self) -> Mapping[str, Any]:
        held = Held(b"".join(self.kept), stream=True) if self.keeps else None
        return self.exchange.payload(held if self.relay.refused is not None else None)


async def _pieces_of(held: Held) -> AsyncIterator[bytes]:
    """Yield a held answer in pieces."""
    for place in range(0, len(held.body), 65_536):
        yield held.body[place : place + 65_536]
