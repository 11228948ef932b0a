"""The tool calls of Chat streams: gathered, decided on when their choice ends, and sent whole."""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import MOST_CALL_ID, is_id, keep
from charter.gateway.answers.truncated import TRUNCATED, unfinished
from charter.gateway.answers.withheld import withheld
from charter.gateway.relay.calls import Gathered
from charter.gateway.relay.choice import MOST_CALLS, Choice, call_deltas, chunk_of, owner_of
from charter.gateway.relay.flow import Flow
from charter.gateway.relay.others import Came
from charter.gateway.relay.shape import Broken, index_at, object_at, text_at

_OF_CALL = frozenset({"index", "id", "type", "function", "custom"})
_OF_FUNCTION = frozenset({"name", "arguments", "input"})


class ChatCalls(Flow):
    """The calls of all choices."""

    def _gather(self, choice: Choice, given: Any) -> None:
        if not isinstance(given, dict):
            raise Broken("upstream_garbage")
        index = index_at(given, "index", MOST_CALLS) if "index" in given else None
        custom = isinstance(given.get("custom"), dict)
        inner = given["custom"] if custom else object_at(given, "function")
        identity = text_at(given, "id")
        if not is_id(identity, MOST_CALL_ID):
            raise Broken("upstream_garbage")
        call = choice.call(index, identity, text_at(inner, "name"))
        member = "input" if custom else "arguments"
        call.kind = "custom" if custom else call.kind
        self._extend(call, inner, member)
        if given.keys() <= _OF_CALL and inner.keys() <= _OF_FUNCTION:
            return
        for owner, read, inside in ((given, _OF_CALL, False), (inner, _OF_FUNCTION, True)):
            kept, others = keep(owner, ids=(), read=read, tells=self._plain.tells)
            (call.inner if inside else call.more).update(kept)
            self._hold(choice.others, owner_of(call, inside=inside), others, grows=True)

    def _extend(self, call: Gathered, given: dict[str, Any], name: str) -> None:
        tool, arguments = text_at(given, "name"), text_at(given, name)
        self._count(len(tool) + len(arguments))
        call.tool.append(tool)
        call.arguments.append(arguments)

    def _send_calls(
        self, choice: Choice, came: list[Came], head: dict[str, Any], *, cut: bool
    ) -> None:
        """Decide on the calls of a choice and send them; those it broke off in are left out."""
        calls = list(choice.calls)
        if choice.function is not None:
            calls.append(choice.function)
        if cut:
            whole = [
                call
                for call in calls
                if not unfinished(call.written, free=call.kind == "custom" and call is calls[-1])
            ]
            if len(whole) < len(calls):
                self._judge.cut(TRUNCATED, self.released)
            calls = whole
        self._decide_calls(choice, calls)
        for at, call in enumerate(calls):
            owners = owner_of(call, inside=False), owner_of(call, inside=True)
            if call.index >= 0:
                call.index = at
            for made in call_deltas(call, [each for each in came if each.place[0] in owners]):
                self._put(chunk_of(head, {}, choice, made, None))

    def _decide_calls(self, choice: Choice, calls: list[Gathered]) -> None:
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

    def _put(self, chunk: dict[str, Any]) -> None:
        """Send a chunk."""
        raise NotImplementedError
