"""`charter`: find the verb, run it, and turn every outcome into an exit code.

0 done; 1 findings or a failed gate; 2 usage, configuration or spec; 3 environment
(model, ledger, disk, plug-in) or a defect of Charter's own; 4 a gate that needs more evidence
(`charter gate` only); 130 interrupted.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import TextIO

import click

from charter.errors import CharterError, ConfigError, SpecError
from charter.version import VERSION

VERBS = {
    "account": "Make and change the accounts of people who use the console.",
    "approvals": "See what waits for people, and approve, deny or edit it.",
    "audit": "Decide by a spec on conversations in a log, by the million.",
    "brief": "Write the rules in force as a prompt for a model, or a summary for developers.",
    "calibrate": "Measure a judge or grader on labelled answers, and say what it is fit for.",
    "check": "Check a spec: structure, writing, coverage, consistency.",
    "comments": "Count, read, moderate and export what the public said of rules.",
    "compare": "Put different specs side by side.",
    "decide": "Decide on one request, reply or tool call, with reasons.",
    "diff": "Compare two versions of a spec: what changed, and what that makes stale.",
    "erase": "Make what is kept about one person unreadable.",
    "eval": "Measure how well a model keeps to a spec.",
    "expire": "Delete payloads past their time of retention.",
    "export": "Write a spec's boundaries or training targets, or the proof of a decision.",
    "gate": "Decide whether a model may take the place of another: pass, fail or need more.",
    "govern": "See what laws and frameworks ask, and what there is evidence of.",
    "grade": "Have judges decide what checks alone could not.",
    "history": "Show how models did over time and over versions of a spec.",
    "hold": "Place and lift legal holds on what is kept about a person.",
    "import": "Take over what another tool measured.",
    "incident": "Open, follow, contain and close incidents; see what is owed, and by when.",
    "key": "Make keys with which callers reach the gateway.",
    "label": "Have people label replies of a run, drawn at random.",
    "models": "Fetch and list models that run on this machine.",
    "new": "Start a spec or an overlay of your own.",
    "pin": "Serve nothing but one policy, until the pin is lifted.",
    "objectives": "Say how service levels stand: value, error budget, alerts.",
    "notify": "Tell people and servers of alerts, incidents and releases.",
    "plan": "Say how many scenarios a spec is short of to find a difference or confirm a target.",
    "propose": "Propose other words for a spec, ask people, decide, write them into the text.",
    "publish": "Write a static site of a spec, with all its versions.",
    "release": "Make a version of a spec official: ask, approve, publish.",
    "replay": "Decide again on what a gateway decided, by another spec.",
    "report": "Show the results of an evaluation, or two side by side.",
    "resolve": "Say which rules are in force in a conversation, and why.",
    "resume": "End a stop: what it reached is served again.",
    "sample": "Draw live answers by chance, and estimate how many keep to the rules.",
    "reviews": "Order the queue of answers that people judge, and see how well they do.",
    "schema": "Print the JSON Schema of a format that Charter writes.",
    "serve": "Serve models under a spec: every request, answer and call decided and recorded.",
    "show": "Show a spec, a section or a clause.",
    "stop": "Stop an application, a tool or everything, at once and on every replica.",
    "survey": "Ask people what an assistant should do, and read what they said.",
    "suite": "See what the scenarios of a spec test, and let them become more.",
    "thresholds": "Say which thresholds of risk are ruled out, and which count as crossed.",
    "verify": "Verify a ledger, or the evidence for a decision.",
}
"""Help of each verb, so that `charter --help` imports none of them."""

MODULES = {"import": "import_log"}
"""Modules of verbs whose names are words of Python."""

EXIT_SPEC = 2
EXIT_ENVIRONMENT = 3
EXIT_INTERRUPTED = 130

MAX_LINE = 1500
"""Characters of one failure; more is left out in the middle, as the hint stands at the end."""

_NO_ROOM = frozenset({errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC})

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
        command = importlib.import_module(f"charter.cli.{MODULES.get(name, name)}").command
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
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where the caller closed it
            stream.reconfigure(errors="replace")
    code = exit_code(arguments)
    # From here on nothing is left to save, and Ctrl-C must not end in a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(code)


def exit_code(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every failure is one line on stderr."""
    code = _outcome(arguments)
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError as error:
        return _system_failure(error, code)
    return code


def _outcome(arguments: Sequence[str] | None) -> int:
    try:
        with cli.make_context("charter", list(arguments or sys.argv[1:])) as context:
            cli.invoke(context)
    except click.exceptions.Exit as outcome:
        return outcome.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_SPEC
    except click.ClickException as error:
        return _say(_usage(error), EXIT_SPEC)
    except (click.Abort, KeyboardInterrupt) as error:
        return _say(str(error) or "interrupted", EXIT_INTERRUPTED)
    except CharterError as error:
        code = EXIT_SPEC if isinstance(error, SpecError | ConfigError) else EXIT_ENVIRONMENT
        return _say(str(error), code)
    except ModuleNotFoundError as error:
        return _say(f"{error.name} is not installed ({_EXTRA_HINT})", EXIT_ENVIRONMENT)
    except OSError as error:
        return _system_failure(error, 0)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a traceback would exit 1 and read as findings
        return _defect(error)
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Treat SIGTERM as Ctrl-C, so that a run that is stopped says how it carries on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a background job of a shell
        raise KeyboardInterrupt
    signal.raise_signal(signal.SIGINT)


def _usage(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "charter"
    return f"{error.format_message().rstrip('.')} (see `{path} --help`)"


def _system_failure(error: OSError, code: int) -> int:
    if error.filename is None:
        _discard(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return code  # the reader of our output (head, less) went away: not a failure of ours
    where = "" if error.filename is None else f"{error.filename}: "
    if error.errno in _NO_ROOM and not where:
        where = "standard output: "  # what goes into a file of ours names it
    hint = "check that it exists, that it may be used, and that there is room"
    return _say(f"{where}{error.strerror or error} ({hint})", EXIT_ENVIRONMENT)


def _discard(stream: TextIO | None) -> None:
    """Let what a closed or full stream still holds go nowhere, instead of failing at exit."""
    with suppress(OSError, ValueError):
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _defect(error: BaseException) -> int:
    if os.environ.get("CHARTER_DEBUG"):
        raise error
    what = f"unexpected {type(error).__name__}: {error}"
    return _say(f"{what} (a defect of Charter's: please report it, CHARTER_DEBUG=1 shows where)", 3)


def _say(message: str, code: int) -> int:
    """Print one line, without control characters that hostile input may carry."""
    line = " ".join("".join(_shown(c) for c in message).split())
    if len(line) > MAX_LINE:
        line = f"{line[: MAX_LINE * 2 // 3]} … {line[-MAX_LINE // 3 :]}"
    try:
        click.echo(f"charter: {line}", err=True)
    except OSError:  # nobody reads it; the exit code says it all
        _discard(sys.stderr)
    return code


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\ufffd"
