"""Blocked requests, answers and actions that reviewers did not find wrongly blocked."""

from __future__ import annotations

from charter.govern.objectives.indicator import Answer, Drawn


def by_people(answer: Answer) -> bool | None:
    """Whether most people who could tell found that it was wrongly blocked."""
    if answer.effect != "deny":
        return None
    said = [each.right for each in answer.opinions if each.right is not None]
    wrong = sum(not right for right in said)
    return None if 2 * wrong == len(said) else 2 * wrong > len(said)


INDICATOR = Drawn(
    says="reviewed blocks that stand",
    scopes=frozenset({"section", "application", "model"}),
    people=by_people,
    judge=lambda _: None,
    everything=True,
)
