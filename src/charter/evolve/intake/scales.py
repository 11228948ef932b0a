"""A file that gives the words of a scale their numbers: `importance: {Very important: 3}`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from charter.govern.read_yaml import Strict, read_file, read_yaml

SCALES = ("importance", "representativeness", "subjectivity")
HINT = "importance, representativeness, subjectivity: each gives words whole numbers"


class _Scales(Strict):
    importance: dict[str, int] = Field(default_factory=dict)
    representativeness: dict[str, int] = Field(default_factory=dict)
    subjectivity: dict[str, int] = Field(default_factory=dict)


def read_scales(path: Path) -> dict[str, dict[str, int]]:
    """Return the numbers of words by scale. Raises ConfigError that names file and line."""
    return dict(read_yaml(read_file(path, hint=HINT), _Scales, hint=HINT).model_dump())
