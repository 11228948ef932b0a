"""What a person said of a reply."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelRecorded:
    """A person judged one reply of a run."""

    run: str
    scenario: str
    epoch: int
    label: str
    """adhered or violated."""
    refusal: str | None
    """none, partial or full, where the person said so."""
    by: str
    """A name or pseudonym."""
    at: str
    drawn: str
    """random: the reply was drawn by chance from the run; chosen: somebody picked it."""
    note: str = ""
