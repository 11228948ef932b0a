"""Any model that Inspect AI can ask, under its name there: `inspect:openai/gpt-4o`.

Needs the extra `inspect`. Keys and addresses come from where Inspect takes them, such as
OPENAI_API_KEY. Inspect reads a file `.env` of the working folder. Its version is recorded with
each run, since its behaviour changes from one to the next.

Options:
    base_url        address of the model's server, default Inspect's
    key_env         environment variable with the key, default the one Inspect reads
    timeout         seconds for one request, default 120
    attempts        requests for one reply, default 5
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from charter.errors import (
    CharterError,
    ConfigError,
    ModelError,
    ModelRefusedRequest,
    ModelUnavailable,
)
from charter.models.chat_wire import shown
from charter.models.open import read_options
from charter.models.provider import Identity, Model, Reply, Request

if TYPE_CHECKING:
    from inspect_ai.model import Model as NativeModel
    from inspect_ai.model import ModelOutput

MOCK = "mockllm"
"""Inspect's mock counts tokens with a file from the network, unless each output has a usage."""


class Options(BaseModel):
    """The options as read from text."""

    model_config = ConfigDict(frozen=True)

    base_url: str | None = None
    key_env: str | None = None
    timeout: int = Field(default=120, ge=1, le=3600)
    attempts: int = Field(default=5, ge=1, le=20)


def open(name: str, options: Mapping[str, str]) -> Model:  # noqa: A001  # the Provider's word
    """Return the model that Inspect calls `name`. Nothing is asked until the first reply.

    Raises ModelUnavailable where inspect_ai is missing, ConfigError for a name, key or option
    that it turns down.
    """
    if "/" not in name:
        raise ConfigError(
            "the provider 'inspect' needs a name as Inspect has it",
            hint="write inspect:PROVIDER/NAME, e.g. inspect:openai/gpt-4o",
        )
    chosen = read_options(Options, options, "inspect")
    return InspectModel(name, chosen, _native(name, chosen))


class InspectModel:
    """A model behind Inspect. Use it within one event loop."""

    calls_tools = True
    context: int | None = None

    def __init__(self, name: str, options: Options, native: NativeModel) -> None:
        self.identity = Identity("inspect", name, sampling=f"inspect_ai {version('inspect_ai')}")
        self.native = native
        """The model as Inspect has it, for a runner that is Inspect itself."""
        self._options = options

    async def reply(self, request: Request) -> Reply:
        """Answer once; Inspect asks again where it holds that the server may recover."""
        from charter.models.inspect_wire import (  # noqa: PLC0415 - imports inspect_ai
            generate_config,
            inspect_messages,
            read_output,
            tool_info,
        )

        started = time.monotonic()
        try:
            output = await self.native.generate(
                inspect_messages(request.messages),
                tools=[tool_info(tool) for tool in request.tools],
                config=generate_config(request),
            )
        except CharterError:
            raise
        except Exception as cause:
            raise failure(cause, self.identity.name) from cause
        reply = read_output(output, tools=request.tools, who=self.identity.name)
        return replace(reply, seconds=time.monotonic() - started)

    async def close(self) -> None:
        """Close the connections."""
        await self.native.api.aclose()


def failure(cause: Exception, who: str) -> ModelError:
    """Return an exception that came out of Inspect as a model's error, keys left out."""
    status = getattr(cause, "status_code", None)
    said = shown(str(cause)) or type(cause).__name__
    if isinstance(status, int) and 300 <= status <= 599:
        return ModelRefusedRequest(f"{who} turned the request down with {status}", status=status)
    kind = type(cause).__name__
    if isinstance(cause, TimeoutError | OSError) or "Timeout" in kind or kind == "RetryError":
        return ModelUnavailable(f"{who} did not answer: {said}")
    return ModelError(f"{who} gave no reply: {kind}: {said}")


def _native(name: str, options: Options) -> NativeModel:
    try:
        from inspect_ai.model import GenerateConfig, get_model  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise ModelUnavailable(
            "the provider 'inspect' needs inspect_ai", hint="pip install 'charter[inspect]'"
        ) from cause
    key = os.environ.get(options.key_env, "") if options.key_env else None
    if key == "":
        raise ConfigError(f"no API key: {options.key_env} is not set")
    config = GenerateConfig(
        max_retries=options.attempts - 1,
        attempt_timeout=options.timeout,
        timeout=options.timeout * options.attempts,
    )
    more: dict[str, Any] = {"custom_outputs": _mocked} if name.startswith(f"{MOCK}/") else {}
    try:
        return get_model(
            name, config=config, base_url=options.base_url, api_key=key, memoize=False, **more
        )
    except ImportError as cause:
        raise ModelUnavailable(f"{name} needs another package: {shown(str(cause))}") from cause
    except Exception as cause:
        raise ConfigError(
            f"Inspect has no model {name!r}: {shown(str(cause)) or type(cause).__name__}",
            hint="check the name, and that its key is set",
        ) from cause


def _mocked(*_asked: object) -> ModelOutput:
    """Return what Inspect's mock says, with a usage."""
    from inspect_ai.model import ModelOutput, ModelUsage  # noqa: PLC0415 - an extra

    output = ModelOutput.from_content(model=MOCK, content="Default output from mockllm/model")
    output.usage = ModelUsage()
    return output
