"""`--reason` -> why a person acts, in one line of the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from charter.govern.free_text import unkept

MOST_REASON = 2000


def reason_of(given: Mapping[str, Any]) -> str:
    """Return the reason. Raises UsageError for none, and for one that no record keeps."""
    if found := unkept(given["reason"] or ""):
        raise click.UsageError(f"--reason: {found} is a control character: leave it out")
    reason = " ".join((given["reason"] or "").split())
    if not 0 < len(reason) <= MOST_REASON:
        raise click.UsageError("say why with --reason: it is part of the record")
    return reason
