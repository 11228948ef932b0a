"""Requests and replies <-> the JSON of Chat Completions, the dialect most servers speak."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.errors import BadModelReply, ModelError
from charter.models.provider import ChatMessage, Reply, Request, Stop, Tool, ToolCall

MAX_SHOWN = 300
"""Characters of a server's own words that go into an error."""

OMITTABLE = ("max_tokens", "seed", "temperature")
"""Parameters that some models turn down, and that a request can do without."""

_STOPS = {
    "stop": Stop.STOP,
    "length": Stop.LENGTH,
    "tool_calls": Stop.TOOL_CALLS,
    "function_call": Stop.TOOL_CALLS,
    "content_filter": Stop.FILTERED,
}
_LATER = "try again later, or raise the option `attempts`"
_ADVICE = {
    404: "check the model's name, and base_url: it usually ends in /v1",
    408: _LATER,
    409: _LATER,
    429: "ask less at once, wait, or raise the account's limits",
}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Function(_Wire):
    name: str
    arguments: str


class _Call(_Wire):
    function: _Function


class _Part(_Wire):
    """A piece of content; of other kinds than text only the kind is read."""

    text: str = ""


class _Message(_Wire):
    content: str | list[_Part] | None = None
    refusal: str | None = None
    tool_calls: list[_Call] | None = None


class _Choice(_Wire):
    message: _Message
    finish_reason: str


class _Usage(_Wire):
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)


class _Completion(_Wire):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


@dataclass(frozen=True, slots=True)
class WireError:
    """What a server says is wrong, in its own words; every field may be empty."""

    message: str
    code: str
    param: str


def request_body(
    request: Request,
    *,
    model: str,
    token_field: str = "max_tokens",  # noqa: S107  # the name of a field, no secret
    omit: Collection[str] = (),
    developer_role: str = "developer",
) -> dict[str, Any]:
    """Return the JSON object to post; parameters named in `omit` are left out."""
    body: dict[str, Any] = {
        "model": model,
        "messages": chat_messages(request.messages, developer_role=developer_role),
        token_field: request.max_tokens,
        "temperature": request.temperature,
        "seed": request.seed,
    }
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    left_out = {token_field if name == "max_tokens" else name for name in omit}
    return {name: value for name, value in body.items() if name not in left_out}


def chat_messages(
    messages: Sequence[ChatMessage], *, developer_role: str = "developer"
) -> list[dict[str, Any]]:
    """Return the messages in the form of the API, with calls and results paired.

    The API wants each result to name a call, and each call to have a result. A run of calls
    with the results that follow it is one round; whichever half is missing is filled in:
    a call with empty arguments, or an empty result.
    """
    wire: list[dict[str, Any]] = []
    calls: list[ChatMessage] = []
    results: list[ChatMessage] = []
    numbers = iter(range(1, 2 * len(messages) + 2))
    for message in messages:
        is_call = message.role == "assistant" and message.tool is not None
        is_result = message.role == "tool"
        if (results and not is_result) or (calls and not (is_call or is_result)):
            wire += _round(calls, results, numbers)
            calls, results = [], []
        if is_call:
            calls.append(message)
        elif is_result:
            results.append(message)
        else:
            role = _role(message.role, developer_role)
            wire.append({"role": role, "content": well_formed(message.content)})
    return wire + _round(calls, results, numbers)


def read_reply(data: object, *, tools: Sequence[Tool] = (), who: str) -> Reply:
    """Return the first choice of a Chat Completions object as a reply.

    A `refusal` is the model's own words, so its stop is STOP; `content_filter` is not, so it is
    FILTERED. Raises BadModelReply naming `who` when the object is not of the protocol.
    """
    try:
        completion = _Completion.model_validate(data)
    except ValidationError as cause:
        first = cause.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        said = read_error(data).message
        problem = f"{who} answered outside Chat Completions at {where}: {first['msg']}"
        raise BadModelReply(
            f"{problem}; it says: {said}" if said else problem,
            hint="check that the address is that of a Chat Completions API",
        ) from None
    choice = completion.choices[0]
    message = choice.message
    real_names = {wire_name(tool.name): tool.name for tool in tools}
    calls = tuple(
        ToolCall(real_names.get(call.function.name, call.function.name), call.function.arguments)
        for call in message.tool_calls or ()
    )
    usage = completion.usage or _Usage()
    return Reply(
        text=message.refusal or _text(message.content),
        stop=_stop(choice.finish_reason, calls, who),
        tool_calls=calls,
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
    )


def _text(content: str | list[_Part] | None) -> str:
    if isinstance(content, list):  # some servers answer in parts
        return "".join(part.text for part in content)
    return content or ""


def read_error(data: object) -> WireError:
    """Return what an error body says; servers differ in where they put it. Never raises."""
    outer: Mapping[str, Any] = data if isinstance(data, dict) else {}
    found = outer.get("error", outer)
    error: Mapping[str, Any] = found if isinstance(found, dict) else {"message": found}
    words = error.get("message") or error.get("detail")
    code = next((v for v in (error.get("code"), error.get("type")) if isinstance(v, str)), "")
    param = error.get("param")
    return WireError(
        message=shown(words) if isinstance(words, str) else "",
        code=code,
        param=param if isinstance(param, str) else "",
    )


def advice(status: int, error: WireError, *, key_env: str) -> str:
    """Return what to do about a request that an OpenAI-compatible server turned down."""
    if status in (401, 403):
        variable = key_env or "the variable named by the option key_env"
        return f"set {variable} to a key that may use this model"
    known = "set base_url to the address that it redirects to" if status < 400 else None
    if status >= 500:
        known = _LATER
    known = known or _ADVICE.get(status)
    if known:
        return known
    unsupported = next((n for n in OMITTABLE if error.param == n or n in error.message), None)
    if unsupported == "max_tokens":
        return "set the option token_field=max_completion_tokens, or omit=max_tokens"
    if unsupported:
        return f"set the option omit={unsupported}"
    return "correct the request, or choose another model"


def shown(text: str) -> str:
    """Return foreign text fit for one line of an error: bounded, without control characters."""
    line = _CONTROL.sub(" ", text[: 4 * MAX_SHOWN]).strip()
    return line if len(line) <= MAX_SHOWN else f"{line[:MAX_SHOWN]}..."


def well_formed(text: str) -> str:
    """Return `text` with lone surrogates replaced by U+FFFD: they cannot be sent as UTF-8."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def wire_name(name: str) -> str:
    """Return a tool's name in the characters and length the API takes for functions."""
    return _NOT_IN_NAMES.sub("_", name)[:64] or "_"


def object_text(content: str) -> str:
    """Return `content` if it is the text of a JSON object, else an object that holds it."""
    text = well_formed(content)
    try:
        if isinstance(json.loads(text), dict):
            return text
    except (ValueError, RecursionError):
        pass
    return json.dumps({"input": text}, ensure_ascii=False)


def _round(
    calls: Sequence[ChatMessage], results: Sequence[ChatMessage], numbers: Iterator[int]
) -> list[dict[str, Any]]:
    """Return one assistant message with every call of a round, then one result for each."""
    pairs: list[tuple[str, str, str | None]] = []
    waiting = list(results)
    for call in calls:
        result = next((r for r in waiting if r.tool in (None, call.tool)), None)
        if result is not None:
            waiting.remove(result)
        answer = None if result is None else result.content
        pairs.append((call.tool or "", object_text(call.content), answer))
    pairs += [(result.tool or "tool", "{}", result.content) for result in waiting]
    if not pairs:
        return []
    wire_calls: list[dict[str, Any]] = []
    wire_results: list[dict[str, Any]] = []
    for name, arguments, answer in pairs:
        number = f"call_{next(numbers)}"
        function = {"name": wire_name(name), "arguments": arguments}
        wire_calls.append({"id": number, "type": "function", "function": function})
        content = well_formed(answer or "")
        wire_results.append({"role": "tool", "tool_call_id": number, "content": content})
    return [{"role": "assistant", "content": None, "tool_calls": wire_calls}, *wire_results]


def _tool(tool: Tool) -> dict[str, Any]:
    function = {
        "name": wire_name(tool.name),
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }
    return {"type": "function", "function": function}


def _role(role: str, developer_role: str) -> str:
    if role not in ("system", "developer", "user", "assistant"):
        raise ModelError(
            f"a message cannot be sent in the role {role[:40]!r}",
            hint="roles are system, developer, user, assistant and tool",
        )
    return developer_role if role == "developer" else role


def _stop(reason: str, calls: Sequence[ToolCall], who: str) -> Stop:
    stop = _STOPS.get(reason)
    if stop is None or (stop is Stop.TOOL_CALLS and not calls):
        raise BadModelReply(
            f"{who} gave no usable finish_reason: {shown(reason)!r}",
            hint=f"Charter knows {', '.join(sorted(_STOPS))}; calls need tool_calls",
        )
    # Several servers say `stop` after a tool call.
    return Stop.TOOL_CALLS if calls and stop is Stop.STOP else stop
