"""`charter publish --ledger`: runs of ledgers -> what the site says of how models keep to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from charter.errors import ConfigError
from charter.publish.adherence import Adherence, adherence, texts_of
from charter.publish.edition import Edition
from charter.records.grading import GradingStarted
from charter.records.run import RunFinished, RunStarted

if TYPE_CHECKING:
    from charter.ledger.ledger import Ledger

_F = TypeVar("_F", bound=Callable[..., Any])


def adherence_options(function: _F) -> _F:
    """Add `--ledger`, as `places`, and `--failures`."""
    function = click.option(
        "--failures",
        is_flag=True,
        help="Publish examples of replies that violate a rule too. Read them first.",
    )(function)
    return click.option(
        "--ledger",
        "places",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Show the runs of this folder of `charter eval --out`, or of the ledger file in it; "
        "repeatable.",
    )(function)


def measured(
    places: Sequence[Path], editions: Sequence[Edition], *, failures: bool
) -> Adherence | None:
    """Return the runs of each model on each version that count; None without ledgers.

    A finished run counts until a newer one of the model on that text asked every scenario that it
    asked, and was judged if it was. Runs with a version's overlays count, and those on its base
    alone. What there is of runs on other texts is said in one line. Raises LedgerError.
    """
    if not places:
        if failures:
            raise ConfigError("--failures shows replies of runs", hint="name them by --ledger DIR")
        return None
    # slow to import, and for those only who publish figures
    from charter.cli.ledger_file import ledger_file  # noqa: PLC0415
    from charter.ledger.ledger import Ledger  # noqa: PLC0415
    from charter.ledger.stores.sqlite import open_store  # noqa: PLC0415

    digests = {digest for each in editions for digest in texts_of(each)}
    with ExitStack() as opened:
        ledgers = [
            opened.enter_context(Ledger(open_store(str(ledger_file(place)), create=False)))
            for place in places
        ]
        found = _runs(ledgers)
        here = [(run, ledger) for run, ledger in found if run.spec_digest in digests]
        if len(here) < len(found):
            other = len(found) - len(here)
            said = f"{other} run is" if other == 1 else f"{other} runs are"
            click.echo(f"charter: {said} on other texts than these, and not shown", err=True)
        return adherence(_reports(here), failures=failures)


def _runs(ledgers: Sequence[Ledger]) -> list[tuple[RunStarted, Ledger]]:
    """Return every run that finished, oldest first; one that several ledgers hold counts once.

    It is taken from where it was graded most often: a copy may be from before. Those of one
    second stay in the order of their ledger.
    """
    found: dict[str, tuple[RunStarted, Ledger]] = {}
    times: Counter[str] = Counter()
    for ledger in ledgers:
        finished = {record.run for record in ledger.read(RunFinished)}
        graded = Counter(record.run for record in ledger.read(GradingStarted))
        for run in ledger.read(RunStarted):
            if run.run in finished and (run.run not in found or graded[run.run] > times[run.run]):
                found[run.run] = run, ledger
                times[run.run] = graded[run.run]
    return sorted(found.values(), key=lambda each: each[0].at)


def _reports(found: Sequence[tuple[RunStarted, Ledger]]) -> Iterator[dict[str, Any]]:
    """Yield the reports of the runs that are shown, one after another: each holds all replies."""
    from charter.evals.report.export import export  # noqa: PLC0415 - as above
    from charter.evals.result import result_of  # noqa: PLC0415 - as above

    for run, ledger in _counting(found):
        yield export(result_of(ledger, run.run))


def _counting(found: Sequence[tuple[RunStarted, Ledger]]) -> list[tuple[RunStarted, Ledger]]:
    """Return the runs that no newer one of the same model on the same text makes needless.

    One that judges saw is not by one that none saw, which may have decided less.
    """
    from charter.evals.history.history import model_of  # noqa: PLC0415 - as above

    ledgers = {id(ledger): ledger for _, ledger in found}.values()
    judged = {record.run for ledger in ledgers for record in ledger.read(GradingStarted)}
    asked: dict[tuple[str, str], list[tuple[frozenset[str], bool]]] = {}
    kept = []
    for run, ledger in reversed(found):
        newer = asked.setdefault((run.spec_digest, model_of(run)), [])
        own, graded = frozenset(run.scenarios), run.run in judged
        if not any(own <= others and (also or not graded) for others, also in newer):
            newer.append((own, graded))
            kept.append((run, ledger))
    return kept[::-1]
