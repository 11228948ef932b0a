"""The relay of Chat Completions streams.

Texts of a choice end with its `finish_reason`; its tool calls are decided on and sent then, each
in one chunk, and so are members of deltas that no API has. What finishes the last open choice
waits for `[DONE]`, so that an answer which was cut never looks complete; what chunks say beside
their choices and no API has leaves with it. Chunks that nothing is left of are not sent.
Source: types and accumulators of the package `openai` 3.54.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import (
    bare,
    is_id,
    is_word,
    keep,
    passes,
    sealed,
)
from charter.gateway.answers.chat import (
    ANNOTATIONS,
    HEAD,
    OF_CHOICE,
    OTHERS,
    TEXTS,
    WORDS,
)
from charter.gateway.answers.encode import encode
from charter.gateway.answers.parts import THINKING
from charter.gateway.answers.truncated import OUT_OF_TOKENS
from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.chat_parts import ChatParts
from charter.gateway.relay.choice import (
    Choice,
    chunk_of,
    deltas_of,
    text_delta,
)
from charter.gateway.relay.event import written
from charter.gateway.relay.lane import Lane
from charter.gateway.relay.others import Others
from charter.gateway.relay.shape import Broken, index_at, list_at, object_at, text_at
from charter.gateway.verdict import Channel
from charter.gateway.wire.shape import MAX_ANSWERS

_ROLES = frozenset({"assistant", "developer", "system", "user", "tool", "function"})
_PLAIN = frozenset({"index", "delta", "finish_reason"})
_READ = _PLAIN | {"logprobs"}
_OF_CHUNKS = ("annotations", 9)
FILTERED = "content_filter"
"""The `finish_reason` of an answer that was stopped."""
_OF_DELTAS = ("delta", "part", THINKING)


class ChatRelay(ChatParts):
    """See `Relay`."""

    _head: dict[str, Any] | None = None
    """Members that every chunk has, of the newest one."""
    _choices: dict[int, Choice]
    _last: list[dict[str, Any]]
    """What finishes the choices, while none is open."""
    _others: Others
    """Members of chunks that no API has."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._choices = {}
        self._last = []
        self._others = Others()

    def _event(self, data: dict[str, Any], name: str) -> None:
        if data.get("error") or name == "error":
            raise Broken("upstream_error")
        choices = data.get("choices")
        head = self._read_head(data)
        if not choices:
            if len(head) > len(self._head or ()) or "usage" in head:
                self._put({**head, "choices": []})
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
                if not self._plain.tells(name, value):
                    head[name] = value
                elif name in self._own:  # the gateway's own in its place
                    head[name] = self._own[name]
            elif name not in ("choices", "obfuscation"):
                more[name] = value
        self._head = head
        if not more:
            return head
        read, others = keep(more, ids=(), words=WORDS, tells=self._plain.tells)
        if others:
            self._hold(self._others, "", others, grows=False)
        return {**head, **read}

    def _choice(self, given: dict[str, Any], head: dict[str, Any]) -> None:
        index = index_at(given, "index", MAX_ANSWERS)
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Choice(index)
        delta = object_at(given, "delta")
        if choice.finished:
            if not bare({key: value for key, value in delta.items() if key != "role"}):
                raise Broken("upstream_garbage")
            self._late(choice, given, head)
            return
        if self._last:
            self._flush()
        finish = given.get("finish_reason")
        beside = {} if given.keys() <= _PLAIN else self._beside(choice, given)
        made, tokens = self._delta(choice, delta, given.get("logprobs"))
        if made or tokens or (finish is None and not delta):
            self._put(chunk_of(head, beside, choice, made, tokens))
        for lane in choice.lanes.values():
            if lane.hits:
                self._check_hits(lane)
        if finish is not None:
            self._finish(choice, finish, beside, head)

    def _late(self, choice: Choice, given: dict[str, Any], head: dict[str, Any]) -> None:
        """Take what some servers say of a choice that is finished: counts, and verdicts on it."""
        kept, others = keep(given, ids=(), words=OF_CHOICE, read=_READ, tells=self._plain.tells)
        self._hold(self._others, f"choice {choice.index}", others, grows=False)
        reason = given.get("finish_reason")
        if kept or reason == FILTERED:
            made = chunk_of(head, kept, choice, {}, None)
            made["choices"][0]["finish_reason"] = FILTERED if reason == FILTERED else None
            self._put(made)
        elif head.get("usage"):
            self._put({**head, "choices": []})

    def _beside(self, choice: Choice, given: dict[str, Any]) -> dict[str, Any]:
        """Take what a choice says beside its delta; return what of it may leave now."""
        made: dict[str, Any] = {"logprobs": None} if "logprobs" in given else {}
        if given.keys() <= _READ:
            return made
        kept, others = keep(given, ids=(), words=OF_CHOICE, read=_READ, tells=self._plain.tells)
        if others:
            self._hold(choice.others, "choice", others, grows=False)
        return made | kept

    def _delta(
        self, choice: Choice, delta: dict[str, Any], logprobs: Any
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

    def _text(self, choice: Choice, name: str, value: object, made: dict[str, Any]) -> None:
        if value is None or value == "":
            made[name] = value
        elif name == "content" and isinstance(value, list):
            self._parts(choice, value, made)
        elif not isinstance(value, str):
            raise Broken("upstream_garbage")
        else:
            if name == "content":
                choice.listed = False
            if released := self._add(self._lane_of(choice, name), value):
                made[name] = released

    def _member(self, choice: Choice, name: str, value: Any, made: dict[str, Any]) -> None:
        """Take a member of a delta that is no plain text."""
        if name == "role":
            if isinstance(value, str) and value in _ROLES:
                made[name] = value
        elif value is None and is_word(name) and not self._plain.finds(name):
            made[name] = None
        elif name == "tool_calls":
            for given in list_at({name: value}, name):
                self._gather(choice, given)
        elif name == "function_call":
            choice.function = choice.function or Gathered(-1)
            self._extend(choice.function, object_at({name: value}, name), "arguments")
        elif name == "audio":
            self._audio(choice, object_at({name: value}, name), made)
        elif name == "annotations":
            choice.annotations += list_at({name: value}, name)
            self._count(len(encode(value)))
        elif passes(name, value) and not self._plain.tells(name, value):
            made[name] = value
        else:
            self._hold(choice.others, "delta", {name: value}, grows=True)

    def _audio(self, choice: Choice, given: dict[str, Any], made: dict[str, Any]) -> None:
        known = ("id", "expires_at")
        tells = self._plain.tells
        audio = {
            name: value
            for name, value in given.items()
            if name in known and is_id(value) and not tells(name, value)
        }
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

    def _expect(self, choice: Choice, logprobs: Any) -> None:
        if isinstance(logprobs, dict):
            for name in ("content", "refusal"):
                if logprobs.get(name):
                    self._lane_of(choice, name).expect_tokens()

    def _tokens(self, choice: Choice, logprobs: Any) -> dict[str, Any] | None:
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

    def _finish(
        self, choice: Choice, reason: Any, beside: dict[str, Any], head: dict[str, Any]
    ) -> None:
        """Decide on all of a choice, and send what waited for that."""
        if not is_word(reason) or self._plain.finds(reason):
            raise Broken("upstream_garbage")
        for lane in choice.lanes.values():
            self._close(lane)
        self._send_beside(choice)
        kind, part = OTHERS
        came = self._keep_members(Channel(kind, choice.index, part), choice.others)
        for made in deltas_of(each for each in came if each.place[0] in _OF_DELTAS):
            self._put(chunk_of(head, {}, choice, made, None))
        self._send_calls(choice, came, head, cut=reason == OUT_OF_TOKENS)
        choice.finished = True
        beside |= {each.name: each.value for each in came if each.place[0] == "choice"}
        ending = {"index": choice.index, "delta": {}, **beside, "finish_reason": reason}
        self._last.append({**head, "choices": [ending]})
        if any(not each.finished for each in self._choices.values()):
            self._flush()

    def _send_beside(self, choice: Choice) -> None:
        """Send sound and annotations, which wait for the texts they belong to."""
        transcript = choice.lanes.get("audio")
        if choice.sound and not (transcript is not None and transcript.edited):
            self._uncovered.add("audio")
            for sound in choice.sound:
                made = {"audio": {"data": sound}}
                self._put(chunk_of(self._head or {}, {}, choice, made, None))
        content = choice.lanes.get("content")
        if not choice.annotations or (content is not None and content.edited):
            return
        kind, part = ANNOTATIONS
        if self._keep_value(Channel(kind, choice.index, part), choice.annotations):
            made_of = {"annotations": choice.annotations}
            self._put(chunk_of(self._head or {}, {}, choice, made_of, None))

    def _send_text(self, lane: Lane, text: str, tokens: list[dict[str, Any]]) -> None:
        choice = self._choices[lane.channel.choice]
        made = text_delta(choice, lane.place, text) if text else {}
        listed = {"content": None, "refusal": None, lane.place: tokens} if tokens else None
        self._put(chunk_of(self._head or {}, {}, choice, made, listed))

    def _put(self, chunk: dict[str, Any]) -> None:
        """Send a chunk, after what already waits for the end."""
        if self._last:
            self._count(len(encode(chunk)))
            self._last.append(chunk)
        else:
            self._send(written("", chunk))

    def _flush(self) -> None:
        for chunk in self._last:
            self._send(written("", chunk))
        self._last.clear()
        for choice in self._choices.values():
            choice.told = choice.told or (choice.finished and self.held is None)

    def _marked_done(self) -> None:
        if not self._choices or any(not each.finished for each in self._choices.values()):
            raise Broken("upstream_cut")
        kind, part = _OF_CHUNKS
        came = self._keep_members(Channel(kind, 0, part), self._others)
        self._ended()
        if came:
            ending = self._last[0] if self._last else {**self._head_of(), "choices": []}
            ending |= {each.name: each.value for each in came if not each.place[0]}
            self._last[:1] = [ending]
        for choice in self._choices.values():
            late = [each for each in came if each.place[0] == f"choice {choice.index}"]
            if beside := {each.name: each.value for each in late}:
                self._put(chunk_of(self._head_of(), beside, choice, {}, None))
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
        self._last.clear()  # what would finish choices: nobody was told of those yet
        head = self._head_of()
        if not self._choices:
            self._choices[0] = Choice(0)
            self._send(written("", {**head, "choices": [
                {"index": 0, "delta": {"role": "assistant"}, "finish_reason": None}
            ]}))  # fmt: skip
        for choice in self._choices.values():
            if not choice.told:
                for delta, reason in (({"refusal": text}, None), ({}, FILTERED)):
                    made = {"index": choice.index, "delta": delta, "finish_reason": reason}
                    self._send(written("", {**head, "choices": [made]}))
        self._send(b"data: [DONE]\n\n")

    def _write_failure(self, code: str, text: str) -> None:
        error = {"message": text, "type": "server_error", "code": code, "param": None}
        self._last.clear()
        self._send(written("", {"error": error}))

    def _head_of(self) -> dict[str, Any]:
        return self._head or self._own

    @property
    def _own(self) -> dict[str, Any]:
        """The members of a chunk that the gateway makes itself."""
        return {
            "id": f"chatcmpl-{self.terms.id}",
            "object": "chat.completion.chunk",
            "created": self.terms.created,
            "model": self.terms.model,
        }
