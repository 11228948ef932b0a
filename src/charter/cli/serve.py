"""`charter serve SPEC`: the gateway, between applications and their model."""

from __future__ import annotations

import dataclasses
import ipaddress
import sys
from pathlib import Path
from typing import Any

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.screen import plain
from charter.cli.serve_console import console_of
from charter.cli.serve_feedback import feedback_of
from charter.cli.serve_survey import survey_of
from charter.console.accounts import Accounts
from charter.errors import CharterError, ConfigError
from charter.gateway.callers import digest_of_key, new_key
from charter.gateway.log import Log, take_over
from charter.gateway.open import folder_of, open_service, require_admitted
from charter.gateway.place import place_of
from charter.gateway.reload import waits_for_restart
from charter.gateway.run import run
from charter.gateway.served import Caller
from charter.gateway.server import CONSOLE, FEEDBACK, SURVEY
from charter.gateway.service import Service
from charter.gateway.settings import CallerEntry, Endpoint, Settings
from charter.gateway.settings_file import load_settings
from charter.gateway.table import Table, build_table, whole_because
from charter.gateway.upstream import Upstream
from charter.govern.objectives.objectives_file import load_objectives


@click.command("serve")
@click.argument("spec")
@overlay_option
@click.option("--upstream", metavar="URL", help="The model's server, with /v1 or without.")
@click.option(
    "--upstream-key",
    "upstream_key",
    metavar="VARIABLE",
    help="Environment variable that holds the upstream's key.",
)
@click.option(
    "--settings",
    "settings_file",
    type=click.Path(path_type=Path),
    help="Callers, checks, tools, limits: gateway.toml.",
)
@click.option(
    "--ledger",
    metavar="PATH-or-URL",
    help="Where decisions are recorded: a file, a folder, or postgresql://...  [default: gateway]",
)
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0: any.  [default: 8600]")
@click.option("--check", "only_check", is_flag=True, help="Say what would be served, and end.")
def command(**given: Any) -> None:
    """Serve models under SPEC: every request, answer and tool call is decided and recorded.

    Applications reach it as they reach the model: OpenAI's Chat Completions and Responses, and
    Anthropic's Messages, with a key of the gateway's own. Without --settings it listens on this
    machine only, for one caller, whose key is printed once.
    """
    settings, key = _settings(given)
    table = build_table(given["spec"], given["overlays"], settings)
    if given["only_check"]:
        for line in [*_lines(table), *_missing(table, given["ledger"])]:
            click.echo(plain(line))
        return
    place = place_of(settings.ledger, given["ledger"])
    service = open_service(table, place, folder=folder_of(place))
    log = service.log = Log(
        sys.stderr,
        level=settings.operations.log_level,
        run=service.run,
        secrets=(*service.upstream.secrets, key),
    )
    take_over(log)

    def started(host: str, port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"http://{shown}:{port}/v1")
        pages = _pages(settings, f"http://{shown}:{port}")
        for line in [*_lines(table), *pages, f"ledger {service.ledger.where}"]:
            click.echo(plain(line))
        if key:
            click.echo(f"\nKey of this run, printed once:\n  {key}")
        sys.stdout.flush()

    try:
        run(
            service,
            started=started,
            again=lambda: _again(given, service),
            console=console_of(service, place),
            feedback=feedback_of(service),
            survey=survey_of(service),
        )
    finally:
        service.ledger.close()
        log.close()


def _settings(given: dict[str, Any]) -> tuple[Settings, str]:
    """Return the settings with what the command line changes, and a key where one was made.

    Raises ConfigError.
    """
    file: Path | None = given["settings_file"]
    settings = load_settings(file) if file is not None else Settings()
    key = ""
    if file is None:
        key = given.setdefault("key", new_key())
        caller = Caller("local", "local", "developer", "local")
        settings = dataclasses.replace(
            settings, callers=(CallerEntry(caller, (digest_of_key(key),)),)
        )
    elif not settings.callers:
        hint = "add [callers.NAME] with a digest of `charter key new`"
        raise ConfigError(f"{file}: nobody may call: there are no callers", hint=hint)
    server = settings.server
    host, port = given["host"] or server.host, given["port"]
    if file is None and not _is_loopback(host):
        raise ConfigError(
            f"--host {host} can be reached from outside, and there are no settings",
            hint="give --settings gateway.toml with callers of their own",
        )
    server = dataclasses.replace(server, host=host, port=server.port if port is None else port)
    upstream = settings.upstream
    if given["upstream"] is not None:
        if not given["upstream"].startswith(("http://", "https://")):
            hint = "such as http://127.0.0.1:8000/v1"
            raise ConfigError(f"--upstream {given['upstream']!r:.200} is no address", hint=hint)
        own = Endpoint(given["upstream"], given["upstream_key"] or "")
        upstream = dataclasses.replace(upstream, default=own)
    elif given["upstream_key"]:
        raise ConfigError("--upstream-key goes with --upstream", hint="or write [upstream] key_env")
    return dataclasses.replace(settings, server=server, upstream=upstream), key


def _again(given: dict[str, Any], service: Service) -> Table:
    """Read spec, overlays and settings again. Raises as `build_table` does.

    What of the settings is read at the start only is said: it waits for the next one.
    """
    settings, _ = _settings(given)
    table = build_table(given["spec"], given["overlays"], settings)
    waits = waits_for_restart(service.settings, settings)
    if waits:
        named = ", ".join(f"[{name}]" for name in waits)
        service.say("warning", "needs.restart", reason=f"{named}: read at the start only")
    return table


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _missing(table: Table, ledger: str | None) -> list[str]:
    """Return why it would not start here: what the environment lacks, and what bars it."""
    settings = table.settings
    promised = settings.govern.objectives
    missing = []
    accounts = settings.console.accounts
    for needed in (
        lambda: Upstream(settings.upstream),
        lambda: require_admitted(table, place_of(settings.ledger, ledger)),
        lambda: None if accounts is None else Accounts.at(accounts),
        lambda: None if promised is None else load_objectives(promised),
    ):
        try:
            needed()
        except CharterError as error:
            missing.append(f"would not start here: {error}")
    return missing


def _pages(settings: Settings, root: str) -> list[str]:
    """Return where the pages for people are, of those that the settings ask for."""
    pages = []
    if settings.console.accounts is not None:
        pages.append(f"console {root}{CONSOLE}/")
    if settings.feedback.enabled:
        pages.append(f"comments of the public {root}{FEEDBACK}")
    if settings.survey.enabled:
        pages.append(f"surveys {root}{SURVEY}")
    return pages


def _counted(number: int, one: str) -> str:
    many = f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"
    return f"{number} {one if number == 1 else many}"


def _lines(table: Table) -> list[str]:
    """Return what is said at the start: what is served, and what makes streams wait."""
    served = table.base
    policy = served.policy
    version = f" {served.spec_version}" if served.spec_version else ""
    laid = len(policy.layers) - 1
    overlays = f", {_counted(laid, 'overlay')}" if laid else ""
    counts = (
        (len(policy.rules), "section"),
        (len(policy.boundaries), "boundary"),
        (len(served.checks), "check"),
        (len(table.callers.all), "caller"),
    )
    lines = [
        f"serves {policy.title}{version}{overlays}",
        f"policy {policy.digest}",
        ", ".join(_counted(number, one) for number, one in counts),
    ]
    if not policy.rules:
        lines.append("no section binds: nothing is restricted. Is this the spec you mean?")
    others = len(table.policies) - 1
    if others:
        lines.append(f"{_counted(others, 'more policy')} for callers with overlays of their own")
    waits = list(whole_because(served))
    if not waits:
        return [*lines, "streams flow: what restricts answers is decided while they grow"]
    named = ", ".join(f"{one} ({what})" for one, what in waits[:20])
    more = f" and {len(waits) - 20} more" if len(waits) > 20 else ""
    return [*lines, f"streams wait for whole texts because of {named}{more}"]
