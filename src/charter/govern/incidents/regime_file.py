"""A regime's YAML -> Regime: the schema, checked at the edge, with the place of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from charter.errors import ConfigError
from charter.govern.incidents.condition import (
    NO,
    YES,
    AllOf,
    AnyOf,
    Condition,
    Has,
    Is,
    fields_of,
)
from charter.govern.incidents.duration import parse as parse_duration
from charter.govern.incidents.regime import (
    RESOLVED_AT,
    START,
    VERIFIED,
    Case,
    Question,
    Regime,
    Stage,
)
from charter.govern.incidents.state import TIMES
from charter.govern.read_yaml import Strict, read_file, read_yaml
from charter.source import Source

FOLDER = Path(__file__).parent / "regimes"
MOST_FILES = 200
_HINT = "see the regimes that come with Charter for the form"

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
_Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\d$")]
_Span = Annotated[str, StringConstraints(pattern=r"^P[0-9TYWDH]{2,8}$")]


class _Question(Strict):
    ask: _Text
    choices: list[_Name] = Field(default=[], max_length=50)


class _When(Strict):
    field: _Name | None = None
    is_: str | None = Field(default=None, alias="is")
    has: list[_Name] | None = Field(default=None, min_length=1, max_length=50)
    all_: list[_When] | None = Field(default=None, alias="all", min_length=1, max_length=20)
    any_: list[_When] | None = Field(default=None, alias="any", min_length=1, max_length=20)


class _Case(Strict):
    due: _Span
    when: _When | None = None
    says: str = Field(default="", max_length=200)


class _Stage(Strict):
    name: _Id
    title: _Text
    to: _Text
    after: str = START
    repeats: bool = False
    cases: list[_Case] = Field(min_length=1, max_length=20)


class _Regime(Strict):
    id: _Id
    title: _Text
    source: _Text
    verified: str
    law_checked_on: _Day
    review_by: _Day
    in_force_from: _Day
    starts_at: list[str] = Field(min_length=1, max_length=10)
    questions: dict[_Name, _Question] = Field(min_length=1, max_length=50)
    applies: _When
    stages: list[_Stage] = Field(min_length=1, max_length=20)
    keep_for: _Span | None = None
    limits: str = Field(default="", max_length=2000)


def load_regimes(folder: Path | None = None) -> tuple[Regime, ...]:
    """Return the regimes that come with Charter and those of `folder`, sorted by id.

    Raises ConfigError for a file that is none, for an id given twice, and where two ask a
    question of one name for different kinds of answer.
    """
    found: dict[str, Regime] = {}
    for place in (FOLDER, *(() if folder is None else (folder,))):
        for file in _files(place):
            regime = load_regime(file)
            if regime.id in found:
                raise ConfigError(
                    f"{file}: there is a regime {regime.id!r} already", hint="give it another id"
                )
            found[regime.id] = regime
    regimes = tuple(found[name] for name in sorted(found))
    questions(regimes)
    return regimes


def questions(regimes: Iterable[Regime]) -> dict[str, Question]:
    """Return everything that regimes ask, by field; lists of one name are put together.

    Raises ConfigError where one asks for a list and another for yes or no.
    """
    found: dict[str, Question] = {}
    for regime in regimes:
        for each in regime.questions:
            known = found.setdefault(each.name, each)
            if bool(known.choices) != bool(each.choices):
                raise ConfigError(
                    f"regime {regime.id}: questions.{each.name}: elsewhere it is answered in "
                    "another form",
                    hint="give the question another name",
                )
            choices = tuple(dict.fromkeys((*known.choices, *each.choices)))
            found[each.name] = Question(each.name, known.ask, choices)
    return found


def load_regime(file: Path) -> Regime:
    """Read a regime from a file. Raises ConfigError."""
    regime = read_regime(read_file(file, hint=_HINT).text, str(file))
    if regime.id != file.stem:
        raise ConfigError(
            f"{file}: id: it says {regime.id!r}", hint="name the file after the regime"
        )
    return regime


def read_regime(text: str, place: str) -> Regime:
    """Parse a regime; `place` names it in errors. Raises ConfigError."""
    return _Reader(place).regime(read_yaml(Source(place, text), _Regime, hint=_HINT))


class _Reader:
    """Makes values of what has the right form, and says what does not fit together."""

    def __init__(self, place: str) -> None:
        self._place = place

    def regime(self, read: _Regime) -> Regime:
        """Return it. Raises ConfigError."""
        asked = tuple(
            Question(name, each.ask, tuple(each.choices)) for name, each in read.questions.items()
        )
        if read.verified not in VERIFIED:
            raise self._wrong("verified", f"one of {', '.join(VERIFIED)}")
        for name in read.starts_at:
            if name not in TIMES:
                raise self._wrong(f"starts_at: {name[:60]!r}", f"one of {', '.join(TIMES)}")
        found = Regime(
            id=read.id,
            title=read.title,
            source=read.source,
            verified=read.verified,
            law_checked_on=self._day("law_checked_on", read.law_checked_on),
            review_by=self._day("review_by", read.review_by),
            in_force_from=self._day("in_force_from", read.in_force_from),
            starts_at=tuple(read.starts_at),
            questions=asked,
            applies=self._condition(read.applies, "applies"),
            stages=self._stages(read),
            keep_for=parse_duration(read.keep_for) if read.keep_for else None,
            limits=read.limits,
        )
        if found.review_by <= found.law_checked_on:
            raise self._wrong("review_by", "a day after law_checked_on")
        self._answers(found)
        return found

    def _stages(self, read: _Regime) -> tuple[Stage, ...]:
        known = [START, RESOLVED_AT]
        found = []
        for each in read.stages:
            where = f"stages.{each.name}"
            if each.name in known:
                raise self._wrong(where, "a name that is not taken")
            if each.after not in known:
                raise self._wrong(f"{where}.after", f"one of {', '.join(known)}")
            if each.repeats and each.after in (START, RESOLVED_AT):
                raise self._wrong(f"{where}.after", "the stage that the repetition begins with")
            cases = tuple(
                Case(
                    parse_duration(case.due),
                    self._condition(case.when, f"{where}.when") if case.when else None,
                    case.says,
                )
                for case in each.cases
            )
            if any(case.due.unit == "Y" for case in cases):
                raise self._wrong(f"{where}.due", "hours, days or weeks")
            known.append(each.name)
            found.append(Stage(each.name, each.title, each.to, each.after, each.repeats, cases))
        return tuple(found)

    def _condition(self, read: _When, where: str) -> Condition:
        forms = [read.all_ is not None, read.any_ is not None, read.field is not None]
        answers = [read.is_ is not None, read.has is not None]
        if sum(forms) != 1 or sum(answers) != int(read.field is not None):
            raise self._wrong(where, "one of `all`, `any`, or `field` with `is` or `has`")
        if read.field is not None:
            if read.has is not None:
                return Has(read.field, tuple(read.has))
            if read.is_ not in (YES, NO):
                raise self._wrong(f"{where}.is", "yes or no")
            return Is(read.field, read.is_)
        parts = read.all_ if read.all_ is not None else read.any_
        made = tuple(self._condition(part, where) for part in parts or ())
        return AllOf(made) if read.all_ is not None else AnyOf(made)

    def _answers(self, regime: Regime) -> None:
        """Refuse conditions on what is not asked, or on answers that cannot be given."""
        asked = {each.name: each for each in regime.questions}
        cases = [case.when for stage in regime.stages for case in stage.cases if case.when]
        used = set()
        for condition in (regime.applies, *cases):
            for name, wanted in fields_of(condition):
                used.add(name)
                if name not in asked:
                    raise self._wrong(f"{name!r} in a condition", "a question of this file")
                possible = set(asked[name].choices or (YES, NO))
                if not wanted <= possible:
                    said = ", ".join(sorted(wanted - possible))
                    raise self._wrong(f"{name}: {said}", f"of {', '.join(sorted(possible))}")
        for name in asked:
            if name not in used:
                raise self._wrong(f"questions.{name}", "used by a condition, or left out")

    def _day(self, key: str, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError as cause:
            raise self._wrong(key, "a day such as 2026-01-31") from cause

    def _wrong(self, key: str, wanted: str) -> ConfigError:
        return ConfigError(f"{self._place}: {key}: it has to be {wanted}", hint=_HINT)


def _files(folder: Path) -> list[Path]:
    try:
        found = sorted(file for file in folder.iterdir() if file.suffix == ".yaml")
    except OSError as cause:
        said = f"{folder} cannot be read: {cause.strerror or cause}"
        raise ConfigError(said, hint="name a folder of regimes") from cause
    if len(found) > MOST_FILES:
        raise ConfigError(f"{folder} holds more than {MOST_FILES} regimes", hint="move some away")
    return found
