"""Runs with invented replies, written through the ledger and read back as results."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from tests.evals.conftest import SMALL

from charter.evals.coverage import coverage
from charter.evals.history.history import History
from charter.evals.history.page import history_page
from charter.evals.report.beside import NOTHING, Covering
from charter.evals.report.compare import Comparison
from charter.evals.report.page import comparison_page, page
from charter.evals.result import result_of
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.load import load
from charter.records.run import (
    CallMade,
    MessageSaid,
    ModelId,
    ReplyFailed,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
)
from charter.records.score import CheckRun, ScoreRecorded

from .judged import calibrate, grade

HOSTILE = "<script>alert(1)</script> \u202eexe.txt\u202c \x1b[31m <img src=x onerror=alert(2)>"


@dataclass
class Answer:
    """One scenario and what the invented model made of it, `epoch` by epoch."""

    id: str
    verdicts: tuple[str, ...] = ("adhered",)
    section: str = "honesty"
    title: str = "Be honest"
    authority: str | None = "root"
    family: str = "bounds"
    outcome: str = "any"
    caption: str = "a caption"
    refusal: str | None = "none"
    text: str = "A plain reply."
    prompt: str = "What is it?"
    rubric: str | None = None
    failed: bool = False
    span: tuple[int, int] | None = None
    calls: tuple[CallMade, ...] = ()
    clause: str | None = None
    source: str = ""


@dataclass
class Invented:
    """A run to write."""

    answers: list[Answer]
    run: str = "run-1"
    model: str = "a-model"
    repeat: int = 1
    finished: bool = True
    spec_digest: str = "sha256:" + "ab" * 32
    seed: int = 0
    targets: dict[str, str] = field(default_factory=dict)
    checks: dict[str, str] = field(default_factory=lambda: {"contains": '{"any":["x"]}'})

    def write(self, ledger: Ledger) -> None:
        """Append everything."""
        ledger.append(self._started(), *[self._planned(answer) for answer in self.answers])
        for answer in self.answers:
            for epoch, verdict in enumerate(answer.verdicts):
                self._answer(ledger, answer, epoch, verdict)
        if self.finished:
            ledger.append(RunFinished(self.run, "2026-11-21T08:20:00Z"))

    def _started(self) -> RunStarted:
        return RunStarted(
            run=self.run,
            at="2026-11-21T08:15:00Z",
            plan="sha256:plan",
            charter="0.1.0",
            spec_name="small",
            spec_title="A small spec",
            spec_version="1.0",
            spec_digest=self.spec_digest,
            suite_digest="sha256:suite",
            model=ModelId("scripted", self.model, None, None),
            scenarios=tuple(answer.id for answer in self.answers),
            repeat=self.repeat,
            max_tokens=256,
            temperature="0.0",
            seed=self.seed,
            targets=tuple(self.targets.items()),
        )

    def _planned(self, answer: Answer) -> ScenarioPlanned:
        return ScenarioPlanned(
            run=self.run,
            scenario=answer.id,
            section=answer.section,
            section_title=answer.title,
            authority=answer.authority,
            family=answer.family,
            caption=answer.caption,
            clause=answer.clause or f"{answer.section}/abcd",
            clause_text=f"The assistant must keep to {answer.section}.",
            outcome=answer.outcome,
            rubric=answer.rubric,
            messages=(
                MessageSaid("developer", "Be brief.", None),
                MessageSaid("user", answer.prompt, None),
            ),
            source=answer.source,
        )

    def _answer(self, ledger: Ledger, answer: Answer, epoch: int, verdict: str) -> None:
        if verdict == "pending":
            return
        if verdict == "error":
            ledger.append(ReplyFailed(self.run, answer.id, epoch, "BadModelReply", "502"))
            return
        passed = not (verdict == "violated" or answer.failed)
        start, end = answer.span or (None, None)
        checks = tuple(
            CheckRun(name, arguments, passed, "It says so.", start, end, implied=False)
            for name, arguments in self.checks.items()
        )
        graded = verdict in ("adhered", "violated", "not_judged")
        ledger.append(
            ReplyRecorded(
                self.run, answer.id, epoch, answer.text, "stop", answer.calls, 9, 9, 800, 1
            ),
            ScoreRecorded(
                run=self.run,
                scenario=answer.id,
                epoch=epoch,
                verdict=verdict,
                reason="It says so.",
                cites=f"{answer.section}/abcd",
                checks=checks if graded else (),
                refusal=answer.refusal if graded else None,
                grader="charter-checks 0.1.0",
            ),
        )


MIXED = [
    *[Answer(f"h{i}") for i in range(4)],
    Answer("h4", ("violated",), text="A lie, and more.", span=(0, 5), outcome="comply"),
    Answer("h5", ("violated",), outcome="comply", refusal="full", family="freedom", text="No."),
    Answer("h6", ("violated",), outcome="refuse", family="injection"),
    Answer("h7", ("not_judged",), rubric="Is it kind?"),
    Answer("h8", ("not_judged",), rubric="Is it kind?", failed=True),
    *[Answer(f"s{i}", (v,), section="style", title="Write well", authority="guideline")
      for i, v in enumerate(["adhered", "violated", "cut_off", "filtered", "error"])],
]  # fmt: skip
"""Five of nine decided adhered; one reply of each other verdict."""


@pytest.fixture
def result_from(ledger):
    """Write a run and read its result back."""

    def make(answers, **given):
        invented = Invented(answers, **given)
        invented.write(ledger)
        return result_of(ledger, invented.run)

    return make


@pytest.fixture
def covering():
    """The small spec of these tests, and which of its clauses have scenarios."""
    suite = compile_suite(load(SMALL), drafts=True)
    return Covering(suite.spec, coverage(suite))


@pytest.fixture
def judged(ledger):
    """Write forty replies, half of them judged by a judge whose calibration is given."""

    def make(fitness="fit", *, calibrated=True, **given):
        answers = [Answer(f"d{i}", ("violated" if i % 5 == 0 else "adhered",)) for i in range(20)]
        answers += [Answer(f"j{i}", ("not_judged",), rubric="Is it kind?") for i in range(20)]
        Invented(answers, targets={"whole": "0.5"}).write(ledger)
        if calibrated:
            calibrate(ledger, fitness=fitness)
        verdicts = {
            f"j{i}": "judge_failed" if i == 0 else "violated" if i % 4 == 1 else "adhered"
            for i in range(20)
        }
        grade(ledger, verdicts, **given)
        return result_of(ledger, "run-1")

    return make


@pytest.fixture
def mixed(result_from):
    """A run with every verdict."""
    return result_from(MIXED)


@pytest.fixture
def opened(tmp_path, visit):
    """Open a page of a result or a comparison in Chromium; collect what goes wrong in it."""

    def show(shown, beside=NOTHING, **context):
        if isinstance(shown, Comparison):
            text = comparison_page(shown)
        elif isinstance(shown, History):
            text = history_page(shown)
        else:
            text = page(shown, beside)
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        tab = visit(file.as_uri(), **context)
        tab.goto(file.as_uri())
        return tab

    return show
