"""A YAML file of one regime -> Pack; those that ship with Charter lie in `packs/`.

format: charter-obligations/1
id: my-regime
title: A regime
jurisdiction: Here
source: Where its text is
law_checked_on: 2026-11-21
review_by: 2027-02-21
questions:
  sells-here: {text: Is the model offered here?, answers: ["yes", "no"]}
obligations:
  - id: my-regime-logs
    ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from charter.errors import ConfigError
from charter.govern.obligations.pack import (
    Asked,
    Condition,
    FromDate,
    Obligation,
    Pack,
    Question,
)
from charter.govern.obligations.query import check_asked
from charter.govern.read_yaml import Day, Id, Strict, Text, read_file, read_yaml
from charter.source import Source

FORMAT = "charter-obligations/1"
HINT = "see docs/obligations.md"
MOST = 500
"""Obligations or questions of one pack."""
_FOLDER = Path(__file__).resolve().parent / "packs"
_Mark = Literal["read", "secondary", "recalled"]
_Argument = str | int | list[str]


class _Question(Strict):
    text: Text
    answers: Annotated[list[Id], Field(min_length=2, max_length=20)]


class _Condition(Strict):
    question: Id
    answers: Annotated[list[Id], Field(min_length=1, max_length=20, alias="is")]


class _FromDate(_Condition):
    day: Day = Field(alias="from")


class _Asked(Strict):
    query: Id
    needs: Text
    args: dict[Id, _Argument] = Field(default_factory=dict, max_length=20)
    within_days: Annotated[int, Field(ge=1, le=36500)] | None = None


class _Obligation(Strict):
    id: Id
    title: Text
    text: Text
    actors: Annotated[list[Id], Field(min_length=1, max_length=20)]
    applies: list[_Condition] = Field(default_factory=list, max_length=20)
    since: Day | None = Field(default=None, alias="from")
    since_by: list[_FromDate] = Field(default_factory=list, max_length=20, alias="from_by")
    until: Day | None = None
    source: Text
    verified: _Mark
    from_verified: _Mark | None = None
    keep_for: Text | None = None
    evidence: Annotated[list[_Asked], Field(min_length=1, max_length=20)]


class PackFile(Strict):
    """The whole file."""

    format: Literal["charter-obligations/1"]
    id: Id
    title: Text
    jurisdiction: Text
    source: Text
    law_checked_on: Day | None
    review_by: Day
    questions: dict[Id, _Question] = Field(default_factory=dict, max_length=MOST)
    obligations: Annotated[list[_Obligation], Field(min_length=1, max_length=MOST)]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a pack: what no single key shows, `read_pack` looks at."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **PackFile.model_json_schema(),
    }


def shipped() -> tuple[str, ...]:
    """Return the ids of the packs that ship with Charter."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.yaml")))


def load_pack(named: str) -> Pack:
    """Read a pack by its id, or by the path of a `.yaml` file.

    Raises ConfigError.
    """
    if named in shipped():
        return read_pack(read_file(_FOLDER / f"{named}.yaml", hint=HINT))
    if not named.endswith((".yaml", ".yml")):
        have = ", ".join(shipped())
        raise ConfigError(
            f"there is no pack {named[:80]!r}", hint=f"{have}; or the path of a .yaml file"
        )
    return read_pack(read_file(Path(named), hint="name a pack in YAML"))


def load_packs(named: Iterable[str]) -> tuple[Pack, ...]:
    """Read several packs, in their order; all that ship where none is named.

    Raises as `load_pack`, and ConfigError where two have one id.
    """
    packs = tuple(load_pack(each) for each in (tuple(named) or shipped()))
    twice = [name for name, count in Counter(pack.id for pack in packs).items() if count > 1]
    if twice:
        raise ConfigError(f"two packs have the id {twice[0]}", hint="leave one of them out")
    return packs


def read_pack(source: Source) -> Pack:
    """Return the pack of a file. Raises ConfigError that names file and key."""
    found = read_yaml(source, PackFile, hint=HINT)
    questions = {
        id_: Question(id_, each.text, tuple(each.answers)) for id_, each in found.questions.items()
    }
    pack = Pack(
        id=found.id,
        title=found.title,
        jurisdiction=found.jurisdiction,
        source=found.source,
        law_checked_on=_day(found.law_checked_on),
        review_by=date.fromisoformat(found.review_by),
        questions=questions,
        obligations=tuple(_obligation(each) for each in found.obligations),
        digest=source.digest,
        place=source.path,
    )
    for problem in _problems(pack):
        raise ConfigError(f"{source.path}: {problem}", hint=HINT)
    return pack


def _obligation(read: _Obligation) -> Obligation:
    return Obligation(
        id=read.id,
        title=read.title,
        text=read.text,
        actors=tuple(read.actors),
        applies=tuple(_condition(each) for each in read.applies),
        since=_day(read.since),
        since_by=tuple(
            FromDate(_condition(each), date.fromisoformat(each.day)) for each in read.since_by
        ),
        until=_day(read.until),
        source=read.source,
        verified=read.verified,
        since_verified=read.from_verified or read.verified,
        keep_for=read.keep_for or "",
        evidence=tuple(
            Asked(each.query, each.needs, dict(each.args), each.within_days)
            for each in read.evidence
        ),
    )


def _condition(read: _Condition) -> Condition:
    return Condition(read.question, tuple(read.answers))


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _problems(pack: Pack) -> Iterable[str]:
    """Yield what no single key shows."""
    for name, count in Counter(each.id for each in pack.obligations).items():
        if count > 1:
            yield f"two obligations have the id {name}"
    for each in pack.obligations:
        for problem in _wrong(each, pack):
            yield f"obligation {each.id}: {problem}"


def _wrong(each: Obligation, pack: Pack) -> Iterable[str]:
    if each.since and each.until and each.until < each.since:
        yield f"it ends on {each.until}, before it begins on {each.since}"
    for condition in (*each.applies, *(given.condition for given in each.since_by)):
        question = pack.questions.get(condition.question)
        if question is None:
            yield f"there is no question {condition.question}"
            continue
        for answer in condition.answers:
            if answer not in question.answers:
                yield f"{answer!r} is no answer to {question.id}"
    for asked in each.evidence:
        problem = check_asked(asked)
        if problem:
            yield problem
