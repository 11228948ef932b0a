"""Reports of evaluations -> what stands beside a rule: how well which model keeps to it.

What is read is the public form `charter-report/2`: its figures are shown as they stand there,
and nothing is computed anew. A figure without enough evidence, or of a judge that is not known
to be fit, is said to be that; a rule that nobody measured is said to be not measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

from charter.publish.adherence_failures import Failures, failures_of
from charter.publish.edition import Edition

FORMAT = "charter-report/2"
NO_JUDGE = frozenset({"checks alone", "nothing decided"})
"""What figures rest on that no judge has a part in, in the report's words."""
NEARLY = 0.9
"""Of the scenarios that the fullest run asked: a run with as many is as good, and may be newer."""
_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval, in [0, 1]."""

    value: float
    low: float
    high: float
    scenarios: int
    """It rests on."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a report states as a share of scenarios, or why it states none."""

    share: Share | None
    """None without enough evidence."""
    decided: int
    scenarios: int
    """That ask for it."""
    basis: str
    """What the figure rests on, in the report's words."""
    note: str
    """Why it is not corrected; empty where it is, or need not be."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one model kept to one rule in one run."""

    adherence: Figure
    over_refusal: Figure
    """Of what the rule lets people have: refused all the same. A failure of freedom."""
    under_refusal: Figure
    """Of what the rule forbids: given all the same. A failure of safety."""
    target: float | None
    state: str | None
    """`met`, `not met` or `not enough evidence`; None without a target."""

    @property
    def said(self) -> str:
        """What to say of it in one word: its state, or whether it was measured at all."""
        if self.state is not None:
            return self.state
        return "measured" if self.adherence.share is not None else "not enough evidence"


@dataclass(frozen=True, slots=True)
class Judge:
    """Who judged replies, and whether it is known to be fit for that."""

    name: str
    fit: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """One run, on one version of a spec."""

    id: str
    model: str
    at: str
    """UTC, ISO 8601."""
    spec: str
    digest: str
    version: str | None
    whole: Cell
    authorities: Mapping[str, Cell]
    """By the name of the level; `none` for sections without one."""
    sections: Mapping[str, Cell]
    clauses: Mapping[str, Cell]
    uncalibrated: bool
    """Whether figures rest on judges that are not known to be fit."""
    withheld: tuple[str, ...]
    """Why there are verdicts of judges that are part of no figure."""
    judges: tuple[Judge, ...]
    cautions: tuple[str, ...]
    """What the report has said before any figure."""
    limits: tuple[str, ...]
    """What the report says that its figures do not say."""
    failures: Mapping[str, Failures]
    """Examples of violations by section; empty unless they were asked for."""


class Found(NamedTuple):
    """What is known of one model on one thing: always of one run, never of several together."""

    run: Run
    """That says it; where none does, the one that speaks for the whole."""
    cell: Cell | None
    """None: not measured."""
    bare: bool = False
    """Whether it was measured on the base text alone, without the overlays that are shown."""
    older: bool = False
    """Whether a newer run of the model on that text asked fewer scenarios of it."""
    fuller: tuple[Run, Cell] | None = None
    """The run that decided most scenarios of it, where that is clearly more."""

    @property
    def doubtful(self) -> bool:
        """Whether the figure rests on judges that are not known to be fit."""
        cell = self.cell
        return cell is not None and self.run.uncalibrated and cell.adherence.basis not in NO_JUDGE


@dataclass(frozen=True, slots=True)
class Adherence:
    """Every run that is published; all of them were finished.

    `texts` are the digests on which a version was measured, its own first: `texts_of`. Runs on
    the next count only where a model has none on the one before that says anything of a thing.
    """

    runs: tuple[Run, ...] = ()
    """Oldest first."""
    _grouped: dict[tuple[str, ...], Sequence[Sequence[Sequence[Run]]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What `_grouped_by` found before: every section of every page asks for it."""

    def of_whole(self, texts: Sequence[str]) -> tuple[Found, ...]:
        """Return what is known of each model on the whole, by model."""
        found = []
        for ran in self._grouped_by(texts):
            at, runs = next((at, each) for at, each in enumerate(ran) if each)
            found.append(_found(runs, lambda run: run.whole, bare=at > 0) or Found(runs[-1], None))
        return tuple(found)

    def of_section(self, texts: Sequence[str], section: str) -> tuple[Found, ...]:
        """Return what is known of each model on a section."""
        return self._of(texts, lambda run: run.sections.get(section))

    def of_clause(self, texts: Sequence[str], clause: str) -> tuple[Found, ...]:
        """Return what is known of each model on a clause."""
        return self._of(texts, lambda run: run.clauses.get(clause))

    def of_level(self, texts: Sequence[str], level: str) -> tuple[Found, ...]:
        """Return what the runs that speak for the whole say of a level of authority."""
        return tuple(
            found._replace(cell=found.run.authorities.get(level), fuller=None)
            for found in self.of_whole(texts)
        )

    def measured(self, texts: Sequence[str]) -> bool:
        """Whether there is a run on any of these texts."""
        return any(run.digest in texts for run in self.runs)

    @property
    def models(self) -> tuple[str, ...]:
        """Every model that was measured, sorted."""
        return tuple(sorted({run.model for run in self.runs}))

    def _of(self, texts: Sequence[str], get: _Get) -> tuple[Found, ...]:
        rows = []
        for whole, ran in zip(self.of_whole(texts), self._grouped_by(texts), strict=True):
            said = (_found(runs, get, bare=at > 0) for at, runs in enumerate(ran))
            unknown = Found(whole.run, None, whole.bare)
            rows.append(next((each for each in said if each is not None), unknown))
        return tuple(rows)

    def _grouped_by(self, texts: Sequence[str]) -> Sequence[Sequence[Sequence[Run]]]:
        """Return, for each model that has any, its runs on each text, oldest first."""
        found = self._grouped.get(tuple(texts))
        if found is None:
            runs = [run for run in self.runs if run.digest in texts]
            own: dict[str, list[Run]] = {}
            for run in runs:
                own.setdefault(run.model, []).append(run)
            found = [
                [[run for run in own[model] if run.digest == each] for each in texts]
                for model in sorted(own)
            ]
            self._grouped[tuple(texts)] = found
        return found


def texts_of(edition: Edition) -> tuple[str, ...]:
    """Return the digests that a version is measured by: its own, then that of its base alone."""
    return tuple(dict.fromkeys((edition.spec.digest, edition.texts[0].digest)))


_Get = Callable[[Run], Cell | None]


def _found(runs: Sequence[Run], get: _Get, *, bare: bool) -> Found | None:
    """Return what speaks for a model among all its runs on a text; None where none asked.

    It is the newest of those that asked nearly as many scenarios as the one that asked most: how
    many were asked is settled before there is any reply, so no outcome has a part in the choice.
    """
    cells = [(run, cell) for run in runs if (cell := get(run)) and cell.adherence.scenarios]
    if not cells:
        return None
    most = max(cell.adherence.scenarios for _, cell in cells)
    full = [each for each in cells if each[1].adherence.scenarios >= NEARLY * most]
    run, cell = full[-1]
    best = max(cells, key=lambda each: each[1].adherence.decided)
    fuller = best if cell.adherence.decided < NEARLY * best[1].adherence.decided else None
    return Found(run, cell, bare, cells[-1][0] is not run, fuller)


def adherence(reports: Iterable[Mapping[str, Any]], *, failures: bool = False) -> Adherence:
    """Take reports; with `failures`, also examples of replies that violate a rule.

    Runs that were not finished are left out. Reports come in any order, but those of one second
    oldest first. Raises ValueError for what is no report of this format.
    """
    runs = [_run(report, failures=failures) for report in reports]
    known = {run.id: run for run in runs if run is not None}
    return Adherence(tuple(sorted(known.values(), key=lambda run: run.at)))


def _run(report: Mapping[str, Any], *, failures: bool) -> Run | None:
    if report.get("format") != FORMAT:
        raise ValueError(f"{report.get('format')!r:.80} is no report of the format {FORMAT}")
    run, spec, summary = report["run"], report["spec"], report["summary"]
    levels = _cells(report["authorities"])
    if run["finished_at"] is None:
        return None
    return Run(
        id=run["id"],
        model=_model(report),
        at=run["started_at"],
        spec=spec["name"],
        digest=spec["digest"],
        version=spec["version"],
        whole=_cell(summary["whole"]),
        authorities={name.removeprefix("authority:"): cell for name, cell in levels.items()},
        sections=_cells(report["sections"]),
        clauses=_cells(report["clauses"]),
        uncalibrated=run["uncalibrated"],
        withheld=tuple(run["withheld"]),
        judges=tuple(_judge(each) for each in (report["judging"] or {"judges": ()})["judges"]),
        cautions=tuple(f"{each['title']}: {each['text']}" for each in summary["cautions"]),
        limits=tuple(summary["limits"]),
        failures=failures_of(report["cases"]) if failures else _NOTHING,
    )


def _model(report: Mapping[str, Any]) -> str:
    """Return a model's name as `charter history` has it; one with a brief is another."""
    name = f"{report['model']['provider']}:{report['model']['name']}"
    return f"{name} with a brief" if report["settings"]["brief"] is not None else name


def _judge(judge: Mapping[str, Any]) -> Judge:
    return Judge(judge["name"], judge["fit"], tuple(judge["reasons"]))


def _cells(groups: Iterable[Mapping[str, Any]]) -> Mapping[str, Cell]:
    return MappingProxyType({group["id"]: _cell(group) for group in groups})


def _cell(group: Mapping[str, Any]) -> Cell:
    return Cell(
        adherence=_figure(group["adherence"], stated=group["enough"]),
        over_refusal=_figure(group["over_refusal"]),
        under_refusal=_figure(group["under_refusal"]),
        target=group["target"],
        state=group["state"],
    )


def _figure(figures: Mapping[str, Any], *, stated: bool = True) -> Figure:
    """Return the figure to show: the corrected one where there is one."""
    found = (figures["corrected"] or figures["raw"]) if stated else None
    return Figure(
        Share(found["value"], found["low"], found["high"], found["scenarios"]) if found else None,
        figures["decided"],
        figures["scenarios"],
        figures["basis"],
        figures["note"],
    )
