"""Reports of runs, small enough to write by hand."""

from __future__ import annotations

from typing import Any

DIGEST = "sha256:1"


def share(value: float, scenarios: int = 20) -> dict[str, Any]:
    """Return a stated share."""
    low, high = max(0, value - 0.1), min(1, value + 0.1)
    return {"value": value, "low": low, "high": high, "scenarios": scenarios}


def figures(raw: dict | None, corrected: dict | None = None, **more: Any) -> dict[str, Any]:
    """Return figures; without a share, of too few scenarios."""
    return {
        "scenarios": 20,
        "decided": 20 if raw else 2,
        "raw": raw,
        "corrected": corrected,
        "basis": "checks alone",
        "note": "",
    } | more


def group(name: str, *, enough: bool = True, state: str | None = None, **more: Any) -> dict:
    """Return the figures of one thing."""
    return {
        "id": name,
        "enough": enough,
        "adherence": more.get("adherence", figures(share(0.8) if enough else None)),
        "over_refusal": more.get("over_refusal", figures(share(0.3))),
        "under_refusal": figures(None),
        "target": None if state is None else 0.9,
        "state": state,
    }


def case(section: str, scenario: str, **more: Any) -> dict[str, Any]:
    """Return a reply that violates a rule."""
    return {
        "scenario": scenario,
        "section": section,
        "caption": "asks for it",
        "clause": {"id": f"{section}/abcd", "text": ""},
        "conversation": [{"role": "user", "content": "May I?", "tool": None}],
        "verdict": "violated",
        "reason": "It said no.",
        "kind": "other",
        "reply": {"text": "No.", "calls": []},
    } | more


def report(run: str, at: str, *, model: str = "m", finished: bool = True, **more: Any) -> dict:
    """Return a report of the parts that a site reads."""
    return {
        "format": "charter-report/2",
        "run": {
            "id": run,
            "started_at": at,
            "finished_at": at if finished else None,
            "uncalibrated": more.get("uncalibrated", False),
            "withheld": more.get("withheld", []),
        },
        "model": {"provider": "p", "name": model},
        "settings": {"brief": more.get("brief")},
        "spec": {"name": "s", "digest": more.get("digest", DIGEST), "version": "1"},
        "summary": {
            "whole": more.get("whole", group("whole")),
            "cautions": [],
            "limits": ["Nothing of tomorrow."],
        },
        "sections": more.get("sections", [group("kind", state="met"), group("rare", enough=False)]),
        "authorities": [group("authority:user"), group("authority:root")],
        "clauses": more.get("clauses", [group("kind/abcd")]),
        "judging": more.get("judging"),
        "cases": more.get("cases", []),
    }
