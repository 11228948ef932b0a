"""Texts that a client may join, decided on together: the edits of the whole, in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from charter.gateway.answers.answer import Said
from charter.gateway.answers.edit import edited
from charter.gateway.answers.withheld import changed
from charter.gateway.verdict import Edit, Verdict
from charter.policy.decision import Effect


def spread(said: Sequence[Said], verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return the verdicts, those of single texts with the edits of the series they stand in."""
    made = list(verdicts)
    for text, verdict in zip(said, verdicts, strict=True):
        if verdict.effect is not Effect.REDACT:
            continue
        for low, high, at in text.joined:
            new = inside(verdict.edits, low, high)
            if new:
                own = made[at].edits if made[at].effect is Effect.REDACT else ()
                edits = both(own, new)
                left = 0 if said[at].whole else len(edited(said[at].text, edits))
                records = changed(made[at].records, left)
                made[at] = replace(made[at], effect=Effect.REDACT, edits=edits, records=records)
    return made


def inside(edits: Sequence[Edit], low: int, high: int, *, anew: bool = False) -> list[Edit]:
    """Return edits of a series as edits of one of its texts.

    What stands for one that began before stands there, unless the text before had left: `anew`.
    """
    return [
        Edit(
            max(edit.start, low) - low,
            min(edit.end, high) - low,
            edit.text if anew or edit.start >= low else "",
        )
        for edit in edits
        if edit.start < high and low < edit.end
    ]


def both(one: Sequence[Edit], other: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits of two verdicts, sorted, those that overlap or touch made one."""
    made: list[Edit] = []
    for edit in sorted((*one, *other), key=_place):
        if made and edit.start <= made[-1].end:
            made[-1] = made[-1]._replace(end=max(edit.end, made[-1].end))
        else:
            made.append(edit)
    return tuple(made)


def _place(edit: Edit) -> tuple[int, bool]:
    """Sort by place; what goes on from a text before comes first."""
    return edit.start, bool(edit.text)
