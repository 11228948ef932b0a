"""Figures in words, the same on every page and in every document."""

from __future__ import annotations

from charter.govern.reports.figure import Figure, Unit

NONE = "no figure"


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
        return f"{100 * value:.1f} %"
    if unit == "coefficient":
        return f"{value:.2f}"
    return f"{value:,.0f} s" if unit == "seconds" else f"{value:,.1f} d"
