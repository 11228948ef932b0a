"""Answers that wait for people's judgement. `run` is the id of the item."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemQueued:
    """An answer is to be judged."""

    run: str
    at: str
    by: str
    decision: str
    """What reviews of it are filed under."""
    exchange: str
    application: str
    section: str
    drawn: str
    """random, flagged or chosen, as in reviews; an item with a known answer looks like any."""
    priority: int
    """0 for the lowest, to 9."""
    needed: int
    """Opinions, of different people."""
    sample: str = ""
    """The sample it belongs to."""
    payload: str = ""
    """Where what is shown lies sealed, if not with the decision."""
    subject: str = ""
    """Under whose key."""


@dataclass(frozen=True, slots=True)
class ItemMoved:
    """An item changed hands, after `number` - 1 other moves: of two at once, one comes late."""

    run: str
    number: int
    """From 1 without a gap."""
    at: str
    by: str
    move: str
    """taken, returned, assigned, ranked or withdrawn."""
    to: str = ""
    """Whom it is assigned to."""
    until: str = ""
    """With taken: when the lock ends by itself."""
    priority: int = 0
    """With ranked."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AnswerKnown:
    """What the right answer to an item is, committed to before anybody saw it."""

    run: str
    at: str
    by: str
    commitment: str
    """Of the label, under a salt that lies sealed in `payload`."""
    payload: str
    subject: str


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """The known answer of an item, opened: label and salt, so that anybody can check it."""

    run: str
    at: str
    label: str
    salt: str
