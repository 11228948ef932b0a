"""What somebody cannot do with a proposal, and why."""

from __future__ import annotations

from charter.errors import CharterError


class Refused(CharterError):
    """Somebody asked for what a proposal does not allow; the message says what and why."""
