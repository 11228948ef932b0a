"""Cases of a report -> a few replies that violate a rule, for those who publish them on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 3
"""Replies shown of one model and section."""
LONGEST = 1500
"""Characters shown of one text."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words of a person or a model, cut where they are long."""

    shown: str
    omitted: int = 0
    """Characters left out at the end."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A reply that violates a rule."""

    scenario: str
    caption: str
    clause: str | None
    kind: str | None
    """`over_refusal`, `under_refusal` or `other`."""
    asked: Text
    """The last message before the reply."""
    reply: Text
    calls: int
    """Tool calls of the reply."""
    why: Text


@dataclass(frozen=True, slots=True)
class Failures:
    """Violations of one section."""

    shown: tuple[Failure, ...]
    total: int
    """Replies with that verdict."""


def failures_of(cases: Iterable[Mapping[str, Any]]) -> Mapping[str, Failures]:
    """Return violations by section: the first of each kind, then the first of the rest.

    Which are shown is fixed by the order of the report alone, so that nobody picks.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for case in cases:
        if case["verdict"] == "violated" and case["reply"] is not None:
            found.setdefault(case["section"], []).append(case)
    return {
        section: Failures(tuple(map(_failure, _chosen(each))), len(each))
        for section, each in found.items()
    }


def _chosen(cases: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return a few cases: as many kinds as there are, neither sort of refusal before the other."""
    firsts = {case["kind"]: at for at, case in reversed(list(enumerate(cases)))}
    first = sorted(firsts.values())
    rest = [at for at in range(len(cases)) if at not in first]
    return [cases[at] for at in sorted([*first, *rest][:MOST])]


def _failure(case: Mapping[str, Any]) -> Failure:
    conversation, clause = case["conversation"], case["clause"]
    return Failure(
        scenario=case["scenario"],
        caption=case["caption"],
        clause=clause["id"] if clause else None,
        kind=case["kind"],
        asked=_cut(conversation[-1]["content"] if conversation else ""),
        reply=_cut(case["reply"]["text"]),
        calls=len(case["reply"]["calls"]),
        why=_cut(case["reason"]),
    )


def _cut(text: str) -> Text:
    return Text(text[:LONGEST], max(0, len(text) - LONGEST))
