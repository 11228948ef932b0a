"""What was asked in a survey, and the spec -> questions for a ranker, and what cannot be ranked."""

from __future__ import annotations

from collections.abc import Iterable

from charter.evals.ranking.ranker import Part, Question
from charter.evolve.voices import Asked
from charter.ledger.body import canonical
from charter.models.provider import ChatMessage
from charter.source import Finding, Severity, Source, Span, digest_of
from charter.spec.spec import Spec

MOST_ANSWERS = 26
MOST_PARTS = 3
"""Sections or clauses of which a ranker is shown the text; of more, the first ones."""


def questions_of(asked: Iterable[Asked], spec: Spec) -> tuple[list[Question], list[Finding]]:
    """Return the comparisons that can be ranked by a spec, by id, and why others cannot.

    An item needs the words of its candidates, a prompt, and a clause or section of this spec that
    it asks about: which rules bear on it is nobody's to guess.
    """
    found: list[Question] = []
    said: list[Finding] = []
    for item in sorted(asked, key=lambda each: each.id):
        if item.kind != "comparison" or item.withheld:
            continue
        parts, unknown = _parts(item, spec)
        problem = _problem(item, parts)
        if problem:
            said.append(_finding(item, problem, Severity.WARNING))
            continue
        if len({item.candidates[each].strip() for each in item.answers}) < len(item.answers):
            what = "two of its candidates say the same, and no rule can order these"
            said.append(_finding(item, what, Severity.WARNING))
        if unknown:
            what = f"{len(unknown)} of its clauses are not in this spec, such as {unknown[0]!r:.80}"
            said.append(_finding(item, what, Severity.WARNING))
        if len(parts) > MOST_PARTS:
            what = f"it asks about {len(parts)} parts, and the ranker sees the first {MOST_PARTS}"
            said.append(_finding(item, what, Severity.INFO))
        words = {each: item.candidates[each] for each in sorted(item.answers)}
        message = ChatMessage("user", item.prompt or item.text)
        found.append(Question(item.id, parts[:MOST_PARTS], (message,), words))
    return found, said


def digest_of_questions(questions: Iterable[Question]) -> str:
    """Return what names everything that is put to a ranker, but for the text of the rules."""
    said = [
        [
            each.id,
            [[part.section, part.clause] for part in each.parts],
            [[message.role, message.content] for message in each.messages],
            sorted(each.answers.items()),
        ]
        for each in questions
    ]
    return digest_of(canonical(["questions", sorted(said)]))


def _parts(item: Asked, spec: Spec) -> tuple[tuple[Part, ...], list[str]]:
    clauses = {clause.id: clause.section for clause in spec.clauses}
    parts: dict[Part, None] = {}
    unknown: list[str] = []
    for name in item.clauses:
        if name in clauses:
            parts[Part(clauses[name], name)] = None
        elif spec.has_section(name):
            parts[Part(name)] = None
        else:
            unknown.append(name)
    return tuple(parts), unknown


def _problem(item: Asked, parts: tuple[Part, ...]) -> str:
    if not parts:
        return "it names no clause or section of this spec, so it is not ranked"
    if not 2 <= len(item.answers) <= MOST_ANSWERS:
        return f"it has {len(item.answers)} candidates, and 2 to {MOST_ANSWERS} can be ranked"
    if not all(item.candidates.get(each, "").strip() for each in item.answers):
        return "the words of its candidates are not known, so it is not ranked"
    return "" if (item.prompt or item.text).strip() else "it has no prompt, so it is not ranked"


def _finding(item: Asked, what: str, severity: Severity) -> Finding:
    place = Source(f"<item {item.id[:80]}>", "").locate(Span(0, 0))
    hint = "name clauses of this spec in the survey, or with --clauses FILE"
    return Finding("not-ranked", severity, f"{item.id[:80]}: {what}", place, hint)
