"""What is wished of a sample: as it was given, or as an objective needs it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from charter.errors import ConfigError
from charter.govern.objectives.indicator import Drawn, indicators
from charter.govern.objectives.objective import Objective
from charter.govern.objectives.objectives_file import load_objectives

LEAST = 0.001


@dataclass(frozen=True, slots=True)
class Wish:
    """What a sample is to be good for."""

    width: float
    """Half of the interval."""
    section: str
    """Of the answers; empty for all."""
    objective: str = ""
    """Id of the one that it is for."""


def wish_of(given: float | None, objective: str | None, section: str) -> Wish:
    """Return the half width that is wished, and of which answers.

    Of an objective it is half of the error budget: an interval around a share that spends twice the
    budget then lies wholly below the target. It is drawn from the section that the objective is
    about, as its interval is of those answers. Raises ConfigError for both, for neither, for an
    objective that is not in its file, and for one that no sample speaks of.
    """
    if (given is None) == (objective is None):
        raise ConfigError(
            "how precise?", hint="give --precision or --objective FILE#ID, one of them"
        )
    if objective is None:
        return Wish(given or LEAST, section)
    file, mark, name = objective.rpartition("#")
    if not mark or not file or not name:
        raise ConfigError(f"--objective {objective[:80]!r}", hint="write it as FILE#ID")
    known = {each.id: each for each in load_objectives(Path(file)).every}
    if name not in known:
        raise ConfigError(
            f"{file}: no objective {name[:80]!r}", hint=f"it has {', '.join(sorted(known))}"
        )
    found = known[name]
    _check_drawn(file, found)
    width = float(found.allowed) / 2
    if width < LEAST:
        raise ConfigError(
            f"{file}: {name} needs ±{width:g}, which no sample reaches",
            hint=f"draw with --precision {LEAST} or more",
        )
    return Wish(min(width, 0.49), _section(file, found, section), name)


def _check_drawn(file: str, objective: Objective) -> None:
    """Refuse an objective that no sample informs."""
    every = indicators()
    drawn = sorted(n for n, i in every.items() if isinstance(i, Drawn) and not i.everything)
    if objective.indicator not in drawn:
        raise ConfigError(
            f"{file}: {objective.id} is about {objective.indicator}: nothing has to be drawn",
            hint=f"name an objective of {' or '.join(drawn)}",
        )
    if objective.scope.application or objective.scope.model:
        raise ConfigError(
            f"{file}: {objective.id} is of one application or model: no sample is drawn of one",
            hint="draw with --precision, and with --section where it has one",
        )


def _section(file: str, objective: Objective, section: str) -> str:
    own = objective.scope.place.partition("/")[0]
    if section and own and section != own:
        raise ConfigError(
            f"{file}: {objective.id} is about section {own}, not {section[:80]!r}",
            hint="leave out --section",
        )
    return own or section
