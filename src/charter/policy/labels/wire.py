"""What a wire reader is, and how one is chosen for a request.

A wire is one way to send a conversation over a network or to write it down. A reader makes a
`Transcript` of it and labels nothing: roles, tool names and ranges it knows more about.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Protocol

from charter.errors import ConfigError, ParseError
from charter.policy.conversation import Transcript
from charter.registry import discover


class Wire(Protocol):
    """A module in `policy/labels/wires/`: one shape a conversation can arrive in."""

    RANK: int
    """Wires are asked in ascending order; the first that accepts reads."""

    SYSTEM_AS: str
    """The role that system text of this wire speaks in, unless the caller says otherwise."""

    def accepts(self, payload: object) -> bool:
        """Whether a payload looks like this wire. Never fails."""
        ...

    def read(self, payload: object, system_as: str) -> Transcript:
        """Return the messages, nothing dropped; what is odd becomes a problem.

        Raises ParseError for what is no conversation at all, or longer or deeper than the
        limits of `policy.intake`.
        """
        ...


@cache
def wires() -> Mapping[str, Wire]:
    """Return every wire by id."""
    found: dict[str, Wire] = discover("charter.policy.labels.wires", "charter.wires")
    return found


def read(payload: object, wire: str | None = None, *, system_as: str | None = None) -> Transcript:
    """Return the conversation of a request.

    `payload` is parsed JSON: a request body or a list of messages. A text is the body of an
    `~~~xml` fence. `wire` names the wire; without it the first that accepts the payload is taken.
    `system_as` is the role that system text speaks in, `system` or `developer`: whether the
    operator of the model writes it, or the operator of an application. Without it the wire's own
    `SYSTEM_AS` holds. Raises ParseError for what is no conversation, ConfigError for an unknown
    wire.
    """
    known = wires()
    if wire is not None and wire not in known:
        raise ConfigError(f"no wire named {wire!r:.80}", hint=f"known: {', '.join(known)}")
    chosen = known[wire] if wire is not None else _guess(payload, known)
    return chosen.read(payload, chosen.SYSTEM_AS if system_as is None else system_as)


def _guess(payload: object, known: Mapping[str, Wire]) -> Wire:
    for candidate in sorted(known.values(), key=lambda found: found.RANK):
        if candidate.accepts(payload):
            return candidate
    raise ParseError(
        "this is no conversation",
        hint="give a request body with `messages` or `input`, a list of messages, or the text of "
        "an ~~~xml fence",
    )
