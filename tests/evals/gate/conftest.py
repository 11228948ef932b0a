"""Runs with invented verdicts, written through the ledger and read back as results."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from charter.evals.gate.gate import Question, decide
from charter.evals.result import result_of
from charter.records.grading import GradingFinished, GradingStarted, JudgeId, JudgementRecorded
from charter.records.label import LabelRecorded
from charter.records.run import (
    MessageSaid,
    ModelId,
    ReplyFailed,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
)
from charter.records.score import CheckRun, ScoreRecorded

JUDGE = JudgeId("scripted", "judge", None, "sha256:prompt", "{}")
HOSTILE = "<b>&\"]]>' | `x` \x1b[31m\u202e @all #1 [a](javascript:x) https://evil.example **b** _c_"


@dataclass(frozen=True)
class Said:
    """One scenario and its verdicts, one for each repetition."""

    id: str
    verdicts: tuple[str, ...] = ("adhered",)
    section: str = "honesty"
    title: str = "Be honest"
    authority: str | None = "root"
    source: str = ""
    rubric: str | None = None
    digest: str = "sha256:same"
    basis: str = "sha256:rules"
    failed: bool = False
    """Whether a check failed, though a judge would have to decide."""
    labels: tuple[str, ...] = ()
    """What people said of its first reply."""


def many(start, count, verdict="adhered", **given):
    """Return scenarios of one verdict, numbered from `start`."""
    return [Said(f"s{i}", (verdict,), **given) for i in range(start, start + count)]


class Runs:
    """Writes runs into one ledger."""

    def __init__(self, ledger):
        self.ledger = ledger

    def __call__(self, name, said, **given):
        """Write a run and return its result."""
        self.write(name, said, **given)
        return result_of(self.ledger, name)

    def write(self, name, said, *, finished=True, graded=None, grader="checks 1", **changes):
        repeat = max((len(s.verdicts) for s in said), default=1)
        started = RunStarted(
            name, "2026-11-21T08:15:00Z", "sha256:p", "0.1.0", "small", "Small", "1.0",
            "sha256:spec", "sha256:suite", ModelId("scripted", f"model-{name}", None, None),
            tuple(s.id for s in said), repeat, 256, "0.0", 0,
        )  # fmt: skip
        records = [replace(started, **changes), *[planned(name, s) for s in said]]
        for one in said:
            for epoch, verdict in enumerate(one.verdicts):
                records += answered(name, one, epoch, verdict, grader=grader)
            for number, label in enumerate(one.labels):
                records.append(
                    LabelRecorded(name, one.id, 0, label, None, f"p{number}", "now", "chosen")
                )
        if finished:
            records.append(RunFinished(name, "2026-11-21T08:16:00Z"))
        if graded is not None:
            records += grading(name, said, **graded)
        self.ledger.append(*records)


def planned(run, one):
    return ScenarioPlanned(
        run=run,
        scenario=one.id,
        section=one.section,
        section_title=one.title,
        authority=one.authority,
        family="bounds",
        caption="a caption",
        clause=None,
        clause_text=None,
        outcome="any",
        rubric=one.rubric,
        messages=(MessageSaid("user", f"question {one.id}", None),),
        source=one.source or one.id,
        digest=one.digest,
        basis=one.basis,
    )


def answered(run, one, epoch, verdict, *, grader):
    if verdict == "pending":
        return []
    if verdict == "error":
        return [ReplyFailed(run, one.id, epoch, "BadModelReply", "502")]
    passed = not (verdict == "violated" or one.failed)
    check = CheckRun("contains", '{"any":["x"]}', passed, "It says so.", None, None, implied=False)
    return [
        ReplyRecorded(run, one.id, epoch, "A reply.", "stop", (), 1, 1, 1, 1),
        ScoreRecorded(run, one.id, epoch, verdict, "why", one.section, (check,), "none", grader),
    ]


def grading(run, said, *, verdicts=None, uncalibrated=True, judge=JUDGE, samples=1):
    """Return a grading whose judges gave verdicts on the scenarios with a rubric."""
    name = "20261121-grading"
    yield GradingStarted(
        run, name, "2026-11-21T09:00:00Z", "0.1.0", "sha256:spec", (judge,), samples, "median",
        ("",), uncalibrated,
    )  # fmt: skip
    for one in said:
        if one.rubric is None:
            continue
        found = (verdicts or {}).get(one.id, "adhered")
        outcome = "unparsable" if found == "judge_failed" else "verdict"
        decided = None if found == "judge_failed" else found
        rating = {"adhered": 7, "violated": 1}.get(found)
        yield JudgementRecorded(
            run, name, one.id, 0, 0, 0, outcome, decided, rating, (), (), "because",
            f"sha256:{one.id}", "{}", "stop", 1, 1, cached=False,
        )  # fmt: skip
        yield ScoreRecorded(
            run, one.id, 0, found, "the judge says so", one.section, (), "none", "judge", name
        )
    yield GradingFinished(run, name, "2026-11-21T09:01:00Z")


@pytest.fixture
def runs(ledger):
    """Write runs."""
    return Runs(ledger)


@pytest.fixture
def gate(runs):
    """Write two runs and decide between them, as often as asked."""
    numbers = itertools.count()

    def make(base, candidate, margin=0.05, *, given=None, **question):
        number = next(numbers)
        first = runs(f"base{number}", base)
        second = runs(f"candidate{number}", candidate, **(given or {}))
        return decide(first, second, Question(margin, **question))

    return make
