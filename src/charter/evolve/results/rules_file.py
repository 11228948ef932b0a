"""A file that says how imported voices are read: what a survey of our own says before it opens."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from charter.evolve.surveys.survey import Rules
from charter.govern.read_yaml import Strict, read_file, read_yaml

HINT = "smallest, floor, alpha, trim, margins: see docs/survey-results.md"

_Decimal = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,9})?$")]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class _RulesFile(Strict):
    smallest: Annotated[int, Field(ge=2, le=10_000)] = 10
    floor: _Decimal = "0.5"
    alpha: _Decimal = "0.05"
    trim: _Decimal = "5"
    margins: Annotated[dict[_Name, dict[_Name, _Decimal]], Field(max_length=20)] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _shares(self) -> Self:
        for trait, shares in self.margins.items():
            total = sum(map(Decimal, shares.values()), Decimal(0))
            if total != 1:
                raise ValueError(f"the shares of {trait} sum to {total}, not to 1")
        if Decimal(self.floor) > 1 or Decimal(self.alpha) > 1 or Decimal(self.trim) < 1:
            raise ValueError("floor and alpha are at most 1, trim at least 1")
        return self


def read_rules(path: Path) -> Rules:
    """Return the rules of a file. Raises ConfigError that names file, line and key."""
    found = read_yaml(read_file(path, hint=HINT), _RulesFile, hint=HINT)
    return Rules(found.smallest, found.floor, found.alpha, found.margins, found.trim)
