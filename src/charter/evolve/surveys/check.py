"""A survey -> what speaks against opening it, and what its author should know. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from charter.evolve.surveys.quality import LEAST_CONTRADICTIONS
from charter.evolve.surveys.read import Written
from charter.evolve.surveys.survey import Comparison, Statement, Survey, Text
from charter.source import Finding, Severity
from charter.spec.spec import Spec

TRANSLATE, COMPLETE = "TRANSLATE", "COMPLETE"
"""Marks of a draft: a person has to translate what follows, or to fill in what is asked."""
LONG = 60
"""Items that most people do not come to the end of."""
FEW = 5
"""People below whom a cell may well tell who they are."""
_MARK = re.compile(rf"\b(?:{TRANSLATE}|{COMPLETE})\b")


def check(
    written: Written, spec: Spec | None = None, *, at: str | None = None
) -> tuple[Finding, ...]:
    """Return findings by place; an error keeps the survey from being opened.

    With a spec, ids of clauses and sections must be its own, and its digest the one that the
    survey names. With `at`, as records have a moment, its last day must not be past.
    """
    found = (
        *_marks(written),
        *(_clauses(written, spec) if spec is not None else ()),
        *(_over(written, at) if at is not None else ()),
        *_same_words(written),
        *_advice(written),
    )
    return tuple(sorted(found, key=lambda each: (each.location.line, each.location.column)))


def texts_of(survey: Survey) -> Iterator[tuple[str, Text]]:
    """Yield every text of a survey, with its path in the file."""
    yield "title", survey.title
    yield "consent", survey.promise.consent
    yield "purpose", survey.promise.purpose
    for number, trait in enumerate(survey.traits):
        yield f"traits.{number}.text", trait.text
        for at, text in enumerate(trait.options.values()):
            yield f"traits.{number}.options.{at}.text", text
    for number, item in enumerate(survey.items):
        if isinstance(item, Comparison):
            for at, turn in enumerate(item.prompt):
                yield f"items.{number}.prompt.{at}.text", turn.text
            for letter, text in item.answers.items():
                yield f"items.{number}.answers.{letter}", text
        else:
            yield f"items.{number}.text", item.text


def _marks(written: Written) -> Iterator[Finding]:
    survey = written.survey
    contact = {"contact": {"": survey.promise.contact}}
    texts: Iterator[tuple[str, Mapping[str, str]]] = iter([*contact.items(), *texts_of(survey)])
    for path, text in texts:
        for language, words in text.items():
            mark = _MARK.search(words)
            if mark is not None:
                what = f"{mark[0]} is still in it"
                hint = "write it in the words of this language, and take the mark out"
                yield _error(written, "unfinished", f"{path}.{language}".rstrip("."), what, hint)


def _clauses(written: Written, spec: Spec) -> Iterator[Finding]:
    survey = written.survey
    if survey.spec and survey.spec != spec.digest:
        what = f"it asks about another text than that of {spec.name} {spec.version or ''}".rstrip()
        hint = "look at every item again, then change the digest"
        yield _error(written, "other-spec", "spec.digest", what, hint)
    known = {section.id for section in spec.sections} | {clause.id for clause in spec.clauses}
    for number, item in enumerate(survey.items):
        for at, clause in enumerate(item.clauses):
            if clause not in known:
                what = f"{clause!r:.100} is no clause or section of {spec.name}"
                hint = f"see `charter show {spec.source.path}`"
                yield _error(written, "unknown-clause", f"items.{number}.clauses.{at}", what, hint)


def _over(written: Written, at: str) -> Iterator[Finding]:
    if written.survey.over(at):
        what = f"{written.survey.closes} is past: nobody could answer"
        yield _error(written, "past", "closes", what, "name a later day, or leave it out")


def _same_words(written: Written) -> Iterator[Finding]:
    """Yield what asks nothing new: the same words twice, or candidates that are the same."""
    survey = written.survey
    seen: dict[tuple[str, str], str] = {}
    for number, item in enumerate(survey.items):
        if isinstance(item, Comparison):
            for language in survey.languages:
                words = [text[language] for text in item.answers.values()]
                if len(set(words)) < len(words):
                    path = f"items.{number}.answers"
                    what = f"two candidates have the same words in {language}"
                    yield _error(written, "same-words", path, what, "leave one of them out")
            continue
        kind = type(item).__name__
        for language in survey.languages:
            key = (kind + language, " ".join(item.text[language].split()).casefold())
            other = seen.setdefault(key, item.id)
            if other != item.id:
                path = f"items.{number}.text.{language}"
                what = f"{other} asks the same in {language}"
                yield _error(written, "same-words", path, what, "ask it in other words, or once")


def _advice(written: Written) -> Iterator[Finding]:
    survey = written.survey
    count = len(survey.items)
    if count > LONG:
        what = f"{count} items: few people come to the end of more than {LONG}"
        yield _info(written, "long", "items", what, "ask about fewer sections at a time")
    statements = [item for item in survey.items if isinstance(item, Statement)]
    again = sum(bool(item.repeats) for item in statements)
    if len(statements) > LONG // 10 and again < LEAST_CONTRADICTIONS:
        what = f"{again} statements are asked twice: contradictions will not be seen"
        hint = "add two that `repeats` others, in other words or `reversed`"
        yield _info(written, "not-asked-twice", "items", what, hint)
    if survey.rules.smallest < FEW:
        what = f"cells of {survey.rules.smallest} people may tell who they are"
        hint = f"{FEW} or more, better 10"
        yield _finding(
            written, "small-cells", "rules.smallest", what, hint, severity=Severity.WARNING
        )


def _error(written: Written, rule: str, path: str, what: str, hint: str) -> Finding:
    return _finding(written, rule, path, what, hint, severity=Severity.ERROR)


def _info(written: Written, rule: str, path: str, what: str, hint: str) -> Finding:
    return _finding(written, rule, path, what, hint, severity=Severity.INFO)


def _finding(  # noqa: PLR0913 - what, where and how bad
    written: Written, rule: str, path: str, what: str, hint: str, *, severity: Severity
) -> Finding:
    return Finding(rule, severity, f"{path}: {what}", written.locate(path), hint)
