"""What a client makes of a stream: texts, calls and how it ended, read as simply as can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.gateway.relay.scripted import data_of

from charter.gateway.wire.asked import Api


@dataclass
class View:
    """Texts by where they stand, and calls."""

    texts: dict[Any, str] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    ended: str = ""
    explained: str = ""

    def add(self, place: Any, text: str | None) -> None:
        if text:
            self.texts[place] = self.texts.get(place, "") + text

    @property
    def text(self) -> str:
        return "".join(self.texts[place] for place in sorted(self.texts))


def view(api: Api, out: bytes) -> View:
    made = View()
    for data in data_of(out):
        _READERS[api](made, data)
    return made


def _chat(made: View, data: dict[str, Any]) -> None:
    if "error" in data:
        made.ended, made.explained = "error", data["error"]["message"]
    for choice in data.get("choices", ()):
        delta, at = choice["delta"], choice["index"]
        for name in ("content", "reasoning_content"):
            made.add((at, name), delta.get(name))
        made.explained += delta.get("refusal") or ""
        for call in delta.get("tool_calls") or ():
            made.calls.append((call["function"]["name"], call["function"]["arguments"]))
        made.ended = choice["finish_reason"] or made.ended


def _responses(made: View, data: dict[str, Any]) -> None:
    kind = data["type"]
    if kind.endswith(("output_text.delta", "reasoning_summary_text.delta")):
        place = (data["output_index"], data.get("content_index", data.get("summary_index")))
        made.add(place, data["delta"])
    elif kind.endswith(("output_text.done", "reasoning_summary_text.done")):
        place = (data["output_index"], data.get("content_index", data.get("summary_index")))
        assert made.texts.get(place, "") == data["text"]
    elif kind == "response.refusal.done":
        made.explained += data["refusal"]
    elif kind == "response.output_item.done" and data["item"]["type"] == "function_call":
        made.calls.append((data["item"]["name"], data["item"]["arguments"]))
    elif kind in ("response.completed", "response.incomplete", "response.failed"):
        made.ended = kind
        assert "".join(_copies(data["response"]["output"])) == made.text
        made.explained += (data["response"]["error"] or {}).get("message", "")


def _copies(output: list[dict[str, Any]]) -> list[str]:
    return [
        part.get("text", "")
        for item in output
        for part in [*item.get("content", ()), *item.get("summary", ())]
    ]


def _messages(made: View, data: dict[str, Any]) -> None:
    kind = data["type"]
    if kind == "content_block_start" and data["content_block"]["type"] == "tool_use":
        made.calls.append((data["content_block"]["name"], ""))
    elif kind == "content_block_delta":
        delta = data["delta"]
        made.add(data["index"], delta.get("text") or delta.get("thinking"))
        if "partial_json" in delta:
            name, said = made.calls[-1]
            made.calls[-1] = (name, said + delta["partial_json"])
    elif kind == "message_delta":
        made.ended = data["delta"]["stop_reason"]
        made.explained = (data["delta"].get("stop_details") or {}).get("explanation", "")
    elif kind == "error":
        made.ended, made.explained = "error", data["error"]["message"]


_READERS = {Api.CHAT: _chat, Api.RESPONSES: _responses, Api.MESSAGES: _messages}
COMPLETE = {Api.CHAT: "stop", Api.RESPONSES: "response.completed", Api.MESSAGES: "end_turn"}
REFUSED = {
    Api.CHAT: "content_filter",
    Api.RESPONSES: "response.incomplete",
    Api.MESSAGES: "refusal",
}
FAILED = {Api.CHAT: "error", Api.RESPONSES: "response.failed", Api.MESSAGES: "error"}
