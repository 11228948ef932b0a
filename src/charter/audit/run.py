"""Logs under a policy -> totals, on this machine."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import polars as pl

from charter.audit.auditor import ROW, Auditor
from charter.audit.logs import Logs
from charter.audit.totals import LISTED, Totals


def audit(
    auditor: Auditor, logs: Logs, *, listed: int = LISTED, sample: frozenset[int] | None = None
) -> Totals:
    """Decide on every row of a log, or on those whose numbers are in `sample`.

    Raises ParseError and StorageError.
    """
    return total(auditor, chosen(logs.frames(auditor.flagged), sample), listed=listed)


def total(auditor: Auditor, frames: Iterable[pl.DataFrame], *, listed: int = LISTED) -> Totals:
    """Decide on every row of some frames."""
    found = Totals(listed)
    for frame in frames:
        found.add(auditor.batch(frame))
    return found


def chosen(frames: Iterable[pl.DataFrame], sample: frozenset[int] | None) -> Iterator[pl.DataFrame]:
    """Leave only the rows of a sample in frames."""
    if sample is None:
        yield from frames
        return
    wanted = pl.Series(sorted(sample), dtype=pl.UInt32)
    for frame in frames:
        yield frame.filter(pl.col(ROW).is_in(wanted.implode()))


def draw(rows: int, size: int, seed: int) -> frozenset[int] | None:
    """Draw so many rows by chance, each as likely as any other; None where that is all of them."""
    if size >= rows:
        return None
    return frozenset(random.Random(seed).sample(range(rows), size))  # noqa: S311 - no secret
