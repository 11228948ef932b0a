"""Types of rows: those that mean the same, whatever the readings, are counted and not repeated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import NamedTuple

from charter.policy.determinacy.context import needs_developer
from charter.policy.determinacy.evaluate import Evaluator, Signal
from charter.policy.determinacy.row import Group, Move, Row
from charter.policy.determinacy.varying import Varying


class RowType(NamedTuple):
    """Rows that mean the same to everything else."""

    row: Row
    """The one of them with the fewest features."""
    times: int
    part: Varying[int]
    """What is in force, each possibility numbered: only whether two differ is asked."""
    signal: Varying[Signal]


class TypeMove(NamedTuple):
    """Moves from one type to another."""

    before: int
    after: int
    what: str


class Types(NamedTuple):
    """A group by types."""

    types: tuple[RowType, ...]
    moves: Counter[TypeMove]
    """How many rows move so."""
    examples: dict[TypeMove, tuple[Row, Row]]
    """The lightest of them."""
    rows: tuple[tuple[Row, int], ...]
    """Every row, with the number of its type."""


def types_of(
    evaluator: Evaluator, group: Group, *, developer: bool, tool: str | None = None
) -> Types:
    """Resolve every row of a group that can be said, and count them by type."""
    kept: dict[Hashable, int] = {}
    found: list[RowType] = []
    places: dict[int, int] = {}
    for at, row in enumerate(group.rows):
        if not developer and needs_developer(evaluator.policy, row):
            continue
        signal = evaluator.signals(row, developer=developer, tool=tool)
        part = signal.then(lambda known: known.part).pattern()
        key = part, signal.then(_without_part)
        places[at] = kept.setdefault(key, len(found))
        one = RowType(row, 1, part, signal)
        if places[at] == len(found):
            found.append(one)
        else:
            found[places[at]] = lighter(found[places[at]], one)
    return _moved(tuple(found), group, places)


def _without_part(signal: Signal) -> Signal:
    """Return what a decision asks of a signal: settings, but not what else is in force."""
    settings = signal.part.settings
    return signal._replace(part=signal.part._replace(gone=_NO, alive=_NO, settings=settings))


_NO: frozenset[str] = frozenset()


def lighter(one: RowType, other: RowType) -> RowType:
    """Return both counted together, with the row of fewer features."""
    kept = other if other.row.weight < one.row.weight else one
    return kept._replace(times=one.times + other.times)


def _moved(types: tuple[RowType, ...], group: Group, places: dict[int, int]) -> Types:
    moves: Counter[TypeMove] = Counter()
    examples: dict[TypeMove, tuple[Row, Row]] = {}
    for before, after, what in group.moves:
        if before in places and after in places:
            move = TypeMove(places[before], places[after], what)
            _keep(moves, examples, move, _rows(group, Move(before, after, what)))
    rows = tuple((group.rows[at], place) for at, place in places.items())
    return Types(types, moves, examples, rows)


def _rows(group: Group, move: Move) -> tuple[Row, Row]:
    return group.rows[move.before], group.rows[move.after]


def _keep(
    moves: Counter[TypeMove],
    examples: dict[TypeMove, tuple[Row, Row]],
    move: TypeMove,
    rows: tuple[Row, Row],
    times: int = 1,
) -> None:
    moves[move] += times
    known = examples.get(move)
    if known is None or sum(r.weight for r in rows) < sum(r.weight for r in known):
        examples[move] = rows


def merged(known: Types, key: Callable[[RowType], Hashable]) -> Types:
    """Return fewer types: those that a key does not tell apart become one."""
    kept: dict[Hashable, int] = {}
    found: list[RowType] = []
    places: list[int] = []
    for one in known.types:
        place = kept.setdefault(key(one), len(found))
        places.append(place)
        if place == len(found):
            found.append(one)
        else:
            found[place] = lighter(found[place], one)
    moves: Counter[TypeMove] = Counter()
    examples: dict[TypeMove, tuple[Row, Row]] = {}
    for move, times in known.moves.items():
        now = TypeMove(places[move.before], places[move.after], move.what)
        _keep(moves, examples, now, known.examples[move], times)
    rows = tuple((row, places[at]) for row, at in known.rows)
    return Types(tuple(found), moves, examples, rows)
