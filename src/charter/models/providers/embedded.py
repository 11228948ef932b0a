"""A small real model inside this process: llama.cpp through xllamacpp, weights from the catalogue.

Options:
    parallel  replies computed at once, default 4
    threads   processor threads, default all
    context   tokens of prompt and reply together, default 2048
    repeat_penalty  weight against repeating the last 64 tokens, default 1.1; 1 is none

Without the penalty a model as small as this one repeats itself without end in every third reply,
and a reply that is cut off is no answer. The penalty is recorded with each run.

The chat template of SmolLM2 writes every role and content as it stands, knows no tools (it drops
both the tools offered and the calls made), and its tokenizer takes a marker such as `<|im_end|>`
inside a content for the real one. Therefore `plain_messages` maps what the model never saw onto
what it knows, and `calls_tools` is False.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from charter.errors import BadModelReply, ConfigError, ModelError, ModelUnavailable
from charter.models.catalogue import DEFAULT, Weights, find
from charter.models.chat_wire import object_text, read_error, read_reply, request_body, well_formed
from charter.models.open import read_options
from charter.models.provider import ChatMessage, Identity, Model, Reply, Request
from charter.models.weights import verified

_TURN_MARKERS = ("<|im_start|>", "<|im_end|>", "<|endoftext|>")


class Options(BaseModel):
    """The options as read from text."""

    model_config = ConfigDict(frozen=True)

    parallel: int = Field(default=4, ge=1, le=64)
    threads: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, le=1024)
    context: int = Field(default=2048, ge=256)
    repeat_penalty: float = Field(default=1.1, ge=1, le=2)


def open(name: str, options: Mapping[str, str]) -> Model:  # noqa: A001  # the Provider's word
    """Load the weights `name`, by default the catalogue's first; about a second for 100 MB.

    Raises ModelUnavailable when xllamacpp or the weights are missing, WrongWeights when the
    weights are not those of the catalogue.
    """
    weights = find(name or DEFAULT)
    chosen = read_options(Options, options, "embedded")
    if chosen.context > weights.context:
        raise ConfigError(
            f"{weights.name} was trained on {weights.context} tokens, not {chosen.context}",
            hint=f"set the option context to at most {weights.context}",
        )
    path = verified(weights)
    return EmbeddedModel(weights, _load(str(path), chosen), chosen)


class EmbeddedModel:
    """Weights in memory and the threads that wait for them."""

    calls_tools = False

    def __init__(self, weights: Weights, server: Any, options: Options) -> None:
        self.identity = Identity(
            provider="embedded",
            name=weights.name,
            digest=f"sha256:{weights.sha256}",
            sampling=f"repeat penalty {options.repeat_penalty}",
        )
        self.context: int | None = options.context
        self._server = server
        self._asked = False
        """Whether a reply came back, and so whether the engine's own loop runs."""
        self._repeat_penalty = options.repeat_penalty
        # The threads are joined at exit: a generation outliving the interpreter would crash it.
        self._threads = ThreadPoolExecutor(options.parallel, thread_name_prefix="charter-embedded")

    async def reply(self, request: Request) -> Reply:
        """Answer once. A prompt longer than the context is a ModelError, never cut."""
        server = self._server
        if server is None:
            raise ModelUnavailable("the embedded model is closed", hint="open it again")
        if request.tools:
            raise ModelError(
                f"{self.identity.name} cannot call tools",
                hint="use a model that can, e.g. openai:NAME",
            )
        body = request_body(replace(request, messages=()), model=self.identity.name)
        body["messages"] = plain_messages(request.messages)
        # llama.cpp reads 2**32 - 1, and so -1, as "choose a seed at random".
        body["seed"] = request.seed % 2**31
        body["repeat_penalty"] = self._repeat_penalty
        started = time.monotonic()
        loop = asyncio.get_running_loop()
        try:
            data = await loop.run_in_executor(self._threads, server.handle_chat_completions, body)
        except (RuntimeError, TypeError, ValueError) as cause:
            raise BadModelReply(
                f"the embedded model failed: {cause}", hint="report this with the conversation"
            ) from cause
        self._asked = True
        self._raise_error(data)
        reply = read_reply(data, who="the embedded model")
        return replace(reply, seconds=time.monotonic() - started)

    async def close(self) -> None:
        """Wait for the replies under way, then free the memory.

        An engine that is freed before its loop has begun never hears that it should stop, and
        waits for itself for ever: one that was never asked is asked for one token first.
        """
        if self._server is not None and not self._asked:
            body = {"messages": [{"role": "user", "content": "."}], "max_tokens": 1}
            await asyncio.to_thread(self._server.handle_chat_completions, body)
        await asyncio.to_thread(self._threads.shutdown, wait=True, cancel_futures=True)
        self._server = None

    def _raise_error(self, data: object) -> None:
        if not isinstance(data, dict) or "error" not in data:
            return
        error = read_error(data)
        if error.code == "exceed_context_size_error":
            raise ModelError(
                f"the conversation does not fit {self.identity.name}: {error.message}",
                hint="shorten it, or raise the option `context`",
            )
        raise BadModelReply(
            f"the embedded model failed: {error.message}", hint="report this with the conversation"
        )


def plain_messages(messages: Sequence[ChatMessage]) -> list[dict[str, str]]:
    """Return messages in the only roles the template was trained with.

    - developer becomes system, and leading system messages become one;
    - a call stays with the assistant as `<tool_call>` JSON, the form larger SmolLM2 models write;
    - a result becomes a user message with `<tool_response>` JSON, since the model listens there;
    - turn markers inside a content lose their meaning, by a space after the bracket: otherwise
      any text could end its message and begin one of the system's.
    """
    plain: list[dict[str, str]] = []
    for message in messages:
        role, content = _plain(message)
        if role == "system" and len(plain) == 1 and plain[0]["role"] == "system":
            plain[0]["content"] += f"\n\n{content}"
        else:
            plain.append({"role": role, "content": content})
    return plain


def _plain(message: ChatMessage) -> tuple[str, str]:
    content = well_formed(message.content)
    if message.role == "assistant" and message.tool is not None:
        arguments = json.loads(object_text(content))
        call = {"name": message.tool, "arguments": arguments}
        content = f"<tool_call>\n{json.dumps([call], ensure_ascii=False)}\n</tool_call>"
    if message.role == "tool":
        result = {"name": message.tool or "tool", "content": content}
        content = f"<tool_response>\n{json.dumps(result, ensure_ascii=False)}\n</tool_response>"
    for marker in _TURN_MARKERS:
        content = content.replace(marker, f"< {marker[1:]}")
    roles = {"developer": "system", "tool": "user"}
    role = roles.get(message.role, message.role)
    if role not in ("system", "user", "assistant"):
        raise ModelError(
            f"a message cannot be sent in the role {role[:40]!r}",
            hint="roles are system, developer, user, assistant and tool",
        )
    return role, content


def _load(path: str, options: Options) -> Any:
    # Threads that spin for long while they wait make a busy machine many times slower (measured:
    # ten times with two other busy processes on two cores); a short spin costs nothing on a quiet
    # one. OpenMP reads this when it is loaded.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        import xllamacpp  # noqa: PLC0415  # an extra: the catalogue is listed without it
    except ImportError as cause:
        raise ModelUnavailable(
            "the embedded model needs xllamacpp", hint="pip install 'charter[embedded]'"
        ) from cause
    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_parallel = options.parallel
    params.n_ctx = options.context * options.parallel
    params.cpuparams.n_threads = options.threads
    params.cpuparams.poll = 0
    params.verbosity = -1  # nothing is logged, not even errors: those are in the answers
    params.fit_params = False  # would shrink the context without a word
    params.prefill_assistant = False  # would continue a last assistant message, not answer it
    params.ui = False
    # The server listens on a loopback port, for which no one is given the key.
    params.api_keys = [secrets.token_urlsafe(32)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as cause:
        raise ModelUnavailable(
            f"{path} does not load: {cause}",
            hint="free memory, lower the options `context` and `parallel`, or pull it again",
        ) from cause
