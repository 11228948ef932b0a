"""Streams with odd members, lists, calls and many texts: no cut matters, nothing denied leaves."""

from __future__ import annotations

import itertools
import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.gateway.relay.scripted import ScriptedJudge, data_of, relay, sse

from charter.gateway.stream.patterns import Patterns
from charter.gateway.stream.redact import REMOVED, redactions
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

WORD = "sesame"
PATTERNS = {"word": WORD, "mail": "[a-z]{1,4}@[a-z]{1,4}"}
EFFECTS = {"mail": Effect.REDACT}
MAIL = Patterns({"mail": PATTERNS["mail"]})
PIECES = ("ses", "ame", "x ", "me@", "x", "sesame", "so", "é")


class Odd:
    """Makes events by chance."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.pick = chance.choice

    def often(self, of: float) -> bool:
        return self.chance.random() < of

    def some(self, most: int, least: int = 0) -> range:
        return range(self.chance.randint(least, most))

    def value(self, depth: int = 0) -> Any:
        kind = self.pick("ttttlod" if depth < 3 else "t")
        if kind == "t":
            return self.pick([*PIECES, "", "\ud83d", "\ude00", 1, None, True, 2.5, 2**300])
        if kind == "l":
            return [self.value(depth + 1) for _ in self.some(3)]
        return {self.pick(["a", "ses", "note", "sesame x"]): self.value(depth + 1)
                for _ in self.some(3)}  # fmt: skip

    def more(self, owner: dict[str, Any]) -> dict[str, Any]:
        while self.often(0.3):
            owner[self.pick(["note", "extra", "a b", "citations"])] = self.value()
        return owner

    def parts(self) -> list[Any]:
        text = {"type": "text", "text": self.pick(PIECES)}
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": self.pick(PIECES)}]}
        kinds = [self.pick(PIECES), text, thinking, {"type": "odd", "x": self.value()}]
        return [self.pick(kinds) for _ in self.some(3)]

    def call(self) -> dict[str, Any]:
        function = {"name": self.pick(["f", None, ""]), "arguments": self.pick(["{", "}", "{}"])}
        identity = self.pick(["a", "b", None])
        return self.more({"index": self.pick([0, 0, 1]), "id": identity, "function": function})

    def chat(self) -> list[Any]:
        made: list[Any] = []
        for _ in self.some(8, 1):
            delta = self.pick([
                {"content": self.pick(PIECES)}, {"content": self.parts()},
                {"tool_calls": [self.call()]}, {"reasoning_content": self.pick(PIECES)},
            ])  # fmt: skip
            choice = {"index": self.pick([0, 0, 1]), "delta": self.more(delta)}
            made.append(self.more({"id": "x", "choices": [self.more(choice)]}))
        for at in (0, 1):
            reason = self.pick(["stop", "length", "tool_calls"])
            ending = self.more({"index": at, "delta": {}, "finish_reason": reason})
            made.append(self.more({"choices": [ending]}))
        return [*made, "[DONE]"]

    def messages(self) -> list[Any]:
        made = [{"type": "message_start", "message": self.more({"id": "m", "content": []})}]
        deltas = {"text": "text_delta", "thinking": "thinking_delta"}
        for at in self.some(6, 1):
            kind = self.pick(["text", "text", "thinking", "tool_use", "redacted_thinking", "odd"])
            start = {"type": kind} | ({kind: ""} if kind in deltas else {})
            start |= {"id": "t", "name": "f", "input": {}} if kind == "tool_use" else {}
            begun = {"type": "content_block_start", "index": at}
            made.append({**begun, "content_block": self.more(start)})
            for _ in self.some(4):
                delta = {"type": deltas.get(kind, "odd_delta"), kind: self.pick(PIECES)}
                if kind == "tool_use":
                    piece = self.pick(["{", "}", "{}", ""])
                    delta = {"type": "input_json_delta", "partial_json": piece}
                if self.often(0.2):
                    delta = {"type": "odd_delta", "odd": self.value()}
                made.append({"type": "content_block_delta", "index": at, "delta": delta})
            made.append({"type": "content_block_stop", "index": at})
        delta = self.more({"stop_reason": self.pick(["end_turn", "max_tokens", "tool_use"])})
        ending = self.more({"type": "message_delta", "delta": delta})
        return [*made, ending, {"type": "message_stop"}]

    def responses(self) -> list[Any]:
        made: list[Any] = [{"type": "response.created", "response": self.more({"id": "r"})}]
        output = []
        for at in self.some(5, 1):
            place = {"output_index": at, "content_index": 0}
            if self.often(0.7):
                pieces = [self.pick(PIECES) for _ in self.some(4)]
                part = {"type": "output_text", "text": "".join(pieces)}
                item = self.more({"type": "message", "id": f"m{at}"})
                stem = "response.output_text"
                begun = {"type": "message", "id": f"m{at}"}
                made.append(
                    {"type": "response.output_item.added", "output_index": at, "item": begun}
                )
                made += [{"type": f"{stem}.delta", **place, "delta": one} for one in pieces]
                if self.often(0.5):
                    made.append({"type": f"{stem}.done", **place, "text": part["text"]})
                item["content"] = [self.more(part)]
            else:
                said = self.pick(["{}", "{", ""])
                status = self.pick(["completed", "incomplete"])
                item = self.more({"type": "function_call", "id": f"f{at}", "call_id": f"c{at}",
                                  "name": "f", "arguments": said, "status": status})  # fmt: skip
            if self.often(0.8):
                made.append({"type": "response.output_item.done", "output_index": at, "item": item})
            output.append(item)
        ending = self.more({"id": "r", "status": "completed", "output": output})
        kind = "response.completed"
        if self.often(0.4):
            kind, ending["status"] = "response.incomplete", "incomplete"
            ending["incomplete_details"] = {"reason": "max_output_tokens"}
        return [*made, {"type": kind, "response": ending}]


def joined(api: Api, out: bytes) -> list[str]:
    """Return the texts of each kind as clients join them."""
    found: dict[Any, str] = {}
    for data in data_of(out):
        texts: list[tuple[Any, str]] = []
        for choice in data.get("choices", ()):
            content = choice["delta"].get("content") or []
            for part in [content] if isinstance(content, str) else content:
                text = part if isinstance(part, str) else part.get("text", "")
                texts.append((choice["index"], text))
        if data.get("type") == "content_block_delta":
            texts += [(name, data["delta"].get(name, "")) for name in ("text", "thinking")]
        if str(data.get("type")).endswith("_text.delta"):
            texts.append((data["type"], data["delta"]))
        for place, text in texts:
            found[place] = found.get(place, "") + text
    return list(found.values())


@pytest.mark.parametrize("api", list(Api))
@pytest.mark.parametrize("whole", [False, True])
@given(seed=st.integers(0, 2**32), size=st.integers(1, 40))
@settings(max_examples=70, deadline=None)
def test_odd_streams(api: Api, whole: bool, seed: int, size: int):
    odd = Odd(Random(seed))
    makers = {Api.CHAT: odd.chat, Api.MESSAGES: odd.messages, Api.RESPONSES: odd.responses}
    body = sse(*makers[api]())
    cuts = [*range(0, len(body), size), len(body)]
    outs = []
    for chunks in ([body], [body[low:high] for low, high in itertools.pairwise(cuts)]):
        made = relay(api, ScriptedJudge(PATTERNS, EFFECTS), whole=whole)
        steps = [*map(made.feed, chunks), made.end()]
        assert steps[-1].done
        assert made.failure != "relay_failed"
        outs.append(b"".join(step.out for step in steps))
    assert outs[0] == outs[1]
    assert WORD.encode() not in outs[0]
    assert not MAIL.find(json.dumps(data_of(outs[0])).replace(REMOVED, "\n"))
    for text in joined(api, outs[0]):
        assert WORD not in text
        assert not redactions(MAIL, text.replace(REMOVED, "\n"))
