"""Messages, as their maker's server writes them where it runs tools itself."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

from tests.gateway.relay.vendors.case import TOOL, Case

from charter.gateway.wire.asked import Api

SEALED = "EqgfCioIARgBIiQ3YTAw+/a=="


def head(**more: Any) -> dict[str, Any]:
    usage = {"input_tokens": 3, "output_tokens": 4, "service_tier": "standard", "inference_geo": "us",
             "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
             "server_tool_use": {"web_search_requests": 1, "web_fetch_requests": 0}}  # fmt: skip
    return {"id": "msg_7", "type": "message", "role": "assistant", "model": "maker-model-1", "content": [],
            "stop_reason": None, "stop_sequence": None, "usage": usage, **more}  # fmt: skip


def block(at: int, start: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": at, "content_block": start},
        *({"type": "content_block_delta", "index": at, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": at},
    ]


def pieces(kind: str, *said: str) -> list[dict[str, Any]]:
    member = {
        "text_delta": "text",
        "thinking_delta": "thinking",
        "input_json_delta": "partial_json",
    }
    return [{"type": kind, member.get(kind, "content"): one} for one in said]


def both(name: str, *blocks: tuple[dict[str, Any], list[dict[str, Any]]], reason: str = "end_turn",
         start: Any = None, **delta: Any) -> list[Case]:  # fmt: skip
    """Return a case whose stream is made of starts and pieces, and the same whole."""
    events = [one for at, (given, deltas) in enumerate(blocks) for one in block(at, given, *deltas)]
    ended = {"stop_reason": reason, "stop_sequence": None, **delta}
    more = {"usage": {"output_tokens": 9, "server_tool_use": {"web_search_requests": 1}}}
    if "context_management" in ended:
        more["context_management"] = ended.pop("context_management")
    whole = {**(start or {}), **delta, "stop_reason": reason}
    streamed = Case(Api.MESSAGES, name, (
        {"type": "message_start", "message": head(**(start or {}))}, {"type": "ping"}, *events,
        {"type": "message_delta", "delta": ended, **more}, {"type": "message_stop"}))  # fmt: skip
    return [streamed, Case(Api.MESSAGES, name, body=head(
        content=[_joined(given, deltas) for given, deltas in blocks], **whole))]  # fmt: skip


def _joined(given: dict[str, Any], deltas: list[dict[str, Any]]) -> dict[str, Any]:
    made = dict(given)
    for delta in deltas:
        kind = delta["type"]
        if kind == "input_json_delta":
            made["input"] = INPUT
        elif kind == "citations_delta":
            made["citations"] = [*(made.get("citations") or ()), delta["citation"]]
        else:
            for name in set(delta) - {"type"}:
                made[name] = (made.get(name) or "") + delta[name]
    return made


INPUT = {"query": "a page", "days": 3}
WRITTEN = pieces("input_json_delta", "", '{"query": "a ', 'page", "days": 3}')
THINKING = (
    {"type": "thinking", "thinking": "", "signature": ""},
    [
        *pieces("thinking_delta", "First ", "this."),
        {"type": "signature_delta", "signature": SEALED},
    ],
)
WORDS = ({"type": "text", "text": ""}, pieces("text_delta", "Hello ", "there"))
FOUND = {"type": "web_search_result", "title": "A page of it", "url": "https://example.org/?q=1",
         "encrypted_content": SEALED, "page_age": "3 days ago"}  # fmt: skip
CITATION = {"type": "web_search_result_location", "cited_text": "What it says.", "encrypted_index": SEALED,
            "title": "A page of it", "url": "https://example.org/?q=1"}  # fmt: skip
PAGES = {"type": "page_location", "cited_text": "What else.", "document_index": 0, "document_title": "My doc",
         "end_page_number": 2, "start_page_number": 1, "file_id": None}  # fmt: skip
RAN = {"type": "bash_code_execution_result", "stdout": "What it wrote", "stderr": "no fault", "return_code": 0,
       "content": [{"type": "bash_code_execution_output", "file_id": "file_1"}]}  # fmt: skip
DOCUMENT = {"type": "document", "title": "My doc", "citations": {"enabled": True},
            "source": {"type": "text", "media_type": "text/plain", "data": "What the page says"}}  # fmt: skip
SERVER = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
DIRECT = {"caller": {"type": "direct"}}
BY_CODE = {"caller": {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}}


def result(kind: str, content: Any, **more: Any) -> tuple[dict[str, Any], list[Any]]:
    return {"type": kind, "tool_use_id": "srvtoolu_1", "content": content, **more}, []


CONTAINER = {"id": "container_01", "expires_at": "2026-11-22T10:00:00.123456+00:00",
             "skills": [{"type": "custom", "skill_id": "skill_1", "version": "latest"}]}  # fmt: skip
MANAGED = {"applied_edits": [{"type": "clear_tool_uses_20250919", "cleared_tool_uses": 1,
                              "cleared_input_tokens": 5}]}  # fmt: skip

CASES = [
    *both("thinking", THINKING, ({"type": "redacted_thinking", "data": SEALED}, []), WORDS),
    *both("web-search", (SERVER, WRITTEN), result("web_search_tool_result", [FOUND, FOUND], **DIRECT),
          ({"type": "text", "text": "", "citations": []},
           [*pieces("text_delta", "Hello ", "there"), {"type": "citations_delta", "citation": CITATION},
            {"type": "citations_delta", "citation": PAGES}])),
    *both("web-search-error", (SERVER, WRITTEN), result("web_search_tool_result", {
        "type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}), reason="pause_turn"),
    *both("web-fetch", ({**SERVER, "name": "web_fetch", **DIRECT}, WRITTEN), result("web_fetch_tool_result", {
        "type": "web_fetch_result", "url": "https://example.org/?q=1", "content": DOCUMENT,
        "retrieved_at": "2026-11-22T10:00:00+00:00"}, **DIRECT), WORDS),
    *both("code", ({**SERVER, "name": "bash_code_execution"}, WRITTEN),
          result("bash_code_execution_tool_result", RAN),
          ({"type": "container_upload", "file_id": "file_2"}, []), WORDS,
          start={"container": None}, container=CONTAINER),
    *both("code-edits", ({**SERVER, "name": "text_editor_code_execution"}, WRITTEN),
          result("text_editor_code_execution_tool_result", {
              "type": "text_editor_code_execution_str_replace_result", "old_start": 1, "old_lines": 1,
              "new_start": 1, "new_lines": 1, "lines": ["- one thing", "+ another thing"]}), WORDS),
    *both("code-calls", ({**SERVER, "name": "code_execution"}, WRITTEN),
          ({"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": {}, **BY_CODE}, WRITTEN),
          reason="tool_use"),
    *both("mcp", ({"type": "mcp_tool_use", "id": "mcptoolu_1", "name": TOOL, "server_name": "my-server",
                   "input": {}}, WRITTEN),
          ({"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "is_error": False,
            "content": [{"type": "text", "text": "What it returned.", "citations": None}]}, []), WORDS),
    *both("tool-search", ({**SERVER, "name": "tool_search_tool_regex"}, WRITTEN),
          result("tool_search_tool_result", {"type": "tool_search_tool_search_result", "tool_references": [
              {"type": "tool_reference", "tool_name": TOOL}]}), WORDS),
    *both("toolset", ({"type": "tool_use", "id": "toolu_1", "name": TOOL, "toolset_name": "computer",
                       "input": {}, **DIRECT}, WRITTEN), reason="tool_use"),
    *both("compaction", ({"type": "compaction", "content": None, "encrypted_content": SEALED},
                         [{"type": "compaction_delta", "content": "What was said before."}]), WORDS,
          context_management=MANAGED),
    *both("compaction-whole", ({"type": "compaction", "content": "What was said before.",
                                "encrypted_content": SEALED}, []), WORDS, context_management=MANAGED),
    *both("fallback", ({"type": "fallback", "from": {"model": "maker-model-2"}, "to": {"model": "maker-model-1"},
                        "trigger": {"type": "refusal", "category": None, "explanation": "It would not say."}}, []),
          WORDS),
    # Servers that speak this API give blocks whole, in what starts them.
    *both("given-whole", ({"type": "thinking", "thinking": "First this.", "signature": SEALED}, []),
          ({"type": "text", "text": "Hello there", "citations": [CITATION]}, []),
          ({"type": "mcp_tool_use", "id": "mcptoolu_1", "name": TOOL, "server_name": "my-server",
            "input": INPUT}, []),
          ({"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": INPUT}, []), reason="tool_use"),
    *both("refused", WORDS, reason="refusal", stop_details={
        "type": "refusal", "category": "cyber", "explanation": "It would not say."}),
    *both("full", WORDS, reason="model_context_window_exceeded"),
]  # fmt: skip
