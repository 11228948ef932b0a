"""Replies from a YAML or JSON file, for tests and demonstrations: `scripted:PATH`.

    replies:
      - match: weather            # these words, anywhere in the last user message
        text: It is sunny.
      - match: forbidden
        stop: filtered            # stop, length, tool_calls or filtered
      - match: look it up
        tool_calls: [{name: search, arguments: '{"q": "x"}'}]
      - match: broken
        error: {kind: refused, status: 403}   # or unavailable, bad_reply
      - A reply without `match`.  # given in this order, each once
    default: I do not know.       # when nothing else is left

A reply with `match` depends on the conversation alone, so it is the same under concurrency;
replies without are given in the order of the calls. It has no options.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from charter.errors import (
    BadModelReply,
    ConfigError,
    ModelError,
    ModelRefusedRequest,
    ModelUnavailable,
)
from charter.models.open import read_options
from charter.models.provider import Identity, Model, Reply, Request, Stop, ToolCall
from charter.source import Source, Span
from charter.syntax.mapping import MAX_CHARACTERS, load_mapping


class Options(BaseModel):
    """It has none."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Call(_Strict):
    name: str
    arguments: str


class _Error(_Strict):
    kind: Literal["unavailable", "refused", "bad_reply"]
    status: int = Field(default=400, ge=300, le=599)
    message: str = "scripted failure"


class _Entry(_Strict):
    match: str | None = Field(default=None, min_length=1)
    text: str = ""
    stop: Literal["stop", "length", "tool_calls", "filtered"] | None = None
    tool_calls: list[_Call] = []
    error: _Error | None = None
    input_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


class _Script(_Strict):
    replies: list[_Entry] = []
    default: _Entry | None = None


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    line: int


def open(name: str, options: Mapping[str, str]) -> Model:  # noqa: A001  # the Provider's word
    """Read the script at the path `name`. Raises ConfigError with the place of a mistake."""
    read_options(Options, options, "scripted")
    if not name:
        raise ConfigError("the provider 'scripted' needs a file", hint="write scripted:PATH")
    source = Source(name, _read(name))
    values = _parse_json(source) if name.endswith(".json") else _parse_yaml(source)
    try:
        script = _Script.model_validate(values)
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(
            f"{where}: {first['msg']}",
            hint="a script has `replies` (a list) and `default`; see the docs of `scripted`",
            place=_Place(name, _line(source.text, first["loc"])),
        ) from None
    return ScriptedModel(Identity("scripted", name, source.digest), script)


class ScriptedModel:
    """A script and how far its unmatched replies are used up."""

    calls_tools = True
    context: int | None = None

    def __init__(self, identity: Identity, script: _Script) -> None:
        self.identity = identity
        self._matched = [entry for entry in script.replies if entry.match]
        self._in_order = iter([entry for entry in script.replies if not entry.match])
        self._default = script.default

    async def reply(self, request: Request) -> Reply:
        """Answer from the script. Raises ModelUnavailable when nothing is left to say."""
        last = next((m.content for m in reversed(request.messages) if m.role == "user"), "")
        entry = next((e for e in self._matched if e.match and e.match in last), None)
        entry = entry or next(self._in_order, None) or self._default
        if entry is None:
            raise ModelUnavailable(
                f"the script {self.identity.name} has no reply left",
                hint="add a reply, or a `default`",
            )
        if entry.error is not None:
            raise _failure(entry.error)
        calls = tuple(ToolCall(call.name, call.arguments) for call in entry.tool_calls)
        usual = Stop.TOOL_CALLS if calls else Stop.STOP
        return Reply(
            text=entry.text,
            stop=Stop(entry.stop) if entry.stop else usual,
            tool_calls=calls,
            input_tokens=entry.input_tokens,
            output_tokens=entry.output_tokens,
        )

    async def close(self) -> None:
        """Do nothing: a script holds nothing open."""


def _failure(error: _Error) -> ModelError:
    hint = "the script asks for this failure"
    if error.kind == "refused":
        return ModelRefusedRequest(error.message, status=error.status, hint=hint)
    kind = ModelUnavailable if error.kind == "unavailable" else BadModelReply
    return kind(error.message, hint=hint)


def _read(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(MAX_CHARACTERS + 1)
    except (OSError, ValueError) as cause:
        problem = getattr(cause, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(
            f"the script {path} cannot be read: {problem}", hint="check the path"
        ) from cause
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(
            f"the script {path} is longer than {MAX_CHARACTERS} characters", hint="shorten it"
        )
    return text


def _parse_json(source: Source) -> object:
    try:
        return json.loads(source.text)
    except json.JSONDecodeError as cause:
        place = _Place(source.path, cause.lineno)
        raise ConfigError(f"not JSON: {cause.msg}", hint="correct the file", place=place) from cause
    except (ValueError, RecursionError) as cause:
        raise ConfigError(
            "not JSON that can be read", hint="correct the file", place=_Place(source.path, 1)
        ) from cause


def _parse_yaml(source: Source) -> object:
    fields = load_mapping(source.text)
    if fields.error is not None:
        at = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ConfigError(fields.error, hint="correct the file", place=_Place(at.path, at.line))
    return dict(fields.values)


def _line(text: str, steps: tuple[Any, ...]) -> int:
    """Return the line of the innermost value on the way `steps`; JSON is read as YAML here."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return 1
    for step in steps:
        inner = None
        if isinstance(node, yaml.MappingNode):
            inner = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            inner = node.value[step]
        if inner is None:
            break
        node = inner
    return node.start_mark.line + 1 if node is not None else 1
