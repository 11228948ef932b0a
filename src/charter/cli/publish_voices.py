"""`charter publish --voices`: results in files and a ledger -> what the site says of voices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from charter.cli.screen import note, plain
from charter.errors import ConfigError
from charter.publish.remarks import form_address

if TYPE_CHECKING:  # slow to import
    from charter.publish.voices import Voices

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_EXPOSED = 1
MOST_RESULTS = 30
MOST_LINES = 20


def voices_options(command: Command) -> Command:
    """Add `--voices`, as `heard`, and `--survey-form`, as `survey_form`."""
    command = click.option(
        "--survey-form",
        metavar="URL",
        help="Where `charter serve` shows surveys, such as https://example.org/survey.",
    )(command)
    return click.option(
        "--voices",
        "heard",
        metavar="PLACE",
        type=click.Path(path_type=Path),
        multiple=True,
        help="Results that `charter survey results --out FILE.json` wrote, or the ledger with "
        "open surveys and proposals; repeatable.",
    )(command)


def voices_of(places: Sequence[Path], form: str | None, out: Path) -> Voices | None:
    """Return what the options say, with the editions that `out` has; None without any.

    Nothing may single out few people, in what is shown now and in what was shown before: else it
    says so and ends with 1, and nothing is written. Raises ConfigError, LedgerError.
    """
    if form is not None and not places:
        raise ConfigError("--survey-form leads to open surveys", hint="name --voices LEDGER")
    from charter.publish.voices import Voices  # noqa: PLC0415 - for those only who have voices
    from charter.publish.voices_before import as_text, check_results, editions  # noqa: PLC0415

    before = editions(out)
    if not places and not before:
        return None
    files = [each for each in places if each.suffix == ".json"]
    ledgers = [each for each in places if each.suffix != ".json"]
    if len(files) > MOST_RESULTS or len(ledgers) > 1:
        hint = f"at most {MOST_RESULTS} files of results and one ledger"
        raise ConfigError("--voices was given too often", hint=hint)
    results = tuple(map(_results, files))
    check_results(results)
    _refuse_exposed(results, tuple(before.values()))
    address = "" if form is None else form_address(form).rstrip("/")
    surveys, proposals = _recorded(ledgers[0]) if ledgers else ((), ())
    kept = {name: as_text(each).encode() for name, each in before.items()}
    return Voices(results, surveys, proposals, address, kept, ledger=bool(ledgers))


def _results(file: Path) -> Any:
    from charter.evolve.results.export import read_results  # noqa: PLC0415 - slow to import

    return read_results(file)


def _refuse_exposed(results: tuple[Any, ...], before: tuple[Any, ...]) -> None:
    from charter.publish.voices_before import singled_out  # noqa: PLC0415 - slow to import

    found = singled_out(results, before)
    if not found:
        return
    for each in found[:MOST_LINES]:
        what = f"{each.variable}: {each.people} could be told apart: {each.how}"
        click.echo(plain(what), err=True)
    if len(found) > MOST_LINES:
        note(f"and {len(found) - MOST_LINES} more")
    note("nothing is published: wait until more people have come")
    raise click.exceptions.Exit(EXIT_EXPOSED)


def _recorded(place: Path) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the open surveys and all proposals but drafts of a ledger."""
    from charter.cli.ledger_file import ledger_file  # noqa: PLC0415 - slow to import
    from charter.evolve.proposals.fold import proposals  # noqa: PLC0415 - the same
    from charter.evolve.surveys.opening import openings  # noqa: PLC0415
    from charter.ledger.ledger import Ledger  # noqa: PLC0415
    from charter.ledger.stores.sqlite import open_store  # noqa: PLC0415
    from charter.records.proposal import DRAFT  # noqa: PLC0415

    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        surveys = tuple(each for each in openings(ledger) if each.open)
        known = proposals(ledger).all()
    return surveys, tuple(each for each in known if each.moves or each.state != DRAFT)
