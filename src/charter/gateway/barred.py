"""Why something must not be served, with what strangers are told of it."""

from __future__ import annotations

from charter.errors import ConfigError


class Barred(ConfigError):
    """Pins or thresholds keep a table from being served.

    The message names people and evidence; `outward` is for /health and /ready, which anybody reads.
    """

    def __init__(self, message: str, *, hint: str, outward: str) -> None:
        super().__init__(message, hint=hint)
        self.outward = outward
