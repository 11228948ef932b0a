"""What is due -> subject, text and JSON of the message. Pure.

Nothing of a conversation is in it: it names records, and whoever may read them looks them up.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from charter.govern.notices.due import Due

MOST_LINE = 200
MOST_FACT = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one target."""

    id: str
    """The same for every attempt, so that whoever gets it twice can tell."""
    subject: str
    """One line."""
    text: str
    body: bytes
    """JSON, as a webhook is sent: `type`, `timestamp` and `data`."""


def message_of(due: Due, target: str) -> Message:
    """Return what a target is told; the same of the same, whoever makes it."""
    name = f"charter-notice/v1\n{due.event}\n{due.about}\n{target}"
    word = f" {due.severity}" if due.severity else ""
    subject = _line(f"[charter{word}] {due.title}", MOST_LINE)
    facts = {
        key: value if isinstance(value, int) else _line(value, MOST_FACT)
        for key, value in due.facts.items()
        if value != ""
    }
    lines = [subject, "", f"event: {due.event}", f"about: {_line(due.about, MOST_FACT)}"]
    lines += [f"at: {_line(due.at, MOST_LINE)}", *(f"{key}: {each}" for key, each in facts.items())]
    data = {
        "about": _line(due.about, MOST_FACT),
        "severity": due.severity,
        "title": _line(due.title, MOST_LINE),
        "facts": facts,
    }
    body = json.dumps({"type": due.event, "timestamp": due.at, "data": data}, sort_keys=True)
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    return Message(f"msg_{digest[:32]}", subject, "\n".join(lines) + "\n", body.encode())


def _line(text: str, most: int) -> str:
    """Return a text on one line, without anything that could steer a terminal or a header."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * most])
    line = " ".join(shown.split())
    return line if len(line) <= most else f"{line[: most - 1]}\u2026"
