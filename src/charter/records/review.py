"""What a person said of a live decision. `run` is the id of the decision."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReviewRecorded:
    """A person judged one live answer against the rules."""

    run: str
    at: str
    by: str
    label: str
    """adhered or violated."""
    refusal: str | None
    """none, partial or full, where the person said so."""
    decision_right: bool | None
    """Whether the gateway's own decision was right; None where the person could not tell."""
    section: str
    """The section judged."""
    blind: bool
    """Whether nothing of other reviews or of the gateway's decision was shown before."""
    drawn: str
    """random: drawn by chance; flagged: a rule put it in the queue; chosen: somebody picked it."""
    seconds: int
    """Between showing and answering."""
    note: str = ""
