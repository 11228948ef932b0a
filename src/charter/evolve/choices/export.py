"""Choices -> JSON: every figure with its interval, or null with the reason in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from charter.estimates.estimate import Estimate
from charter.evolve.choices.choices import Choices
from charter.evolve.choices.noise import Ceiling, Corrected
from charter.evolve.choices.reasons import Side
from charter.evolve.choices.section import Row
from charter.evolve.choices.share import Share

FORMAT = "charter-choices/1"
_DIGITS = 4


def export_choices(
    choices: Choices, sides: Mapping[tuple[str, str, str], Sequence[Side]]
) -> dict[str, Any]:
    """Return choices as JSON has them; `sides` are the reasons by channel, scope and section."""
    return {
        "format": FORMAT,
        "run": choices.run,
        "spec": choices.spec,
        "ranker": choices.ranker,
        "identity": choices.identity,
        "repeats": choices.repeats,
        "alpha": choices.alpha,
        "smallest": choices.smallest,
        "failures": choices.failures,
        "missing": choices.missing,
        "unranked": list(choices.unranked),
        "unacceptable_left_out": choices.barred,
        "rows": [_row(row, choices) for row in choices.rows],
        "reasons": [
            {
                "channel": channel,
                "scope": scope,
                "section": section,
                "sides": [_side(side) for side in found],
            }
            for (channel, scope, section), found in sorted(sides.items())
        ],
    }


def why_none(row: Row, choices: Choices) -> str:
    """Return why a row says nothing of parting; empty where it does."""
    if row.people is None:
        return f"fewer than {choices.smallest} people"
    if row.over_all:
        return "sections are tested, not their sum"
    if row.level is not None and row.level.value >= 1:
        return "the spec has all candidates level: it takes no side"
    if row.ceiling is None or row.against is None:
        return "ranked once: noise and disagreement cannot be told apart"
    return ""


def half_tested(choices: Choices) -> int:
    """Return in how many sections only choosing against people was tested, and not being apart."""
    sections = (row for row in choices.rows if not row.over_all)
    return sum(row.against is not None and row.apart is None for row in sections)


def _row(row: Row, choices: Choices) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "scope": row.scope,
        "section": row.section,
        "over_all": row.over_all,
        "items": row.items,
        "people": row.people,
        "agreement": _share(row.raw),
        "agreement_relevance_5": _share(row.published),
        "tau_b": _estimate(row.tau),
        "people_with_each_other": _share(row.others),
        "spec_has_level": _share(row.level),
        "ceiling": _ceiling(row.ceiling),
        "corrected": _corrected(row.corrected),
        "against": {"p": _p(row.against), "adjusted": _p(row.against_adjusted)},
        "apart": {"p": _p(row.apart), "adjusted": _p(row.apart_adjusted)},
        "parts": row.parts,
        "says_nothing": why_none(row, choices),
    }


def _share(share: Share | None) -> dict[str, Any] | None:
    if share is None:
        return None
    return {
        "value": round(share.value, _DIGITS),
        "low": round(share.interval.low, _DIGITS),
        "high": round(share.interval.high, _DIGITS),
        "people": share.people,
        "answers": share.answers,
    }


def _estimate(found: Estimate | None) -> dict[str, Any] | None:
    if found is None:
        return None
    low, high = max(found.interval.low, -1.0), min(found.interval.high, 1.0)
    return {
        "value": round(found.value, _DIGITS),
        "low": round(low, _DIGITS),
        "high": round(high, _DIGITS),
    }


def _ceiling(found: Ceiling | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "agreement": None if found.most is None else round(found.most, _DIGITS),
        "consistency": round(found.consistency, _DIGITS),
        "standard_error": None if found.error is None else round(found.error, _DIGITS),
        "items": found.items,
        "of": "the section" if found.own else "all sections",
    }


def _corrected(found: Corrected | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "value": round(found.value, _DIGITS),
        "low": round(found.low, _DIGITS),
        "high": round(found.high, _DIGITS),
        "cut": found.beyond,
    }


def _p(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.4g}")


def _side(side: Side) -> dict[str, Any]:
    return {
        "side": side.side,
        "reasons": side.reasons,
        "not_listed": side.left_out,
        "grouped_by": side.method,
        "themes": [
            {
                "reasons": theme.reasons,
                "people": theme.people,
                "quotes": [
                    {"text": quote.text, "item": quote.item, "origin": quote.origin}
                    for quote in theme.quotes
                ],
            }
            for theme in side.themes
        ],
    }
