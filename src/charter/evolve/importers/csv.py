"""Answers in a plain table (CSV), long or wide, with a mapping file that says what columns mean.

`--map FILE` names the column of the person and how every question is read: as a vote, a rating, a
ranking such as `A>B=C`, answers that are unacceptable, or a reason. An empty cell was not seen; it
is no pass. Of several answers of one person to one question the last one counts where the mapping
names a column with the time; without one, answers that differ are left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from charter.errors import ConfigError
from charter.evolve.importer import Imported, Wanted, check_wanted
from charter.evolve.intake.gathering import Gathering, clean
from charter.evolve.intake.labels import read_labels
from charter.evolve.intake.place import finding, refuse, some
from charter.evolve.intake.ranking_text import parse_answers, parse_ranking
from charter.evolve.intake.table import Table, read_table
from charter.evolve.intake.table_answers import Answers, answers_of, person_of
from charter.evolve.intake.table_map import HINT, VOTES, Question, TableMap, read_table_map
from charter.evolve.voices import Asked

_NAMES = {"vote": "vote", "rating": "rating", "ranking": "ranking", "reason": "reason"}
_NAMES |= {"unacceptable": "list of unacceptable answers"}
_KINDS = {"vote": "statement", "rating": "rubric"}
_WHOLE = re.compile(r"([-+]?[0-9]{1,4})(?:\.0{1,9})?", re.ASCII)
"""`4.0` is one too: tables with gaps are often saved so."""
_TRAIT = 100


def read(wanted: Wanted) -> Imported:
    """Return what a table says. Raises ConfigError that names file and line."""
    check_wanted(wanted, reads=frozenset({"mapping", "labels"}))
    if wanted.mapping is None:
        raise ConfigError("what do the columns mean?", hint=f"--map FILE: {HINT}")
    named = read_table_map(wanted.mapping)
    table = read_table(Path(wanted.path), encoding=named.encoding, delimiter=named.delimiter)
    table.needs(*named.columns())
    found = Gathering(wanted.source or "A table of answers", wanted.channel, wanted.clauses)
    rows = _people(found, table, named)
    _ask(found, named, wanted.mapping)
    answers = answers_of(table, named)
    unread = _take(found, answers, named, str(wanted.mapping))
    _say(found, table, named, answers, unread)
    if wanted.labels is not None:
        found.published, findings = read_labels(wanted.labels, found.people)
        found.findings += findings
    facts: dict[str, Any] = {
        "rows": rows,
        "people": len(found.people),
        "answers": len(answers.said),
        "replaced_by_later": answers.replaced,
        "contested_left_out": len(answers.contested),
        "unreadable": {what: len(keys) for what, keys in sorted(unread.items())},
    }
    return Imported(found.voices(), facts)


def _people(found: Gathering, table: Table, named: TableMap) -> int:
    """Note everybody who has a row; what they say of themselves in two ways is left out.

    Returns how many rows there are.
    """
    said: dict[str, dict[str, set[str]]] = {}
    both: dict[str, int] = {}
    rows = 0
    for rows, row in enumerate(table.rows(), 1):  # noqa: B007 - the last is how many there are
        mine = said.setdefault(person_of(table, row, named), {})
        for trait, column in (*named.traits.items(), ("\0language", named.language)):
            text = row.cells[column].strip()[:_TRAIT] if column else ""
            if text and text not in named.missing:
                mine.setdefault(trait, set()).add(clean(text))
        if named.channel is not None:
            cell = row.cells[named.channel.column].strip()
            if cell not in named.channel.values:
                what = f"{named.channel.column}: {cell[:40]!r} is no channel of the mapping"
                refuse(table.path, row.line, what, "name it under channel: values:")
            channels = mine.setdefault("\0channel", set())
            channels.add(named.channel.values[cell])
            if len(channels) > 1:
                both[person_of(table, row, named)] = row.line
    if both:
        first = min(both)
        refuse(table.path, both[first], f"{first[:80]!r} is in both channels", "each is in one")
    two = sorted(who for who, mine in said.items() if any(len(each) > 1 for each in mine.values()))
    for who, mine in said.items():
        once = {key: next(iter(each)) for key, each in mine.items() if len(each) == 1}
        traits = {key: value for key, value in once.items() if not key.startswith("\0")}
        channel, language = (once.get(key, "") for key in ("\0channel", "\0language"))
        found.person(who, channel=channel, language=language, traits=traits)
    if two:
        what = f"{len(two):,} people say two things of themselves: left out"
        found.findings.append(finding("two-traits", table.path, what, about=two))
    return rows


def _ask(found: Gathering, named: TableMap, where: Path) -> None:
    for id_, part in named.asked.items():
        answers = {key: clean(part.answers[key]) for key in sorted(part.answers)}
        found.ask(
            Asked(
                id_,
                part.kind,
                clean(part.text),
                clauses=tuple(part.clauses),
                answers=tuple(answers),
                withheld=part.withheld,
                prompt=clean(part.text) if answers else "",
                candidates=answers,
            )
        )
    for name, question in named.questions.items():
        _asked_of(found, name, question, str(where))


def _asked_of(found: Gathering, name: str, question: Question, where: str) -> Asked:
    """Return what a question is about; votes and ratings may be about what has only a name."""
    id_ = question.about or name
    if id_ not in found.asked and question.read in _KINDS:
        found.ask(Asked(id_, _KINDS[question.read], id_))
    asked = found.asked.get(id_)
    kind = _KINDS.get(question.read, "comparison")
    if asked is None or (asked.kind != kind and question.read != "reason"):
        what = (
            f"questions.{name[:80]}: it is read as {question.read}, and {id_[:80]!r} is no {kind}"
        )
        refuse(where, 1, what, f"say so under asked: {HINT}")
    return asked


def _take(found: Gathering, answers: Answers, named: TableMap, where: str) -> dict[str, list[str]]:
    """Note every answer; return what could not be read, by what is wrong with it."""
    unread: dict[str, list[str]] = {}
    for (who, name), words in sorted(answers.said.items()):
        question = named.questions.get(name, named.others)
        if question is None:
            unread.setdefault("answers to questions that the mapping does not name", []).append(
                f"{name}"
            )
            continue
        asked = _asked_of(found, name, question, where)
        try:
            _one(found, who, asked, question, words)
        except ValueError as cause:
            unread.setdefault(f"answers that are no {_NAMES[question.read]}", []).append(
                f"{who} on {name} ({str(cause)[:80]})"
            )
    found.settle(where)
    return unread


def _one(found: Gathering, who: str, asked: Asked, question: Question, words: str) -> None:
    """Note one answer. Raises ValueError that says why it is none."""
    if question.read == "vote":
        found.once("votes", (who, asked.id), _vote(words, question.values))
    elif question.read == "rating":
        found.once("ratings", (who, asked.id), _rating(words, question.values))
    elif question.read == "ranking":
        groups = parse_ranking(words, asked.answers)
        found.once("orders", (who, asked.id, question.scope), groups)
    elif question.read == "unacceptable":
        barred = parse_answers(words.split(question.separator), asked.answers)
        found.once("barred", (who, asked.id), barred)
    else:
        found.once("reasons", (who, asked.id, question.scope), clean(words))


def _vote(words: str, values: Mapping[str, str | int]) -> int:
    if values:
        said = str(values.get(words, ""))
    else:
        whole = _WHOLE.fullmatch(words)
        said = str(int(whole[1])) if whole else words.lower()
    if said not in VOTES:
        raise ValueError(f"{words[:40]!r}")
    return VOTES[said]


def _rating(words: str, values: Mapping[str, str | int]) -> int:
    said = _WHOLE.fullmatch(str(values.get(words, "")) if values else words)
    if said is None:
        raise ValueError(f"{words[:40]!r}")
    return int(said[1])


def _say(
    found: Gathering,
    table: Table,
    named: TableMap,
    answers: Answers,
    unread: Mapping[str, list[str]],
) -> None:
    for what, keys in sorted(unread.items()):
        text = f"{len(keys):,} {what}: left out"
        found.findings.append(finding("unreadable", table.path, text, about=set(keys)))
    if answers.replaced:
        text = f"{answers.replaced:,} answers that a later one of the same person replaced"
        found.findings.append(finding("re-votes", table.path, text, severe=False))
    if answers.contested:
        names = [" on ".join(key) for key in answers.contested]
        text = f"{len(answers.contested):,} questions answered in two ways, and nothing tells "
        text += "which is the last: left out"
        hint = "name a column with `time`"
        found.findings.append(finding("said-twice", table.path, text, about=names, hint=hint))
    known = set(named.columns())
    strange = sorted(set(table.columns) - known)
    if strange:
        text = f"{len(strange):,} columns are not read: {some(strange)}"
        found.findings.append(finding("unread-columns", table.path, text, severe=False))
