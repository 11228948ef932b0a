"""Requests and replies <-> the messages, tools and outputs of Inspect AI.

Inspect has no role `developer`: such a message is sent as a system message whose metadata say
what it was (`charter_role`). Where a conversation also has a message of the system, the model
could not tell whose word stands higher; there the text begins with the line `DEVELOPER_LINE`.
Inspect parses the arguments of tool calls, and keeps a part of JSON Schema in the parameters of
tools: what it does not keep is not sent. It wants a description of every parameter: one without
is described by its name.
Source: inspect_ai 0.3.285, `inspect_ai.model` and `inspect_ai.tool`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageTool,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
    ModelUsage,
    StopReason,
)
from inspect_ai.model import ChatMessage as InspectMessage
from inspect_ai.tool import ToolCall as InspectCall
from inspect_ai.tool import ToolInfo, ToolParams
from pydantic import ValidationError

from charter.errors import BadModelReply, ConfigError
from charter.models.chat_wire import chat_messages, object_text, wire_name
from charter.models.inspect_names import DEVELOPER_LINE, MARKED, ROLE
from charter.models.provider import ChatMessage, Reply, Request, Stop, Tool, ToolCall

STOPS: Mapping[str, Stop] = {
    "stop": Stop.STOP,
    "max_tokens": Stop.LENGTH,
    "model_length": Stop.LENGTH,
    "tool_calls": Stop.TOOL_CALLS,
    "content_filter": Stop.FILTERED,
}
"""Inspect's `unknown` is not among them: nobody can say whether such a reply is whole."""
_STOP_REASONS: Mapping[Stop, StopReason] = {
    Stop.STOP: "stop",
    Stop.LENGTH: "max_tokens",
    Stop.TOOL_CALLS: "tool_calls",
    Stop.FILTERED: "content_filter",
}


def inspect_messages(messages: Sequence[ChatMessage]) -> list[InspectMessage]:
    """Return messages as Inspect has them, each tool call with a result and the reverse."""
    both = {"system", "developer"} <= {message.role for message in messages}
    names: dict[str, str] = {}
    return [_message(wire, names, mark=both) for wire in chat_messages(messages)]


def charter_messages(messages: Sequence[InspectMessage]) -> tuple[ChatMessage, ...]:
    """Return Inspect's messages as Charter has them; parts that are no text are left out."""
    found: list[ChatMessage] = []
    for message in messages:
        role: str = message.role
        text = message.text
        metadata = message.metadata or {}
        if message.role == "system" and metadata.get(ROLE) == "developer":
            role = "developer"
            text = text.removeprefix(f"{DEVELOPER_LINE}\n") if metadata.get(MARKED) else text
        calls = message.tool_calls or [] if isinstance(message, ChatMessageAssistant) else []
        if text or not calls:
            tool = message.function if isinstance(message, ChatMessageTool) else None
            found.append(ChatMessage(role, text, tool))
        found += [ChatMessage("assistant", _arguments(call), call.function) for call in calls]
    return tuple(found)


def tool_info(tool: Tool) -> ToolInfo:
    """Return a tool as Inspect has it. Raises ConfigError for parameters it cannot hold."""
    name = wire_name(tool.name)
    try:
        parameters = ToolParams.model_validate(dict(tool.parameters))
    except ValidationError as cause:
        problem = cause.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ConfigError(
            f"Inspect cannot hold the parameters of tool {tool.name!r} at {where}: {problem['msg']}"
        ) from None
    for parameter, schema in parameters.properties.items():
        schema.description = schema.description or parameter
    return ToolInfo(name=name, description=tool.description or name, parameters=parameters)


def charter_tool(info: ToolInfo) -> Tool:
    """Return a tool of Inspect's as Charter has it."""
    schema = info.parameters.model_dump(exclude_none=True)
    return Tool(info.name, info.description, schema)


def generate_config(request: Request) -> GenerateConfig:
    """Return the sampling settings of a request."""
    return GenerateConfig(
        max_tokens=request.max_tokens, temperature=request.temperature, seed=request.seed
    )


def read_output(output: ModelOutput, *, tools: Sequence[Tool] = (), who: str) -> Reply:
    """Return what a model said through Inspect as a reply; parts that are no text are left out.

    Raises BadModelReply, naming `who`, where there is no choice or no usable reason of the end.
    """
    if output.empty:
        raise BadModelReply(f"{who} gave no reply{_said(output.error)}")
    choice = output.choices[0]
    stop = STOPS.get(choice.stop_reason)
    if stop is None:
        raise BadModelReply(
            f"{who} did not say why its reply ended (stop reason {choice.stop_reason!r})",
            hint="only a reply that is known to be whole is graded",
        )
    names = {wire_name(tool.name): tool.name for tool in tools}
    calls = tuple(
        ToolCall(names.get(call.function, call.function), _arguments(call))
        for call in choice.message.tool_calls or ()
    )
    usage = output.usage or ModelUsage()
    cached = (usage.input_tokens_cache_read or 0) + (usage.input_tokens_cache_write or 0)
    return Reply(
        text=choice.message.text,
        stop=Stop.TOOL_CALLS if calls and stop is Stop.STOP else stop,
        tool_calls=calls,
        input_tokens=usage.input_tokens + cached,
        output_tokens=usage.output_tokens,
        seconds=output.time or 0.0,
    )


def output_of(reply: Reply, *, model: str) -> ModelOutput:
    """Return a reply as Inspect has it. The usage is always given: it is never counted again."""
    calls = [
        InspectCall(f"call_{place}", call.name, *_parsed(call.arguments))
        for place, call in enumerate(reply.tool_calls, 1)
    ]
    message = ChatMessageAssistant(
        content=reply.text, tool_calls=calls or None, model=model, source="generate"
    )
    usage = ModelUsage(
        input_tokens=reply.input_tokens,
        output_tokens=reply.output_tokens,
        total_tokens=reply.input_tokens + reply.output_tokens,
    )
    return ModelOutput(
        model=model,
        choices=[ChatCompletionChoice(message=message, stop_reason=_STOP_REASONS[reply.stop])],
        usage=usage,
        time=reply.seconds,
    )


def _message(wire: Mapping[str, Any], names: dict[str, str], *, mark: bool) -> InspectMessage:
    """Return one message of the wire; `names` remembers which tool each call was for."""
    role, content = wire["role"], wire["content"] or ""
    if role == "developer":
        text = f"{DEVELOPER_LINE}\n{content}" if mark else content
        return ChatMessageSystem(content=text, metadata={ROLE: role, MARKED: mark})
    if role == "system":
        return ChatMessageSystem(content=content)
    if role == "tool":
        number = wire["tool_call_id"]
        return ChatMessageTool(content=content, tool_call_id=number, function=names.get(number))
    if role == "assistant":
        calls = [_call(call, names) for call in wire.get("tool_calls", ())]
        return ChatMessageAssistant(content=content, tool_calls=calls or None, source="input")
    return ChatMessageUser(content=content, source="input")


def _call(wire: Mapping[str, Any], names: dict[str, str]) -> InspectCall:
    function = wire["function"]
    names[wire["id"]] = function["name"]
    return InspectCall(wire["id"], function["name"], *_parsed(function["arguments"]))


def _parsed(arguments: str) -> tuple[dict[str, Any], str | None]:
    """Return arguments as a mapping, and what is wrong with them where they are none."""
    values: dict[str, Any] = json.loads(object_text(arguments))
    try:
        whole = isinstance(json.loads(arguments), dict)
    except (ValueError, RecursionError):
        whole = False
    return values, None if whole else "the arguments are no JSON object"


def _arguments(call: InspectCall) -> str:
    """Return the arguments of a call as JSON text; Inspect does not keep the model's own."""
    if call.parse_error is not None and set(call.arguments) == {"input"}:
        return str(call.arguments["input"])
    return json.dumps(call.arguments, ensure_ascii=False)


def _said(error: str | None) -> str:
    return f": {' '.join(error.split())[:300]}" if error else ""
