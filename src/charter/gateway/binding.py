"""What an approval is bound to: digests of the arguments, the conversation, and all together.

A request that repeats what it asked before has the same conversation digest. Any difference in
arguments, tool, principal, policy or conversation makes another binding, which no approval of the
first one releases.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import orjson

HOW = frozenset(
    {
        "audio",
        "background",
        "frequency_penalty",
        "include",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_output_tokens",
        "max_tokens",
        "max_tool_calls",
        "metadata",
        "modalities",
        "moderation",
        "n",
        "parallel_tool_calls",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "stop_sequences",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "thinking",
        "top_k",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
        "verbosity",
    }
)
"""Members of a body that say how it is answered, and for whom; all others say what is asked."""
_SIDE = "charter"
"""The member of `metadata`, and of a body, that is read as directives and settings."""


def conversation_digest(
    body: Mapping[str, Any],
    policy_digest: str,
    principal: str,
    *,
    application: str = "",
    api: str = "",
) -> str:
    """Return the hex digest of what a request asks, under a policy, in somebody's name.

    One application's conversation is never another's, and neither is that of another API.
    """
    asks: dict[str, Any] = {name: value for name, value in body.items() if name not in HOW}
    metadata = body.get("metadata")
    if isinstance(metadata, Mapping) and _SIDE in metadata:
        asks["metadata"] = metadata[_SIDE]
    about = [policy_digest, principal, application, api, asks]
    return _digest(b"charter-conversation/v2\n", about)


def arguments_digest(arguments: Mapping[str, Any] | str) -> str:
    """Return the hex digest of arguments: of what they say, or of a text that is no JSON."""
    return _digest(b"charter-arguments/v1\n", arguments)


def binding(  # noqa: PLR0913 - each is a part of it, by name
    *,
    arguments: str,
    policy: str,
    conversation: str,
    tool: str,
    principal: str,
    stage: str = "tool_call",
    nth: int = 1,
) -> str:
    """Return the hex digest that an approval is bound to.

    `arguments` and `conversation` are digests. `nth` counts equal calls of one answer: each needs
    an approval of its own.
    """
    parts = [stage, tool, arguments, policy, conversation, principal, nth]
    return _digest(b"charter-binding/v1\n", parts)


def approval_id(bound: str, attempt: int) -> str:
    """Return the id of an approval."""
    return f"apr_{hashlib.sha256(bound.encode()).hexdigest()[:32]}_{attempt}"


def _digest(kind: bytes, value: Any) -> str:
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, half of a surrogate pair
        text = json.dumps(value, sort_keys=True, separators=(",", ":"))
        data = b"\0" + text.encode()
    return hashlib.sha256(kind + data).hexdigest()
