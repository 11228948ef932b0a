"""`charter publish --voices`: results in files and a ledger -> what the site says of voices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from charter.cli.screen import note, plain
from charter.cli.vault_options import now
from charter.errors import ConfigError
from charter.publish.remarks import form_address

if TYPE_CHECKING:  # slow to import
    from charter.publish.voices import Voices

Command = TypeVar("Command", bound=Callable[..., Any])

EXIT_EXPOSED = 1
MOST_RESULTS = 30
MOST_LINES = 20


def voices_options(command: Command) -> Command:
    """Add `--voices`, as `heard`, `--survey-form` and `--shown-before`."""
    command = click.option(
        "--shown-before",
        metavar="PLACE",
        type=click.Path(exists=True, path_type=Path),
        multiple=True,
        help="Results that were shown elsewhere before, a file or a folder of them: nobody may be "
        "singled out by these either; repeatable.",
    )(command)
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
        help="Results that `charter survey results --out FILE.json` wrote, what `charter survey "
        "compare --rankings --json` printed, or the ledger with open surveys and proposals; "
        "repeatable.",
    )(command)


def voices_of(
    places: Sequence[Path], form: str | None, out: Path, elsewhere: Sequence[Path] = ()
) -> Voices | None:
    """Return what the options say, with the editions that `out` has; None without any.

    Nothing may single out few people, in what is shown now and in what was shown before, in `out`
    and `elsewhere`: else it says so and ends with 1, and nothing is written. Raises ConfigError,
    LedgerError.
    """
    if not places and (form is not None or elsewhere):
        what = "--survey-form leads to open surveys"
        what = "--shown-before is held against results" if elsewhere else what
        raise ConfigError(what, hint="name --voices")
    from charter.publish.voices import Voices  # noqa: PLC0415 - for those only who have voices
    from charter.publish.voices_before import (  # noqa: PLC0415 - the same
        check_results,
        check_room,
        earlier_address,
        editions,
        shown_before,
    )
    from charter.publish.voices_specs import check_specs, spec_editions  # noqa: PLC0415
    from charter.publish.voices_specs import earlier_address as specs_address  # noqa: PLC0415

    before, specs_before = editions(out), spec_editions(out)
    if not places and not before and not specs_before:
        return None
    results, specs = _read([each for each in places if each.suffix == ".json"])
    ledgers = [each for each in places if each.suffix != ".json"]
    if len(ledgers) > 1:
        raise ConfigError("--voices: more than one ledger", hint="name one")
    check_results(results)
    check_specs(specs)
    check_room(out, {*map(earlier_address, results), *map(specs_address, specs)})
    shown, shown_specs = _by_kind(shown_before(elsewhere))
    earlier = (*(each.results for each in before.values()), *shown)
    specs_earlier = (*(each.compared for each in specs_before.values()), *shown_specs)
    _refuse_exposed(results, earlier, specs, specs_earlier)
    address = "" if form is None else form_address(form, "--survey-form").rstrip("/")
    surveys, proposals = _recorded(ledgers[0]) if ledgers else ((), ())
    kept = {name: each.content for name, each in before.items()}
    kept |= {name: each.content for name, each in specs_before.items()}
    return Voices(results, surveys, proposals, address, kept, specs, ledger=bool(ledgers))


def alone(voices: Voices | None, out: Path) -> Callable[[Mapping[str, str]], None]:
    """Return what refuses to write over the results of a build that ended meanwhile."""
    from charter.publish.voices_before import check_alone, earlier_address  # noqa: PLC0415 - slow

    if voices is None:
        return partial(check_alone, out, set())
    known = {*voices.earlier, *map(earlier_address, voices.results), *_texts(voices.specs)}
    return partial(check_alone, out, known)


def _texts(specs: Iterable[Any]) -> dict[str, bytes]:
    """Return editions of two specs by address."""
    from charter.publish.voices_specs import as_text, earlier_address  # noqa: PLC0415 - slow

    return {earlier_address(each): as_text(each).encode() for each in specs}


def _read(files: Sequence[Path]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return results, and comparisons of two specs by people, as a site shows them."""
    from charter.publish.voices_before import public  # noqa: PLC0415 - slow to import

    if len(files) > MOST_RESULTS:
        what = f"--voices: {len(files)} files of results"
        raise ConfigError(what, hint=f"at most {MOST_RESULTS}")
    results, specs = _by_kind(files)
    return tuple(map(public, results)), specs


def _by_kind(files: Sequence[Path]) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    from charter.evolve.results.export import read_results  # noqa: PLC0415 - slow to import
    from charter.evolve.results.two_specs_file import is_specs, read_specs  # noqa: PLC0415

    known = {each: is_specs(each) for each in files}
    results = tuple(read_results(each) for each in files if not known[each])
    return results, tuple(read_specs(each) for each in files if known[each])


def _refuse_exposed(
    results: tuple[Any, ...],
    before: tuple[Any, ...],
    specs: tuple[Any, ...],
    specs_before: tuple[Any, ...],
) -> None:
    from charter.publish.voices_before import singled_out  # noqa: PLC0415 - slow to import
    from charter.publish.voices_specs import specs_singled_out  # noqa: PLC0415 - the same

    found = singled_out(results, before)
    found += specs_singled_out(specs, specs_before)
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
    """Return the surveys that take answers today, and all proposals but drafts of a ledger."""
    from charter.cli.ledger_file import ledger_file  # noqa: PLC0415 - slow to import
    from charter.evolve.proposals.fold import proposals  # noqa: PLC0415 - the same
    from charter.evolve.surveys.opening import openings  # noqa: PLC0415
    from charter.ledger.ledger import Ledger  # noqa: PLC0415
    from charter.ledger.stores.sqlite import open_store  # noqa: PLC0415
    from charter.records.proposal import DRAFT  # noqa: PLC0415

    with Ledger(open_store(str(ledger_file(place)), create=False)) as ledger:
        surveys = tuple(each for each in openings(ledger) if each.takes(now()))
        known = proposals(ledger).all()
    return surveys, tuple(each for each in known if each.moves or each.state != DRAFT)
