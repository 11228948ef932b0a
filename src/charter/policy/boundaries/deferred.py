"""A condition that is compiled when it is first asked for.

For policies that are read back: their conditions compiled before, and most of them are not asked
about in the first moments of a process.
"""

from __future__ import annotations

from typing import Any

from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.program import Rejected


class Deferred(Condition):
    """A Condition of which only stage and text are there at first."""

    __slots__ = ()

    def __init__(self, stage: str, text: str) -> None:
        object.__setattr__(self, "stage", stage)
        object.__setattr__(self, "text", text)

    def __getattr__(self, name: str) -> Any:
        """Compile: a slot that is asked for is empty. Raises ValueError where that fails."""
        if name not in Condition.__slots__:
            raise AttributeError(name)
        made = compile_condition(self.text, self.stage)
        if isinstance(made, Rejected):
            why = f"condition {self.text!r} does not compile: {made.message}"
            raise ValueError(why)  # noqa: TRY004 - as Condition does where it cannot be asked
        for slot in Condition.__slots__:
            object.__setattr__(self, slot, getattr(made, slot))
        return object.__getattribute__(self, name)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Condition):
            return NotImplemented
        return (self.stage, self.text) == (other.stage, other.text)

    def __hash__(self) -> int:
        return hash((self.stage, self.text))
