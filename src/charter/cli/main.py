"""`charter`: find the verb, run it, and turn every outcome into an exit code.

0 done; 1 findings or a failed gate; 2 usage, configuration or spec; 3 environment
(model, ledger, disk, plug-in) or a defect of Charter's own; 130 interrupted.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from charter.errors import CharterError, ConfigError, SpecError
from charter.version import VERSION

VERBS = {
    "check": "Check a spec: structure, writing, coverage, consistency.",
    "eval": "Measure how well a model keeps to a spec.",
    "models": "Fetch and list models that run on this machine.",
    "new": "Start a spec or an overlay of your own.",
    "report": "Show the results of an evaluation, or two side by side.",
    "schema": "Print the JSON Schema of a format that Charter writes.",
    "show": "Show a spec, a section or a clause.",
}
"""Help of each verb, so that `charter --help` imports none of them."""

EXIT_SPEC = 2
EXIT_ENVIRONMENT = 3
EXIT_INTERRUPTED = 130

_EXTRA_HINT = "this verb needs an extra: pip install 'charter[all]'"


class _Verbs(click.Group):
    """Imports the module of a verb only when that verb is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all verbs, sorted."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one verb."""
        if name not in VERBS:
            return None
        command = importlib.import_module(f"charter.cli.{name}").command
        if not isinstance(command, click.Command):
            raise TypeError(name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the verbs without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(VERBS.items()))


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="charter")
def cli() -> None:
    """Behavior specs for AI models, made executable.

    SPEC is a Markdown file, a folder that holds one, or `starter`, the spec that
    ships with Charter.
    """


def run(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit. The entry point of the `charter` script."""
    sys.exit(exit_code(arguments))


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every failure is one line on stderr."""
    try:
        with cli.make_context("charter", list(arguments or sys.argv[1:])) as context:
            cli.invoke(context)
    except click.exceptions.Exit as outcome:
        return outcome.exit_code
    except click.ClickException as error:
        error.show()
        return EXIT_SPEC
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # the reader of our output (head, less) went away: not a failure of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (SpecError, ConfigError) as error:
        return _say(str(error), EXIT_SPEC)
    except CharterError as error:
        return _say(str(error), EXIT_ENVIRONMENT)
    except ModuleNotFoundError as error:
        return _say(f"{error.name} is not installed ({_EXTRA_HINT})", EXIT_ENVIRONMENT)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", EXIT_ENVIRONMENT)
    except Exception as error:  # noqa: BLE001 - a traceback would exit 1 and read as findings
        return _defect(error)
    return 0


def _defect(error: Exception) -> int:
    if os.environ.get("CHARTER_DEBUG"):
        raise error
    what = f"unexpected {type(error).__name__}: {error}"
    return _say(f"{what} (a defect of Charter's: please report it, CHARTER_DEBUG=1 shows where)", 3)


def _say(message: str, code: int) -> int:
    """Print one line, without control characters that hostile input may carry."""
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    click.echo(f"charter: {line}", err=True)
    return code
