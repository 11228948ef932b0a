"""`charter audit LOGS --spec SPEC`: what a spec would have decided on conversations in a log."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from charter.cli.past_options import past_options
from charter.cli.screen import console, note, plain, write_json
from charter.cli.situation import pair
from charter.errors import ConfigError, ParseError
from charter.load import load_policy

if TYPE_CHECKING:
    from charter.audit.logs import Logs
    from charter.audit.totals import Totals

_FIELDS = ("request", "answer", "system", "messages")
_WHY = {
    "empty": "have nothing in them",
    "not_json": "are not JSON",
    "not_text": "hold something other than text",
    "no_conversation": "are no conversation",
    "too_long": "are too long to be decided on",
    "ragged": "have other columns than the file",
}


@click.command("audit")
@click.argument("logs", type=click.Path(path_type=Path))
@past_options
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=NAME",
    help="Which column holds what: request, answer, system or messages; repeatable. Without it, "
    "columns of the usual names.",
)
@click.option("--wire", metavar="ID", help="The shape of messages, instead of guessing.")
@click.option(
    "--offered",
    multiple=True,
    metavar="TOOL",
    help="A tool that every conversation had; repeatable.",
)
@click.option(
    "--sample", type=click.IntRange(1), metavar="NUMBER",
    help="Decide on so many rows, drawn by chance; shares then come with intervals.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sample.")
@click.option(
    "--ray", "cluster", metavar="ADDRESS",
    help="Use a Ray cluster: its address, or `local` for this machine's processors.",
)  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 10_000), help="With --ray; all there are.")
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """Decide by a spec on conversations that never passed the gateway.

    LOGS is a Parquet, CSV or JSON lines file with a conversation in every row: messages as JSON, or
    columns of texts. Exits with 0 where all of it would have been allowed, with 1 where something
    would not. Rows that cannot be read are counted.
    """
    if given["workers"] and not given["cluster"]:
        raise ConfigError("--workers goes with --ray", hint="add --ray local")
    from charter.audit.auditor import Auditor  # noqa: PLC0415 - needs an extra, slow to import
    from charter.audit.logs import open_logs  # noqa: PLC0415 - the same
    from charter.audit.row import Terms  # noqa: PLC0415 - the same
    from charter.audit.run import audit, draw  # noqa: PLC0415 - the same

    policy = load_policy(given["spec"], given["overlays"])
    logs = open_logs(given["logs"], _columns(given["columns"]))
    terms = Terms(given["system_as"], given["offered"], _wire(given["wire"]))
    sample, rows = None, None
    if given["sample"]:
        rows = logs.count()
        sample = draw(rows, given["sample"], given["seed"])
    auditor = Auditor(policy, terms)
    if auditor.everywhere:
        named = ", ".join(auditor.everywhere)
        note(f"note: {named}: no quick test for these, so every row is asked one by one")
    listed = given["listed"]
    if given["cluster"]:
        from charter.audit.cluster import audit_over  # noqa: PLC0415 - the same

        found = audit_over(
            policy, terms, logs, address=given["cluster"], workers=given["workers"],
            listed=listed, sample=sample,
        )  # fmt: skip
    else:
        found = audit(auditor, logs, listed=listed, sample=sample)
    drawn = rows if sample is not None else None
    if given["as_json"]:
        write_json(_as_json(policy.digest, logs, found, drawn))
    else:
        _show(found, drawn)
    if found.rows and not found.decided:
        raise ParseError(
            f"{given['logs']}: none of {found.rows:,} rows could be decided on",
            hint="name the columns that hold a conversation with --column",
        )
    ctx.exit(1 if found.restricted else 0)


def _columns(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        field, name = pair(text, "--column", "request=prompt")
        if field not in _FIELDS:
            hint = f"one of {', '.join(_FIELDS)}"
            raise ConfigError(f"--column: no field {field!r:.40}", hint=hint)
        if field in found:
            raise ConfigError(f"--column: {field} is given twice", hint="name one column")
        found[field] = name
    if "messages" in found and "request" in found:
        hint = "a request is part of the messages: leave one of them out"
        raise ConfigError("--column: both messages and request", hint=hint)
    return found


def _wire(given: str | None) -> str | None:
    from charter.policy.labels.wire import wires  # noqa: PLC0415 - slow to import

    if given is not None and given not in wires():
        known = ", ".join(sorted(wires()))
        raise ConfigError(f"no wire named {given!r:.80}", hint=f"one of {known}")
    return given


def _as_json(digest: str, logs: Logs, found: Totals, drawn: int | None) -> Mapping[str, Any]:
    document = {"policy": digest, "columns": dict(logs.columns), **found.as_json()}
    if drawn is None:
        return document
    return {**document, "sample": {"of": drawn, "shares": _shares(found)}}


def _shares(found: Totals) -> dict[str, Any]:
    """Return the shares of rows in the whole log, estimated from a sample: Wilson, 95 %."""
    from charter.estimates.interval import wilson  # noqa: PLC0415 - slow to import

    if not found.decided:
        return {}
    counts = {"restricted": found.restricted, **found.effects}
    shares = {}
    for name, count in counts.items():
        interval = wilson(count, found.decided)
        shares[name] = {
            "share": round(count / found.decided, 6),
            "low": round(interval.low, 6),
            "high": round(interval.high, 6),
        }
    return shares


def _show(found: Totals, drawn: int | None) -> None:
    screen = console()
    said = f"{found.decided:,} of {found.rows:,} rows decided on"
    screen.print(said if drawn is None else f"{said}, drawn by chance from {drawn:,}")
    for why, count in sorted(found.unread.items()):
        screen.print(f"  {count:,} {_WHY.get(why, why)}")
    asked = [f"{count:,} {stage}" for stage, count in found.asked.items() if count]
    if asked:
        screen.print(f"decisions: {', '.join(asked)}")
    if not found.restricted:
        screen.print(f"{'all' if not found.unread else 'the rest'} of it would have been allowed")
    else:
        screen.print(f"{found.restricted:,} rows would not have been plainly allowed:")
        for effect, count in found.effects.most_common():
            screen.print(f"  {effect}: {count:,}")
    if drawn is not None:
        for name, each in _shares(found).items():
            low, high = 100 * each["low"], 100 * each["high"]
            screen.print(f"  {name} in the whole log: {low:.3f} % to {high:.3f} % (95 %)")
    for number, findings in found.first:
        for each in findings:
            checks, sections = ", ".join(each.checks), ", ".join(each.sections)
            line = f"row {number + 1}, message {each.message + 1}, {each.stage}: {each.effect}"
            screen.print(plain(f"{line} ({checks}; {sections})"))
    left = found.restricted - len(found.first)
    if left > 0 and found.first:
        screen.print(f"and {left:,} more rows (--list)")
