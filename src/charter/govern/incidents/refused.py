"""What cannot be done to an incident, and why."""

from __future__ import annotations

from charter.errors import CharterError


class Refused(CharterError):
    """Somebody asked for what the state of an incident does not allow."""
