"""Result -> one self-contained HTML page; see `document` for how hostile text is kept harmless."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from charter.evals.report.beside import NOTHING, Beside
from charter.evals.report.case_view import CaseView, anchored, slug, unique, view_of
from charter.evals.report.caution import UNCALIBRATED
from charter.evals.report.clauses import clauses
from charter.evals.report.compare import ComparedRow, Comparison
from charter.evals.report.contrast import TESTS, sentences
from charter.evals.report.coverage_map import COVER_WORDS, coverage_map
from charter.evals.report.document import document
from charter.evals.report.figure import corrected_word
from charter.evals.report.freedom import Freedom, by_authority, by_section, freedom
from charter.evals.report.freedom_plot import freedom_plot
from charter.evals.report.judges import grader, judging, spent_on_replies
from charter.evals.report.plot import plot
from charter.evals.report.summary import limits, summarise
from charter.evals.report.trust_wording import agreement_sentences
from charter.evals.result import Result
from charter.evals.score import Verdict

_SILENT = (Verdict.JUDGE_FAILED, Verdict.CUT_OFF, Verdict.FILTERED, Verdict.ERROR)


def page(result: Result, beside: Beside = NOTHING) -> str:
    """Return the report of a run as HTML."""
    links = dict(
        zip(
            (row.id for row in result.sections),
            unique(f"section-{slug(row.id)}" for row in result.sections),
            strict=True,
        )
    )
    return document(
        "report.html.j2",
        title=f"{result.run.spec_name} \u00b7 {result.run.model.name}",
        result=result,
        run=result.run,
        summary=summarise(result),
        limits=limits(result),
        plot=plot(result.sections, links=links),
        links=links,
        graders=result.graders,
        corrected=any(row.figures.corrected for row in (result.whole, *result.sections)),
        targeted=any(row.target is not None for row in (*result.sections, *result.authorities)),
        clauses=clauses(result),
        word=corrected_word(result),
        **_freedom(result),
        **_trust(result, beside),
        **_coverage(result, beside),
        **_cases(result),
    )


def comparison_page(comparison: Comparison) -> str:
    """Return two runs side by side as HTML."""
    first, second = comparison.first, comparison.second
    before, after = _errors(first), _errors(second)
    rows = _changes_of_errors(comparison)
    return document(
        "comparison.html.j2",
        title=f"{first.run.model.name} \u00b7 {second.run.model.name}",
        comparison=comparison,
        sides=(first, second),
        grave=[each for each in comparison.cautions if each.startswith(UNCALIBRATED)],
        differences=[each for each in comparison.cautions if not each.startswith(UNCALIBRATED)],
        sentences=sentences(comparison),
        errors_rows=[row for row in rows if row[0].refusals.balanced is not None],
        errors_left_out=sum(row[0].refusals.balanced is None for row in rows),
        errors_plot=freedom_plot(after, before),
        tests=TESTS,
        changes=[
            (change, view_of(change.first, ""), view_of(change.second, ""))
            for change in comparison.changes
        ],
    )


def _changes_of_errors(
    comparison: Comparison,
) -> list[tuple[ComparedRow, Freedom | None, Freedom | None]]:
    """Return the whole, then authorities and sections, each with both errors in both runs."""
    first, second = comparison.first, comparison.second
    found: list[tuple[ComparedRow, Freedom | None, Freedom | None]] = [
        (comparison.whole, freedom(first), freedom(second))
    ]
    for rows, ours, theirs in (
        (comparison.authorities, by_authority(first), by_authority(second)),
        (comparison.sections, by_section(first), by_section(second)),
    ):
        before, after = ({each.id: each for each in side} for side in (ours, theirs))
        found += [(row, before.get(row.id), after.get(row.id)) for row in rows]
    return found


def _errors(result: Result) -> list[Freedom]:
    """Return both errors of the whole and of each authority: what is drawn."""
    return [freedom(result), *by_authority(result)]


def _freedom(result: Result) -> Mapping[str, Any]:
    drawn = _errors(result)
    sections = by_section(result)
    return {
        "errors": drawn[0],
        "errors_rows": [row for row in (*drawn[1:], *sections) if row.lacks is None],
        "errors_lacking": [row for row in (*drawn[1:], *sections) if row.tested and row.lacks],
        "errors_untested": sum(not row.tested for row in sections),
        "errors_plot": freedom_plot(drawn),
    }


def _trust(result: Result, beside: Beside) -> Mapping[str, Any]:
    known = judging(result, beside.prices)
    return {
        "judging": known,
        "agreement": agreement_sentences(known) if known is not None else [],
        "grader": grader(result),
        "spent": spent_on_replies(result, beside.prices),
    }


def _coverage(result: Result, beside: Beside) -> Mapping[str, Any]:
    found = None
    if beside.covering is not None:
        found = coverage_map(beside.covering, measured=result.run.spec_digest)
    return {"coverage": found, "cover_words": COVER_WORDS}


def _cases(result: Result) -> Mapping[str, Any]:
    views = [view_of(case, anchor) for case, anchor in anchored(result)]
    failures = [view for view in views if view.kind is not None]
    return {
        "failures": failures,
        "failed_sections": Counter(view.case.scenario.section for view in failures),
        "open_cases": [
            view for view in views if view.case.verdict == Verdict.NOT_JUDGED and view.kind is None
        ],
        "silent_cases": [view for view in views if view.case.verdict in _SILENT],
        "adhered": _adhered(views),
    }


def _adhered(views: list[CaseView]) -> list[CaseView]:
    return [view for view in views if view.case.verdict == Verdict.ADHERED]
