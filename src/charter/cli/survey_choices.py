"""`charter survey choices SURVEY`: what people chose, beside what the spec would choose."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from charter.cli.figures_options import figures_options, hand_out
from charter.cli.screen import note, plain
from charter.cli.vault_options import opened, opened_ledger, vault_options
from charter.cli.voices_options import channel_option, imported, voices_options
from charter.errors import ConfigError
from charter.evals.report.wording import plural
from charter.evolve.choices.accepted import read_accepted
from charter.evolve.choices.rankings import Rankings, digest_of_asked, rankings_of
from charter.evolve.importer import importers
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.moderated import accepted_reasons
from charter.evolve.surveys.opening import opening
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Voices

if TYPE_CHECKING:  # what computes figures takes long to import
    from charter.evolve.choices.choices import Choices
    from charter.evolve.choices.reasons import Side
    from charter.evolve.choices.section import Row
    from charter.evolve.choices.share import Share

Key = tuple[str, str, str]


@click.command("choices")
@click.argument("survey", metavar="SURVEY")
@click.option("--run", metavar="ID", help="Of a ranking; without it, the newest that finished.")
@click.option(
    "--accepted",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Reasons that somebody read and accepted (person,item): only these are quoted.",
)
@figures_options
@voices_options
@channel_option
@vault_options
def command(**given: Any) -> None:
    """Show where people and the spec agree and where they part, by section.

    SURVEY is the id of a survey in the ledger, or FORMAT:PATH; `charter survey rank` came before.
    What people want for themselves and for the world, and people who came by themselves and who
    were drawn, are never one figure. What the ranker's own noise takes away is shown beside.
    """
    from charter.evolve.choices.choices import choices_of  # noqa: PLC0415 - slow to import
    from charter.evolve.choices.export import export_choices  # noqa: PLC0415 - the same

    accepted = frozenset() if given["accepted"] is None else read_accepted(given["accepted"])
    read = _read(given)
    stray = accepted - {(each.person, each.item) for each in read.voices.reasons}
    if stray:
        person, item = min(stray)
        what = f"{len(stray)} of {len(accepted)} name no reason"
        note(plain(f"{given['accepted']}: {what}, such as {person[:80]},{item[:80]}"))
    found = choices_of(
        read.voices,
        read.rankings,
        alpha=float(read.rules.alpha),
        smallest=read.rules.smallest,
    )
    sides = _sides(found, read, accepted | read.accepted)
    values = export_choices(found, sides)
    hand_out(values, "choices", given, screen=lambda: "\n".join(_lines(found, sides)))


class _Read(NamedTuple):
    voices: Voices
    rankings: Rankings
    rules: Rules
    accepted: frozenset[tuple[str, str]] = frozenset()
    """Whose reasons on what somebody accepted in the console."""


def _read(given: dict[str, Any]) -> _Read:
    name = given["survey"]
    format_, colon, path = name.partition(":")
    if colon and format_ in importers():
        given["master_key"] = given["master"]
        voices = imported(format_, path, given, channel=given["channel"]).voices
        with opened_ledger(given) as ledger:
            digest = digest_of_asked(voices.asked)
            return _Read(voices, rankings_of(ledger, digest, given["run"]), Rules())
    with opened(given) as (ledger, vault):
        found = opening(ledger, name)
        if found is None:
            what = f"no survey {name!r:.80} was ever opened"
            raise ConfigError(what, hint="see `charter survey list`, or give FORMAT:PATH")
        rankings = rankings_of(ledger, found.digest, given["run"])
        accepted = accepted_reasons(ledger, found)
        return _Read(gather(ledger, vault, found), rankings, found.survey.rules, accepted)


def _sides(
    found: Choices, read: _Read, accepted: frozenset[tuple[str, str]]
) -> dict[Key, tuple[Side, ...]]:
    from charter.evolve.choices.answered import placed  # noqa: PLC0415
    from charter.evolve.choices.reasons import sides_of  # noqa: PLC0415 - loads the encoder

    items = placed(read.rankings)
    return {
        (row.channel, row.scope, row.section): sides_of(
            row, read.voices, read.rankings, items, accepted
        )
        for row in found.parted
    }


def _lines(found: Choices, sides: Mapping[Key, Sequence[Side]]) -> Iterator[str]:
    times = "once" if found.repeats == 1 else f"{found.repeats} times"
    yield f"ranking {found.run} by {_instrument(found)}, each item {times}"
    if found.failures or found.missing:
        yield f"without an order: {found.failures} failed, {found.missing} not tried"
    if found.barred:
        yield "what people hold unacceptable is in no figure here: see charter survey results"
    if found.unranked:
        yield f"{len(found.unranked)} items that people ordered have no order of the spec"
    before = None
    for row in found.rows:
        where = f"{row.channel}, {row.scope}"
        if where != before:
            yield f"\n{where}"
            before = where
        name = "all sections shown" if row.over_all else row.section or "no section named"
        yield f"  {name}: {_figures(row, found.smallest)}"
    yield ""
    yield from _tested(found)
    for row in found.parted:
        yield f"people and the spec part: {row.section} ({row.channel}, {row.scope})"
        for side in sides[row.channel, row.scope, row.section]:
            yield from _reasons(side)


def _tested(found: Choices) -> Iterator[str]:
    """Say what the tests come to where they find nothing, and why they say nothing of some."""
    from charter.evolve.choices.export import half_tested, why_none  # noqa: PLC0415

    sections = [row for row in found.rows if not row.over_all]
    if not sections:
        yield "nobody put candidates that were ranked into a strict order: nothing is compared"
    elif all(row.against is None for row in sections):
        yield "no section was tested, so whether people and the spec part is not known"
    elif not found.parted:
        yield "people and the spec part nowhere, as far as these answers tell"
    half = half_tested(found)
    if half:
        yield (
            f"{plural(half, 'section')} tested only for choosing against people: the ranker's "
            "repeats agree no more than chance would, or too few people ordered the same candidates"
        )
    for why in sorted({why_none(row, found) for row in sections} - {""}):
        yield f"sections that were not tested: {why}"


def _instrument(found: Choices) -> str:
    """Return who ranked, with the model where its ranker names one."""
    try:
        known = json.loads(found.identity)
    except ValueError:
        return found.ranker
    model = (known.get("model") or known.get("judge")) if isinstance(known, dict) else None
    if not isinstance(model, list) or len(model) < 2:
        return found.ranker
    return f"{found.ranker} ({model[0]}:{model[1]})"


def _figures(row: Row, smallest: int) -> str:
    if row.raw is None:
        return f"fewer than {smallest} people, not shown"
    said = [f"agreement {_percent(row.raw)} of {row.people} people, {plural(row.items, 'item')}"]
    if row.published is not None:
        said.append(f"where relevance is 5: {_percent(row.published)}")
    if row.others is not None:
        said.append(f"people with each other {_percent(row.others)}")
    if row.level is not None and row.level.value > 0:
        said.append(f"the spec has level {_percent(row.level)} of the pairs that people order")
    if row.ceiling is not None and row.ceiling.most is not None:
        said.append(f"ceiling {100 * row.ceiling.most:.0f} % (no interval)")
    if row.corrected is not None:
        one = row.corrected
        said.append(
            f"without the ranker's noise {100 * one.value:.0f} % "
            f"[{100 * one.low:.0f}, {100 * one.high:.0f}]"
        )
    if row.parts:
        said.append("they part")
    return "; ".join(said)


def _percent(share: Share) -> str:
    ends = share.interval
    return f"{100 * share.value:.0f} % [{100 * ends.low:.0f}, {100 * ends.high:.0f}]"


def _reasons(side: Side) -> Iterator[str]:
    if not side.reasons:
        yield f"  {side.side}: no reason that may be shown"
        return
    yield f"  {side.side}: {plural(side.reasons, 'reason')}, grouped by {side.method}"
    for theme in side.themes[:3]:
        quote = theme.quotes[0]
        words = " ".join(quote.text.split())
        short = words if len(words) <= 160 else words[:159] + "…"
        yield f"    {theme.reasons}: “{short}” ({quote.origin}, {quote.item})"
