"""`charter propose export ID SPEC`: a patch, and what to say with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from charter.cli.one_writer import check_apart
from charter.cli.propose_base import base_option, beneath
from charter.cli.propose_found import named, proposal_argument
from charter.cli.refused import refusing
from charter.cli.screen import note, plain
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.cli.whole_file import write_whole
from charter.evolve.proposals.adoption import outcome
from charter.evolve.proposals.fold import proposals
from charter.evolve.proposals.patch import patch
from charter.evolve.proposals.pull_request import pull_request
from charter.load import load, spec_file

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("export")
@proposal_argument
@click.argument("spec")
@click.option("--patch", "patch_file", type=_FILE, metavar="FILE", help="For `git apply`.")
@click.option("--request", type=_FILE, metavar="FILE", help="The text of a pull request.")
@click.option(
    "--text", type=_FILE, metavar="FILE", help="The spec with the words in it, to ask people about."
)
@click.option("--rebase", is_flag=True, help="Also where the stretches stand elsewhere now.")
@base_option
@ledger_place
@config_option
def command(**given: Any) -> None:
    """Write what a pull request needs: a patch, and a text with origins, figures, decisions.

    Without --patch, --request or --text, that text is printed. The patch names the file as the
    repository around SPEC has it. Nothing is recorded.
    """
    with refusing(given["proposal"]), opened_ledger(given) as ledger:
        state = named(proposals(ledger), given["proposal"])
        spec, file = load(given["spec"]), spec_file(given["spec"])
        check_apart((file, given["patch_file"], given["request"], given["text"]))
        below = beneath(spec, given["bases"])
        made = outcome(state, spec, below=below, rebase=given["rebase"])
        if made.there:
            note(plain(f"{file} has these words already"))
        request = pull_request(state)
        found = patch(_in_repository(file), spec.source.text, made.text)
        wanted = ((given["patch_file"], found), (given["request"], request))
        for target, content in (*wanted, (given["text"], made.text)):
            if target is not None:
                write_whole(target, content)
        if not any(target for target in (given["patch_file"], given["request"], given["text"])):
            click.echo(plain(request), nl=False)


def _in_repository(file: Path) -> str:
    """Return the name of a file from the root of its repository on; its own name without one."""
    whole = file.resolve()
    root = next((each for each in whole.parents if (each / ".git").exists()), whole.parent)
    return whole.relative_to(root).as_posix()
