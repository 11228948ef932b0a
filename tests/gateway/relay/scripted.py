"""A judge that says what a test wants, payloads of upstreams, and clients that read them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import anthropic
import httpx2
import openai

from charter.gateway.relay.relay import relay_for
from charter.gateway.relay.step import Relay, RelayTerms
from charter.gateway.served import Streaming
from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import redactions
from charter.gateway.verdict import CallSaid, Channel, Edit, Verdict
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

SAY = "Withheld under section #limits, decision x_1.2."
REQUEST = {"stop_sequences": ["END"], "instructions": "Be brief."}


@dataclass
class ScriptedJudge:
    """Allows all but what it is told; redacts and denies what patterns find in whole texts."""

    patterns: Mapping[str, str] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    tools: Mapping[str, Effect] = field(default_factory=dict)
    failing: bool = False
    asked: list[tuple[Channel, str, tuple[str, ...]]] = field(default_factory=list)
    calls: list[CallSaid] = field(default_factory=list)
    cuts: list[tuple[str, int]] = field(default_factory=list)

    def text(self, channel: Channel, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        assert channel not in [each[0] for each in self.asked]
        assert text
        text.encode()
        self.asked.append((channel, text, hits))
        record: Any = ("text", channel)
        if hits or self._found(text, Effect.DENY):
            return self._restrict(Effect.DENY, record)
        if self._found(text, Effect.REQUIRE_APPROVAL):
            return self._restrict(Effect.REQUIRE_APPROVAL, record)
        removed = self._of(Effect.REDACT)
        ranges = redactions(Patterns(removed), text) if removed else ()
        if ranges:
            edits = tuple(Edit(start, end) for start, end in ranges)
            return Verdict(Effect.REDACT, "x_1.2", edits=edits, records=(record,))
        return Verdict(Effect.ALLOW, "x_1.2", records=(record,))

    def call(self, said: CallSaid) -> Verdict:
        self.calls.append(said)
        effect = self.tools.get(said.tool, Effect.ALLOW)
        record: Any = ("call", said)
        if effect is Effect.ALLOW:
            return Verdict(effect, "x_1.3", records=(record,))
        return self._restrict(effect, record)

    def cut(self, failure: str, released: int) -> None:
        self.cuts.append((failure, released))

    def _of(self, effect: Effect) -> dict[str, str]:
        return {
            name: text
            for name, text in self.patterns.items()
            if self.effects.get(name, Effect.DENY) is effect
        }

    def _found(self, text: str, effect: Effect) -> bool:
        wanted = self._of(effect)
        return bool(wanted and redactions(Patterns(wanted), text))

    def _restrict(self, effect: Effect, record: Any) -> Verdict:
        approval = "apr_1" if effect is Effect.REQUIRE_APPROVAL else ""
        return Verdict(
            effect, "x_1.2", say=SAY, approval=approval, failed=self.failing, records=(record,)
        )


def streaming(judge: ScriptedJudge, *, whole: bool = False) -> Streaming:
    effects = {name: judge.effects.get(name, Effect.DENY) for name in judge.patterns}
    return Streaming(Patterns(judge.patterns), effects, ("json",) if whole else ())


def relay(api: Api, judge: ScriptedJudge, *, whole: bool = False, **terms: Any) -> Relay:
    given = RelayTerms("x_1", "model-1", 1_700_000_000, request=REQUEST, **terms)
    return relay_for(api, streaming(judge, whole=whole), judge, request=given)


def run(
    api: Api,
    judge: ScriptedJudge,
    chunks: Iterable[bytes],
    *,
    whole: bool = False,
    failure: str | None = None,
) -> bytes:
    """Return all that a client gets; check what holds of every step."""
    one = relay(api, judge, whole=whole)
    out, seen, done = b"", 0, False
    for step in [*map(one.feed, chunks), one.end(failure)]:
        assert not (done and (step.out or step.before))
        assert not step.out or step.out.endswith(b"\n\n")
        out, done, seen = out + step.out, done or step.done, seen + len(step.before)
    assert done
    assert seen == len(judge.asked) + len(judge.calls)
    return out


def sse(*events: Any, named: bool = False, end: str = "\n\n") -> bytes:
    """Return events as an upstream writes them."""
    made = []
    for event in events:
        data = event if isinstance(event, str) else json.dumps(event)
        name = f"event: {event['type']}\n" if named and isinstance(event, dict) else ""
        made.append(f"{name}data: {data}{end}")
    return "".join(made).encode()


def data_of(out: bytes) -> list[Any]:
    """Return the data of events, without `[DONE]`."""
    lines = out.decode().split("\n")
    data = [line[6:] for line in lines if line.startswith("data: ")]
    return [json.loads(one) for one in data if one != "[DONE]"]


def _transport(body: bytes) -> httpx2.MockTransport:
    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, content=body, headers={"content-type": "text/event-stream"})

    return httpx2.MockTransport(answer)


def openai_client(body: bytes) -> openai.OpenAI:
    client = httpx2.Client(transport=_transport(body))
    return openai.OpenAI(api_key="k", base_url="http://gateway/v1", http_client=client)


def anthropic_client(body: bytes) -> anthropic.Anthropic:
    client = httpx2.Client(transport=_transport(body))
    return anthropic.Anthropic(api_key="k", base_url="http://gateway", http_client=client)
