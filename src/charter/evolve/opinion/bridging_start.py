"""Where a factorisation begins: the directions in which people part most, and one of chance."""

from __future__ import annotations

import numpy as np

from charter.evolve.opinion.bridging_solve import Problem
from charter.evolve.opinion.bridging_sweep import Floats, Statements

DIRECTIONS = 2
TURNS = 12
SIZE = 0.5
"""Root mean square of the factors at a start; the first sweep finds their true scale."""


def starts_of(
    problem: Problem, flat: Statements, *, seed: int = 0, random: int = 4
) -> list[Floats]:
    """Return factors to begin with: leading directions of what intercepts leave, then chance.

    Subspace iteration on E'E, where E is the table of residuals of the fit without factors, 0 where
    somebody saw nothing. Source: Halko, Martinsson and Tropp 2011, SIAM Review 53, 217-288.
    """
    dice = np.random.default_rng(seed)
    size = len(flat.factors)
    number = min(size, DIRECTIONS + 2)
    of = np.linalg.qr(dice.standard_normal((size, number)))[0]
    for _ in range(TURNS):
        turned = problem.sweeper.turn(flat, problem.ridge, of)
        if not np.any(turned):
            break
        of, _ = np.linalg.qr(turned)
    turned = problem.sweeper.turn(flat, problem.ridge, of)
    values, inner = np.linalg.eigh((of.T @ turned + turned.T @ of) / 2)
    leading = of @ inner[:, np.argsort(-values)]
    found = [leading[:, at] for at in range(min(DIRECTIONS, number))]
    found += [dice.standard_normal(size) for _ in range(random)]
    return [each * SIZE * np.sqrt(size / max(float(each @ each), 1e-300)) for each in found]
