"""The file that says what the columns of somebody's table mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from charter.evolve.intake.bounded import ENCODINGS
from charter.evolve.intake.table import DELIMITERS
from charter.govern.read_yaml import Strict, read_file, read_yaml

HINT = "docs/importing-voices.md shows such a file"

VOTES: Mapping[str, int] = {"agree": 1, "pass": 0, "disagree": -1, "1": 1, "0": 0, "-1": -1}
"""What a vote is called in a mapping, and in a table that has no mapping of values."""
_RATING = re.compile(r"[-+]?[0-9]{1,4}", re.ASCII)

_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_Words = Annotated[str, StringConstraints(max_length=20_000)]


class AskedPart(Strict):
    """Something that was asked."""

    kind: Literal["statement", "comparison", "rubric"] = "statement"
    text: _Words = ""
    clauses: list[_Name] = Field(default_factory=list, max_length=50)
    answers: dict[_Name, _Words] = Field(default_factory=dict, max_length=26)
    withheld: bool = False

    @model_validator(mode="after")
    def _answers(self) -> Self:
        if (self.kind == "comparison") != bool(self.answers):
            raise ValueError("a comparison has answers, and nothing else has")
        if any(set("=>") & set(each) for each in self.answers):
            raise ValueError("ids of answers have no = and no >")
        return self


class Question(Strict):
    """How one column (wide), or the rows of one name (long), are read."""

    about: _Name = ""
    """Id of what was asked; the name itself where none is given."""
    read: Literal["vote", "rating", "ranking", "unacceptable", "reason"] = "vote"
    scope: Literal["personal", "world"] = "personal"
    values: dict[str, str | int] = Field(default_factory=dict, max_length=100)
    """Words of the table: agree, disagree or pass for votes, whole numbers for ratings."""
    separator: _Name = ";"
    """Between the answers of `unacceptable`."""

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        for words, value in self.values.items():
            if self.read == "vote" and str(value) not in VOTES:
                raise ValueError(f"values: {words[:40]!r} should be agree, disagree or pass")
            if self.read == "rating" and not _RATING.fullmatch(str(value)):
                raise ValueError(f"values: {words[:40]!r} should be a whole number")
        if self.values and self.read not in {"vote", "rating"}:
            raise ValueError(f"values mean nothing where it is read as {self.read}")
        return self


class ChannelColumn(Strict):
    """Where people came from, by a column."""

    column: _Name
    values: dict[str, Literal["open", "panel"]]


class TableMap(Strict):
    """What a table means."""

    shape: Literal["long", "wide"]
    person: _Name
    item: _Name = ""
    """Long: the column with the name of the question."""
    value: _Name = ""
    """Long: the column with the answer."""
    time: _Name = ""
    """A column by which the last of several answers is known: whole numbers, or ISO 8601."""
    language: _Name = ""
    channel: ChannelColumn | None = None
    traits: dict[_Name, _Name] = Field(default_factory=dict, max_length=40)
    """By id of the trait, its column."""
    missing: list[str] = Field(default_factory=lambda: [""], max_length=40)
    """Cells that say nothing: unseen, and never a pass."""
    asked: dict[_Name, AskedPart] = Field(default_factory=dict)
    questions: dict[_Name, Question] = Field(default_factory=dict)
    others: Question | None = None
    """Long: how names that are not in `questions` are read; they are left out else."""
    encoding: str = "utf-8"
    delimiter: str = ","

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.encoding not in ENCODINGS:
            raise ValueError(f"encoding is one of {', '.join(ENCODINGS)}")
        if self.delimiter not in DELIMITERS:
            raise ValueError("delimiter is a comma, a semicolon or a tab")
        long = self.shape == "long"
        if long != bool(self.item) or long != bool(self.value):
            raise ValueError("a long table has `item` and `value`, a wide one has neither")
        if not long and (self.others is not None or not self.questions):
            raise ValueError("a wide table names its columns in `questions`, and has no `others`")
        return self

    def columns(self) -> tuple[str, ...]:
        """Return every column that must be there."""
        named = [self.person, self.item, self.value, self.time, self.language]
        named += [self.channel.column if self.channel else "", *self.traits.values()]
        if self.shape == "wide":
            named += self.questions
        return tuple(dict.fromkeys(each for each in named if each))


def read_table_map(path: Path) -> TableMap:
    """Return what a mapping file says. Raises ConfigError that names file, line and key."""
    return read_yaml(read_file(path, hint=HINT), TableMap, hint=HINT)
