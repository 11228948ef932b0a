"""Work that is kept as it goes: however it is broken off, what is said tells how it carries on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from charter.errors import CharterError

ResultT = TypeVar("ResultT")


def carry_through(work: Coroutine[Any, Any, ResultT], kept: str) -> ResultT:
    """Return what the work comes to. An error's hint, or an interruption, ends with `kept`.

    Raises as the work does: CharterError and KeyboardInterrupt.
    """
    try:
        return asyncio.run(work)
    except CharterError as error:
        error.hint = f"{error.hint}; {kept}" if error.hint else kept
        raise
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted: {kept}") from None
