"""What somebody cannot do in a survey, and why."""

from __future__ import annotations

from charter.errors import CharterError


class Refused(CharterError):
    """Somebody asked for what a survey, or their part in it, does not allow.

    `why` is one word that pages look their own sentence up by: closed, open, unknown, used,
    withdrawn, language, consent, channel, question, answer, many or words.
    """

    def __init__(self, message: str, *, why: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.why = why
