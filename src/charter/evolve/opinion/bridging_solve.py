"""Statements given people, and both in turns, until nothing gets better.

What is minimised, with N votes of U people on M statements, e = r - m - i_u - i_n - f_u f_n, and
the weight w of each person (so that N and U are sums of weights):

    sum w e^2 + N (a mean_u i_u^2 + a mean_n i_n^2 + b mean_u f_u^2 + b mean_n f_n^2 + c m^2)

with a = 0.15, b = 0.03 and c = 0. Source: Wojcik et al. 2022, "Birdwatch: Crowd wisdom and bridging
algorithms can inform understanding and reduce the spread of misinformation", arXiv 2210.15723; that
penalties are means over parameters beside a mean over votes is how the published program
(Community Notes, `matrix_factorization.py`) reads it. That program also has c = 0.15, which makes
general approval dear: where most statements are liked by nearly all, factors then take it up, and
consensus looks like division (20 statements that 90 % of all like: |f_n| up to 0.7 with a mean f_u
of 0.3, against 0.5 and 0.0 without the penalty, which is noise). Ask for it to compare figures.

People are 2x2 systems given statements, and statements 2x2 systems given people, the mean with
them. In between, parameters move along the five directions that change no prediction (the mean
into either intercept, each factor by a constant, their scale), in closed form, to where the
penalty is least: alternating alone creeps along just these.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from charter.evolve.opinion.bridging_sweep import Floats, Statements, Sums

INTERCEPTS, FACTORS = 0.15, 0.03
ENOUGH = 1e-11
"""A sweep that lowers the objective by less than this share of it is the last, twice in a row."""
TINY = 1e-15
"""The same where nothing is left to explain."""
MOST_SWEEPS = 2000
TRIAL = 12
"""Sweeps after which the best start goes on alone."""


class Sweeper(Protocol):
    """Where the votes are: here, or spread over machines."""

    @property
    def tallies(self) -> Floats: ...
    @property
    def people(self) -> float:
        """Weight of the people who voted at all."""
        ...

    def sweep(self, known: Statements, ridge: tuple[float, float]) -> Sums: ...
    def turn(self, known: Statements, ridge: tuple[float, float], of: Floats) -> Floats: ...


@dataclass(frozen=True, slots=True)
class Solved:
    """Where the solver came to."""

    known: Statements
    loss: float
    """The objective per vote."""
    flat: float
    """The same with all factors 0: what intercepts alone reach."""
    sweeps: int
    converged: bool
    starts: tuple[float, ...]
    """Losses of all starts after the trial."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Votes with the ridge that goes with their number."""

    sweeper: Sweeper
    tallies: Floats
    votes: float
    people: float
    intercepts: float = INTERCEPTS
    factors: float = FACTORS
    mean: float = 0.0

    @property
    def ridge(self) -> tuple[float, float]:
        """Return the penalty on a person's intercept and factor."""
        each = self.votes / self.people
        return self.intercepts * each, self.factors * each

    @property
    def asked(self) -> Floats:
        """Return 1.0 for each statement that somebody voted on, else 0."""
        return np.where(self.tallies[0] > 0, 1.0, 0.0)

    def loss(self, known: Statements, sums: Sums) -> float:
        """Return the objective per vote, with people at their best for these statements."""
        base = known.mean + known.intercepts
        plain = self.tallies[2] - 2 * base * self.tallies[1] + base * base * self.tallies[0]
        own = (float(plain.sum()) - sums.saved) / self.votes
        size = self.asked.sum()
        return float(
            own
            + self.mean * known.mean**2
            + self.intercepts * (known.intercepts**2).sum() / size
            + self.factors * (known.factors**2).sum() / size
        )


def problem_of(
    sweeper: Sweeper,
    *,
    intercepts: float = INTERCEPTS,
    factors: float = FACTORS,
    mean: float = 0.0,
) -> Problem:
    """Return the problem of some votes. Raises ValueError where there is none, or no ridge."""
    if min(intercepts, factors) <= 0 or mean < 0:
        raise ValueError("penalties must be above 0: without them there is no one answer")
    tallies = sweeper.tallies
    if not tallies[0].sum() > 0:
        raise ValueError("there are no votes")
    return Problem(
        sweeper, tallies, float(tallies[0].sum()), sweeper.people, intercepts, factors, mean
    )


def statements_of(problem: Problem, sums: Sums) -> Statements:
    """Return mean, intercepts and factors that are best given people, in closed form.

    Each statement is a 2x2 system in which the mean enters linearly; put into the equation of the
    mean, that leaves one unknown.
    """
    n, ratings, _ = problem.tallies
    each = problem.votes / problem.asked.sum()
    one, cross = n + problem.intercepts * each, sums.y
    two = sums.yy + problem.factors * each
    det = one * two - cross * cross
    rest, ry = ratings - sums.x, sums.ry - sums.xy
    p, s = (two * rest - cross * ry) / det, (one * ry - cross * rest) / det
    q, t = (two * n - cross * sums.y) / det, (one * sums.y - cross * n) / det
    above = (rest - sums.y * s - n * p).sum()
    below = problem.votes * (1 + problem.mean) - (sums.y * t + n * q).sum()
    mean = float(above / below)
    return Statements(mean, (p - mean * q) * problem.asked, (s - mean * t) * problem.asked)


def centred(problem: Problem, known: Statements, sums: Sums) -> Statements:
    """Move parameters to where the penalty is least and no prediction changes.

    In turn, with means over people and statements: f_u + c goes with i_n - c f_n; f_n + d with
    i_u - d f_u; the mean takes what both mean intercepts hold, or its share where it is penalised
    itself; f_u and f_n get the same mean square. Each step has its best value in closed form.
    People need not be moved: they are solved anew from the statements.
    """
    a, b = problem.intercepts, problem.factors
    _, x, _, y, yy, xy = (sums.moments / sums.moments[0]).tolist()
    asked, size = problem.asked, problem.asked.sum()
    i, f = known.intercepts, known.factors

    c = (a * float(i @ f) / size - b * y) / (b + a * float(f @ f) / size)
    i = i - c * f
    xy, yy, y = xy + c * x, yy + 2 * c * y + c * c, y + c

    d = (a * xy - b * float(f.sum()) / size) / (b + a * yy)
    f = (f + d) * asked
    x -= d * y

    middle = float(i.sum()) / size
    total = known.mean + x + middle
    mean = total * a / (a + 2 * problem.mean)
    i = (i - middle + (total - mean) / 2) * asked
    ff = float(f @ f) / size
    scale = (yy / ff) ** 0.25 if yy > 0 and ff > 0 else 1.0
    return Statements(float(mean), i, f * scale)


def settled(
    problem: Problem,
    known: Statements,
    *,
    enough: float = ENOUGH,
    most: int = MOST_SWEEPS,
) -> tuple[Statements, float, int, bool]:
    """Alternate from a start: statements, their loss, sweeps, and whether it came to rest."""
    before, quiet, loss = math.inf, 0, math.inf
    for number in range(1, most + 1):
        sums = problem.sweeper.sweep(known, problem.ridge)
        loss = problem.loss(known, sums)
        quiet = quiet + 1 if before - loss <= max(enough * abs(loss), TINY) else 0
        if quiet == 2:
            return known, loss, number, True
        if number == most:
            break
        before = loss
        known = centred(problem, statements_of(problem, sums), sums)
    return known, loss, most, False


def level(problem: Problem) -> tuple[Statements, float, int]:
    """Return the best fit without factors, its loss and the sweeps it took."""
    size = len(problem.tallies[0])
    start = Statements(0.0, np.zeros(size), np.zeros(size))
    known, loss, sweeps, _ = settled(problem, start, enough=1e-9, most=200)
    return known, loss, sweeps


def solve(
    problem: Problem,
    starts: Callable[[Problem, Statements], list[Floats]],
    *,
    enough: float = ENOUGH,
    most: int = MOST_SWEEPS,
) -> Solved:
    """Fit from several starts; the best after a trial goes on until it rests.

    The objective has several valleys where people part in several ways: `starts` gives factors to
    begin with. A fit that is no better than one without factors has none.
    """
    flat, without, sweeps = level(problem)
    tried: list[tuple[float, Statements]] = []
    for factors in starts(problem, flat):
        begun = replace(flat, factors=factors * problem.asked)
        known, loss, used, _ = settled(problem, begun, enough=0.0, most=TRIAL)
        sweeps += used
        tried.append((loss, known))
    best = min(tried, key=lambda each: each[0])[1]
    known, loss, used, converged = settled(problem, best, enough=enough, most=most)
    if loss >= without * (1 - 1e-9) - TINY:
        known, loss = flat, without
    return Solved(known, loss, without, sweeps + used, converged, tuple(each[0] for each in tried))
