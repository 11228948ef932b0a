"""The relay of Chat Completions streams.

Texts of a choice end with its `finish_reason`; its tool calls are decided on and sent then, each
in one chunk. What finishes the last open choice waits for `[DONE]`, so that an answer which was
cut never looks complete. Chunks that nothing is left of are not sent.
Source: types and accumulators of the package `openai` 3.54.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import (
    MOST_CALL_ID,
    bare,
    is_id,
    is_word,
    keep,
    passes,
    sealed,
    settings,
)
from charter.gateway.answers.chat import ANNOTATIONS, HEAD, OF_CHOICE, TEXTS, TRANSCRIPT, WORDS
from charter.gateway.answers.encode import encode
from charter.gateway.answers.withheld import withheld
from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.event import written
from charter.gateway.relay.flow import (
    Broken,
    Flow,
    index_at,
    list_at,
    object_at,
    text_at,
)
from charter.gateway.relay.lane import Lane
from charter.gateway.verdict import Channel
from charter.gateway.wire.shape import MAX_ANSWERS

_ROLES = frozenset({"assistant", "developer", "system", "user", "tool", "function"})
_MOST_CALLS = 1_024


class _Choice:
    """One of the answers asked for."""

    __slots__ = ("annotations", "audio", "calls", "finished", "function", "index", "lanes", "sound",
                 "told")  # fmt: skip

    def __init__(self, index: int) -> None:
        self.index = index
        self.lanes: dict[str, Lane] = {}
        self.calls: dict[int, Gathered] = {}
        self.function: Gathered | None = None
        self.audio: dict[str, Any] = {}
        self.sound: list[str] = []
        """Base64 of the sound, which waits for the verdict on its transcript."""
        self.annotations: list[Any] = []
        self.finished = False
        self.told = False
        """Whether the client was told that it is finished."""


class ChatRelay(Flow):
    """See `Relay`."""

    _head: dict[str, Any] | None = None
    """Members that every chunk has, of the newest one."""
    _choices: dict[int, _Choice]
    _last: list[bytes]
    """What finishes the choices, while none is open."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._choices = {}
        self._last = []

    def _event(self, data: dict[str, Any], name: str) -> None:
        if data.get("error") or name == "error":
            raise Broken("upstream_error")
        choices = data.get("choices")
        head = self._read_head(data)
        if not choices:
            if len(head) > len(self._head or ()) or "usage" in head:
                self._put(written("", {**head, "choices": []}))
            return
        if not isinstance(choices, list):
            raise Broken("upstream_garbage")
        for given in choices:
            if not isinstance(given, dict):
                raise Broken("upstream_garbage")
            self._choice(given, head)

    def _read_head(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return the members of a chunk beside its choices, of which some repeat in each."""
        head: dict[str, Any] = {}
        more: dict[str, Any] = {}
        for name, value in data.items():
            if name in HEAD and is_id(value):
                head[name] = value
            elif name not in ("choices", "obfuscation"):
                more[name] = value
        self._head = head
        if not more:
            return head
        read = keep(more, ids=(), words=WORDS, stripped=self._stripped)
        return {**head, **read}

    def _choice(self, given: dict[str, Any], head: dict[str, Any]) -> None:
        index = index_at(given, "index", MAX_ANSWERS)
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice(index)
        delta = object_at(given, "delta")
        if choice.finished:
            if not bare({key: value for key, value in delta.items() if key != "role"}):
                raise Broken("upstream_garbage")
            if head.get("usage"):  # some servers count in a chunk of a choice that is finished
                self._put(written("", {**head, "choices": []}))
            return
        if self._last:
            self._flush()
        finish = given.get("finish_reason")
        made, tokens = self._delta(choice, delta, given.get("logprobs"))
        if made or tokens or (finish is None and not delta):
            self._put(self._chunk(head, given, choice, made, tokens))
        for lane in choice.lanes.values():
            if lane.hits:
                self._check_hits(lane)
        if finish is not None:
            self._finish(choice, given, head)

    def _delta(
        self, choice: _Choice, delta: dict[str, Any], logprobs: Any
    ) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Take a delta; return what of it may leave now, and the tokens that may."""
        if logprobs is not None:
            self._expect(choice, logprobs)
        made: dict[str, Any] = {}
        for name, value in delta.items():
            if name in TEXTS:
                self._text(choice, name, value, made)
            else:
                self._member(choice, name, value, made)
        return made, None if logprobs is None else self._tokens(choice, logprobs)

    def _text(self, choice: _Choice, name: str, value: object, made: dict[str, Any]) -> None:
        if value is None or value == "":
            made[name] = value
        elif not isinstance(value, str):
            raise Broken("upstream_garbage")
        elif released := self._add(self._lane_of(choice, name), value):
            made[name] = released

    def _lane_of(self, choice: _Choice, name: str) -> Lane:
        lane = choice.lanes.get(name)
        if lane is None:
            kind, part = TEXTS.get(name, TRANSCRIPT)
            lane = self._lane(Channel(kind, choice.index, part), name)
            choice.lanes[name] = lane
        return lane

    def _member(self, choice: _Choice, name: str, value: Any, made: dict[str, Any]) -> None:
        """Take a member of a delta that is no plain text."""
        if name == "role":
            if isinstance(value, str) and value in _ROLES:
                made[name] = value
        elif value is None and is_word(name):
            made[name] = None
        elif name == "tool_calls":
            for given in list_at({name: value}, name):
                self._gather(choice, given)
        elif name == "function_call":
            choice.function = choice.function or Gathered(0)
            self._extend(choice.function, object_at({name: value}, name), "arguments")
        elif name == "audio":
            self._audio(choice, object_at({name: value}, name), made)
        elif name == "annotations":
            choice.annotations += list_at({name: value}, name)
            self._count(len(encode(value)))
        elif passes(name, value):
            made[name] = value
        else:
            self._stripped.add(name if is_word(name) else "unknown")

    def _gather(self, choice: _Choice, given: Any) -> None:
        if not isinstance(given, dict):
            raise Broken("upstream_garbage")
        if "index" in given:
            index = index_at(given, "index", _MOST_CALLS)
        else:  # some servers send calls whole, and do not count them
            index = len(choice.calls) - (not given.get("id"))
        call = choice.calls.get(index)
        if call is None:
            if index != len(choice.calls):
                raise Broken("upstream_garbage")
            call = choice.calls[index] = Gathered(index)
        call.id = text_at(given, "id") or call.id
        if not is_id(call.id, MOST_CALL_ID):
            raise Broken("upstream_garbage")
        if isinstance(given.get("custom"), dict):
            call.kind = "custom"
            self._extend(call, given["custom"], "input")
        else:
            self._extend(call, object_at(given, "function"), "arguments")
        for name in given.keys() - {"index", "id", "type", "function", "custom"}:
            if not bare(given[name]):
                self._stripped.add(name if is_word(name) else "unknown")

    def _extend(self, call: Gathered, given: dict[str, Any], name: str) -> None:
        tool, arguments = text_at(given, "name"), text_at(given, name)
        self._count(len(tool) + len(arguments))
        call.tool.append(tool)
        call.arguments.append(arguments)

    def _audio(self, choice: _Choice, given: dict[str, Any], made: dict[str, Any]) -> None:
        known = ("id", "expires_at")
        audio = {name: value for name, value in given.items() if name in known and is_id(value)}
        transcript = text_at(given, "transcript")
        if transcript:
            released = self._add(self._lane_of(choice, "audio"), transcript)
            if released:
                audio["transcript"] = released
        sound = sealed(given.get("data"))
        self._count(len(sound))
        if sound:
            choice.sound.append(sound)
        if audio:
            made["audio"] = audio

    def _expect(self, choice: _Choice, logprobs: Any) -> None:
        if isinstance(logprobs, dict):
            for name in ("content", "refusal"):
                if logprobs.get(name):
                    self._lane_of(choice, name).expect_tokens()

    def _tokens(self, choice: _Choice, logprobs: Any) -> dict[str, Any] | None:
        """Take tokens; return those that may leave now."""
        if not isinstance(logprobs, dict):
            return None
        found: dict[str, Any] = {}
        for name in ("content", "refusal"):
            lane = choice.lanes.get(name)
            if lane is None or lane.tokens is None:
                continue
            if logprobs.get(name):
                self._count(len(encode(logprobs[name])))
                lane.tokens.add(logprobs[name])
            if leaving := lane.leaving():
                found[name] = leaving
        return {"content": None, "refusal": None, **found} if found else None

    def _finish(self, choice: _Choice, given: dict[str, Any], head: dict[str, Any]) -> None:
        """Decide on all of a choice, and send what waited for that."""
        reason = given["finish_reason"]
        if not is_word(reason):
            raise Broken("upstream_garbage")
        for lane in choice.lanes.values():
            self._close(lane)
        self._send_beside(choice)
        calls = [choice.calls[index] for index in sorted(choice.calls)]
        if choice.function is not None:
            calls.append(choice.function)
        self._decide_calls(choice, calls)
        for call in calls:
            old = call is choice.function
            made = _function(call) if old else _call(call)
            self._put(self._chunk(head, {}, choice, made, None))
        choice.finished = True
        choice.told = self.held is None
        self._last.append(
            written("", {**head, "choices": [_finished(given, choice.index, reason)]})
        )
        if any(not each.finished for each in self._choices.values()):
            self._flush()

    def _decide_calls(self, choice: _Choice, calls: list[Gathered]) -> None:
        """Decide on all calls of a choice: they leave together, or none does."""
        before, given = len(self._records), self.released
        left = False
        try:
            for call in calls:
                self._decide_call(call.said(choice.index))
            left = self.held is None
        finally:
            if not left:
                done = "refused" if self.held is None else "held"
                self._records[before:] = withheld(self._records[before:], done)
                self.released = given

    def _send_beside(self, choice: _Choice) -> None:
        """Send sound and annotations, which wait for the texts they belong to."""
        transcript = choice.lanes.get("audio")
        if choice.sound and not (transcript is not None and transcript.edited):
            self._uncovered.add("audio")
            for sound in choice.sound:
                made = {"audio": {"data": sound}}
                self._put(self._chunk(self._head or {}, {}, choice, made, None))
        content = choice.lanes.get("content")
        if not choice.annotations or (content is not None and content.edited):
            return
        kind, part = ANNOTATIONS
        if self._keep_value(Channel(kind, choice.index, part), choice.annotations):
            made_of = {"annotations": choice.annotations}
            self._put(self._chunk(self._head or {}, {}, choice, made_of, None))

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        choice = self._choices[lane.channel.choice]
        made = {"audio": {"transcript": text}} if lane.place == "audio" else {lane.place: text}
        listed = {"content": None, "refusal": None, lane.place: tokens} if tokens else None
        self._put(self._chunk(self._head or {}, {}, choice, made if text else {}, listed))

    def _chunk(
        self,
        head: dict[str, Any],
        given: dict[str, Any],
        choice: _Choice,
        delta: dict[str, Any],
        tokens: dict[str, Any] | None,
    ) -> bytes:
        made: dict[str, Any] = {"index": choice.index, "delta": delta}
        if tokens is not None or "logprobs" in given:
            made["logprobs"] = tokens
        made["finish_reason"] = None
        for name, value in given.items():
            if name not in _READ and name != "obfuscation":
                if name in OF_CHOICE:
                    made[name] = settings(value)
                elif passes(name, value):
                    made[name] = value
                else:
                    self._stripped.add(name if is_word(name) else "unknown")
        return written("", {**head, "choices": [made]})

    def _put(self, data: bytes) -> None:
        """Send a chunk, after what already waits for the end."""
        if self._last:
            self._last.append(data)
        else:
            self._send(data)

    def _flush(self) -> None:
        for data in self._last:
            self._send(data)
        self._last.clear()

    def _marked_done(self) -> None:
        if not self._choices or any(not each.finished for each in self._choices.values()):
            raise Broken("upstream_cut")
        self._ended()
        self._flush()
        self._send(b"data: [DONE]\n\n")

    def _complete(self) -> None:
        """Take the end: some servers send no `[DONE]`, and all choices are complete then."""
        if self._done:
            return
        if len(self._choices) < self.terms.n:
            raise Broken("upstream_cut")
        self._marked_done()

    def _write_refusal(self, text: str, *, held: bool) -> None:
        if held:
            self._last.clear()
        self._flush()
        head = self._head_of()
        if not self._choices:
            self._choices[0] = _Choice(0)
            self._send(written("", {**head, "choices": [
                {"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}
            ]}))  # fmt: skip
        for choice in self._choices.values():
            if not choice.told:
                for delta, reason in (({"refusal": text}, None), ({}, "content_filter")):
                    made = {"index": choice.index, "delta": delta, "finish_reason": reason}
                    self._send(written("", {**head, "choices": [made]}))
        self._send(b"data: [DONE]\n\n")

    def _write_failure(self, code: str, text: str) -> None:
        error = {"message": text, "type": "server_error", "code": code, "param": None}
        self._last.clear()
        self._send(written("", {"error": error}))

    def _head_of(self) -> dict[str, Any]:
        return self._head or {
            "id": f"chatcmpl-{self.terms.id}",
            "object": "chat.completion.chunk",
            "created": self.terms.created,
            "model": self.terms.model,
        }


_READ = frozenset({"index", "delta", "logprobs", "finish_reason"})


def _finished(given: dict[str, Any], index: int, reason: str) -> dict[str, Any]:
    made: dict[str, Any] = {"index": index, "delta": {}}
    if "logprobs" in given:
        made["logprobs"] = None
    made["finish_reason"] = reason
    return made


def _call(call: Gathered) -> dict[str, Any]:
    """Return the delta of a call, whole."""
    inner = "input" if call.kind == "custom" else "arguments"
    return {
        "tool_calls": [
            {
                "index": call.index,
                "id": call.id,
                "type": call.kind,
                call.kind: {"name": call.name, inner: call.written},
            }
        ]
    }


def _function(call: Gathered) -> dict[str, Any]:
    return {"function_call": {"name": call.name, "arguments": call.written}}
