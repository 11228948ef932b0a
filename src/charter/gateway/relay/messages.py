"""The relay of Messages streams.

Blocks come one after another and keep their order; where one is left out, those after it count
down. Thinking is signed: it passes as it is, or its block goes whole, for which it is waited for
where anything could be redacted in it. What a block is made of besides text (calls of tools,
results of the provider's own, pieces of kinds that no API has) waits for its end. A call whose
last words are missing waits for what follows, which says whether the answer broke off in it.
`message_delta` waits for `message_stop`.
Source: types and accumulators of the package `anthropic` 2.12.0.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from charter.gateway.answers.bare import bare, is_word, keep, sealed, settings
from charter.gateway.answers.encode import encode
from charter.gateway.answers.messages import CALL_IDS, IDS, READ, WORDS, is_call, server_of
from charter.gateway.answers.truncated import TRUNCATED, stopped_early, unfinished
from charter.gateway.relay.block import Block
from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.event import written
from charter.gateway.relay.flow import Flow
from charter.gateway.relay.lane import Lane
from charter.gateway.relay.others import Others
from charter.gateway.relay.shape import Broken, index_at, list_at, object_at, text_at
from charter.gateway.verdict import Channel

_MOST_BLOCKS = 10_000
_TEXTS = {"text": "text", "thinking": "reasoning"}
_PIECES = {
    ("text", "text_delta"): "text",
    ("thinking", "thinking_delta"): "thinking",
}
_DELTAS = frozenset(
    {"text_delta", "thinking_delta", "input_json_delta", "signature_delta", "citations_delta"}
)
"""Kinds of pieces that the API has; one in a block it does not belong to is left out."""
_JOINED = frozenset({"tool_use", "server_tool_use"})
"""Calls whose pieces every client joins; others leave in the form they came in."""


class MessagesRelay(Flow):
    """See `Relay`."""

    _block: Block | None = None
    _blocks = 0
    """Blocks that the upstream began."""
    _sent = 0
    """Blocks that the client was told of."""
    _open: int | None = None
    """The block that is open in the client's stream."""
    _started = False
    _told = False
    """Whether the client was told that it started."""
    _output_tokens = 0
    _last: list[dict[str, Any]]
    """Ends of the message that wait for `message_stop`."""
    _others: Others
    """Members of theirs that no API has."""
    _doubtful: Block | None = None
    """A call that has come to its end, though not to that of its arguments."""
    _channels = 2 * _MOST_BLOCKS

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._last = []
        self._others = Others()
        self._takes = {
            "message_start": self._start,
            "content_block_start": self._block_start,
            "content_block_delta": self._block_delta,
            "content_block_stop": self._block_stop,
            "message_delta": self._message_delta,
            "message_stop": self._message_stop,
        }

    def _event(self, data: dict[str, Any], name: str) -> None:
        kind = data.get("type")
        if not isinstance(kind, str) or not is_word(kind):
            raise Broken("upstream_garbage")
        if kind == "error" or name == "error":
            raise Broken("upstream_error")
        if kind == "ping":
            self._send(written("ping", {"type": "ping"}))
            return
        take = self._takes.get(kind)
        if take is None:
            rest = {key: value for key, value in data.items() if key != "type"}
            if bare(rest) and not self._plain.tells(kind, rest):
                self._send(written(kind, data))
            else:
                self._stripped.add("unknown" if self._plain.finds(kind) else kind)
            return
        if self._started is (kind == "message_start"):
            raise Broken("upstream_garbage")
        take(data)

    def _start(self, data: dict[str, Any]) -> None:
        message = object_at(data, "message")
        if message.get("content"):
            raise Broken("upstream_garbage")
        self._started = True
        made = self._kept(message, ids=IDS, words=WORDS, read=READ)
        self._note_usage(message)
        self._tell_start(made | {"content": [], "stop_sequence": None})

    def _kept(
        self,
        owner: dict[str, Any],
        *,
        ids: Collection[str] = (),
        words: Collection[str] = (),
        read: Collection[str] = (),
    ) -> dict[str, Any]:
        """Return what may leave of an object that came whole, now that it was decided on."""
        kept, others = keep(owner, ids=ids, words=words, read=read, tells=self._plain.tells)
        if others:
            kept |= self._allowed(self._channel(), others)
        return kept

    def _channel(self) -> Channel:
        self._channels += 1
        return Channel("annotations", 0, self._channels - 1)

    def _tell_start(self, message: dict[str, Any]) -> None:
        self._told = True
        self._send(written("message_start", {"type": "message_start", "message": message}))

    def _block_start(self, data: dict[str, Any]) -> None:
        if self._block is not None or self._last or self._blocks >= _MOST_BLOCKS:
            raise Broken("upstream_garbage")
        if index_at(data, "index", _MOST_BLOCKS) != self._blocks:
            raise Broken("upstream_garbage")
        self._settle(broken_off=False)
        given = object_at(data, "content_block")
        kind = given.get("type")
        if not isinstance(kind, str) or not is_word(kind):
            raise Broken("upstream_garbage")
        block = self._block = Block(kind, given, self._blocks)
        self._blocks += 1
        if kind in _TEXTS:
            channel = Channel(_TEXTS[kind], 0, 2 * block.part)
            block.lane = self._lane(channel, kind, signed=kind == "thinking", series=kind)
            block.signature = sealed(given.get("signature"))
            block.more = self._kept(given, read=("type", kind, "signature", "citations"))
            if kind == "text" and given.get("citations"):
                self._count(len(encode(given["citations"])))
                block.citations += list_at(given, "citations")
            if not (block.lane.signed and block.lane.whole):
                self._tell(block, block.empty())
            if text := text_at(given, kind):
                self._say_more(block, text)
        elif is_call(kind):
            block.call = Gathered(block.part, text_at(given, "id"), kind)
            block.call.tool.append(text_at(given, "name"))
        else:
            self._count(len(encode(given)))

    def _tell(self, block: Block, content: dict[str, Any]) -> None:
        """Send the start of a block."""
        block.index = self._sent
        if self.held is None:
            self._sent += 1
            self._open = block.index
        data = {"type": "content_block_start", "index": block.index, "content_block": content}
        self._send(written("content_block_start", data))

    def _tell_delta(self, block: Block, delta: dict[str, Any]) -> None:
        data = {"type": "content_block_delta", "index": block.index, "delta": delta}
        self._send(written("content_block_delta", data))

    def _say_more(self, block: Block, text: str) -> None:
        lane = block.lane
        if lane is None:
            raise Broken("upstream_garbage")
        if released := self._add(lane, text):
            self._tell_delta(block, {"type": f"{block.kind}_delta", block.kind: released})
        if lane.hits:
            self._check_hits(lane)

    def _block_delta(self, data: dict[str, Any]) -> None:
        block = self._block
        if block is None or data.get("index") != block.part:
            raise Broken("upstream_garbage")
        delta = object_at(data, "delta")
        kind = delta.get("type")
        if not isinstance(kind, str):
            raise Broken("upstream_garbage")
        if (block.kind, kind) in _PIECES:
            self._say_more(block, text_at(delta, block.kind))
        elif kind == "input_json_delta" and block.call is not None:
            piece = text_at(delta, "partial_json")
            self._count(len(piece))
            block.call.arguments.append(piece)
        elif kind == "signature_delta" and block.kind == "thinking":
            block.signature = sealed(delta.get("signature"))
        elif kind == "citations_delta" and block.kind == "text":
            self._count(len(encode(delta)))
            block.citations.append(delta.get("citation"))
        elif is_word(kind) and kind not in _DELTAS:
            self._hold(block.others, "delta", {kind: delta}, grows=True)
        else:
            self._stripped.add(kind if is_word(kind) else "unknown")

    def _block_stop(self, data: dict[str, Any]) -> None:
        block = self._block
        if block is None or data.get("index") != block.part:
            raise Broken("upstream_garbage")
        if block.lane is not None:
            self._end_text(block, block.lane)
        elif block.call is not None:
            if unfinished(self._written(block, block.call), free=False):
                self._doubtful = block
            else:
                self._end_call(block, block.call)
        elif block.kind == "redacted_thinking":
            self._uncovered.add(block.kind)
            made = {"type": block.kind, "data": sealed(block.given.get("data"))}
            self._tell(block, made | self._kept(block.given, read=("type", "data")))
        elif self._keep_value(Channel("annotations", 0, 2 * block.part), block.given):
            self._tell(block, block.given)
        self._block = None
        self._tell_stop(block)

    def _tell_stop(self, block: Block) -> None:
        """Send the end of a block, and before it pieces of kinds that no API has."""
        if block.others:
            came = self._keep_members(self._channel(), block.others)
            for each in came if block.index is not None else ():
                self._tell_delta(block, each.value)
        if block.index is not None:
            stop = {"type": "content_block_stop", "index": block.index}
            self._send(written("content_block_stop", stop))
            if self.held is None:
                self._open = None

    def _end_text(self, block: Block, lane: Lane) -> None:
        self._close(lane)
        if lane.signed:
            if lane.edited:
                self._stripped.add("thinking")
                return
            if block.index is None:
                self._tell(block, block.empty())
            if block.signature and not self._plain.finds(block.signature):
                delta = {"type": "signature_delta", "signature": block.signature}
                self._tell_delta(block, delta)
        if block.citations and not lane.edited:
            channel = Channel("annotations", 0, 2 * block.part + 1)
            if self._keep_value(channel, block.citations):
                for citation in block.citations:
                    self._tell_delta(block, {"type": "citations_delta", "citation": citation})

    def _written(self, block: Block, call: Gathered) -> str:
        """Return the arguments of a call, wherever they came."""
        given = block.given.get("input")
        if not call.written and given:
            call.arguments = [encode(given).decode()]
            self._count(len(call.arguments[0]))
        return call.written

    def _settle(self, *, broken_off: bool) -> None:
        """Decide on a call that waited, or leave it out where the answer broke off in it."""
        block, self._doubtful = self._doubtful, None
        if block is None or block.call is None:
            return
        if broken_off:
            self._judge.cut(TRUNCATED, self.released)
            return
        self._end_call(block, block.call)
        self._tell_stop(block)

    def _end_call(self, block: Block, call: Gathered) -> None:
        said = call.said(0)._replace(server=server_of(block.given))
        self._decide_call(said if said.arguments else said._replace(arguments="{}"))
        read = ("name", "input")
        content = self._kept(block.given, ids=CALL_IDS, words=("caller",), read=read)
        given = block.given.get("input")
        if given and block.kind not in _JOINED and call.written == encode(given).decode():
            self._tell(block, {**content, "name": call.name, "input": given})
            return
        self._tell(block, {**content, "name": call.name, "input": {}})
        delta = {"type": "input_json_delta", "partial_json": call.written}
        self._tell_delta(block, delta)

    def _message_delta(self, data: dict[str, Any]) -> None:
        if self._block is not None:
            raise Broken("upstream_garbage")
        given = object_at(data, "delta")
        self._settle(broken_off=stopped_early(given))
        words, read = ("stop_reason", "container"), ("stop_sequence", "stop_details")
        delta, others = keep(given, ids=(), words=words, read=read, tells=self._plain.tells)
        self._hold(self._others, "delta", others, grows=False)
        delta["stop_sequence"] = self._stop_sequence(given.get("stop_sequence"))
        details = object_at(given, "stop_details")
        if details:
            rest = {key: details[key] for key in details if key != "explanation"}
            tells = self._plain.tells
            made = settings({key: rest[key] for key in rest if not tells(key, rest[key])})
            if said := text_at(details, "explanation"):
                channel = Channel("refusal", 0, 2 * self._blocks + len(self._last))
                made["explanation"] = self._decide_text(channel, said)
            delta["stop_details"] = made
        words = ("usage", "context_management")
        more, others = keep(
            data, ids=("type",), words=words, read=("delta",), tells=self._plain.tells
        )
        self._hold(self._others, "", others, grows=False)
        self._note_usage(data)
        self._count(len(encode(more)) + len(encode(delta)))
        self._last.append({**more, "delta": delta})

    def _note_usage(self, owner: dict[str, Any]) -> None:
        tokens = object_at(owner, "usage").get("output_tokens")
        if isinstance(tokens, int) and not self._plain.finds(tokens):
            self._output_tokens = tokens

    def _stop_sequence(self, value: object) -> str | None:
        """Return the sequence that ended the answer: one of those the client gave, or none."""
        asked = self.terms.request.get("stop_sequences")
        return value if isinstance(value, str) and value in (asked or ()) else None

    def _message_stop(self, _data: dict[str, Any]) -> None:
        if self._block is not None or not self._last:
            raise Broken("upstream_cut")
        came = self._keep_members(self._channel(), self._others)
        self._ended()
        for each in came:
            owner = self._last[-1]["delta"] if each.place[0] else self._last[-1]
            owner[each.name] = each.value
        for ending in self._last:
            self._send(written("message_delta", ending))
        self._send(written("message_stop", {"type": "message_stop"}))

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        block = self._block
        if block is None:
            return
        if block.index is None:
            self._tell(block, block.empty())
        self._tell_delta(block, {"type": f"{block.kind}_delta", block.kind: text})

    def _write_refusal(self, text: str, *, held: bool) -> None:
        if not self._told:
            self._tell_start(
                {
                    "id": f"msg_{self.terms.id}",
                    "type": "message",
                    "role": "assistant",
                    "model": self.terms.model,
                    "content": [],
                    "stop_reason": None,
                    "stop_sequence": None,
                    "usage": {"input_tokens": 0, "output_tokens": 0},
                }
            )
        if self._open is not None:
            stop = {"type": "content_block_stop", "index": self._open}
            self._send(written("content_block_stop", stop))
        details = {"type": "refusal", "category": None, "explanation": text}
        delta = {"stop_reason": "refusal", "stop_sequence": None, "stop_details": details}
        usage = {"output_tokens": self._output_tokens}
        ending = {"type": "message_delta", "delta": delta, "usage": usage}
        self._send(written("message_delta", ending))
        self._send(written("message_stop", {"type": "message_stop"}))

    def _write_failure(self, code: str, text: str) -> None:
        error = {"type": "api_error", "message": f"{text} ({code})"}
        failed = {"type": "error", "error": error, "request_id": self.terms.id}
        self._send(written("error", failed))
