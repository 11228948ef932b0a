"""The relay of Responses streams.

Every event is numbered anew. Texts are written the same in all their copies: in deltas, in what
ends a text, a part and an item, and in the response that ends the stream. Items that are no text
wait for `response.output_item.done`, and are sent with the events that belong to them. Members that
no API has leave with what ends the part, the item or the response they belong to. A call whose
last words are missing waits for what follows, which says whether the answer broke off in it.
Events of unknown types pass where they hold no text, and are left out else.
Source: types and accumulators of the package `openai` 3.54.0.
"""

from __future__ import annotations

from typing import Any

from charter.gateway.answers.bare import is_word, keep, sealed
from charter.gateway.answers.encode import encode
from charter.gateway.answers.halves import whole_text
from charter.gateway.answers.items import (
    ARGUMENTS,
    TEXTS,
    broken_off,
    call_item,
    call_of,
    head_of,
    is_call,
    is_picture,
    out_of_tokens,
    response_of,
    returned,
)
from charter.gateway.answers.truncated import TRUNCATED
from charter.gateway.relay.item import Item, Part
from charter.gateway.relay.output import MOST_ITEMS, STEMS
from charter.gateway.relay.shape import Broken, index_at, list_at, object_at, text_at
from charter.gateway.relay.waiting import WRITTEN, Waiting
from charter.gateway.verdict import Channel

_PARTS = {stem: kind for kind, stem in STEMS.items()}
_PROGRESS = ("response.created", "response.in_progress", "response.queued")
_ENDS = ("response.completed", "response.incomplete")


class ResponsesRelay(Waiting):
    """See `Relay`."""

    _channels = 0
    _cut: bool | None = None
    """Whether the answer ran out of tokens, once that is known."""
    _doubtful: Item | None = None
    """A call that has come to its end, though not to that of its arguments."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: dict[str, Part] = {}
        self._takes = {
            "response.output_item.added": self._item_added,
            "response.output_item.done": self._item_done,
            "response.content_part.added": self._part_added,
            "response.content_part.done": self._part_done,
            "response.reasoning_summary_part.added": self._part_added,
            "response.reasoning_summary_part.done": self._part_done,
            "response.output_text.annotation.added": self._annotation,
        }

    def _event(self, data: dict[str, Any], name: str) -> None:
        kind = data.get("type")
        if not isinstance(kind, str) or not is_word(kind):
            raise Broken("upstream_garbage")
        if kind in ("error", "response.failed") or name == "error":
            raise Broken("upstream_error")
        stem, _, what = kind.rpartition(".")
        if stem in _PARTS:
            self._piece(_PARTS[stem], what, data)
        elif kind in _PROGRESS:
            self._progress(kind, data)
        elif kind in _ENDS:
            self._finish(kind, data)
        elif kind in self._takes:
            self._takes[kind](data)
        else:
            self._other(kind, data)

    def _progress(self, kind: str, data: dict[str, Any]) -> None:
        given = object_at(data, "response")
        self._response, _ = response_of(given, self.terms.request, self._plain)
        self._told = True
        self._emit(kind, response={**self._response, "output": self._output()})

    # Items.

    def _item_added(self, data: dict[str, Any]) -> None:
        place = index_at(data, "output_index", MOST_ITEMS)
        if place in self._items:
            raise Broken("upstream_garbage")
        self._settle()
        given = object_at(data, "item")
        self._count(len(encode(given)))  # it is kept until it is done
        item = self._items[place] = self._item(given)
        if item.kind in ("message", "reasoning"):
            self._tell(item)

    def _item(self, given: dict[str, Any]) -> Item:
        kind = given.get("type")
        if not isinstance(kind, str) or not is_word(kind):
            raise Broken("upstream_garbage")
        return Item(kind, given, head_of(given, self._plain)[0])

    def _item_done(self, data: dict[str, Any]) -> None:
        place = index_at(data, "output_index", MOST_ITEMS)
        given = object_at(data, "item")
        item = self._items.get(place)
        if item is None:
            item = self._items[place] = self._item(given)
        elif item.kind != given.get("type") or item.over:
            raise Broken("upstream_garbage")
        self._complete_item(item, given)

    def _complete_item(self, item: Item, given: dict[str, Any]) -> None:
        """Decide on the rest of an item, and send it."""
        self._settle()
        item.given = given
        item.over = True
        if item.kind in ("message", "reasoning"):
            self._complete_text(item, given)
        elif is_call(item.kind):
            self._complete_call(item, given)
        elif self._keep_value(self._channel("annotations"), given):
            self._send_whole(item, given)

    def _complete_text(self, item: Item, given: dict[str, Any]) -> None:
        if item.index < 0:
            self._tell(item)
        for summary, parts in ((False, "content"), (True, "summary")):
            for at, part_given in enumerate(list_at(given, parts)):
                if not isinstance(part_given, dict):
                    raise Broken("upstream_garbage")
                self._part_whole(item, part_given, at, summary=summary)
        for part in item.parts.values():
            self._close_part(part)
        if sealed(given.get("encrypted_content")):
            self._uncovered.add("encrypted_reasoning")
        item.head, others = head_of(given, self._plain)
        item.head |= self._members(others)
        self._send_item(item, item.built())

    def _members(self, others: dict[str, Any]) -> dict[str, Any]:
        """Decide on members that no API has; return those that may leave."""
        return self._allowed(self._channel("annotations"), others) if others else {}

    def _settle(self) -> None:
        """Decide on a call that waited, or leave it out where the answer broke off in it."""
        item, self._doubtful = self._doubtful, None
        if item is None:
            return
        if self._cut:
            self._judge.cut(TRUNCATED, self.released)
        else:
            self._decide_item(item, item.given)

    def _complete_call(self, item: Item, given: dict[str, Any]) -> None:
        if broken_off(given, cut=bool(self._cut)):
            self._judge.cut(TRUNCATED, self.released)
        elif self._cut is None and broken_off(given, cut=True):
            self._doubtful = item
        else:
            self._decide_item(item, given)

    def _decide_item(self, item: Item, given: dict[str, Any]) -> None:
        """Decide on a call, and send it."""
        try:
            said = call_of(given)
        except ValueError:
            raise Broken("upstream_garbage") from None
        said = said._replace(arguments=whole_text(said.arguments), tool=whole_text(said.tool))
        self._count(len(said.arguments))
        self._decide_call(said)
        made, others = call_item(given, self._plain)
        made |= self._members(others)
        results = returned(given)
        if results and not self._keep_value(self._channel("annotations"), results):
            made |= dict.fromkeys(results)
        if is_picture(given):
            self._uncovered.add("image")
        if item.kind in WRITTEN and item.kind in ARGUMENTS:
            made[WRITTEN[item.kind][1]] = said.arguments
        self._send_whole(item, made)

    # Parts.

    def _channel(self, kind: str) -> Channel:
        self._channels += 1
        return Channel(kind, 0, self._channels - 1)

    def _find(self, data: dict[str, Any], *, summary: bool) -> tuple[Item, int]:
        item = self._items.get(index_at(data, "output_index", MOST_ITEMS))
        if item is None or item.kind not in ("message", "reasoning") or item.over:
            raise Broken("upstream_garbage")
        return item, index_at(data, "summary_index" if summary else "content_index", MOST_ITEMS)

    def _part(self, item: Item, kind: str, at: int) -> Part:
        """Return a part, begun here where it is new."""
        place = (kind == "summary_text", at)
        part = item.parts.get(place)
        if part is None:
            if at != sum(each.summary == place[0] for each in item.parts.values()):
                raise Broken("upstream_garbage")
            self._close_open(kind)
            name = f"{id(item)}/{place}"
            lane = self._lane(self._channel(TEXTS[kind][1]), name, series=kind)
            part = item.parts[place] = self._places[name] = Part(item, kind, at, lane)
            self._open[kind] = part
        elif part.kind != kind:
            raise Broken("upstream_garbage")
        return part

    def _close_open(self, kind: str) -> None:
        """End the text of a type that is open: the next one may be joined with it."""
        part = self._open.get(kind)
        if part is not None:
            self._close_part(part)

    def _part_added(self, data: dict[str, Any]) -> None:
        given = object_at(data, "part")
        kind = _part_kind(given)
        item, at = self._find(data, summary=kind == "summary_text")
        if (kind == "summary_text", at) in item.parts:
            raise Broken("upstream_garbage")
        part = self._part(item, kind, at)
        self._tell_part(part, "added")
        if text := text_at(given, TEXTS[kind][0]):
            self._more(part, text, None)

    def _piece(self, kind: str, what: str, data: dict[str, Any]) -> None:
        """Take a delta of a text, an annotation in it, or its end."""
        item, at = self._find(data, summary=kind == "summary_text")
        part = self._part(item, kind, at)
        if what == "delta":
            self._more(part, text_at(data, "delta"), data.get("logprobs"))
        elif what == "done":
            self._rest_of(part, text_at(data, TEXTS[kind][0]))
            self._close_part(part)
        else:
            self._stripped.add(f"{kind}.{what}" if is_word(what) else "unknown")

    def _annotation(self, data: dict[str, Any]) -> None:
        item, at = self._find(data, summary=False)
        part = self._part(item, "output_text", at)
        if part.closed:
            raise Broken("upstream_garbage")
        self._count(len(encode(data)))
        part.annotations.append(object_at(data, "annotation"))

    def _more(self, part: Part, text: str, logprobs: Any) -> None:
        lane = part.lane
        if part.closed:
            raise Broken("upstream_garbage")
        tokens: list[dict[str, Any]] = []
        if logprobs:
            lane.expect_tokens()
        released = self._add(lane, text)
        if lane.tokens is not None:
            if logprobs:
                self._count(len(encode(logprobs)))
                lane.tokens.add(logprobs)
            tokens = lane.leaving()
        if released or tokens:
            self._send_text(lane, released, tokens)
        if lane.hits:
            self._check_hits(lane)

    def _rest_of(self, part: Part, text: str) -> None:
        """Take the whole text of a part: what came before must be its beginning."""
        said = part.lane.text
        text = whole_text(text)
        if not text.startswith(said) or (part.closed and text != said):
            raise Broken("upstream_garbage")
        if not part.closed and len(text) > len(said):
            self._more(part, text[len(said) :], None)

    def _part_done(self, data: dict[str, Any]) -> None:
        given = object_at(data, "part")
        kind = _part_kind(given)
        item, at = self._find(data, summary=kind == "summary_text")
        part = self._part(item, kind, at)
        self._rest_of(part, text_at(given, TEXTS[kind][0]))
        self._close_part(part)
        self._list(part, list_at(given, "annotations"))
        self._add_members(part, given)
        self._tell_part(part, "done")

    def _part_whole(self, item: Item, given: dict[str, Any], at: int, *, summary: bool) -> None:
        """Take a part as the whole item repeats it, or has it alone."""
        kind = _part_kind(given)
        if (kind == "summary_text") is not summary:
            raise Broken("upstream_garbage")
        new = (summary, at) not in item.parts
        part = self._part(item, kind, at)
        if new:
            self._tell_part(part, "added")
        self._rest_of(part, text_at(given, TEXTS[kind][0]))
        self._close_part(part)
        self._list(part, list_at(given, "annotations"))
        self._add_members(part, given)
        if new:
            self._tell_part(part, "done")

    def _add_members(self, part: Part, given: dict[str, Any]) -> None:
        """Decide on members of a part that no API has, as it is first said whole."""
        if not part.more:
            read = ("type", TEXTS[part.kind][0], "annotations", "logprobs")
            kept, others = keep(given, ids=(), read=read, tells=self._plain.tells)
            part.more = kept | self._members(others)

    def _close_part(self, part: Part) -> None:
        """End a text: the rest of it, its annotations, and all of it once more."""
        if part.closed:
            return
        part.closed = True
        self._close(part.lane)
        self._list(part, [])
        self._tell_text(part)

    def _list(self, part: Part, given: list[Any]) -> None:
        """Decide on annotations: those that came as events, else those of the whole part."""
        if part.listed or not (part.annotations or given):
            return
        part.listed = True
        wanted = part.annotations or [each for each in given if isinstance(each, dict)]
        part.annotations = []
        if not wanted or part.lane.edited:
            return
        if self._keep_value(self._channel("annotations"), wanted) and self.held is None:
            part.annotations = wanted
            for at, annotation in enumerate(wanted):
                self._emit(
                    "response.output_text.annotation.added",
                    **part.place,
                    annotation_index=at,
                    annotation=annotation,
                )

    # The end.

    def _finish(self, kind: str, data: dict[str, Any]) -> None:
        given = object_at(data, "response")
        self._cut = out_of_tokens(given)
        self._settle()
        for at, one in enumerate(list_at(given, "output")):
            if not isinstance(one, dict):
                raise Broken("upstream_garbage")
            self._item_whole(one, at)
        for item in self._items.values():
            for part in item.parts.values():
                self._close_part(part)
        self._begin()
        self._response, others = response_of(given, self.terms.request, self._plain)
        self._response |= self._members(others)
        self._ended()
        self._emit(kind, response={**self._response, "output": self._output("incomplete")})

    def _item_whole(self, given: dict[str, Any], at: int) -> None:
        """Take an item of the whole response: one that was sent, or one that was not yet."""
        same = [item for item in self._items.values() if _same(item, given)]
        item = same[0] if same else None
        if item is None:
            if at in self._items and self._items[at].index < 0:
                raise Broken("upstream_garbage")
            item = self._items[max(self._items, default=-1) + 1] = self._item(given)
        if not item.over:
            self._complete_item(item, given)


def _same(item: Item, given: dict[str, Any]) -> bool:
    """Say whether an item is the one that a whole response lists."""
    call = given.get("call_id")
    same_call = call is not None and item.given.get("call_id") == call
    same_id = (item.given.get("id") or "") == (given.get("id") or "")
    return item.kind == given.get("type") and (same_call or same_id)


def _part_kind(given: dict[str, Any]) -> str:
    kind = given.get("type")
    if not isinstance(kind, str) or kind not in TEXTS:
        raise Broken("upstream_garbage")
    return kind
