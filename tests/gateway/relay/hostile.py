"""An upstream that means ill, and a reader that takes out of an answer all that could be shown."""

from __future__ import annotations

import copy
import json
import unicodedata
from collections.abc import Iterator
from random import Random
from typing import Any

from tests.gateway.relay.payloads import choice, chunk, message_events, reasoning_events, response
from tests.gateway.relay.scripted import ScriptedJudge, data_of

from charter.gateway.inside import inside
from charter.gateway.verdict import CallSaid, Channel, Verdict
from charter.gateway.wire.asked import Api
from charter.policy.decision import Effect

WORD = "secret"
NUMBER = 44445555
PATTERNS = {"word": WORD, "number": str(NUMBER)}
TOOLS = {"rm": Effect.DENY, "buy": Effect.REQUIRE_APPROVAL}
_TEXTS = [WORD, "se", "cret", "sec", "ret", "ok", "", " ", "\u200b", "\uff53\uff45\uff43", "s", "e",
          "\ud83d", "rm", "buy", '{"a":1}', '{"a":"', '"}', "x" * 70 + WORD, "é", "\n"]  # fmt: skip
_VALUES = [None, True, 5, -1, NUMBER, 1.5, float(NUMBER), 2**70, [], {}, [1, 2], [WORD], ["se", "cret"],
           {"text": WORD}, {WORD: 1}, {"a": {"b": ["se", {"c": "cret"}]}}, [None], [[WORD]],
           {"type": "text", "text": "se"}, [{"type": "text", "text": "cret"}], [{"type": "x", "y": WORD}],
           [{"type": "thinking", "thinking": "cret"}], {"name": "rm", "arguments": "{}"}]  # fmt: skip
_NAMES = [WORD, "Content", "text", "x", "content", "refusal", "reasoning", "name", "id", "index",
          "type", "annotations", "logprobs", "error", "status", "input", "arguments", "audio", "usage",
          "tool_calls", "function_call", "citations", "signature", "delta", "k" * 90 + WORD]  # fmt: skip
_KINDS = ["ping", "message_stop", "message_delta", "content_block_stop", "response.completed", WORD,
          "response.incomplete", "response.output_text.done", "error", "x.y", "tool_use", "text",
          "thinking", "message", "reasoning", "function_call", "web_search_call", "stop", "length",
          "tool_calls", "max_tokens", "x_call", "mcp_call", "custom_tool_call", "output_text"]  # fmt: skip


# ruff: noqa: E501
class Strict(ScriptedJudge):
    """Finds things in what JSON holds and in calls as well, as the true judge does."""

    def text(self, channel: Channel, text: str, hits: tuple[str, ...] = ()) -> Verdict:
        made = super().text(channel, text, hits)
        if made.effect is Effect.ALLOW and channel.kind == "annotations":
            within = inside(text)
            for effect in (Effect.DENY, Effect.REDACT) if within else ():
                if self._found(within, effect):
                    return Verdict(effect, "x_1.2", records=made.records)
        return made

    def call(self, said: CallSaid) -> Verdict:
        text = f"{said.id}\n{said.tool}\n{said.arguments}\n{inside(said.arguments)}"
        if any(self._found(text, effect) for effect in Effect):
            self.calls.append(said)
            return self._restrict(Effect.DENY, ("call", said))
        return super().call(said)


def shown(api: Api, out: bytes) -> list[str]:
    """Return every text of a stream by itself, and those that a client joins as one."""
    found = [line for line in out.decode().splitlines() if not line.startswith("data: ")]
    joined: dict[Any, list[str]] = {}
    for data in data_of(out):
        kind = str(data.get("type"))
        for path, text in texts(data):
            if _SEALED.intersection(path):
                continue
            found.append(text)
            if api is Api.CHAT and path[:1] == ("choices",):
                at = data["choices"][path[1]]["index"]
                if path[2] == "delta" and not {"\0name", *_LISTED}.intersection(path):
                    joined.setdefault((at, *_named(path[3:])), []).append(text)
            elif kind.endswith(".delta") and path == ("delta",):
                joined.setdefault(kind, []).append(text)
            elif (
                api is Api.MESSAGES
                and path[0] == "delta"
                and path[1] not in _LISTED
                and kind == "content_block_delta"
            ):
                joined.setdefault(_named(path), []).append(text)
    return found + ["".join(texts) for texts in joined.values()]


_SEALED = {"data", "encrypted_content"}
"""What only its maker can read: a record says that it passed unread."""
_LISTED = {"annotations", "citation"}
"""Lists of values that are decided on by their JSON."""


def _named(path: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(each for each in path if not isinstance(each, int))


def texts(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
    """Yield all texts, names and numbers in a value."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield (*path, "\0name"), name
            yield from texts(one, (*path, name))
    elif isinstance(value, list):
        for at, one in enumerate(value):
            yield from texts(one, (*path, at))
    elif value is not None and not isinstance(value, bool):
        yield path, str(value)


def leaks(said: list[str]) -> list[str]:
    """Return texts in which something stands that may not leave."""
    made = [unicodedata.normalize("NFKC", text).replace("\u200b", "") for text in said]
    return [text for text in made if WORD in text or str(NUMBER) in text]


def events(api: Api) -> list[dict[str, Any]]:
    """Return the events of an honest answer."""
    if api is Api.CHAT:
        call = {
            "index": 0,
            "id": "call_1",
            "type": "function",
            "function": {"name": "f", "arguments": "{}"},
        }
        more = {**call, "id": "call_2"}
        tokens = {"content": [{"token": "a", "logprob": -1.0, "bytes": [97], "top_logprobs": []}]}
        return [
            chunk(choice({"role": "assistant", "content": ""})),
            chunk(choice({"reasoning_content": "hm"})),
            chunk(choice({"content": "a"}, logprobs=tokens)),
            chunk(choice({"content": "b"}), choice({"content": "c"}, index=1)),
            chunk(choice({"content": [{"type": "text", "text": "d"}]})),
            chunk(choice({"tool_calls": [call]})),
            chunk(choice({"tool_calls": [more]})),
            chunk(choice({"audio": {"id": "a", "transcript": "t", "data": "aGk="}})),
            chunk(choice({"annotations": [{"url": "u"}], "x": "y"})),
            chunk(choice({}, "stop"), citations=["c"]),
            chunk(choice({}, "stop", index=1)),
            chunk(usage={"total_tokens": 3}),
        ]  # fmt: skip
    if api is Api.RESPONSES:
        call = {
            "id": "fc_2",
            "type": "function_call",
            "call_id": "c_2",
            "name": "f",
            "arguments": "{}",
        }
        web = {
            "id": "ws_3",
            "type": "web_search_call",
            "status": "completed",
            "action": {"query": "q"},
        }
        first, thought = reasoning_events(["h", "m"], 0)
        second, message = message_events(["a", "b"], 1)
        body = [*first, *second]
        for at, item in ((2, call), (3, web)):
            body += [
                {"type": "response.output_item.added", "output_index": at, "item": item},
                {"type": "response.output_item.done", "output_index": at, "item": item},
            ]
        end = response("completed", [thought, message, call, web])
        return copy.deepcopy([
            {"type": "response.created", "response": response()},
            *body,
            {"type": "response.completed", "response": end},
        ])  # fmt: skip
    start = {"id": "msg_7", "type": "message", "role": "assistant", "model": "m", "content": [],
             "stop_reason": None, "stop_sequence": None, "usage": {"output_tokens": 1}}  # fmt: skip
    blocks = [
        ({"type": "thinking", "thinking": "", "signature": ""},
         [{"type": "thinking_delta", "thinking": "t"}, {"type": "signature_delta", "signature": "Eq"}]),
        ({"type": "text", "text": ""}, [{"type": "text_delta", "text": "a"},
                                        {"type": "citations_delta", "citation": {"url": "u"}}]),
        ({"type": "text", "text": ""}, [{"type": "text_delta", "text": "b"}]),
        ({"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}},
         [{"type": "input_json_delta", "partial_json": '{"q":1}'}]),
        ({"type": "web_search_tool_result", "tool_use_id": "s", "content": [{"title": "t"}]}, []),
        ({"type": "tool_use", "id": "t", "name": "f", "input": {}},
         [{"type": "input_json_delta", "partial_json": "{}"}]),
    ]  # fmt: skip
    made: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for at, (head, deltas) in enumerate(blocks):
        made.append({"type": "content_block_start", "index": at, "content_block": head})
        made += [{"type": "content_block_delta", "index": at, "delta": one} for one in deltas]
        made.append({"type": "content_block_stop", "index": at})
    ending = {"stop_reason": "end_turn", "stop_sequence": None}
    return [*made, {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 9}},
            {"type": "message_stop"}]  # fmt: skip


def hurt(value: Any, random: Random) -> None:
    """Change one thing somewhere in a value."""
    owners = [value, *_owners(value)]
    owner = random.choice(owners)
    what = _anything(random)
    if isinstance(owner, dict):
        wrong = not owner or random.random() < 0.3
        owner[random.choice(_NAMES) if wrong else random.choice(list(owner))] = what
    elif owner and random.random() < 0.6:
        owner[random.randrange(len(owner))] = what
    else:
        owner.append(what)


def _anything(random: Random) -> Any:
    drawn = random.random()
    if drawn < 0.45:
        return "".join(random.choices(_TEXTS, k=random.choice([1, 1, 1, 2])))
    return copy.deepcopy(random.choice(_KINDS if drawn < 0.6 else _VALUES))


def _owners(value: Any) -> Iterator[Any]:
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield one
            yield from _owners(one)


def hostile(api: Api, random: Random) -> bytes:
    """Return a stream in which a few things are not as they should be."""
    made = events(api)
    for _ in range(random.choice([1, 1, 2, 3, 5])):
        at = random.randrange(len(made))
        drawn = random.random()
        if drawn < 0.7:
            hurt(made[at], random)
        elif drawn < 0.8:
            made.insert(at, copy.deepcopy(random.choice(made)))
        elif drawn < 0.85:
            del made[at]
        elif drawn < 0.9:
            made.append(made.pop(at))
        else:
            made.insert(
                at, {"type": random.choice(_KINDS), random.choice(_NAMES): _anything(random)}
            )
        if not made:
            break
    lines = []
    for event in made:
        extra = random.choice(
            ["", "", "", f": {WORD}\n", f"id: {WORD}\n", "retry: 1\n", f"{WORD}: 1\n"]
        )
        name = (
            f"event: {random.choice([event.get('type'), WORD])}\n" if random.random() < 0.2 else ""
        )
        lines.append(f"{extra}{name}data: {json.dumps(event)}\n\n")
    if api is Api.CHAT:
        lines.insert(
            random.choice([len(lines)] * 5 + [random.randrange(len(lines) + 1)]), "data: [DONE]\n\n"
        )
    return "".join(lines).encode("utf-8", "replace")
