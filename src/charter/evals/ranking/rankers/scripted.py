"""Orders from a YAML file, for tests and demonstrations: `scripted`, with `--model FILE`.

    items:
      ID:
        order: A>B=C>D     # every candidate once; `=` is level
        section: honesty   # by default the first that the item asks about
        relevance: 5       # by default 5
        reason: words
        noise: 0.1         # chance, for each pair of neighbours, that a repeat swaps them
      OTHER: {failure: the model would not say}
    seed: 0                # of the noise

An item that is not there fails, and says so. It has no options.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.errors import ConfigError
from charter.evals.judge import Rules
from charter.evals.ranking.ranker import Need, Question, Ranked, Ranker
from charter.evolve.intake.ranking_text import parse_ranking
from charter.ledger.ledger import canonical
from charter.records.grading import JudgeId
from charter.source import digest_of
from charter.syntax.mapping import MAX_CHARACTERS, load_mapping


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Entry(_Strict):
    """What the script has of one item."""

    order: str = ""
    section: str = ""
    clauses: list[str] = []
    relevance: int = Field(default=5, ge=0, le=5)
    reason: str = Field(default="", max_length=4000)
    noise: float = Field(default=0.0, ge=0, le=1)
    failure: str = Field(default="", max_length=1000)


class Script(_Strict):
    """The file."""

    items: dict[str, Entry] = {}
    seed: int = 0


def open(name: str, options: Mapping[str, str], rules: Rules) -> Ranker:  # noqa: A001  # the plug-in's word
    """Read the script at the path `name`. Raises ConfigError."""
    if options:
        raise ConfigError(f"the ranker 'scripted' has no option {next(iter(options))!r:.80}")
    if not name:
        raise ConfigError("the ranker 'scripted' needs a file", hint="write --model FILE")
    text = _text(name)
    fields = load_mapping(text)
    if fields.error is not None:
        raise ConfigError(f"{name}: {fields.error}", hint="correct the file")
    try:
        script = Script.model_validate(dict(fields.values))
    except ValidationError as cause:
        first = cause.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(
            f"{name}: {where}: {first['msg']}", hint="a script has `items` and `seed`"
        ) from None
    return Scripted(script, digest_of(text))


class Scripted:
    """A script. It knows no rules and asks nobody."""

    def __init__(self, script: Script, digest: str) -> None:
        self._script = script
        self.identity = canonical({"ranker": "scripted", "script": digest})
        self.asks = JudgeId("scripted", "", digest, "", "")

    def need(self, question: Question) -> Need:
        """Return nothing: nobody is asked."""
        return Need()

    async def rank(self, question: Question, *, repeat: int) -> Ranked:
        """Return the order of the script, with its noise."""
        entry = self._script.items.get(question.id)
        if entry is None or entry.failure:
            return Ranked(failure=entry.failure if entry else "the script has nothing of this item")
        try:
            groups = list(parse_ranking(entry.order, frozenset(question.answers)))
        except ValueError as cause:
            return Ranked(failure=f"the script's order cannot be read: {cause}")
        if sum(map(len, groups)) < len(question.answers):
            return Ranked(failure="the script's order does not name every answer")
        # Chance of a demonstration, the same for the same script, item and repeat.
        dice = random.Random(f"{self._script.seed}/{question.id}/{repeat}")  # noqa: S311
        for at in range(len(groups) - 1):
            if dice.random() < entry.noise:
                groups[at], groups[at + 1] = groups[at + 1], groups[at]
        return Ranked(
            tuple(groups),
            entry.section or question.parts[0].section,
            tuple(entry.clauses),
            entry.relevance,
            entry.reason,
        )

    async def close(self) -> None:
        """Do nothing: a script holds nothing open."""


def _text(path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            text = file.read(MAX_CHARACTERS + 1)
    except (OSError, ValueError) as cause:
        problem = getattr(cause, "strerror", None) or "it is not UTF-8 text"
        raise ConfigError(f"{path} cannot be read: {problem}", hint="check the path") from cause
    if len(text) > MAX_CHARACTERS:
        raise ConfigError(f"{path} is longer than {MAX_CHARACTERS} characters", hint="shorten it")
    return text
