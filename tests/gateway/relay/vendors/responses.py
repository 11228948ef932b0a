"""Responses, as their maker's server writes them where it runs tools itself."""

# ruff: noqa: E501
from __future__ import annotations

from typing import Any

from tests.gateway.relay.vendors.case import TOOL, Case

from charter.gateway.wire.asked import Api

SEALED = "gAAAAABo-_x9=="
ARGUMENTS = '{"query": "a page"}'


def response(status: str, output: list[Any], **more: Any) -> dict[str, Any]:
    return {"id": "resp_7", "object": "response", "created_at": 1_790_000_000, "status": status, "background": False,
            "error": None, "incomplete_details": None, "instructions": "Be brief.", "model": "maker-model-1",
            "output": output, "parallel_tool_calls": True, "reasoning": {"effort": "low", "summary": "auto"},
            "text": {"format": {"type": "text"}, "verbosity": "medium"}, "tool_choice": "auto", "tools": [],
            "temperature": 1.0, "top_p": 1.0, "max_output_tokens": None, "previous_response_id": None,
            "service_tier": "default", "store": False, "truncation": "disabled", "metadata": {}, "user": None,
            "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7,
                      "output_tokens_details": {"reasoning_tokens": 1}}, **more}  # fmt: skip


Item = tuple[dict[str, Any], list[dict[str, Any]]]
"""An item as it is when it has ended, and the events between its start and its end."""


def both(name: str, *items: Item, status: str = "completed", lost: tuple[str, ...] = (),
         begins: str = "response.created", **more: Any) -> list[Case]:  # fmt: skip
    """Return a case whose stream is made of items and their events, and the same whole."""
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": response("in_progress", [])}
    ]
    if begins != "response.created":
        events.append({"type": begins, "response": response("queued", [])})
    events.append({"type": "response.in_progress", "response": response("in_progress", [])})
    for at, (item, inside) in enumerate(items):
        events.append(
            {"type": "response.output_item.added", "output_index": at, "item": begun(item)}
        )
        for one in inside:
            of_part = (
                "_part." in one["type"] or "_text." in one["type"] or "refusal." in one["type"]
            )
            part = (
                {}
                if not of_part
                else {"summary_index": 0}
                if "summary" in one["type"]
                else {"content_index": 0}
            )
            named = {} if "shell_call_command" in one["type"] else {"item_id": item["id"]}
            events.append({"output_index": at, **named, **part, **one})
        events.append({"type": "response.output_item.done", "output_index": at, "item": item})
    whole = response(status, [item for item, _ in items], **more)
    events.append({"type": f"response.{status}", "response": whole})
    numbered = tuple({**one, "sequence_number": at} for at, one in enumerate(events))
    lost_names = frozenset(lost)
    return [Case(Api.RESPONSES, name, numbered, lost=lost_names),
            Case(Api.RESPONSES, name, body=whole, lost=lost_names)]  # fmt: skip


EMPTY = {"content": [], "summary": [], "arguments": "", "input": "", "code": "", "output": None, "result": None,
         "results": None, "outputs": None, "tools": []}  # fmt: skip


def begun(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as it is when it begins."""
    made = {name: EMPTY.get(name, value) for name, value in item.items()}
    return made | ({"status": "in_progress"} if "status" in item else {})


def message(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "phase": "final_answer",
            "content": list(parts)}  # fmt: skip


def text(said: str, *annotations: Any) -> dict[str, Any]:
    return {"type": "output_text", "text": said, "annotations": list(annotations), "logprobs": []}


def told(part: dict[str, Any], *pieces: str) -> list[dict[str, Any]]:
    """Return the events of a part whose text comes in pieces."""
    stem = {"output_text": "output_text", "refusal": "refusal", "reasoning_text": "reasoning_text",
            "summary_text": "reasoning_summary_text"}[part["type"]]  # fmt: skip
    of_part = "reasoning_summary_part" if part["type"] == "summary_text" else "content_part"
    member = "refusal" if part["type"] == "refusal" else "text"
    empty = {**part, member: ""} | ({"annotations": []} if "annotations" in part else {})
    more = {"logprobs": []} if part["type"] == "output_text" else {}
    noted = [{"type": "response.output_text.annotation.added", "annotation_index": at, "annotation": one}
             for at, one in enumerate(part.get("annotations", ()))]  # fmt: skip
    return [{"type": f"response.{of_part}.added", "part": empty},
            *({"type": f"response.{stem}.delta", "delta": one, **more} for one in pieces), *noted,
            {"type": f"response.{stem}.done", member: part[member], **more},
            {"type": f"response.{of_part}.done", "part": part}]  # fmt: skip


def steps(kind: str, *names: str) -> list[dict[str, Any]]:
    return [{"type": f"response.{kind}.{name}"} for name in names]


def written(stem: str, member: str, *pieces: str, **more: Any) -> list[dict[str, Any]]:
    deltas = [{"type": f"response.{stem}.delta", "delta": one, **more} for one in pieces]
    return [*deltas, {"type": f"response.{stem}.done", member: "".join(pieces), **more}]


CITED = {"type": "url_citation", "url": "https://example.org/?q=1", "title": "A page of it", "start_index": 0,
         "end_index": 5}  # fmt: skip
FILE = {"type": "file_citation", "file_id": "file_1", "filename": "my notes.txt", "index": 3}
MADE = {"type": "container_file_citation", "container_id": "cntr_1", "file_id": "cfile_1",
        "filename": "my plot.png", "start_index": 0, "end_index": 5}  # fmt: skip
HELLO = text("Hello there", CITED, FILE, MADE)
SAID: Item = (message(HELLO), told(HELLO, "Hello ", "there"))
SUMMED = {"type": "summary_text", "text": "It thinks."}
THOUGHT = {"type": "reasoning_text", "text": "First this."}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [SUMMED], "encrypted_content": SEALED}
NO = {"type": "refusal", "refusal": "It would not say."}
WEB = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {
    "type": "search", "query": "a page", "queries": ["a page"], "sources": [
        {"type": "url", "url": "https://example.org/?q=1"}]}}  # fmt: skip
OPENED = {"id": "ws_2", "type": "web_search_call", "status": "completed", "action": {
    "type": "open_page", "url": "https://example.org/?q=1"}}  # fmt: skip
FILES = {"id": "fs_1", "type": "file_search_call", "status": "completed", "queries": ["a page"], "results": [
    {"file_id": "file_1", "filename": "my notes.txt", "score": 0.5, "text": "What it says.",
     "attributes": {"owner": "a person"}}]}  # fmt: skip
CODE = {"id": "ci_1", "type": "code_interpreter_call", "status": "completed", "container_id": "cntr_1",
        "code": "print('a page')", "outputs": [{"type": "logs", "logs": "What it wrote."},
                                               {"type": "image", "url": "https://example.org/p.png?x"}]}  # fmt: skip
PICTURE = {"id": "ig_1", "type": "image_generation_call", "status": "completed", "result": "iVBORw0KGgo=",
           "revised_prompt": "A picture of it", "size": "1024x1024", "quality": "high", "background": "opaque",
           "output_format": "png"}  # fmt: skip
MCP = {"id": "mcp_1", "type": "mcp_call", "status": "completed", "name": TOOL, "server_label": "my-server",
       "arguments": ARGUMENTS, "output": "What it returned.", "error": None, "approval_request_id": None}  # fmt: skip
FAILED = {**MCP, "id": "mcp_2", "status": "failed", "output": None, "error": {
    "type": "mcp_tool_execution_error", "content": [{"type": "text", "text": "It went wrong."}]}}  # fmt: skip
LISTED = {"id": "mcpl_1", "type": "mcp_list_tools", "server_label": "my-server", "error": None, "tools": [
    {"name": TOOL, "description": "What it does.", "annotations": {"read_only": True}, "input_schema": {
        "type": "object", "properties": {"query": {"type": "string", "description": "What to ask"}}}}]}  # fmt: skip
ASKED = {"id": "mcpr_1", "type": "mcp_approval_request", "name": TOOL, "server_label": "my-server",
         "arguments": ARGUMENTS}  # fmt: skip
COMPUTER = {"id": "cu_1", "type": "computer_call", "call_id": "call_1", "status": "completed",
            "pending_safety_checks": [{"id": "sc_1", "code": "malicious_instructions", "message": "Take care."}],
            "action": {"type": "type", "text": "a page"}}  # fmt: skip
SHELL = {"id": "lsh_1", "type": "local_shell_call", "call_id": "call_2", "status": "completed", "action": {
    "type": "exec", "command": ["ls", "-l", "a page"], "env": {"HOME": "a b"}, "timeout_ms": 1000, "user": None,
    "working_directory": "my folder"}}  # fmt: skip
COMMANDS = {"id": "sh_1", "type": "shell_call", "call_id": "call_3", "status": "completed", "environment": None,
            "action": {"commands": ["ls -l"], "timeout_ms": 1000, "max_output_length": 100}}  # fmt: skip
WROTE = {"id": "sho_1", "type": "shell_call_output", "call_id": "call_3", "status": "completed",
         "max_output_length": 100, "output": [{"outcome": {"type": "exit", "exit_code": 0},
                                               "stdout": "What it wrote.", "stderr": "no fault"}]}  # fmt: skip
PATCH = {"id": "apc_1", "type": "apply_patch_call", "call_id": "call_4", "status": "completed", "operation": {
    "type": "update_file", "path": "a b.py", "diff": "@@ -1 +1 @@ a page"}}  # fmt: skip
FREE = {
    "id": "ctc_1",
    "type": "custom_tool_call",
    "call_id": "call_5",
    "name": TOOL,
    "input": "a page of it",
}
FUNCTION = {"id": "fc_1", "type": "function_call", "call_id": "call_6", "name": TOOL, "arguments": ARGUMENTS,
            "status": "completed"}  # fmt: skip
SEARCH = {"id": "ts_1", "type": "tool_search_call", "call_id": None, "execution": "server", "status": "completed",
          "arguments": {"query": "a page"}}  # fmt: skip
FOUND = {"id": "tso_1", "type": "tool_search_output", "call_id": None, "execution": "server", "status": "completed",
         "tools": [{"type": "function", "name": TOOL, "description": "What it does.", "parameters": {
             "type": "object", "properties": {}}, "strict": False}]}  # fmt: skip
PROGRAM = {"id": "pr_1", "type": "program", "call_id": "call_7", "code": "await tools.weather('a page')",
           "fingerprint": SEALED}  # fmt: skip
PROGRAM_OUTPUT = {"id": "pro_1", "type": "program_output", "call_id": "call_7", "result": "What it made.",
                  "status": "completed"}  # fmt: skip
BY_PROGRAM = {
    **FUNCTION,
    "id": "fc_2",
    "call_id": "call_8",
    "caller": {"type": "program", "caller_id": "call_7"},
}
COMPACTED = {
    "id": "cmp_1",
    "type": "compaction",
    "encrypted_content": SEALED,
    "created_by": "maker",
}
DELTA_OF = {"command_index": 0}

CASES = [
    *both("reasoning", (REASONING, told(SUMMED, "It ", "thinks.")), SAID),
    *both("reasoning-open", ({**REASONING, "summary": [], "content": [THOUGHT], "encrypted_content": None},
                             told(THOUGHT, "First ", "this.")), SAID, begins="response.queued", background=True),
    *both("refusal", (message(NO), told(NO, "It would ", "not say."))),
    *both("web-search", (WEB, steps("web_search_call", "in_progress", "searching", "completed")),
          (OPENED, steps("web_search_call", "in_progress", "completed")), SAID),
    *both("file-search", (FILES, steps("file_search_call", "in_progress", "searching", "completed")), SAID),
    *both("code", (CODE, [*steps("code_interpreter_call", "in_progress"),
                          *written("code_interpreter_call_code", "code", "print('a ", "page')"),
                          *steps("code_interpreter_call", "interpreting", "completed")]), SAID),
    *both("picture", (PICTURE, [*steps("image_generation_call", "in_progress", "generating"),
                                {"type": "response.image_generation_call.partial_image", "partial_image_index": 0,
                                 "partial_image_b64": "iVBORw0=", "size": "1024x1024"},
                                *steps("image_generation_call", "completed")]),
          lost=("response.image_generation_call.partial_image",)),
    *both("mcp", (LISTED, steps("mcp_list_tools", "in_progress", "completed")),
          (MCP, [*steps("mcp_call", "in_progress"),
                 *written("mcp_call_arguments", "arguments", '{"query": ', '"a page"}'),
                 *steps("mcp_call", "completed")]),
          (FAILED, [*steps("mcp_call", "in_progress"), *written("mcp_call_arguments", "arguments", ARGUMENTS),
                    *steps("mcp_call", "failed")]), SAID),
    *both("mcp-asks", (ASKED, [])),
    *both("computer", (COMPUTER, [])),
    *both("local-shell", (SHELL, [])),
    *both("shell", (COMMANDS, [
        {"type": "response.shell_call_command.added", "command": "", **DELTA_OF},
        *written("shell_call_command", "command", "ls ", "-l", **DELTA_OF)]), (WROTE, [
            {"type": "response.shell_call_output_content.delta", "delta": {"stdout": "What it wrote."}, **DELTA_OF},
            {"type": "response.shell_call_output_content.done", "output": WROTE["output"], **DELTA_OF}]),
          lost=("response.shell_call_output_content.delta", "response.shell_call_output_content.done")),
    *both("patch", (PATCH, [])),
    *both("custom", (FREE, written("custom_tool_call_input", "input", "a page ", "of it"))),
    *both("function", (FUNCTION, written("function_call_arguments", "arguments", '{"query": ', '"a page"}'))),
    *both("tool-search", (SEARCH, []), (FOUND, [])),
    *both("program", (PROGRAM, []), (BY_PROGRAM, written("function_call_arguments", "arguments", ARGUMENTS)),
          (PROGRAM_OUTPUT, [])),
    *both("compaction", (COMPACTED, [{"type": "response.compaction.compacting"}]), SAID),
    *both("out-of-tokens", SAID, status="incomplete", incomplete_details={"reason": "max_output_tokens"}),
    *both("filtered", SAID, status="incomplete", incomplete_details={"reason": "content_filter"}),
]  # fmt: skip
