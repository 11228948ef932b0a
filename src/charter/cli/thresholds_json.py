"""`charter thresholds --json`: what was found, as `charter-threshold-states/1`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from charter.govern.thresholds.threshold import IndicatorState, Thresholds, ThresholdState

FORMAT = "charter-threshold-states/1"


def as_json(
    thresholds: Thresholds, states: Sequence[ThresholdState], *, at: datetime, model: str
) -> dict[str, Any]:
    """Return what was found as JSON; numbers are decimals in text, as they were compared."""
    return {
        "format": FORMAT,
        "file": thresholds.path,
        "digest": thresholds.digest,
        "at": at.isoformat(),
        "model": model,
        "crossed": sum(state.crossed for state in states),
        "thresholds": [_threshold(state) for state in states],
    }


def _threshold(state: ThresholdState) -> dict[str, Any]:
    each = state.threshold
    return {
        "id": state.id,
        "title": state.title,
        "category": each.category,
        "level": each.level,
        "state": state.state.value,
        "why": state.why,
        "rule": each.rule.value,
        "owner": each.owner,
        "approver": each.approver,
        "expires": each.expires.isoformat(),
        "indicators": [_indicator(found) for found in state.indicators],
    }


def _indicator(found: IndicatorState) -> dict[str, Any]:
    each, told = found.indicator, found.evidence
    return {
        "id": each.id,
        "state": found.state.value,
        "reason": found.why.value,
        "said": found.said,
        "threshold": format(each.threshold, "f"),
        "margin": format(each.margin, "f"),
        "evidence": None
        if told is None
        else {
            "name": told.name,
            "value": format(told.value, "f"),
            "low": format(told.low, "f"),
            "high": format(told.high, "f"),
            "confidence": format(told.confidence, "f"),
            "n": told.n,
            "at": told.at.isoformat(),
            "model": told.model,
            "digest": told.digest,
            "source": told.source,
        },
    }
