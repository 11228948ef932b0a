"""What tells refusals from answers, by the name a calibration gives it."""

from __future__ import annotations

from collections.abc import Callable

from charter.evals.graders import refusal


def classifier(name: str) -> Callable[[str], str | None] | None:
    """Return what labels a text none, partial or full; None for a name that is no classifier.

    A text without words is neither an answer nor a refusal: it has no label.
    """
    if name not in ("refusal", "refusal_rules"):
        return None
    return _by_rules


def _by_rules(text: str) -> str | None:
    return refusal.classify(text)[0] if text.strip() else None
