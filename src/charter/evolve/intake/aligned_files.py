"""The files of a collective-alignment data set -> their values, typed.

Source of the format: the public releases CA-1 and CoVal, as far as they are documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field

from charter.errors import ConfigError
from charter.evolve.intake.gathering import is_id
from charter.evolve.intake.json_values import Lenient, as_model, read_values
from charter.evolve.intake.place import refuse

HINT = "comparisons.jsonl, or a folder with it; annotators.jsonl and rubrics beside it"
_RUBRICS = ("conversation_rubrics", "rubrics")
_TRAIT = 100
_TRAITS = 40


class Message(Lenient):
    """One message."""

    role: str = ""
    content: str


class _Prompt(Lenient):
    messages: list[Message]


class Response(Lenient):
    """A candidate answer."""

    response_index: str
    messages: list[Message]


class Block(Lenient):
    """A ranking, and why."""

    ranking: str
    rationale: str | None = None


class Unacceptable(Lenient):
    """The answers that are not acceptable, and why."""

    rating: list[str]
    rationale: str | None = None


class _Blocks(Lenient):
    personal: list[Block] | None = None
    world: list[Block] | None = None
    unacceptable: list[Unacceptable] | None = None


class Assessment(Lenient):
    """What one person said of one comparison."""

    annotator_id: str
    importance: str | float | None = None
    representativeness: str | float | None = None
    subjectivity: str | float | None = None
    ranking_blocks: _Blocks | None = None


class _Metadata(Lenient):
    assessments: list[Assessment] = Field(default_factory=list)


class Comparison(Lenient):
    """A prompt with its candidate answers and what people said of them."""

    prompt_id: str
    prompt: _Prompt
    responses: list[Response]
    metadata: _Metadata


class Score(Lenient):
    """One person's score of one criterion."""

    annotator_id: str
    score: int | float | None


class Criterion(Lenient):
    """A rule for answers to one prompt."""

    criterion: str
    scores: list[Score] = Field(default_factory=list)


class Rubric(Lenient):
    """The rules for answers to one prompt."""

    prompt_id: str
    coval_full: list[Criterion] = Field(default_factory=list)
    coval_core: list[Criterion] = Field(default_factory=list)


class Files(NamedTuple):
    """All that was there."""

    where: str
    comparisons: tuple[Comparison, ...]
    rubrics: tuple[Rubric, ...]
    traits: Mapping[str, Mapping[str, str]]
    """By annotator."""


def read_files(path: Path) -> Files:
    """Return what a file or a folder holds. Raises ConfigError that names file and line."""
    folder = path if path.is_dir() else path.parent
    main = _named(folder, ("comparisons",)) if path.is_dir() else path
    if main is None:
        raise ConfigError(f"{path} has no comparisons.jsonl", hint=HINT)
    found, people = _named(folder, _RUBRICS), _named(folder, ("annotators",))
    return Files(
        str(main),
        _comparisons(main),
        () if found is None else _rubrics(found),
        {} if people is None else _traits(people),
    )


def _comparisons(path: Path) -> tuple[Comparison, ...]:
    found = []
    asked: dict[str, tuple[list[Message], dict[str, list[Message]]]] = {}
    for line, value in read_values(path):
        each = as_model(value, Comparison, str(path), line)
        _check_ids(each, str(path), line)
        words = each.prompt.messages, {one.response_index: one.messages for one in each.responses}
        if asked.setdefault(each.prompt_id, words) != words:
            what = f"prompt {each.prompt_id[:40]!r} is there before, in other words"
            refuse(str(path), line, what, "give each its own id")
        found.append(each)
    return tuple(found)


def _rubrics(path: Path) -> tuple[Rubric, ...]:
    found = []
    for line, value in read_values(path):
        each = as_model(value, Rubric, str(path), line)
        if not is_id(each.prompt_id):
            refuse(str(path), line, f"{each.prompt_id[:40]!r} is no prompt_id", "joined by id only")
        found.append(each)
    return tuple(found)


def _named(folder: Path, names: tuple[str, ...]) -> Path | None:
    files = (folder / f"{name}{suffix}" for name in names for suffix in (".jsonl", ".json"))
    return next((each for each in files if each.is_file()), None)


def _check_ids(found: Comparison, path: str, line: int) -> None:
    answers = [each.response_index for each in found.responses]
    for id_ in (found.prompt_id, *answers, *(e.annotator_id for e in found.metadata.assessments)):
        if not is_id(id_):
            refuse(path, line, f"{id_[:40]!r} is no id", "ids are short, printable texts")
    if len(set(answers)) < len(answers) or any(set("=>") & set(each) for each in answers):
        refuse(path, line, "its responses have an id twice, or one with = or >", "name each once")


def _traits(path: Path) -> dict[str, dict[str, str]]:
    """Return what people said of themselves: short texts and numbers only."""
    found: dict[str, dict[str, str]] = {}
    for line, value in read_values(path):
        who = value.get("annotator_id") if isinstance(value, dict) else None
        if not isinstance(who, str) or not is_id(who):
            refuse(str(path), line, "annotator_id: it is missing, or no text", "joined by id only")
        said = value.get("demographics", value)
        traits = {} if not isinstance(said, dict) else _short(said)
        if found.setdefault(who, traits) != traits:
            refuse(str(path), line, f"annotator {who[:40]!r} is there twice", "keep one")
    return found


def _short(said: Mapping[str, Any]) -> dict[str, str]:
    texts = {
        key: str(value).strip()
        for key, value in said.items()
        if isinstance(value, str | int) and not isinstance(value, bool) and key != "annotator_id"
    }
    kept = sorted((k, v) for k, v in texts.items() if is_id(k) and 0 < len(v) <= _TRAIT)
    return {key: value for key, value in kept[:_TRAITS] if value.isprintable()}
