"""A survey from a file that people write, and to canonical JSON and back.

What is wrong is said with the file, its line and the key. The canonical JSON is what a record of
an opening holds, and its digest is what answers are answers to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from charter.errors import ConfigError
from charter.evolve.surveys.survey import (
    Comparison,
    Item,
    Promise,
    Rubric,
    Rules,
    Statement,
    Survey,
    Text,
    Trait,
    Turn,
)
from charter.evolve.surveys.survey_file import (
    FORMAT,
    HINT,
    MOST_FILE,
    ComparisonEntry,
    Entry,
    RubricEntry,
    SurveyFile,
    TraitEntry,
)
from charter.govern.read_yaml import checked, read_file
from charter.ledger.body import canonical
from charter.source import Location, Source, Span, digest_of
from charter.syntax.mapping import load_mapping


@dataclass(frozen=True, slots=True)
class Written:
    """A survey as its file has it, with the place of every value."""

    survey: Survey
    source: Source
    spans: Mapping[str, Span]

    def locate(self, path: str) -> Location:
        """Return where a value stands, by path such as `items.0.text.de`; else what is around."""
        return self.source.locate(_nearest(self.spans, path))


def load_survey(path: str | Path) -> Written:
    """Read a survey from a YAML file. Raises ConfigError that names file, line and key."""
    return read_survey(read_file(Path(path), hint=HINT))


def read_survey(source: Source) -> Written:
    """Read a survey from the text of a YAML file. Raises ConfigError."""
    fields = load_mapping(source.text, deep=True, most=MOST_FILE)
    if fields.error is not None:
        where = source.locate(Span(fields.error_offset, fields.error_offset))
        raise ConfigError(fields.error, hint=HINT, place=where)
    file = checked(fields.values, SurveyFile, source, hint=HINT, spans=fields.spans)
    return Written(_Building(source, fields.spans).survey(file), source, fields.spans)


def text_of(survey: Survey) -> str:
    """Return the canonical JSON of a survey: sorted keys, no blanks."""
    return canonical(values_of(survey))


def digest_of_survey(survey: Survey) -> str:
    """Return `sha256:` and the hex digest of the canonical JSON."""
    return digest_of(text_of(survey))


@lru_cache(maxsize=16)
def survey_of(text: str) -> Survey:
    """Return the survey of a canonical JSON text. Raises ConfigError where it is none."""
    source = Source("<survey>", text)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise ConfigError("the text of a survey is no JSON", hint=HINT) from cause
    return _Building(source, {}).survey(checked(values, SurveyFile, source, hint=HINT, spans={}))


def values_of(survey: Survey) -> dict[str, Any]:
    """Return a survey as its file has it, with all that holds where nothing is written."""
    promise, rules = survey.promise, survey.rules
    spec = {"name": survey.spec_name, "version": survey.spec_version, "digest": survey.spec}
    return {
        "format": FORMAT,
        "id": survey.id,
        "languages": list(survey.languages),
        "title": dict(survey.title),
        "spec": spec if survey.spec else None,
        "validates": survey.validates,
        "channels": list(survey.channels),
        "consent": dict(promise.consent),
        "purpose": dict(promise.purpose),
        "contact": promise.contact,
        "retention_days": promise.retention_days,
        **({"closes": survey.closes} if survey.closes else {}),  # digests of before stay the same
        "rules": {
            "smallest": rules.smallest,
            "floor": rules.floor,
            "alpha": rules.alpha,
            "trim": rules.trim,
            "margins": {trait: dict(shares) for trait, shares in rules.margins.items()},
        },
        "traits": [_trait_values(trait) for trait in survey.traits],
        "items": [_item_values(item) for item in survey.items],
    }


def _trait_values(trait: Trait) -> dict[str, Any]:
    options = [{"id": each, "text": dict(text)} for each, text in trait.options.items()]
    return {"id": trait.id, "text": dict(trait.text), "options": options}


def _item_values(item: Item) -> dict[str, Any]:
    about = {"id": item.id, "clauses": list(item.clauses)}
    if isinstance(item, Statement):
        repeats = item.repeats or None
        again = {"repeats": repeats, "reversed": item.reversed}
        return {"kind": "statement", **about, "text": dict(item.text), **again}
    if isinstance(item, Rubric):
        bounds = {"least": item.least, "most": item.most}
        return {"kind": "rubric", **about, "text": dict(item.text), **bounds}
    return {
        "kind": "comparison",
        **about,
        "prompt": [{"role": turn.role, "text": dict(turn.text)} for turn in item.prompt],
        "answers": {letter: dict(text) for letter, text in item.answers.items()},
        "ask": list(item.ask),
    }


@dataclass(frozen=True, slots=True)
class _Building:
    """Turns entries into values, and says where they contradict each other."""

    source: Source
    spans: Mapping[str, Span]

    def survey(self, file: SurveyFile) -> Survey:
        self.once("languages", file.languages)
        self.once("channels", file.channels)
        text = self.texts(file.languages)
        traits = tuple(self.traits(file.traits, text))
        promise = Promise(
            text("consent", file.consent),
            text("purpose", file.purpose),
            file.contact,
            file.retention_days,
        )
        spec = file.spec
        return Survey(
            id=file.id,
            title=text("title", file.title),
            languages=tuple(file.languages),
            promise=promise,
            items=tuple(self.items(file.items, text)),
            traits=traits,
            rules=self.rules(file, traits),
            channels=tuple(file.channels),
            spec=spec.digest if spec else "",
            spec_name=spec.name if spec else "",
            spec_version=spec.version if spec else "",
            validates=file.validates,
            closes=file.closes or "",
        )

    def texts(self, languages: Sequence[str]) -> Callable[[str, Mapping[str, str]], Text]:
        """Return what checks that a text has all languages of the survey, and no other."""

        def text(path: str, found: Mapping[str, str]) -> Text:
            for language in languages:
                if language not in found:
                    raise self.wrong(path, f"it has no text in {language}")
            for language in found:
                if language not in languages:
                    what = f"{language} is none of the survey's languages"
                    raise self.wrong(f"{path}.{language}", what)
            return {language: found[language] for language in languages}

        return text

    def traits(
        self, entries: Sequence[TraitEntry], text: Callable[[str, Mapping[str, str]], Text]
    ) -> Iterable[Trait]:
        self.once("traits", [entry.id for entry in entries], ".id")
        for number, entry in enumerate(entries):
            path = f"traits.{number}"
            self.once(f"{path}.options", [option.id for option in entry.options], ".id")
            options = {
                option.id: text(f"{path}.options.{at}.text", option.text)
                for at, option in enumerate(entry.options)
            }
            yield Trait(entry.id, text(f"{path}.text", entry.text), options)

    def items(
        self, entries: Sequence[Entry], text: Callable[[str, Mapping[str, str]], Text]
    ) -> Iterable[Item]:
        self.once("items", [entry.id for entry in entries], ".id")
        for number, entry in enumerate(entries):
            path = f"items.{number}"
            self.once(f"{path}.clauses", entry.clauses)
            clauses = tuple(entry.clauses)
            if isinstance(entry, ComparisonEntry):
                yield self.comparison(path, entry, text)
            elif isinstance(entry, RubricEntry):
                if not entry.least < entry.most:
                    raise self.wrong(f"{path}.most", f"it is not above {entry.least}")
                words = text(f"{path}.text", entry.text)
                yield Rubric(entry.id, clauses, words, entry.least, entry.most)
            else:
                self.repeats(path, entries, entry.repeats, backwards=entry.reversed)
                words = text(f"{path}.text", entry.text)
                yield Statement(entry.id, clauses, words, entry.repeats or "", entry.reversed)

    def comparison(
        self, path: str, entry: ComparisonEntry, text: Callable[[str, Mapping[str, str]], Text]
    ) -> Comparison:
        self.once(f"{path}.ask", entry.ask)
        if entry.ask == ["why"]:
            raise self.wrong(f"{path}.ask", "a reason alone is no answer: ask for an order too")
        prompt = tuple(
            Turn(turn.role, text(f"{path}.prompt.{at}.text", turn.text))
            for at, turn in enumerate(entry.prompt)
        )
        answers = {
            letter: text(f"{path}.answers.{letter}", entry.answers[letter])
            for letter in sorted(entry.answers)
        }
        return Comparison(entry.id, tuple(entry.clauses), prompt, answers, tuple(entry.ask))

    def repeats(
        self, path: str, entries: Sequence[Entry], named: str | None, *, backwards: bool
    ) -> None:
        if named is None:
            if backwards:
                raise self.wrong(f"{path}.reversed", "of what? name it with repeats")
            return
        first = next((entry for entry in entries if entry.id == named), None)
        if first is None or first.kind != "statement" or first.repeats is not None:
            what = f"{named!r} is no statement that it could repeat"
            raise self.wrong(f"{path}.repeats", what)

    def rules(self, file: SurveyFile, traits: Sequence[Trait]) -> Rules:
        known = {trait.id: set(trait.options) for trait in traits}
        for trait, shares in file.rules.margins.items():
            path = f"rules.margins.{trait}"
            if trait not in known:
                raise self.wrong(path, "there is no such trait")
            for option in sorted(known[trait] ^ set(shares)):
                what = "has no share" if option in known[trait] else "is no option of it"
                raise self.wrong(path, f"{option!r} {what}")
            total = sum(map(Decimal, shares.values()), Decimal(0))
            if total != 1:
                raise self.wrong(path, f"the shares sum to {total}, not to 1")
        if Decimal(file.rules.trim) < 1:
            raise self.wrong("rules.trim", "it is less than 1")
        rules = file.rules
        margins = {trait: dict(shares) for trait, shares in rules.margins.items()}
        return Rules(rules.smallest, rules.floor, rules.alpha, margins, rules.trim)

    def once(self, path: str, named: Sequence[str], key: str = "") -> None:
        """Raise ConfigError where something is there twice."""
        seen: set[str] = set()
        for at, each in enumerate(named):
            if each in seen:
                raise self.wrong(f"{path}.{at}{key}", f"{each!r:.80} is there already")
            seen.add(each)

    def wrong(self, path: str, what: str) -> ConfigError:
        """Return the error of a value."""
        place = self.source.locate(_nearest(self.spans, path)) if self.spans else None
        return ConfigError(f"{path}: {what}", hint=HINT, place=place)


def _nearest(spans: Mapping[str, Span], path: str) -> Span:
    parts = path.split(".")
    found = (spans.get(".".join(parts[:length])) for length in range(len(parts), 0, -1))
    return next((each for each in found if each is not None), Span(0, 0))
