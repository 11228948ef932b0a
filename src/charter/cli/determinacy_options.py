"""The options of `charter check --determinacy`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from charter.cli.finite_range import FiniteRange

F = TypeVar("F", bound=Callable[..., Any])

LIMIT = 200_000
"""As in `policy.determinacy.determine`, which takes long to import."""


def determinacy_options(command: F) -> F:
    """Give a verb the options."""
    for add in reversed(_OPTIONS):
        command = add(command)
    return command


_OPTIONS = (
    click.option(
        "--determinacy",
        is_flag=True,
        help="Try every situation that the rules tell apart, under every way to read them.",
    ),
    click.option(
        "--determinacy-limit",
        type=click.IntRange(min=0),
        default=LIMIT,
        show_default=True,
        metavar="NUMBER",
        help="Combinations of one event to enumerate; z3 answers where there are more.",
    ),
    click.option(
        "--determinacy-min",
        type=FiniteRange(0, 1),
        metavar="SHARE",
        help="Exit with 1 where a smaller share of contexts has one outcome.",
    ),
)
