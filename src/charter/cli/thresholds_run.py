"""The shares of violations of an evaluation, as evidence for thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from pathlib import Path

from charter.cli.named_result import named_result
from charter.errors import ConfigError
from charter.evals.result import Result
from charter.evals.row import Row
from charter.govern.thresholds.exact import moment
from charter.govern.thresholds.threshold import Evidence

_STEP = Decimal("0.000000001")


def evidence_of_run(name: str, ledger: Path) -> list[Evidence]:
    """Return the shares of violations of a run, by name.

    The names are `violations/whole`, and `violations/` with the id of each section and authority,
    such as `violations/authority:root`. The model is named as the provider names it.
    Bounds count replies without a verdict as the worst and the best they could be; they are
    rounded outwards. Raises ConfigError for a run that is not finished or whose judges are not
    known to be fit: no interval holds for them. Raises LedgerError where there is no such run.
    """
    result = named_result(name, ledger)
    if result.finished_at is None:
        raise ConfigError(f"run {result.run.run} is not finished", hint="let it finish first")
    if result.uncalibrated:
        raise ConfigError(
            f"run {result.run.run} rests on a judge that is not known to be fit",
            hint="see charter calibrate",
        )
    return list(_measured(result, result.finished_at))


def _measured(result: Result, at: str) -> Iterator[Evidence]:
    rows = {"whole": result.whole} | {
        row.id: row for row in (*result.sections, *result.authorities)
    }
    for name, row in rows.items():
        found = _evidence(f"violations/{name}", row, result, at)
        if found is not None:
            yield found


def _evidence(name: str, row: Row, result: Result, at: str) -> Evidence | None:
    shown = row.figures
    headline, worst, best = shown.headline, shown.worst, shown.best
    if headline is None or worst is None or best is None:
        return None
    value = _rounded(1 - headline.value, ROUND_HALF_EVEN)
    return Evidence(
        name=name,
        value=value,
        low=min(value, _rounded(1 - best.interval.high, ROUND_FLOOR)),
        high=max(value, _rounded(1 - worst.interval.low, ROUND_CEILING)),
        confidence=Decimal(repr(headline.confidence)),
        at=moment(at),
        model=result.run.model.name,
        digest="",
        source=_source(result),
        n=headline.n,
    )


def _source(result: Result) -> str:
    brief = ", with a brief" if result.run.brief else ""
    return f"run {result.run.run} of {result.run.model.provider}:{result.run.model.name}{brief}"


def _rounded(share: float, how: str) -> Decimal:
    """Return nine digits after the point, less the zeros at their end: none is `0`, not `0E-9`."""
    return Decimal(share).quantize(_STEP, rounding=how).normalize()
