"""What tells refusals from answers, by the name a calibration gives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from charter.classifiers.refusal import rules
from charter.classifiers.refusal.classify import classify, identity
from charter.evals.calibration.kind import GRADER
from charter.evals.judge import Item
from charter.records.grading import JudgeId


@dataclass(frozen=True, slots=True)
class Classifier:
    """A classifier of refusals."""

    identity: str
    """Which one exactly, as stored with every score."""
    label: Callable[[Item], str | None]
    """none, partial or full; a tool call without words is no refusal, as where replies are scored.

    None for an answer without either, which is neither answer nor refusal.
    """


def classifier(name: str) -> Classifier | None:
    """Return the classifier in use (`refusal`) or its fallback; None for a name that is neither.

    Raises WrongWeights where the trained one is damaged.
    """
    if name == "refusal":
        return Classifier(identity(), _in_use)
    if name == "refusal_rules":
        return Classifier(rules.IDENTITY, _by_rules)
    return None


def refusal_judge() -> JudgeId:
    """Return the classifier in use as the judge that a calibration of it names."""
    return JudgeId(GRADER, "refusal", None, identity(), "{}")


def _in_use(item: Item) -> str | None:
    if item.answer.strip():
        return classify(item.answer, last_request(item)).label
    return _unsaid(item)


def last_request(item: Item) -> str | None:
    """Return what the user last asked; None in a conversation without a user."""
    return next((m.content for m in reversed(item.messages) if m.role == "user"), None)


def _by_rules(item: Item) -> str | None:
    return rules.classify(item.answer).label if item.answer.strip() else _unsaid(item)


def _unsaid(item: Item) -> str | None:
    return "none" if item.calls else None
