"""Votes of a Polis export -> one for each person and statement, with signs that were checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from charter.evolve.intake.polis_files import Comment, Event, Participant

Cell = tuple[str, str]
"""Person and statement."""


class Resolved(NamedTuple):
    """Votes after re-votes were resolved."""

    votes: dict[Cell, int]
    revoted: int
    """Cells with more than one vote."""
    settled: list[str]
    """Cells with different votes at one time, which participants-votes.csv decided."""
    open: list[str]
    """Such cells that nothing decides: left out."""


class Agreement(NamedTuple):
    """How votes compare with the counts of comments.csv: statements whose counts are equal."""

    statements: int
    every: int
    """With every vote counted, re-votes too, as published."""
    every_flipped: int
    """The same with the opposite sign."""
    last: int
    """With the last vote of each person."""
    last_flipped: int
    differing: tuple[str, ...]
    """Statements whose counts are those of neither reading of the signs as they are."""
    distance: int
    """Votes by which the better of both counts misses what is published, signs as they are."""
    distance_flipped: int

    @property
    def inverted(self) -> bool | None:
        """Whether the signs are the opposite ones; None where the counts cannot tell."""
        if self.distance == self.distance_flipped:
            return None
        return self.distance_flipped < self.distance


def resolve_votes(events: Iterable[Event], wide: Mapping[str, Participant] | None) -> Resolved:
    """Return the last vote of each person on each statement, by its time stamp.

    Where different votes bear the same, latest time, no order of rows decides: the one that
    participants-votes.csv has counts, and without it the cell is left out, as if unseen.
    """
    latest: dict[Cell, int] = {}
    votes: dict[Cell, int] = {}
    tied: dict[Cell, set[int]] = {}
    again: set[Cell] = set()
    for each in events:
        cell = each.voter, each.comment
        time = latest.get(cell)
        if time is not None:
            again.add(cell)
        if time is None or each.time > time:
            latest[cell], votes[cell] = each.time, each.value
            tied.pop(cell, None)
        elif each.time == time and each.value != votes[cell]:
            tied.setdefault(cell, {votes[cell]}).add(each.value)
    settled: list[str] = []
    open_: list[str] = []
    for (voter, comment), values in tied.items():
        said = wide[voter].votes.get(comment) if wide and voter in wide else None
        if said in values and said is not None:
            votes[voter, comment] = said
            settled.append(f"{voter} on {comment}")
        else:
            del votes[voter, comment]
            open_.append(f"{voter} on {comment}")
    return Resolved(votes, len(again), sorted(settled), sorted(open_))


def agreement(
    comments: Mapping[str, Comment], every: Iterable[tuple[str, int]], last: Mapping[Cell, int]
) -> Agreement:
    """Compare counts of (statement, vote) with those published, as they are and flipped."""
    all_votes = Counter(every)
    last_votes = Counter((item, value) for (_, item), value in last.items())
    equal: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    differing = []
    for comment in comments.values():
        published = (comment.agrees, comment.disagrees)
        fits = {}
        for name, votes in (("every", all_votes), ("last", last_votes)):
            counts = (votes[comment.id, 1], votes[comment.id, -1])
            for way, pair in ((name, counts), (f"{name}_flipped", counts[::-1])):
                fits[way] = pair == published
                missed[way] += sum(abs(a - b) for a, b in zip(pair, published, strict=True))
        equal.update(way for way, fit in fits.items() if fit)
        if not any(fits.values()):
            differing.append(comment.id)
    return Agreement(
        len(comments),
        equal["every"],
        equal["every_flipped"],
        equal["last"],
        equal["last_flipped"],
        tuple(sorted(differing)),
        min(missed["every"], missed["last"]),
        min(missed["every_flipped"], missed["last_flipped"]),
    )


class Compared(NamedTuple):
    """Votes beside participants-votes.csv."""

    differing: list[str]
    only_wide: list[str]
    only_long: list[str]
    flipped: bool
    """Whether its signs are the opposite of those of votes.csv."""
    wrong_totals: list[str]
    """Participants whose own totals are not those of their row."""


def compare_wide(votes: Mapping[Cell, int], wide: Mapping[str, Participant]) -> Compared:
    """Compare the table of participants with the votes; which counts is the caller's to say."""
    cells = {(who, item): v for who, each in wide.items() for item, v in each.votes.items()}
    both = [cell for cell in cells if cell in votes]
    same = sum(cells[cell] == votes[cell] for cell in both)
    opposite = sum(cells[cell] == -votes[cell] for cell in both)
    flipped = opposite > same
    sign = -1 if flipped else 1
    return Compared(
        differing=sorted(_name(cell) for cell in both if sign * cells[cell] != votes[cell]),
        only_wide=sorted(_name(cell) for cell in cells if cell not in votes),
        only_long=sorted(_name(cell) for cell in votes if cell not in cells),
        flipped=flipped,
        wrong_totals=sorted(who for who, each in wide.items() if _totals(each) != each.said),
    )


def filled_with_zero(wide: Mapping[str, Participant]) -> int:
    """Return in how many rows zeros stand where nobody voted.

    Such a row has as many who agree and disagree as it says itself, and more votes than it says:
    what is too much is zeros. Which of them are passes nothing tells any more.
    """
    return sum(
        _totals(each)[1:] == each.said[1:] and _totals(each)[0] > each.said[0]
        for each in wide.values()
    )


def _totals(each: Participant) -> tuple[int, int, int]:
    values = list(each.votes.values())
    return len(values), values.count(1), values.count(-1)


def _name(cell: Cell) -> str:
    return f"{cell[0]} on {cell[1]}"
