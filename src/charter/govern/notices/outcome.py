"""Why a notice was not sent."""

from __future__ import annotations


class NotSent(Exception):
    """A target did not take a notice. Says nothing of its address or its secrets."""

    def __init__(self, why: str, *, again: bool) -> None:
        super().__init__(why)
        self.why = why
        self.again = again
        """Whether another attempt may do better."""
