"""Rows of a label file -> labelled answers; `label_columns` documents the columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from charter.errors import ConfigError
from charter.evals.calibration.label_columns import FIELDS, NEEDED, Mapped
from charter.evals.calibration.labelled import Labelled, Labels, Place, cluster_of, truth_of
from charter.evals.calibration.people import SEPARATOR
from charter.evals.calibration.read_table import Row, Table, read_table
from charter.evals.calibration.scale import SCALES, Scale
from charter.evals.judge import Item
from charter.models.provider import ChatMessage, ToolCall
from charter.spec.expectation import Outcome
from charter.spec.spec import Spec
from charter.syntax.conversation import ROLES


def label_files(paths: Sequence[Path], how: Mapped, spec: Spec | None) -> Labels:
    """Read the labelled answers of one or several files.

    With `spec`, every row must name a section or clause of it: a judge is to be asked. Ids of
    several files are told apart by the name of the file.
    Raises ConfigError with file and line.
    """
    items: list[Labelled] = []
    scales: dict[Scale, str] = {}
    left_out = 0
    for path in paths:
        prefix = f"{path.stem}/" if len(paths) > 1 else ""
        found = _Reader(read_table(path), how, spec, prefix).read()
        scales[found.scale] = str(path)
        items += found.items
        left_out += found.left_out
    if len(scales) > 1:
        (one, first), (other, second), *_ = scales.items()
        what = f"{first} has labels of {one.name}, {second} labels of {other.name}"
        raise ConfigError(what, hint="measure them one after the other")
    _refuse_repeats(items)
    name = ", ".join(path.name for path in paths)
    return Labels(name, next(iter(scales)), tuple(items), left_out)


@dataclass(frozen=True, slots=True)
class _Said:
    """A row with its label."""

    row: Row
    id: str
    by: str
    label: str
    grade: str


class _Reader:
    """Reads the rows of one file."""

    def __init__(self, table: Table, how: Mapped, spec: Spec | None, prefix: str) -> None:
        self._table, self._how, self._spec, self._prefix = table, how, spec, prefix
        self._has = {name for name in FIELDS if how.column(name) in table.columns}

    def read(self) -> Labels:
        """Return the answers of the file, several raters of one answer joined."""
        self._must_have(NEEDED)
        self._must_have(sorted(self._how.columns))
        if self._spec is not None:
            self._must_have_one(("request", "conversation"))
            self._must_have_one(("section", "clause"))
        said, scale, left_out = self._labels()
        by_id: dict[str, list[_Said]] = {}
        for each in said:
            by_id.setdefault(each.id, []).append(each)
        raters = sorted({each.by for each in said})
        items = [self._labelled(group, raters) for group in by_id.values()]
        return Labels(self._table.path, scale, tuple(items), left_out)

    def _labels(self) -> tuple[list[_Said], Scale, int]:
        """Return the rows that have a label, and the scale that all are on."""
        said: list[_Said] = []
        left_out = 0
        possible = dict.fromkeys(SCALES)
        seen: dict[tuple[str, str], int] = {}
        for row in self._table.rows:
            written = self._text(row, "label")
            if not written.strip():
                left_out += 1
                continue
            fits = [s for s in possible if s.read(self._how.label(written)) is not None]
            if not fits:
                self._unknown(row, written, list(possible))
            possible = dict.fromkeys(fits)
            each = _Said(row, self._id(row), self._text(row, "by").strip(), written, written)
            first = seen.setdefault((each.id, each.by), row.line)
            if first != row.line:
                who = f" by {each.by!r}" if each.by else ""
                self._fail(
                    row,
                    f"id {each.id!r} is labelled twice{who}, first in line {first}",
                    "give each answer its own id, or name the raters in a column `by`",
                )
            said.append(each)
        if not said:
            raise ConfigError(
                f"{self._table.path}: no row has a label", hint="see the column `label`"
            )
        scale = next(iter(possible))
        return [self._read_label(each, scale) for each in said], scale, left_out

    def _read_label(self, each: _Said, scale: Scale) -> _Said:
        label = scale.read(self._how.label(each.label))
        if label is None:  # every label was read on this scale before
            raise AssertionError(each.label)
        grade = each.grade.strip()
        return _Said(each.row, each.id, each.by, label, grade if len(grade) <= 100 else label)

    def _unknown(self, row: Row, written: str, possible: list[Scale]) -> NoReturn:
        known = "; ".join(", ".join(word for word, _ in scale.words) for scale in possible)
        hint = f"known: {known}; map others with --map {_short(written)}=…"
        self._fail(row, f"unknown label {_short(written)!r}", hint)

    def _labelled(self, group: list[_Said], raters: list[str]) -> Labelled:
        first = group[0]
        by_rater = {each.by: each.label for each in group}
        answer = self._text(first.row, "answer")
        for other in group[1:]:
            if self._text(other.row, "answer") != answer:
                what = f"id {other.id!r} has another answer in line {first.row.line}"
                self._fail(other.row, what, "one id stands for one answer")
        several = len(raters) > 1
        grade = (
            SEPARATOR.join(by_rater.get(name, "") for name in raters) if several else first.grade
        )
        messages = self._messages(first.row)
        section, clause = self._section(first.row)
        return Labelled(
            item=Item(
                id=first.id,
                section=section,
                clause=clause,
                outcome=self._outcome(first.row),
                messages=messages,
                tools=(),
                answer=answer,
                calls=self._calls(first.row),
                rubric=self._text(first.row, "rubric") or None,
            ),
            cluster=self._text(first.row, "cluster").strip()
            or (cluster_of(messages) if messages else first.id),
            grade=grade,
            truth=truth_of([by_rater.get(name) for name in raters]),
            position=0,
            authority=self._spec.section(section).authority if self._spec else None,
            columns=self._columns(group),
            path=self._table.path,
            line=first.row.line,
        )

    def _columns(self, group: list[_Said]) -> dict[str, str]:
        """Return what else the rows of an answer say, where all of them say the same."""
        first, *others = [each.row.cells for each in group]
        return {
            name: value or ""  # null is an empty cell
            for name, value in first.items()
            if isinstance(value, str | None)
            and name != self._how.column("answer")
            and all(other.get(name) == value for other in others)
        }

    def _id(self, row: Row) -> str:
        written = self._text(row, "id").strip() if "id" in self._has else ""
        if "id" in self._has and not written:
            self._fail(row, "the id is empty", "give each answer an id, or leave the column out")
        return f"{self._prefix}{written or f'line-{row.line}'}"

    def _messages(self, row: Row) -> tuple[ChatMessage, ...]:
        value = self._cell(row, "conversation")
        if isinstance(value, str) and value.strip():
            value = self._json(row, "conversation", value)
        if value in (None, ""):
            request = self._text(row, "request")
            if not request.strip() and self._spec is not None:
                what = "neither a request nor a conversation"
                self._fail(row, what, "a judge needs what was asked")
            return (ChatMessage("user", request),) if request.strip() else ()
        if not isinstance(value, list) or not value:
            self._fail(row, "conversation is no list of messages", _MESSAGE_HINT)
        return tuple(self._message(row, each) for each in value)

    def _message(self, row: Row, value: Any) -> ChatMessage:
        if not isinstance(value, dict):
            self._fail(row, "a message is no JSON object", _MESSAGE_HINT)
        role, content, tool = value.get("role"), value.get("content"), value.get("tool")
        if role not in ROLES or not isinstance(content, str) or not isinstance(tool, str | None):
            self._fail(row, "a message without role and content", _MESSAGE_HINT)
        return ChatMessage(str(role), content, tool)

    def _calls(self, row: Row) -> tuple[ToolCall, ...]:
        value = self._cell(row, "calls")
        if isinstance(value, str) and value.strip():
            value = self._json(row, "calls", value)
        if value in (None, "", []):
            return ()
        hint = 'e.g. [{"name": "search", "arguments": "{}"}]'
        if not isinstance(value, list):
            self._fail(row, "calls is no list", hint)
        found = []
        for each in value:
            fits = isinstance(each, dict) and isinstance(each.get("name"), str)
            if not fits or not isinstance(each.get("arguments"), str):
                self._fail(row, "a call without name and arguments as text", hint)
            found.append(ToolCall(each["name"], each["arguments"]))
        return tuple(found)

    def _section(self, row: Row) -> tuple[str, str | None]:
        clause = self._text(row, "clause").strip() or None
        section = self._text(row, "section").strip()
        if clause is not None:
            of = clause.partition("/")[0]
            if section and section != of:
                what = f"clause {clause!r} is not of section {section!r}"
                self._fail(row, what, "leave one of them empty")
            section = of
        if self._spec is None:
            return section, clause
        if not section:
            self._fail(row, "neither a section nor a clause", "a judge needs the rules that apply")
        if not self._spec.has_section(section):
            hint = f"see `charter show {self._spec.source.path}` for the ids"
            self._fail(row, f"the spec has no section {_short(section)!r}", hint)
        if clause is not None and all(c.id != clause for c in self._spec.section(section).clauses):
            hint = f"see `charter show {self._spec.source.path}#{section}` for its clauses"
            self._fail(row, f"the spec has no clause {_short(clause)!r}", hint)
        return section, clause

    def _outcome(self, row: Row) -> str:
        written = self._text(row, "outcome").strip() or Outcome.ANY.value
        if written not in list(Outcome):
            what = f"unknown outcome {_short(written)!r}"
            self._fail(row, what, f"known: {', '.join(Outcome)}")
        return written

    def _cell(self, row: Row, name: str) -> Any:
        return row.cells.get(self._how.column(name))

    def _text(self, row: Row, name: str) -> str:
        """Return a cell as text; missing is empty. Fails on anything else that JSON may hold."""
        value = self._cell(row, name)
        if isinstance(value, bool) or not isinstance(value, str | int | None):
            self._fail(row, f"{self._how.column(name)!r} is no text", "write it in quotes")
        return "" if value is None else str(value)

    def _json(self, row: Row, name: str, text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            self._fail(row, f"{self._how.column(name)!r} is no JSON", _MESSAGE_HINT)

    def _must_have(self, names: Sequence[str]) -> None:
        for name in names:
            if name not in self._has:
                self._lacks(repr(self._how.column(name)), name)

    def _must_have_one(self, names: tuple[str, str]) -> None:
        if not self._has & set(names):
            self._lacks(" or ".join(repr(self._how.column(name)) for name in names), names[0])

    def _lacks(self, what: str, name: str) -> NoReturn:
        columns = ", ".join(self._table.columns[:20])
        raise ConfigError(
            f"no column {what}; there are {columns}",
            hint=f"name it with --column {name}=COLUMN",
            place=Place(self._table.path, 1),
        )

    def _fail(self, row: Row, what: str, hint: str) -> NoReturn:
        raise ConfigError(what, hint=hint, place=Place(self._table.path, row.line))


_MESSAGE_HINT = 'e.g. [{"role": "user", "content": "Hello"}], roles: ' + ", ".join(ROLES)


def _refuse_repeats(items: list[Labelled]) -> None:
    seen: dict[str, Labelled] = {}
    for labelled in items:
        first = seen.setdefault(labelled.item.id, labelled)
        if first is not labelled:
            raise ConfigError(
                f"id {labelled.item.id!r} occurs in {first.path}:{first.line} as well",
                hint="rename one of the files",
                place=Place(labelled.path, labelled.line),
            )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"
