"""Payloads made unreadable, and kept from being so. `run` is the pseudonym of the subject."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SubjectErased:
    """The key of everything kept about a subject was destroyed, with the salts."""

    run: str
    at: str
    number: int
    """From 1 for each subject: new payloads after an erasure have a new key."""
    by: str
    reason: str
    basis: str
    """The legal basis, as the person who erased gave it."""
    payloads: int


@dataclass(frozen=True, slots=True)
class PayloadsExpired:
    """Payloads past their time of retention were deleted."""

    run: str
    """`retention`."""
    at: str
    number: int
    before: str
    """Those kept before this time."""
    payloads: int


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """A legal hold: nothing of the subject is erased or expires while it stands."""

    run: str
    at: str
    number: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class HoldLifted:
    """The legal hold with that number came to its end."""

    run: str
    at: str
    number: int
    by: str
    reason: str
