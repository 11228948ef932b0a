"""`charter survey compare A B`: the same questions, put to two populations or about two specs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from charter.cli.screen import plain, write_json
from charter.cli.survey_voices import ranked, results_named
from charter.cli.vault_options import vault_options
from charter.cli.voices_options import voices_options
from charter.errors import ConfigError
from charter.records.survey import CHANNELS

if TYPE_CHECKING:  # what computes figures takes long to import
    from charter.evolve.results.compared import Compared, Difference
    from charter.evolve.results.results import Figure
    from charter.evolve.results.two_specs import SpecDifference

FORMAT = "charter-results-compared/1"


@click.command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="[B]", required=False)
@click.option("--channel", type=click.Choice(CHANNELS), help="Of A; its only one else.")
@click.option("--other-channel", type=click.Choice(CHANNELS), help="Of B; its only one else.")
@click.option(
    "--rankings",
    nargs=2,
    metavar="RUN RUN",
    help="Two rankings of A's answers, by two specs: which chooses more as people do.",
)
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@voices_options
@vault_options
def command(**given: Any) -> None:
    """Show how far answers to the same questions lie apart: B less A, with intervals.

    A and B are ids of surveys, files that `charter survey results --out` wrote, or FORMAT:PATH as
    `charter survey import` reads it. Questions are joined by id, and have to be in the same words.
    With --rankings, the people of A beside two specs (see `charter survey rank`): the second less
    the first. Differences are marked where they stand after accounting for there being many.
    """
    if given["rankings"]:
        _specs(given)
    elif given["second"] is None:
        raise ConfigError("compare with what?", hint="name B, or two --rankings")
    else:
        _results(given)


def _results(given: dict[str, Any]) -> None:
    from charter.evolve.results.compared import compare  # noqa: PLC0415 - slow to import

    channels = (given.pop("channel"), given.pop("other_channel"))
    one = results_named(given["first"], {**given, "channel": channels[0]}, seed=given["seed"])
    other = results_named(given["second"], {**given, "channel": channels[1]}, seed=given["seed"])
    found = compare(one, other, channels=channels)
    if given["as_json"]:
        write_json({"format": FORMAT, **asdict(found)})
    else:
        click.echo(plain("\n".join(_lines(found))))


def _specs(given: dict[str, Any]) -> None:
    from charter.evolve.results.two_specs import SpecsCompared, compare_specs  # noqa: PLC0415 - slow
    from charter.evolve.results.two_specs_file import specs_json  # noqa: PLC0415 - the same

    if given["second"] is not None or given["other_channel"]:
        raise ConfigError("--rankings compares two specs by one survey", hint="leave B out")
    found = ranked(given["first"], given["rankings"], given)
    first, second = (each.started.spec for each in found.rankings)
    rows = compare_specs(found.voices, *found.rankings, found.rules)
    if given["channel"]:
        rows = tuple(each for each in rows if each.channel == given["channel"])
    if given["as_json"]:
        voices = found.voices.source
        survey = "" if ":" in given["first"] else given["first"]
        write_json(
            specs_json(SpecsCompared(voices, survey, first, second, found.rules.smallest, rows))
        )
        return
    lines = [f"A: spec {first}", f"B: spec {second}", *map(_spec_line, rows)]
    lines.append(
        "intervals hold the chance of who took part, not that of asking a ranker again"
        if rows
        else f"no item that {found.rules.smallest} people put in order has both rankings"
    )
    click.echo(plain("\n".join(lines)))


def _spec_line(row: SpecDifference) -> str:
    mark = "apart" if row.apart else "     "
    about = row.about or "all items"
    return (
        f"{mark}  {row.channel}, {row.scope}, {about}: {_share(row.first)} and "
        f"{_share(row.second)} as {row.people:,} people: {_range(row.difference, 100)}, "
        f"q {row.q:.3f}"
    )


def _lines(of: Compared) -> list[str]:
    lines = [f"A: {of.first}", f"B: {of.second}"]
    apart = sum(each.apart for each in of.differences)
    figures = "figure" if len(of.differences) == 1 else "figures"
    lie = "lies" if apart == 1 else "lie"
    lines.append(f"{len(of.differences):,} {figures} on both sides; {apart:,} {lie} apart")
    lines += map(_line, _sorted(of.differences))
    lines += [f"left out: {each}" for each in of.left_out]
    return lines


def _sorted(every: Sequence[Difference]) -> list[Difference]:
    """Return what lies apart first, the surest before."""
    return sorted(every, key=lambda e: (not e.apart, e.p, e.kind, e.item, e.of))


def _line(each: Difference) -> str:
    mark = "apart" if each.apart else "     "
    scale = 1 if each.kind == "rubric" else 100
    a, b = (_mean(e) if scale == 1 else _share(e) for e in (each.first, each.second))
    gap = _range(each.difference, scale)
    what = f"{each.of} unacceptable" if each.kind == "unacceptable" else each.of
    return f"{mark}  {each.item}  {what}: {a} and {b}: {gap}, q {each.q:.3f}"


def _mean(of: Figure) -> str:
    if of.low is None or of.high is None:
        return f"{of.value:.3g} (no interval)"
    return f"{of.value:.3g} [{of.low:.3g}, {of.high:.3g}]"


def _share(of: Figure) -> str:
    if of.low is None or of.high is None:
        return f"{100 * of.value:.3g} % (no interval)"
    return f"{100 * of.value:.3g} % [{100 * of.low:.3g}, {100 * of.high:.3g}]"


def _range(of: Figure, scale: int) -> str:
    if of.low is None or of.high is None:
        return f"{scale * of.value:+.3g} (no interval)"
    return f"{scale * of.value:+.3g} [{scale * of.low:+.3g}, {scale * of.high:+.3g}]"
