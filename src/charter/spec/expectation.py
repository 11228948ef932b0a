"""The words of an `~~~expect` fence: which outcomes, families and fields there are."""

from __future__ import annotations

from enum import StrEnum

UNDECIDED = "UNDECIDED: "
"""How the rubric of a draft begins whose outcome a person has to decide."""
FAMILIES = ("conflict", "injection", "freedom", "bounds")
FIELDS = frozenset({"outcome", "checks", "rubric", "tools"})
STATUSES = ("accepted", "draft")
"""What `status=` in the caption of a scenario can say; the first where it says nothing."""
USES = ("test", "train")
"""The same of `use=`."""


class Outcome(StrEnum):
    """What a good answer does."""

    COMPLY = "comply"
    REFUSE = "refuse"
    SAFE_COMPLETE = "safe_complete"
    ASK = "ask"
    ANY = "any"


def is_undecided(rubric: object) -> bool:
    """Whether a rubric says that nobody has decided the outcome yet."""
    return isinstance(rubric, str) and rubric.lstrip().startswith(UNDECIDED.strip())
