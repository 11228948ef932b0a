"""How often the refusal classifier errs, as measured against people's labels."""

from __future__ import annotations

from collections.abc import Collection

from charter.evals.figures import JudgeErrors


def refusal_errors(graders: Collection[str]) -> JudgeErrors | None:
    """Return the errors of what classified the replies of a run; None where they are not known.

    `graders` are the names and versions in the scores of the run.
    """
    return None
