"""What may be said of a statement after a factorisation: rules that stand apart from the figures.

They ask what Community Notes asks of a note: is it liked by people who otherwise part? Its limit on
|factor| and its rule that both sides must agree are taken over. Its limit on the intercept is not:
0.40 is relative to the mean of its own notes, so that where nearly everything is liked nothing
would pass. Here the rating by somebody between the sides must reach two thirds, which is ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from charter.evolve.opinion.bridging import Bridging
from charter.evolve.opinion.bridging_intervals import Moved
from charter.evolve.opinion.votes import Votes


class Status(StrEnum):
    """What a statement is, by its figures."""

    BRIDGING = "bridging"
    DIVISIVE = "divisive"
    REJECTED = "rejected"
    NEITHER = "neither"
    UNDIVIDED = "undivided"
    """There are no two sides among these people: plain rates say all there is."""
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the rules, each with a name."""

    votes: int = 5
    """On a statement. Below, nothing is said."""
    side: float = 0.05
    """Of people who must be on the smaller side for there to be sides."""
    chance: float = 0.05
    """How likely chance alone may divide people as much for there to be sides."""
    across: float = 2 / 3
    factor: float = 0.50
    rejected: float = 1 / 3
    net: int = 10
    """Agreeing less disagreeing people that suffice on either side of the division."""
    net_small: int = 4
    """The same where they are also `share` of the people of that side who voted."""
    share: float = 0.05


@dataclass(frozen=True, slots=True)
class Said:
    """The status of one statement with what it rests on."""

    item: str
    status: Status
    net: tuple[int, int]
    """Agreeing less disagreeing people with a negative and a positive factor."""
    sure: bool
    """Whether the intervals of the figures that decide lie wholly on their side of the limits.

    False where there are no intervals, and for `neither`, which is what is left.
    """


def statuses(
    votes: Votes,
    fit: Bridging,
    moved: Moved | None = None,
    limits: Limits = Limits(),
    *,
    p: float | None = None,
) -> tuple[Said, ...]:
    """Return the status of each statement, in the order of the votes' list: the first that fits.

    - *too few*: less than 5 votes.
    - *undivided*: less than 5 % of people are on the smaller side of the factor, or `p`, that of
      `division` where it was asked, is above 0.05: factors are found in noise too.
    - *divisive*: |factor| at least 0.50.
    - *bridging*: `across` at least 2/3, and on both sides of the division 10 more people agree than
      disagree, or 4 who are 5 % of those of that side who voted.
    - *rejected*: `across` at most 1/3.
    - *neither*: the rest.

    Source: Community Notes, guide "Ranking notes" and `scoring_rules.py`, with the changes named
    above. Not taken over: what rests on raters' histories, on tags and on time.
    """
    side = np.sign(fit.people_factors)[votes.rows]
    size = len(votes.items)
    there = [np.bincount(votes.columns[side == each], minlength=size) for each in (-1, 1)]
    net = [
        np.bincount(votes.columns, votes.values * (side == each), size).astype(int)
        for each in (-1, 1)
    ]
    liked = np.logical_and.reduce(
        [
            (n >= limits.net) | ((n >= limits.net_small) & (n >= limits.share * of))
            for n, of in zip(net, there, strict=True)
        ]
    )
    sided = fit.smaller_side >= limits.side and (p is None or p <= limits.chance)
    return tuple(
        _said(fit, at, (int(net[0][at]), int(net[1][at])), bool(liked[at]), sided, moved, limits)
        for at in range(size)
    )


def _said(  # noqa: PLR0913, PLR0917 - what a status rests on
    fit: Bridging,
    at: int,
    net: tuple[int, int],
    liked: bool,  # noqa: FBT001 - of one statement, computed for all at once
    sided: bool,  # noqa: FBT001 - the same
    moved: Moved | None,
    limits: Limits,
) -> Said:
    item = fit.items[at]
    if fit.votes[at] < limits.votes:
        return Said(item, Status.TOO_FEW, net, sure=False)
    if not sided:
        return Said(item, Status.UNDIVIDED, net, sure=False)
    across, factor = float(fit.across[at]), abs(float(fit.factors[at]))
    own = moved.across[at] if moved else None
    size = moved.sizes[at] if moved else None
    if factor >= limits.factor:
        return Said(item, Status.DIVISIVE, net, sure=bool(size and size.low >= limits.factor))
    together = bool(size and size.high < limits.factor)
    if across >= limits.across and liked:
        sure = together and bool(own and own.low >= limits.across)
        return Said(item, Status.BRIDGING, net, sure)
    if across <= limits.rejected:
        sure = together and bool(own and own.high <= limits.rejected)
        return Said(item, Status.REJECTED, net, sure)
    return Said(item, Status.NEITHER, net, sure=False)
