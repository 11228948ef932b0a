"""Frames of rows -> what a policy decides on each, exactly as one by one, but for the time.

Nearly all conversations of a log are plain and restricted by nothing. Vectorised tests, which miss
none that is not, leave the few that have to be decided on in Python. See `prefilter` and `plain`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from charter.audit.plain import Plain
from charter.audit.prefilter import Columns, Test, test_of
from charter.audit.row import Decided, Row, RowResult, Terms, Unread
from charter.audit.turns import decide_row
from charter.policy.boundaries.boundary import Boundary
from charter.policy.policy import Policy

ROW = "_row"
UNREAD = "_unread"
"""Columns of a frame beside those of `Row`: the number of the row, and why it could not be read."""
TEXTS = Row._fields
MOST_TURNS = 64
"""Messages of a plain conversation."""

_FULL, _REQUEST, _ANSWER = "_full", "_in", "_out"
_STRING = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u(?:[0-9a-cA-CefEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2}))*"'  # noqa: E501
_TURN = rf'\{{"role": ?"(?:user|assistant|system|developer)", ?"content": ?{_STRING}\}}'
_PLAIN_JSON = rf"\A\[{_TURN}(?:, ?{_TURN})*\]\z"
"""A list of messages that have a role and a text and nothing else, as programs write it."""
_TURNS = pl.List(pl.Struct({"role": pl.String, "content": pl.String}))


@dataclass(slots=True)
class Batch:
    """What was decided on some rows. A row that is in neither is plainly allowed."""

    rows: int = 0
    asked: list[int] = field(default_factory=lambda: [0, 0, 0, 0])
    """Decisions by stage, in the order of STAGES."""
    others: list[tuple[int, RowResult]] = field(default_factory=list)
    """Rows with a finding, and rows that could not be read, by number."""

    def take(self, number: int, result: RowResult) -> None:
        """Take in a row that was decided on by itself."""
        if isinstance(result, Unread):
            self.others.append((number, result))
            return
        for at, count in enumerate(result.asked):
            self.asked[at] += count
        if result.findings:
            self.others.append((number, result))


class Auditor:
    """Decides on rows under one policy."""

    def __init__(self, policy: Policy, terms: Terms = Terms()) -> None:  # noqa: B008 - immutable
        self.policy = policy
        self.terms = terms
        self.plain = Plain(policy, terms)

    @cached_property
    def everywhere(self) -> tuple[str, ...]:
        """Ids of boundaries that every conversation has to be asked about: they make it slow."""
        columns = (self._tests("request"), self._tests("answer", TEXTS))
        return tuple(dict.fromkeys(name for test in columns for name in test.everywhere))

    def _boundaries(self, stage: str) -> list[Boundary]:
        return [self.policy.boundaries[at] for at in self.plain.bucket(stage).members]

    def _tests(
        self, text: str, names: Sequence[str] = ("request", "answer"), request: str = "request"
    ) -> Test:
        """Return the tests of requests or of answers in a column; `names` are the columns there."""
        stage = "request" if text in {"request", "said"} else "output"
        constants = self.plain.constants(stage)
        if constants is None:
            return Test(quick=True, exact=True, everywhere=("gates",))
        if stage == "output" and "system" not in names:
            constants = {**constants, "privileged": 0}
        asked = pl.col(request).fill_null("") if request in names else pl.lit("")
        return test_of(self._boundaries(stage), Columns(pl.col(text), asked, constants))

    def flagged(self, rows: pl.LazyFrame, names: Sequence[str]) -> pl.LazyFrame:
        """Add to rows of texts which of them have to be decided on; columns are `names`."""
        if "messages" in names:
            return rows
        texts = [name for name in ("request", "answer", "system") if name in names]
        size = pl.sum_horizontal(pl.col(name).str.len_bytes().fill_null(0) for name in texts)
        full = (size > self.plain.largest) | _any([_zero(pl.col(name)) for name in texts])
        heard = [name for name in ("request", "system") if name in names]
        full |= _any([_fence(pl.col(name)) for name in heard])
        asked = {_FULL: full}
        for text, flag in (("request", _REQUEST), ("answer", _ANSWER)):
            if text in names:
                test = self._tests(text, names)
                may = pl.lit(test.quick) if isinstance(test.quick, bool) else test.quick
                asked[flag] = pl.col(text).is_not_null() & may.fill_null(value=True)
        return rows.with_columns(**asked)

    def batch(self, frame: pl.DataFrame) -> Batch:
        """Decide on a frame with ROW, any columns of `Row` and perhaps UNREAD."""
        names = [name for name in TEXTS if name in frame.columns]
        batch = Batch(frame.height)
        if UNREAD in frame.columns:
            bad = frame.filter(pl.col(UNREAD).is_not_null())
            if bad.height:
                pairs = zip(bad[ROW].to_list(), bad[UNREAD].to_list(), strict=True)
                batch.others += [(number, Unread(why)) for number, why in pairs]
                frame = frame.filter(pl.col(UNREAD).is_null())
        if "messages" in names:
            self._messages(frame, names, batch)
        elif names:
            if _FULL not in frame.columns:
                frame = self.flagged(frame.lazy(), names).collect()
            self._texts(frame, names, batch)
        else:
            batch.others += [(number, Unread("empty")) for number in frame[ROW].to_list()]
        batch.others.sort(key=lambda pair: pair[0])
        return batch

    def _texts(self, frame: pl.DataFrame, names: list[str], batch: Batch) -> None:
        """Decide on rows of texts."""
        flags = [flag for flag in (_FULL, _REQUEST, _ANSWER) if flag in frame.columns]
        empty = _all([pl.col(name).is_null() for name in names])
        for text, at in (("request", 0), ("answer", 1)):
            if text in names:  # an empty answer is none
                there = pl.col(text).is_not_null() if at == 0 else pl.col(text) != ""
                batch.asked[at] += int(frame.select((there & ~pl.col(_FULL)).sum()).item())
        few = frame.filter(_any([pl.col(flag) for flag in flags]) | empty)
        if not few.height:
            return
        few = self._closer(few, names)
        wanted = [name if name in few.columns else None for name in ("request", "answer", "system")]
        columns = [few[name].to_list() if name else [None] * few.height for name in wanted]
        looks = [
            few[flag].to_list() if flag in few.columns else [False] * few.height
            for flag in (_FULL, _REQUEST, _ANSWER)
        ]
        for number, request, answer, system, full, asks, says in zip(
            few[ROW].to_list(), *columns, *looks, strict=True
        ):
            row = Row(request, answer, system)
            if full or row == _NOTHING:
                batch.take(number, decide_row(self.policy, row, self.terms))
            elif asks or says:
                self._plainly(batch, number, row, asks=asks, says=says and answer != "")

    def _closer(self, few: pl.DataFrame, names: list[str]) -> pl.DataFrame:
        """Ask the exact tests about rows that passed the quick ones."""
        exact = {}
        for text, flag in (("request", _REQUEST), ("answer", _ANSWER)):
            test = self._tests(text, names).exact if text in names else True
            if not isinstance(test, bool):
                exact[flag] = pl.col(flag) & test.fill_null(value=True)
        return few.with_columns(**exact)

    def _plainly(self, batch: Batch, number: int, row: Row, *, asks: bool, says: bool) -> None:
        messages = [("system", row.system)] if row.system is not None else []
        wanted = []
        if row.request is not None:
            wanted += [len(messages)] * asks
            messages.append(("user", row.request))
        if row.answer is not None:
            wanted += [len(messages)] * says
            messages.append(("assistant", row.answer))
        findings = self.plain.decide(messages, wanted)
        if findings:
            whole = (int(row.request is not None), int(bool(row.answer)), 0, 0)
            batch.others.append((number, Decided(whole, tuple(findings))))

    def _messages(self, frame: pl.DataFrame, names: list[str], batch: Batch) -> None:
        """Decide on rows with messages as JSON."""
        others = [pl.col(name).is_null() for name in names if name != "messages"]
        said = pl.col("messages")
        short = said.str.len_bytes() <= self.plain.largest
        plain = _all([short, said.str.contains(_PLAIN_JSON), *others]).fill_null(value=False)
        if self.terms.wire not in (None, "openai-chat"):
            plain = pl.lit(value=False)
        simple = frame.filter(plain)
        left = frame.filter(~plain)
        if simple.height:
            closer = self._turns(simple, batch)
            if closer.height:
                left = pl.concat([left.select(frame.columns), closer.select(frame.columns)])
        wanted = [name if name in left.columns else None for name in TEXTS]
        columns = [left[name].to_list() if name else [None] * left.height for name in wanted]
        for number, *texts in zip(left[ROW].to_list(), *columns, strict=True):
            batch.take(number, decide_row(self.policy, Row(*texts), self.terms))

    def _turns(self, simple: pl.DataFrame, batch: Batch) -> pl.DataFrame:
        """Decide on plain conversations; return those that turn out to be none."""
        turns = (
            simple.select(ROW, pl.col("messages").str.json_decode(_TURNS))
            .explode("messages")
            .unnest("messages")
            .rename({"content": "said"})
        )
        said = pl.col("said")
        user = pl.col("role") == "user"
        turns = turns.with_columns(
            (_zero(said) | _fence(said)).alias(_FULL),
            pl.when(user).then(said).forward_fill().alias("asked"),
            (pl.when(user).then(pl.col(ROW)).forward_fill() != pl.col(ROW)).alias("_before"),
        ).with_columns(
            pl.when(~pl.col("_before").fill_null(value=True)).then("asked").alias("asked")
        )
        odd = turns.filter(_FULL)[ROW].unique()
        long = turns.group_by(ROW).len().filter(pl.col("len") > MOST_TURNS)[ROW]
        odd = pl.concat([odd, long]).unique()
        if odd.len():
            turns = turns.filter(~pl.col(ROW).is_in(odd.implode()))
        self._turn_by_turn(turns, batch)
        return simple.filter(pl.col(ROW).is_in(odd.implode()))

    def _turn_by_turn(self, turns: pl.DataFrame, batch: Batch) -> None:
        user = pl.col("role") == "user"
        answer = (pl.col("role") == "assistant") & (pl.col("said") != "")
        batch.asked[0] += int(turns.select(user.sum()).item())
        batch.asked[1] += int(turns.select(answer.sum()).item())
        for which in ("quick", "exact"):
            request = getattr(self._tests("said", ("said",)), which)
            output = getattr(self._turn_tests, which)
            may = (user & _expression(request)) | (answer & _expression(output))
            hit = turns.filter(may.fill_null(value=True))
            if which == "quick":
                turns = turns.filter(pl.col(ROW).is_in(hit[ROW].unique().implode()))
        if hit.height:
            self._rows(turns.filter(pl.col(ROW).is_in(hit[ROW].unique().implode())), batch)

    @cached_property
    def _turn_tests(self) -> Test:
        constants = self.plain.constants("output")
        if constants is None:
            return Test(quick=True, exact=True, everywhere=("gates",))
        columns = Columns(pl.col("said"), pl.col("asked").fill_null(""), constants)
        return test_of(self._boundaries("output"), columns)

    def _rows(self, turns: pl.DataFrame, batch: Batch) -> None:
        for number, messages in _grouped(turns):
            wanted = [
                at
                for at, (role, text) in enumerate(messages)
                if role == "user" or (role == "assistant" and text)
            ]
            findings = self.plain.decide(messages, wanted)
            if findings:
                requests = sum(messages[at][0] == "user" for at in wanted)
                asked = (requests, len(wanted) - requests, 0, 0)
                batch.others.append((number, Decided(asked, tuple(findings))))


_NOTHING = Row()


def _grouped(turns: pl.DataFrame) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    rows = zip(turns[ROW].to_list(), turns["role"].to_list(), turns["said"].to_list(), strict=True)
    now: int | None = None
    messages: list[tuple[str, str]] = []
    for number, role, text in rows:
        if number != now and now is not None:
            yield now, messages
            messages = []
        now = number
        messages.append((role, text))
    if now is not None:
        yield now, messages


def _expression(test: Any) -> pl.Expr:
    return pl.lit(test) if isinstance(test, bool) else test


def _zero(text: pl.Expr) -> pl.Expr:
    return text.str.contains("\0", literal=True).fill_null(value=False)


def _fence(text: pl.Expr) -> pl.Expr:
    """Whether a text may hold a directive, as `directives.fence.may_hold_fence` says it."""
    tilde = text.str.contains("~~~", literal=True)
    return (tilde & text.str.contains("directive", literal=True)).fill_null(value=False)


def _any(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(*parts) if parts else pl.lit(value=False)


def _all(parts: Sequence[pl.Expr]) -> pl.Expr:
    return pl.all_horizontal(*parts) if parts else pl.lit(value=True)
