"""The votes of one channel with all that figures of statements need, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charter.evolve.opinion.bootstrap import drawn_again
from charter.evolve.opinion.groups import Groups, groups_of
from charter.evolve.opinion.mixture import without_own_vote
from charter.evolve.opinion.tally import Tally, tally
from charter.evolve.opinion.votes import Votes, votes_of
from charter.evolve.results.cells import Shown, shown
from charter.evolve.results.weighing import Weighed
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Asked, Person, Vote

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

WHOLE, REST = "all", "in no group"
"""Names of sets of people; groups are `group 1` and so on."""
LEAST_PEOPLE = 20
"""Who voted below which no groups and no division are looked for."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How often chance is asked; more makes figures steadier, and takes longer."""

    draws: int = 1000
    """Of people, for intervals by the bootstrap."""
    refits: int = 200
    """Of the factorisation, for its intervals."""
    shuffles: int = 99
    """Of votes, for whether anything divides people."""
    permutations: int = 99
    """Of votes, for whether there are groups."""


@dataclass(frozen=True, slots=True)
class Table:
    """Votes on statements that are not withheld, in one channel."""

    asked: tuple[Asked, ...]
    """In the order of `votes.items`."""
    votes: Votes
    weights: Array | None
    """By row of the votes."""
    options: tuple[NDArray[np.int64], ...]
    """For each trait that is weighed by: a number for what each person is weighed as, by row."""
    noted: NDArray[np.int64]
    """1 for a person of whom something was noted, by row."""
    groups: Groups | None
    """None where too few people voted to look for any."""
    labels: NDArray[np.int64] | None
    """Group of each vote's person by their other votes, -1 for none: see `_labels`."""
    rules: Rules
    seed: int
    effort: Effort
    whole: Tally
    by_group: Tally | None
    """Everybody counts the same; people are placed by their other votes."""
    shows: tuple[Shown, ...]
    """By statement: parts are the groups, then those in none; without groups there is one part."""

    @property
    def group_count(self) -> int:
        """How many groups there are to show; 0 where there are not at least two."""
        return self.groups.k if self.groups is not None and self.groups.k > 1 else 0

    def weighted(self) -> Tally | None:
        """Return the tally with weights; None without any."""
        return None if self.weights is None else tally(self.votes, weights=self.weights)

    def weighable(self, people: Mask | None = None) -> Mask:
        """Return of which statements a weighted share may stand beside the plain one: (items,).

        Both are equations for how many with each weight agree: of every option that people are
        weighed by, nobody or enough of them saw the statement. `people` are those who count, by
        row; all if None.
        """
        kept = slice(None) if people is None else people[self.votes.rows]
        rows, columns = self.votes.rows[kept], self.votes.columns[kept].astype(np.int64)
        found: Mask = np.full(len(self.votes.items), self.weights is not None)
        for options in self.options:
            size = int(options.max(initial=0)) + 1
            cells = np.bincount(columns * size + options[rows], minlength=found.size * size)
            few = (cells > 0) & (cells < self.rules.smallest)
            found &= ~few.reshape(found.size, size).any(axis=1)
        return found

    def drawn(self) -> Array:
        """Return the unweighted sums of draws of people, over all of them as one group."""
        return drawn_again(self.votes, draws=self.effort.draws, seed=self.seed)

    def drawn_by_group(self) -> Array | None:
        """Return the same by group."""
        if self.groups is None:
            return None
        k, draws = self.groups.k, self.effort.draws
        return drawn_again(self.votes, self.labels, groups=k, draws=draws, seed=self.seed)


def table_of(  # noqa: PLR0913 - what a channel is made of
    asked: Sequence[Asked],
    people: Sequence[Person],
    cast: Sequence[Vote],
    weighed: Weighed,
    rules: Rules,
    *,
    seed: int,
    effort: Effort,
    groups: bool = True,
) -> Table:
    """Return the table of a channel. `people` are those of the channel, `cast` all votes.

    Without `groups`, none are looked for.
    """
    statements = {e.id: e for e in asked if e.kind == "statement" and not e.withheld}
    mine = {person.id: person for person in people}
    votes = votes_of(
        ((e.person, e.item, e.value) for e in cast if e.person in mine and e.item in statements),
        statements,
    )
    found = labels = by_group = None
    if groups and len(votes.people) >= LEAST_PEOPLE:
        found = groups_of(votes, seed=seed, permutations=effort.permutations)
        labels = _labels(votes, found, rules.smallest)
        by_group = tally(votes, labels, groups=found.k)
    whole = tally(votes)
    noted = np.array([bool(mine[each].noted) for each in votes.people], dtype=np.int64)
    weights = weighed.each
    each = None if weights is None else np.array([weights[p] for p in votes.people], np.float64)
    return Table(
        asked=tuple(statements[item] for item in votes.items),
        votes=votes,
        weights=each,
        options=_options(votes, weighed),
        noted=noted,
        groups=found,
        labels=labels,
        rules=rules,
        seed=seed,
        effort=effort,
        whole=whole,
        by_group=by_group,
        shows=_shows(whole, by_group, rules.smallest),
    )


def _options(votes: Votes, weighed: Weighed) -> tuple[NDArray[np.int64], ...]:
    found = []
    for options in weighed.traits.values():
        number = {option: at for at, option in enumerate(dict.fromkeys(options.values()))}
        found.append(np.array([number[options[p]] for p in votes.people], np.int64))
    return tuple(found)


def _labels(votes: Votes, groups: Groups, smallest: int) -> NDArray[np.int64]:
    """Return the group of each vote's person, as their other votes have it.

    Where those in no group are too few to be shown on a statement, a group would have to be hidden
    with them: there they are counted in the group that is most likely.
    """
    labels = groups.vote_labels.copy()
    rest = np.bincount(votes.columns[labels < 0], minlength=len(votes.items))
    few = (rest > 0) & (rest < smallest)
    moved = (labels < 0) & few[votes.columns]
    labels[moved] = without_own_vote(votes, groups.mixture, 0.0)[moved]
    return labels


def _shows(whole: Tally, by_group: Tally | None, smallest: int) -> tuple[Shown, ...]:
    seen = whole.seen[0]
    found = []
    for item, total in enumerate(seen.tolist()):
        parts = [] if by_group is None else by_group.seen[:, item].tolist()
        found.append(shown([*parts, total - sum(parts)], smallest))
    return tuple(found)
