"""`--reason` -> why a person acts, in one line of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

MOST_REASON = 2000


def reason_of(given: Mapping[str, Any]) -> str:
    """Return the reason. Raises UsageError where there is none, or a very long one."""
    reason = " ".join((given["reason"] or "").split())
    if not 0 < len(reason) <= MOST_REASON:
        raise click.UsageError("say why with --reason: it is part of the record")
    return reason
