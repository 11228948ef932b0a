"""What people chose, beside what the spec would choose: every figure, by section.

Agreement is the share of pairs of candidates which a person ordered strictly and the spec orders
alike. People who were drawn and people who came by themselves, and what people want for themselves
and for the world, stand apart everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from charter.estimates.multiplicity import benjamini_hochberg
from charter.evolve.choices.answered import Answered, Placed, answered, placed, withheld
from charter.evolve.choices.rankings import Rankings
from charter.evolve.choices.section import Row, row_of
from charter.evolve.voices import PERSONAL, WORLD, Voices

ALL = ""
"""The section of a row over all of them."""


@dataclass(frozen=True, slots=True)
class Choices:
    """Every row, with what was left out."""

    run: str
    spec: str
    """Digest of the spec that was ranked by."""
    ranker: str
    identity: str
    """Of the ranker: model, prompt and settings, as canonical JSON."""
    repeats: int
    alpha: float
    """False discoveries that are accepted among the sections said to part."""
    smallest: int
    rows: tuple[Row, ...]
    """By channel, scope and section; the row over all sections first."""
    failures: int
    """Orders that the ranker did not make."""
    missing: int
    """Orders that were never tried: the ranking is not finished."""
    unranked: tuple[str, ...]
    """Items that people ordered and the spec has no order of."""
    barred: bool = False
    """Whether enough people hold candidates of ranked items unacceptable: no figure here has it."""

    @property
    def parted(self) -> tuple[Row, ...]:
        """Return the sections where people and spec part, the widest apart first."""
        found = [row for row in self.rows if row.parts]
        return tuple(sorted(found, key=lambda row: (row.raw.value if row.raw else 1, row.section)))


def choices_of(
    voices: Voices, rankings: Rankings, *, alpha: float = 0.05, smallest: int = 10
) -> Choices:
    """Return all figures. Pure: the order of the voices and of the rankings changes nothing.

    Sections are said to part where the adjusted p-value of `against` or of `apart` is at most
    `alpha / 2`: Benjamini and Hochberg within each of both, over all sections, scopes and channels,
    and half of `alpha` for each (Bonferroni), so that false discoveries stay within `alpha`.
    """
    items = placed(rankings)
    rows: list[Row] = []
    for channel in sorted({person.channel for person in voices.people}):
        for scope in (PERSONAL, WORLD):
            rows += _rows(voices, items, channel, scope, smallest)
    ordered = {order.item for order in voices.orders} - withheld(voices)
    return Choices(
        run=rankings.started.run,
        spec=rankings.started.spec,
        ranker=rankings.started.ranker,
        identity=rankings.started.identity,
        repeats=rankings.started.repeats,
        alpha=alpha,
        smallest=smallest,
        rows=tuple(_judged(rows, alpha)),
        failures=len(rankings.failures),
        missing=rankings.missing,
        unranked=tuple(sorted(ordered - set(items))),
        barred=_barred(voices, set(items) - withheld(voices), smallest),
    )


def _barred(voices: Voices, items: Collection[str], smallest: int) -> bool:
    said = {each.person for each in voices.barred if each.answers and each.item in items}
    return len(said) >= max(smallest, 1)


def _rows(
    voices: Voices, items: dict[str, Placed], channel: str, scope: str, smallest: int
) -> list[Row]:
    said = list(answered(voices, items, channel=channel, scope=scope))
    if not said:
        return []
    rows = []
    for section in sorted({items[each.item].section for each in said}):
        mine = {n: p for n, p in items.items() if p.section == section}
        rows.append(_row(said, mine, items, Row(channel, scope, section, 0, None), smallest))
    # Over all sections that are shown: else a hidden one would be told by subtraction.
    shown = {row.section for row in rows if row.people is not None}
    mine = {n: p for n, p in items.items() if p.section in shown}
    over_all = _row(said, mine, items, Row(channel, scope, ALL, 0, None, over_all=True), smallest)
    few: dict[str, Any] = {
        name: None
        for name in ("published", "others", "tau")
        if any(_kept_back(name, row, said, items) for row in rows)
    }
    return [replace(over_all, **few), *rows]


def _kept_back(name: str, row: Row, said: Sequence[Answered], items: dict[str, Placed]) -> bool:
    """Whether a section keeps a figure of few back that would yet be part of the one over all."""
    if row.people is None or getattr(row, name) is not None:
        return False
    mine = [each for each in said if items[each.item].section == row.section]
    if name == "published":
        return any(items[each.item].counted for each in mine)
    return any(getattr(each, name) is not None for each in mine)


def _row(
    said: Sequence[Answered],
    mine: dict[str, Placed],
    items: dict[str, Placed],
    empty: Row,
    smallest: int,
) -> Row:
    heard = [each for each in said if each.item in mine]
    used = {name: mine[name] for name in sorted({each.item for each in heard})}
    return row_of(heard, used, items, replace(empty, items=len(used)), smallest=smallest)


def _judged(rows: Sequence[Row], alpha: float) -> list[Row]:
    """Return rows with adjusted p-values and what they say; the rows over all are not judged."""
    judged = list(rows)
    for name in ("against", "apart"):
        tested = [
            at for at, row in enumerate(rows) if not row.over_all and getattr(row, name) is not None
        ]
        adjusted = benjamini_hochberg([getattr(rows[at], name) for at in tested])
        for at, p in zip(tested, adjusted, strict=True):
            parts = judged[at].parts or p <= alpha / 2
            judged[at] = (
                replace(judged[at], against_adjusted=p, parts=parts)
                if name == "against"
                else replace(judged[at], apart_adjusted=p, parts=parts)
            )
    return judged
