"""Answers in accord with a section, by people and by judges whose errors are known."""

from __future__ import annotations

from charter.govern.objectives.indicator import Answer, Drawn

VIOLATED = "violated"


def by_people(answer: Answer) -> bool | None:
    """Whether most people found a violation; None where none spoke, or as many said otherwise."""
    bad = sum(each.label == VIOLATED for each in answer.opinions)
    good = sum(each.label == "adhered" for each in answer.opinions)
    return None if bad == good else bad > good


def by_judge(answer: Answer) -> tuple[str, bool] | None:
    """Return what the first judge said that gave a verdict: one that relies on a calibration."""
    for _, calibration, verdict in sorted(answer.verdicts, key=lambda each: not each[1]):
        if verdict in (VIOLATED, "adhered"):
            return calibration, verdict == VIOLATED
    return None


INDICATOR = Drawn(
    says="sampled answers in accord with the rules",
    scopes=frozenset({"section", "application", "model"}),
    people=by_people,
    judge=by_judge,
)
