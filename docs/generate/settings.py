"""reference/settings.md: every key of gateway.toml, from the settings that it becomes."""

from __future__ import annotations

import ast
import inspect
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from charter.gateway import served, settings, settings_tables
from charter.policy import decision

_LEAD = """\
# Settings of the gateway

`charter serve --settings gateway.toml` reads this file: TOML, with the tables below. What is left
out has the value shown; a key or a table that is not here is an error, named in one line. Paths are
relative to the folder of the file. [Put a gateway in front of a model](../gateway.md) shows it in
use.
"""
_CHECKS = """\
What is not listed here is a setting of the check: see [Checks](../checks.md) and
[Checks of the gateway](checks.md).
"""
_UPSTREAM = """\
`[upstream.chat]`, `[upstream.responses]` and `[upstream.messages]` take `url` and `key_env` for one
API.
"""
_SOURCES: dict[str, tuple[Any, ...]] = {
    "server": (settings, "ServerSettings"),
    "upstream": (settings, "UpstreamSettings", "Endpoint"),
    "callers": (served, "Caller"),
    "checks": (settings, "CheckEntry"),
    "tools": (decision, "ToolFacts"),
    "approvals": (served, "ApprovalTerms"),
    "request": (settings, "RequestSettings"),
    "keep": (settings, "KeepSettings"),
    "ledger": (settings, "LedgerSettings"),
    "console": (settings, "ConsoleSettings"),
    "feedback": (settings, "FeedbackSettings"),
    "survey": (settings, "SurveySettings"),
    "operations": (settings, "OperationsSettings"),
    "govern": (settings, "GovernSettings"),
}
_OWN = {
    ("server", "host"): "Address to listen on.",
    ("server", "port"): "0: any that is free.",
    ("server", "header_bytes"): "Of the headers of a request; more are answered 431.",
    ("server", "body_bytes"): "Of the body of a request; more are answered 413.",
    ("server", "depth"): "Of lists and objects in one another, in a body.",
    ("server", "values"): "In a body.",
    ("upstream", "connections"): "To models' servers, at once.",
    ("upstream", "connect_seconds"): "Until a connection is there.",
    ("upstream", "silence_seconds"): "Between two pieces of a stream that has begun.",
    ("upstream", "total_seconds"): "For a whole answer, and until a stream begins.",
    ("upstream", "idle_seconds"): "A connection is kept between requests.",
    ("callers", "keys"): "Digests of its keys, as `charter key new` prints them.",
    (
        "callers",
        "application",
    ): "What decisions and stops know it by; else NAME.",
    ("callers", "principal"): "The person or team that answers for it, who can approve none of its "
    "actions; else NAME.",
    ("callers", "requests_per_minute"): "More are answered 429.",
    ("callers", "tokens_per_day"): "As the upstream counts them; when they are spent, 429.",
    ("checks", "check"): "Id of the check.",
    ("checks", "section"): "The section or clause of the spec that a finding rests on.",
    ("checks", "effect"): "Of a finding; else the check's own.",
    (
        "checks",
        "stages",
    ): "`offer`, `request`, `output`, `tool_call`, `tool_result`; else wherever it can look.",
    (
        "checks",
        "channels",
    ): "Such as `text`, `reasoning`, `arguments`; else whatever it can look at.",
    (
        "checks",
        "fail",
    ): "Where it could not look. Left out: `closed`; so it always is for sections at "
    "root and system.",
    ("checks", "applications"): "It is for these callers only; else for all.",
    ("tools", "reversible"): "By whom.",
    ("tools", "costly"): "Left out: costly exactly where it has effects that the assistant cannot "
    "reverse.",
    (
        "approvals",
        "four_eyes",
    ): "Ids of boundaries, sections, checks and declared tools that need two people.",
    ("request", "system_as"): "Authority of system messages.",
    ("request", "brief_tokens"): "Of the rules put before what the application tells the model; 0: "
    "none are.",
    ("request", "delimiting"): "How text of no authority is marked for the model.",
    ("request", "refuse_as"): "What a denied request gets that asks for no stream: 403, or "
    "the API's own refusal with 200.",
    ("request", "readings"): "By name: see [Readings](readings.md).",
    ("keep", "payloads"): "Of which exchanges the words are kept, encrypted.",
    ("keep", "days"): "Then payloads are deleted.",
    (
        "console",
        "accounts",
    ): "File of the accounts: `charter account add`. Without the table there is no console.",
    ("console", "session_minutes"): "Until one has to log in again.",
    ("console", "idle_minutes"): "The same, with nothing done.",
    ("operations", "log_level"): "The least that is logged.",
    ("operations", "otel_content"): "Whether spans hold the words of requests and answers.",
}
"""What the settings do not say in words, or not as the file has it."""
_AFTER = {"checks": _CHECKS, "upstream": _UPSTREAM}


def pages() -> dict[str, str]:
    """Return the page."""
    parts = [_LEAD, *(_table(name, model) for name, model in settings_tables.TABLES.items())]
    return {"reference/settings.md": "\n".join(parts)}


def _table(name: str, model: type[BaseModel]) -> str:
    said = _said(*_SOURCES[name])
    title = f"{name}.NAME" if name in settings_tables.NAMED else name
    lines = [f"## `[{title}]`", "", "| key | if left out | meaning |", "|---|---|---|"]
    for key, field in model.model_fields.items():
        if key in ("chat", "responses", "messages"):
            continue
        meaning = _OWN.get((name, key)) or said.get(key, "")
        lines.append(f"| `{key}` | {_default(field)} | {_meaning(field, meaning)} |")
    after = _AFTER.get(name)
    return "\n".join([*lines, *(["", after.rstrip()] if after else [])]) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "it must be given"
    if field.default in (None, "", [], {}):
        return ""
    value = field.default
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def _meaning(field: FieldInfo, text: str) -> str:
    kinds = (field.annotation, *get_args(field.annotation))
    choices = [each for kind in kinds if get_origin(kind) is Literal for each in get_args(kind)]
    listed = ", ".join(f"`{each}`" for each in choices)
    return " ".join(part for part in (text, f"One of {listed}." if listed else "") if part)


def _said(module: Any, *names: str) -> dict[str, str]:
    """Return the words under each field of some classes."""
    found: dict[str, str] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.ClassDef) and node.name in names:
            for field, doc in zip(node.body, node.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(doc, ast.Expr):
                    words = " ".join(str(ast.literal_eval(doc.value)).split()).replace(
                        "None:", "left out:"
                    )
                    found[ast.unparse(field.target)] = words.replace("|", "\\|")
    return found
