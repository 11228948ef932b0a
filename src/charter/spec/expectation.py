"""The words of an `~~~expect` fence: which outcomes, families and fields there are."""

from __future__ import annotations

from enum import StrEnum

FAMILIES = ("conflict", "injection", "freedom", "bounds")
FIELDS = frozenset({"outcome", "checks", "rubric", "tools"})


class Outcome(StrEnum):
    """What a good answer does."""

    COMPLY = "comply"
    REFUSE = "refuse"
    SAFE_COMPLETE = "safe_complete"
    ASK = "ask"
    ANY = "any"
