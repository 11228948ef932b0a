"""Figures in words, the same on every page and in every document."""

from __future__ import annotations

import re
from collections.abc import Iterable

from charter.govern.reports.figure import Figure, Unit

NONE = "no figure"
_DIGEST = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_MOMENT = re.compile(r"([0-9-]{10})T([0-9:]{8})\.[0-9]{3}Z")
_MOST_DIGITS = 4
"""Decimals of a percentage."""
_SHOWN = 12
"""Digits of a digest on pages; JSON has them all."""


def cell_text(cell: str) -> str:
    """Return a cell as pages show it: digests shortened, times to the second, in UTC."""
    moment = _MOMENT.fullmatch(cell)
    if moment is not None:
        return f"{moment[1]} {moment[2]} UTC"
    if _DIGEST.fullmatch(cell) is None:
        return cell
    return f"{cell.removeprefix('sha256:')[:_SHOWN]}\u2026"


def counts_of(figures: Iterable[Figure]) -> dict[str, str]:
    """Return the values of figures as text, by id, to be put into a sentence."""
    return {figure.id: value_text(figure) for figure in figures}


def several(count: int | str, noun: str, more: str = "") -> str:
    """Return `1 incident`, `1,234 incidents`; `more` is a plural that takes no -s."""
    said = count if isinstance(count, str) else f"{count:,}"
    return f"{said} {noun}" if said == "1" else f"{said} {more or noun + 's'}"


def value_text(figure: Figure) -> str:
    """Return the value of a figure; never a bare estimate where it has an interval."""
    return NONE if figure.value is None else number_text(figure.value, figure.unit)


def interval_text(figure: Figure) -> str:
    """Return the interval; empty for counts, and where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    low, high = number_text(figure.low, figure.unit), number_text(figure.high, figure.unit)
    return f"{low} to {high}"


def before_text(figure: Figure) -> str:
    """Return the value in the period before; empty where it is not known."""
    return "" if figure.before is None else number_text(figure.before, figure.unit)


def number_text(value: float, unit: Unit) -> str:
    """Return a number in its unit: `12,345`, `97.4 %`, `0.81`, `43 s`, `2.5 d`."""
    if unit == "count":
        return f"{value:,.0f}"
    if unit == "share":
        return f"{_percent(100 * value)} %"
    if unit == "coefficient":
        return f"{value:.2f}"
    return f"{value:,.0f} s" if unit == "seconds" else f"{value:,.1f} d"


def _percent(value: float) -> str:
    """Return a percentage with one decimal; what is not whole is never shown as 0 or 100."""
    for digits in range(1, _MOST_DIGITS + 1):
        said = f"{value:.{digits}f}"
        if value in {0, 100} or float(said) not in {0, 100}:
            return said
    least = 10**-_MOST_DIGITS
    return f"under {least:.{_MOST_DIGITS}f}" if value < 1 else f"over {100 - least}"
