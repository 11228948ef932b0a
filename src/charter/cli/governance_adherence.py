"""Finished evaluations of a period -> the section of a report on how models keep to the spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from charter.cli.ledger_file import ledger_file
from charter.evals.report.export import export
from charter.evals.result import result_of
from charter.govern.reports.figure import Figure, Query, Section
from charter.govern.reports.period import Period
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.publish.adherence import Cell, Run, adherence
from charter.publish.adherence import Figure as Share
from charter.records.run import RunFinished

LEAD = (
    "Share of scenarios whose answers keep to the rules, from every evaluation that was finished "
    "in the period, as its own report has it: corrected for the judge's measured error where that "
    "can be. Refusing what the rules let people have is a failure as giving what they forbid is."
)


def adherence_section(places: Sequence[Path], period: Period) -> Section:
    """Return what the runs in these folders amount to. Raises LedgerError."""
    runs: dict[str, tuple[Path, Run]] = {}
    for place in places:
        for found in _runs(place, period):
            runs.setdefault(found[1].id, found)  # a folder named twice, or a copy, counts once
    figures = [figure for place, run in runs.values() for figure in _figures(place, run)]
    lead = LEAD if figures else f"{LEAD} None was finished in this period."
    return Section("adherence", "Adherence", lead, tuple(figures))


def _runs(place: Path, period: Period) -> Iterator[tuple[Path, Run]]:
    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        ended = [
            record.run
            for record in ledger.read(RunFinished)
            if period.first.isoformat() <= record.at[:10] <= period.last.isoformat()
        ]
        for run in ended:  # one after another: each report holds all replies
            for found in adherence([export(result_of(ledger, run))]).runs:
                yield place, found


def _figures(place: Path, run: Run) -> Iterator[Figure]:
    query = Query("verb", f"charter report {run.id} --ledger {place} --json")
    yield from _of(run, "whole", f"{run.model}, the whole of {_spec(run)}", run.whole, query)
    for section, cell in run.sections.items():
        yield from _of(run, f"section-{section}", f"{run.model}, {section}", cell, query)


def _of(run: Run, part: str, label: str, cell: Cell, query: Query) -> Iterator[Figure]:
    yield _figure(
        f"{run.id}-{part}", f"{label}: adherence", cell.adherence, query, _said(run, cell)
    )
    if part != "whole":
        return
    for name, words, share in (
        ("over", "refused what the rules let people have", cell.over_refusal),
        ("under", "gave what the rules forbid", cell.under_refusal),
    ):
        if share.scenarios:
            yield _figure(f"{run.id}-{part}-{name}", f"{label}: {words}", share, query, "")


def _figure(id_: str, label: str, share: Share, query: Query, said: str) -> Figure:
    found = share.share
    note = "; ".join(each for each in (said, share.note) if each)
    if found is None:
        return Figure(
            id=id_, label=label, value=None, unit="share", query=query, n=share.decided,
            note=note or "not enough evidence",
        )  # fmt: skip
    return Figure(
        id=id_, label=label, value=found.value, unit="share", query=query, low=found.low,
        high=found.high, n=found.scenarios, note=note,
    )  # fmt: skip


def _said(run: Run, cell: Cell) -> str:
    doubt = "rests on judges that are not known to be fit" if run.uncalibrated else ""
    target = "" if cell.target is None else f"target {100 * cell.target:g} %: {cell.said}"
    return "; ".join(each for each in (target, doubt) if each)


def _spec(run: Run) -> str:
    return f"{run.spec} {run.version}" if run.version else run.spec
