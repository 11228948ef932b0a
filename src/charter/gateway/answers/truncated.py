"""Calls that an answer broke off in: they are left out, and the rest of the answer leaves.

An answer that ran out of tokens ends wherever it was. A call that it broke off in is no action of
the model's: it is neither decided on nor sent, whatever the policy says, and a record names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

OUT_OF_TOKENS = "length"
"""The `finish_reason` of Chat."""
_STOPPED_EARLY = frozenset({"max_tokens", "model_context_window_exceeded"})
"""The `stop_reason` of Messages."""
TRUNCATED = "call_truncated"
"""The name of the failure that is recorded."""


def stopped_early(given: Mapping[str, Any]) -> bool:
    """Say whether what ends a message says that it may have no more tokens."""
    reason = given.get("stop_reason")
    return isinstance(reason, str) and reason in _STOPPED_EARLY


def unfinished(arguments: str, *, free: bool) -> bool:
    """Say whether the last words of a call are missing, in an answer that was cut.

    `free`: its input is no JSON, and it is what the answer ended with.
    """
    if free:
        return True
    try:
        json.loads(arguments)
    except (ValueError, RecursionError):
        return True
    return False
