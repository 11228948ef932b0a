"""The precision of a sample: as it was given, or as an objective needs it."""

from __future__ import annotations

from pathlib import Path

from charter.errors import ConfigError
from charter.govern.objectives.objectives_file import load_objectives

LEAST = 0.001


def precision_for(given: float | None, objective: str | None) -> tuple[float, str]:
    """Return the half width that is wished, and the id of the objective; empty for none.

    Of an objective it is half of the error budget: an interval around a share that spends twice the
    budget then lies wholly below the target. Raises ConfigError for both, for neither, and for an
    objective that is not in its file.
    """
    if (given is None) == (objective is None):
        raise ConfigError(
            "how precise?", hint="give --precision or --objective FILE#ID, one of them"
        )
    if objective is None:
        return given or LEAST, ""
    file, mark, name = objective.rpartition("#")
    if not mark or not file or not name:
        raise ConfigError(f"--objective {objective[:80]!r}", hint="write it as FILE#ID")
    known = {each.id: each for each in load_objectives(Path(file)).every}
    if name not in known:
        raise ConfigError(
            f"{file}: no objective {name[:80]!r}", hint=f"it has {', '.join(sorted(known))}"
        )
    width = float(known[name].allowed) / 2
    if width < LEAST:
        raise ConfigError(
            f"{file}: {name} needs ±{width:g}, which no sample reaches",
            hint=f"draw with --precision {LEAST} or more",
        )
    return min(width, 0.49), name
