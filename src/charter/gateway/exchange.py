"""One request under way: who asks, what was read and judged, and the gateway's own answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from charter.gateway.answers.refuse import refused
from charter.gateway.headers import Said
from charter.gateway.held import Change, Held, held_answer, replaced, sealed_payload
from charter.gateway.judging.edit_body import edited_body
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.opening import Opened, open_exchange
from charter.gateway.judging.side_channel import without
from charter.gateway.recorder import Recorder
from charter.gateway.running import BODY_LATE, GONE, STOPPED, Cut, Running, watch
from charter.gateway.send import Receive, Scope, Send, send_reply
from charter.gateway.served import Caller, Served
from charter.gateway.service import Service
from charter.gateway.upstream import (
    DROPPED,
    ENCODING,
    GARBAGE,
    LATE,
    REFUSED,
    TOO_LARGE,
    UpstreamFailed,
)
from charter.gateway.verdict import Verdict
from charter.gateway.watched import CROSSED
from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.asked import Api, Asked
from charter.gateway.wire.failure import DECISION_HEADER, Details, Failure, Reply, fail
from charter.gateway.wire.json_body import read_json
from charter.policy.decision import Effect

if TYPE_CHECKING:  # needs an extra of its own
    from charter.gateway.telemetry import Telemetry

READERS = {Api.CHAT: chat.read, Api.RESPONSES: responses.read, Api.MESSAGES: messages.read}
SUBJECTS = ("safety_identifier", "user", "metadata.user_id")
"""Fields in which a client names the person it serves."""


BARRED = 10
"""Seconds after which it may make sense to ask again for what must not be served now."""


class Refused(Exception):
    """The request is answered with a failure that no decision was made on."""

    def __init__(
        self, failure: Failure, message: str, *, param: str | None = None, after: int = 0
    ) -> None:
        super().__init__(message)
        self.failure = failure
        self.message = message
        self.param = param
        self.after = after
        """Seconds until it makes sense to ask again; 0: not said."""


class Begun(NamedTuple):
    """A request that was read and judged."""

    caller: Caller
    served: Served
    asked: Asked
    body: Mapping[str, Any]
    raw: bytes
    opened: Opened
    recorder: Recorder
    headers: tuple[tuple[bytes, bytes], ...]
    """Of every answer to it."""


class Exchange:
    """One request and its answer."""

    __slots__ = (
        "api",
        "begun",
        "id",
        "loop",
        "now",
        "outcome",
        "receive",
        "running",
        "said",
        "scope",
        "send",
        "service",
        "started",
        "waited",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - what an exchange is made of
        self,
        service: Service,
        api: Api,
        identity: str,
        said: Said,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self.service = service
        self.api = api
        self.id = identity
        self.said = said
        self.scope = scope
        self.receive = receive
        self.send = send
        self.started = False
        """Whether the client was sent anything."""
        self.begun: Begun | None = None
        self.outcome = ("", "failed")
        """Effect and what was done, for counters."""
        self.waited = 0.0
        """Seconds for the upstream."""
        self.now = 0.0
        self.loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a server runs each request in one
        self.running = Running(task, watch(receive))

    # Before anything is judged

    def caller(self) -> tuple[Caller, Served]:
        """Return who asks, and what holds for them. Raises Refused."""
        said, service = self.said, self.service
        if said.failure is not None:
            raise Refused(said.failure, said.message)
        table = service.table
        caller = table.callers.find(said.key)
        if caller is None:
            message = "No key that this gateway knows came with the request."
            raise Refused(Failure.UNKNOWN_KEY, message)
        self.running.application = caller.application
        self.now = service.clock.now()
        spent = service.budgets.take(caller, self.now, repeated=said.retry > 0)
        if spent is not None:
            failure = Failure.TOO_MANY if spent.seconds <= 120 else Failure.SPENT
            message = f"The budget of {spent.what} has run out."
            raise Refused(failure, message, after=spent.seconds)
        if service.unable:
            raise Refused(Failure.NOT_READY, _ENDING if service.ending else _NOT_NOW, after=1)
        served = table.of(caller)
        barred = service.governing.barred.get(served.policy.digest)
        if barred is not None:
            raise Refused(Failure.NOT_READY, f"Nothing is served now: {barred}.", after=BARRED)
        if said.length > service.settings.server.body_bytes:
            raise Refused(Failure.TOO_LARGE, self._too_large())
        return caller, served

    async def read_body(self) -> bytes:
        """Return the body. Raises Refused where it is too large, Cut where it comes too late."""
        settings = self.service.settings.server
        deadline = self.loop.time() + settings.body_seconds
        pieces: list[bytes] = []
        size = 0
        while True:
            with self.running.waiting(deadline, BODY_LATE):
                message = await self.receive()
            if message["type"] == "http.disconnect":
                raise Cut(GONE)
            piece = message.get("body", b"")
            size += len(piece)
            if size > settings.body_bytes:
                raise Refused(Failure.TOO_LARGE, self._too_large())
            if not message.get("more_body", False):
                return b"".join([*pieces, piece]) if pieces else piece
            pieces.append(piece)

    def _too_large(self) -> str:
        return f"The body is larger than {self.service.settings.server.body_bytes:,} bytes."

    def judge(self, caller: Caller, served: Served, raw: bytes, *, anew: bool = False) -> Begun:
        """Read the request and judge it. Raises Refused for what is no request.

        `anew`: whatever was held for it before.
        """
        service = self.service
        limits = service.limits
        try:
            body = read_json(raw, limits)
            asked = READERS[self.api](body, served.terms)
        except ValueError as error:
            said = str(error)
            pointer = said.partition(":")[0] if said.startswith("/") else None
            raise Refused(Failure.BAD_REQUEST, said, param=pointer) from None
        if service.governing.judged.crossed(asked.model or "", self.now):
            message = f"This model is not served now: {CROSSED}."
            raise Refused(Failure.NOT_READY, message, after=BARRED)
        self.running.tools = frozenset([tool.name for tool in asked.tools])
        subject = _subject(service, caller, asked)
        recorder = Recorder(service, served, subject)
        occasion = Occasion(
            id=self.id,
            run=service.run,
            caller=caller,
            asked=asked,
            body=body,
            at=service.clock.text(self.now),
            now=self.now,
            retry=self.said.retry,
            subject=subject,
            board=service.board,
            clock=service.clock.now,
            payload=recorder.payload,
            anew=anew,
            sparing=recorder.sparing,
        )
        opened = open_exchange(served, occasion)
        name = b"request-id" if self.api is Api.MESSAGES else b"x-request-id"
        headers = (
            (name, self.id.encode()),
            (DECISION_HEADER.encode(), opened.verdict.decision.encode()),
            (POLICY_HEADER, served.policy.digest.encode()),
        )
        return Begun(caller, served, asked, body, raw, opened, recorder, headers)

    def forwarded(self, begun: Begun) -> bytes:
        """Return the bytes for the upstream: those that came, unless something has to change."""
        made, opened = begun.body, begun.opened
        if opened.body_edits or opened.inserts:
            made = edited_body(made, opened.body_edits, opened.inserts)
        made = without(made, begun.raw)
        if made is begun.body:
            return begun.raw
        try:
            return orjson.dumps(made)
        except TypeError:  # whole numbers of more than 64 bits
            return json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()

    async def held(self, opened: Opened) -> Held | None:
        """Return the answer that people have agreed to; None where none was kept.

        None as well where it was asked for in one piece, and now is as a stream, or turned round.
        """
        vault, resume = self.service.vault, opened.resume
        if vault is None or resume is None:
            return None
        held = held_answer(await asyncio.to_thread(vault.open, resume.payload))
        assert self.begun is not None  # noqa: S101 - it was judged before
        if held is not None and held.stream is not self.begun.asked.stream:
            return None
        if held is None or not resume.replaced:
            return held
        changed = []
        for before, after in resume.replaced:
            payload = await asyncio.to_thread(vault.open, after.asked.payload)
            arguments = (payload or {}).get("arguments")
            if not isinstance(arguments, str):
                return None
            changed.append(Change(before.asked, arguments))
        return replaced(self.api, held, changed)

    # What is sealed

    def payload(self, held: Held | None = None) -> Mapping[str, Any]:
        """Return what is sealed of this exchange."""
        begun = self.begun
        assert begun is not None  # noqa: S101
        return sealed_payload(
            begun.opened.judge.payload(),
            system_as=begun.served.terms.system_as,
            level=begun.caller.level,
            held=held,
        )

    # Answers that are the gateway's own

    async def reply_verdict(self, verdict: Verdict, opened: Opened) -> None:
        """Answer with a refusal, or with the id of what a person has to agree to."""
        begun = self.begun
        assert begun is not None  # noqa: S101
        held = verdict.effect is Effect.REQUIRE_APPROVAL
        if opened.stop is not None or self.running.stop is not None:
            details = Details(self.id, verdict.say, decision=verdict.decision)
            reply = fail(self.api, Failure.STOPPED, details)
        else:
            # What waits for a person, or could not be checked, is no word of a model.
            plain = held or verdict.failed or begun.asked.stream
            reply = refused(
                self.api,
                verdict,
                id=self.id,
                model=begun.asked.model or "",
                created=int(self.now),
                n=begun.asked.n,
                refuse_as="error" if plain else begun.served.refuse_as,
            )
        self.outcome = (verdict.effect.value, "held" if held else "refused")
        await self.reply(reply)

    async def reply(self, reply: Reply) -> None:
        """Send an answer of the gateway's own."""
        self.started = True
        more = self.begun.headers if self.begun is not None else ()
        await send_reply(self.send, reply, more)

    async def fail(self, failure: Failure, message: str, **more: Any) -> None:
        """Answer with a failure, unless an answer has begun."""
        if not self.started:
            decision = None if self.begun is None else self.begun.opened.verdict.decision
            details = Details(self.id, message, decision=decision, **more)
            await self.reply(fail(self.api, failure, details))

    async def upstream_failed(self, begun: Begun, failed: UpstreamFailed) -> None:
        """Record that the upstream did not answer, and say so."""
        judge = begun.opened.judge
        judge.cut(failed.name, 0)
        records = (*begun.opened.verdict.records, *judge.finish("failed", 0, failed.name))
        self.outcome = (begun.opened.verdict.effect.value, "failed")
        self.service.say("warning", "upstream.failed", exchange=self.id, failure=failed.name)
        await begun.recorder.write(records, self.payload)
        await self.fail(failed.failure, _UPSTREAM.get(failed.name, _UPSTREAM[GARBAGE]))

    def spend(self, begun: Begun, tokens: int) -> None:
        """Count the tokens of an answer against its caller's budget."""
        self.service.budgets.spend(begun.caller, tokens, self.service.clock.now())

    async def refuse(self, refusal: Refused) -> None:
        """Answer a request that no decision was made on."""
        self.outcome = ("", "refused")
        reply = fail(
            self.api, refusal.failure, Details(self.id, refusal.message, param=refusal.param)
        )
        if refusal.after:
            headers = (*reply.headers, ("retry-after", str(refusal.after)))
            reply = reply._replace(headers=headers)
        self.started = True
        await send_reply(self.send, reply)

    async def not_recorded(self) -> None:
        """Answer that nothing could be recorded; of what was under way nothing has left."""
        self.outcome = ("", "failed")
        await self.fail(Failure.NOT_READY, "This could not be recorded, so it is not done.")

    # What ended from outside

    async def was_cut(self, cut: Cut) -> None:
        """Record that it was ended from outside, and say so to a client that is still there."""
        self.outcome = ("", "cut")
        begun = self.begun
        if begun is not None and not self.started:
            await self._record_cut(begun, cut.why)
        if self.started or cut.why == GONE:
            return
        if cut.why == STOPPED and begun is not None and self.running.stop is not None:
            verdict = begun.opened.judge.stop(self.running.stop)
            await begun.recorder.write(verdict.records, self.payload)
            await self.reply_verdict(verdict, begun.opened)
            return
        failure, message = _CUTS.get(cut.why, _CUTS[""])
        if cut.why == BODY_LATE:  # what may still come of it is no request
            reply = fail(self.api, failure, Details(self.id, message))
            await self.reply(reply._replace(headers=(*reply.headers, ("connection", "close"))))
            return
        await self.fail(failure, message)

    async def _record_cut(self, begun: Begun, why: str) -> None:
        judge = begun.opened.judge
        judge.cut(why, 0)
        records = (*begun.opened.verdict.records, *judge.finish("cut", 0, why))
        await begun.recorder.write(records, self.payload)

    def count(self, seconds: float) -> None:
        """Count how it ended."""
        service, (effect, done) = self.service, self.outcome
        counted = service.counted
        if self.running.why == GONE:
            service.metrics.gone += 1
        if done in ("forwarded", "edited"):
            counted.answered += 1
        elif done in ("refused", "held"):
            counted.refused += 1
        else:
            counted.failed += 1
        application = self.running.application
        if service.telemetry is not None and self.begun is not None:
            self._trace(service.telemetry, self.begun, seconds)
        service.metrics.request(
            self.api.value, application, effect, done, seconds=seconds, upstream=self.waited
        )

    def _trace(self, telemetry: Telemetry, begun: Begun, seconds: float) -> None:
        from charter.gateway.telemetry import Exchanged  # noqa: PLC0415 - needs an extra

        ended = time.time_ns()
        header = (value for name, value in self.scope["headers"] if name == b"traceparent")
        records = begun.recorder.written
        said = Exchanged(
            id=self.id,
            api=self.api.value,
            application=begun.caller.application,
            model=begun.asked.model or "",
            streamed=begun.asked.stream,
            started=ended - int(seconds * 1e9),
            ended=ended,
            failure=next((one.failure for one in records if one.failure), ""),
            traceparent=next(header, b"").decode("latin-1"),
            asked=begun.body,
        )
        telemetry.exchange(said, records)


POLICY_HEADER = b"x-charter-policy"
_NOT_NOW = "Nothing is served now: decisions cannot be recorded."
_ENDING = "Nothing is served now: the gateway is shutting down."
RESTRICTS = (Effect.DENY, Effect.REQUIRE_APPROVAL)
_UPSTREAM = {
    REFUSED: "The upstream cannot be reached.",
    DROPPED: "The upstream broke off.",
    LATE: "The upstream did not answer in time.",
    GARBAGE: "The upstream sent what is no answer of this API.",
    ENCODING: "The upstream sent an answer whose encoding cannot be read.",
    TOO_LARGE: "The upstream's answer is larger than this gateway reads.",
}
_CUTS = {
    BODY_LATE: (Failure.BODY_LATE, "The body did not arrive in time."),
    LATE: (Failure.UPSTREAM_LATE, "The upstream did not answer in time."),
    STOPPED: (Failure.STOPPED, "A person has stopped this."),
    "": (Failure.NOT_READY, "The gateway is shutting down."),
}


def _subject(service: Service, caller: Caller, asked: Asked) -> str:
    """Return the pseudonym of the person a request is about."""
    if service.vault is None:
        return ""
    named = ""
    if asked.claims:
        found = {claim.name: claim.value for claim in asked.claims}
        named = next((str(found[name]) for name in SUBJECTS if found.get(name)), "")
    return service.subject(caller.application, named)
