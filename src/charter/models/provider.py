"""What a model is to Charter: something that answers one conversation once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model made. `arguments` is the JSON text exactly as the model wrote it."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One message of a request, in the words every chat API shares."""

    role: str
    """system, developer, user, assistant or tool; a provider maps roles its API lacks."""
    content: str
    tool: str | None = None
    """Assistant: the tool it is addressed to. Tool: the name of the tool that answers."""


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the model may call; `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """Everything that determines a reply, apart from the model."""

    messages: tuple[ChatMessage, ...]
    tools: tuple[Tool, ...] = ()
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0


class Stop(StrEnum):
    """Why the reply ended. Only `STOP`, `LENGTH` and `TOOL_CALLS` are the model's own words."""

    STOP = "stop"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    FILTERED = "filtered"
    """The provider's content filter spoke instead of the model: never graded as an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply, with what is needed to account for it."""

    text: str
    stop: Stop
    tool_calls: tuple[ToolCall, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    """Wall-clock seconds, retries included."""
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """Which model exactly: recorded with every reply, so that a figure names what it measured."""

    provider: str
    name: str
    digest: str | None = None
    """Digest of the weights, where they are known."""
    sampling: str | None = None
    """What the provider adds to the request's own sampling, in words; it shapes every reply."""


class Model(Protocol):
    """A model that is ready to answer. Close it when done."""

    @property
    def identity(self) -> Identity: ...

    @property
    def calls_tools(self) -> bool:
        """Whether requests with tools can be answered at all."""
        ...

    @property
    def context(self) -> int | None:
        """Tokens of prompt and reply together; None where that is not known."""
        ...

    async def reply(self, request: Request) -> Reply:
        """Answer once. Raises ModelError; safe to call concurrently."""
        ...

    async def close(self) -> None: ...


class Provider(Protocol):
    """A module in `models/providers/`: opens models by name."""

    def open(self, name: str, options: Mapping[str, str]) -> Model:
        """Return a model. Raises ModelUnavailable or ConfigError."""
        ...
