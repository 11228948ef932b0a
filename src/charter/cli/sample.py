"""`charter sample`: live answers drawn by chance, judged, and what they say of all."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import click

from charter.cli.finite_range import FiniteRange
from charter.cli.sample_estimate import estimate_command
from charter.cli.sample_judge import judge_command
from charter.cli.sample_named import named_sample, reviews_by_decision
from charter.cli.sample_objective import wish_of
from charter.cli.sample_period import period
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now, opened_ledger
from charter.cli.who import by_option, who
from charter.errors import AlreadyRecorded, ConfigError
from charter.govern.counted import counted
from charter.govern.oversight.queue import KINDS, Queue
from charter.govern.sampling.design import Design, Unreachable, cautious_rate, design
from charter.govern.sampling.draw import Chosen, Frame, chance_of_keeping
from charter.govern.sampling.sample import (
    earlier_rates,
    read_sample,
    sample_id,
    samples_of,
)
from charter.govern.sampling.strata import PRIORITY, UNKEPT
from charter.ledger.ledger import Ledger
from charter.records.decision import DecisionRecorded
from charter.records.oversight import ItemQueued
from charter.records.record import Record
from charter.records.sample import AnswerDrawn, SampleDrawn

EXIT_NO = 1
MOST_SEED = 200


@click.group("sample")
def command() -> None:
    """Draw live answers by chance, have them judged, and estimate how many keep to the rules.

    How many are drawn follows from the precision that is wished. Strata are sections and risks;
    each counts with all the answers that it stands for.
    """


@command.command("draw")
@click.option(
    "--precision",
    type=FiniteRange(0.001, 0.49),
    metavar="WIDTH",
    help="Half the width of the interval that is wished, such as 0.03.",
)
@click.option(
    "--objective",
    metavar="FILE#ID",
    help="Or the objective that it is for: half of its error budget is the precision.",
)
@click.option("--since", required=True, metavar="TIME", help="2026-01-31, or with its time.")
@click.option("--until", metavar="TIME", help="Before this time; else up to now.")
@click.option("--section", default="", metavar="ID", help="Answers held against this one alone.")
@click.option("--seed", metavar="TEXT", help="To draw the same again; else by chance.")
@click.option(
    "--people",
    type=click.IntRange(0),
    metavar="N",
    help="Answers of each stratum that people are asked about, by chance; else all.",
)
@click.option("--opinions", type=click.IntRange(1, 2), default=1, show_default=True)
@click.option("--partial", is_flag=True, help="Draw what there is where the precision is too fine.")
@click.option("--dry-run", is_flag=True, help="Say what would be drawn, and record nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@by_option
@ledger_place
@config_option
def draw_command(**given: Any) -> None:
    """Draw answers, record which, and queue them for people.

    Drawn without replacement by a hash of seed and decision: whoever has the ledger can draw the
    same again. Where the precision cannot be reached nothing is drawn, and it says why.
    """
    wish = wish_of(given["precision"], given["objective"], given["section"])
    since, until = period(given["since"], given["until"], now())
    by, seed = who(given["by"]), _seed(given["seed"])
    with opened_ledger(given) as ledger:
        run = sample_id(seed, since, until, wish.section)
        if not given["dry_run"] and read_sample(ledger, run) is not None:
            _refuse(run, "drawn before: see `charter sample list`")
        frame = _frame(ledger, seed, since, until, wish.section)
        found = _design(ledger, frame, wish.width)
        if isinstance(found, Unreachable):
            if not given["partial"] or not found.best.drawn:
                _refuse("no sample", f"{found.reason}; --partial draws what there is")
            note(plain(f"{found.reason}: it is drawn as it is"))
            found = found.best
        sample = SampleDrawn(
            run=run,
            at=now(),
            by=by,
            objective=wish.objective,
            since=since,
            until=until,
            strata=frame.strata(found.sizes),
            seed=seed,
            precision=f"{wish.width:g}",
        )
        if not given["dry_run"]:
            _append(ledger, sample, list(frame.drawn(found.sizes)), given)
    _show(sample, found, frame, as_json=given["as_json"], dry=given["dry_run"])


@command.command("check")
@click.argument("sample")
@ledger_place
@config_option
def check_command(**given: Any) -> None:
    """Draw SAMPLE again from the ledger, and say whether it is the same."""
    with opened_ledger(given) as ledger:
        sample = named_sample(ledger, given["sample"])
        drawn = sample.drawn
        sections = {each.section for each in sample.answers}
        section = next(
            (
                each
                for each in ("", *sorted(sections))
                if sample_id(drawn.seed, drawn.since, drawn.until, each) == drawn.run
            ),
            None,
        )
        if section is None:
            _refuse(drawn.run, "its id is not that of its seed and its period")
        frame = _frame(ledger, drawn.seed, drawn.since, drawn.until, section, drawn.run)
        sizes = {each.name: each.drawn for each in drawn.strata}
        again = {each.decision for each in frame.drawn(sizes)}
        strata = frame.strata(sizes)
    recorded = {each.decision for each in sample.answers}
    if strata != drawn.strata:
        _refuse(drawn.run, "the ledger has other answers of that time than were counted")
    if again != recorded:
        wrong = len(again ^ recorded)
        were = "answer was" if wrong == 1 else "answers were"
        _refuse(drawn.run, f"{wrong} {were} not drawn by its seed, or left out")
    are = "answer is" if len(again) == 1 else "answers are"
    click.echo(plain(f"{drawn.run}: the same {len(again)} {are} drawn again"))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def list_command(**given: Any) -> None:
    """Show the samples of a ledger, oldest first."""
    with opened_ledger(given) as ledger:
        rows = [_row(each) for each in samples_of(ledger)]
    if given["as_json"]:
        write_json({"samples": rows})
        return
    for row in rows:
        what = f"{row['drawn']} of {counted(row['population'], 'answer')}, ±{row['precision']}"
        click.echo(plain(f"{row['id']}  {row['since']} to {row['until']}  {what}"))
    if not rows:
        note("nothing was drawn yet")


command.add_command(judge_command)
command.add_command(estimate_command)


def _row(each: SampleDrawn) -> dict[str, Any]:
    return {
        "id": each.run,
        "at": each.at,
        "by": each.by,
        "objective": each.objective,
        "since": each.since,
        "until": each.until,
        "seed": each.seed,
        "precision": each.precision,
        "population": sum(stratum.population for stratum in each.strata),
        "drawn": sum(stratum.drawn for stratum in each.strata),
    }


def _frame(  # noqa: PLR0913, PLR0917 - each names a part of the draw
    ledger: Ledger, seed: str, since: str, until: str, section: str, run: str = ""
) -> Frame:
    """Return the answers of a time, as they were when sample `run` was recorded.

    A gateway writes a little late: what came after the sample could not be drawn.
    """
    frame = Frame(seed, section=section)
    for _, record in ledger.read_any((DecisionRecorded, SampleDrawn)):
        if isinstance(record, SampleDrawn) and record.run == run:
            break
        if isinstance(record, DecisionRecorded) and since <= record.at < until:
            frame.add(record)
    return frame


def _design(ledger: Ledger, frame: Frame, width: float) -> Design | Unreachable:
    reviews = reviews_by_decision(ledger)
    samples = (read_sample(ledger, each.run) for each in samples_of(ledger))
    known = earlier_rates((each for each in samples if each is not None), reviews)
    rates = {name: cautious_rate(*counts) for name, counts in known.items()}
    parts = frame.parts(rates)
    if not parts:
        raise ConfigError(
            "no answer of that time is recorded", hint="look at --since, --until and --section"
        )
    return design(parts, width)


def _append(
    ledger: Ledger, sample: SampleDrawn, drawn: list[Chosen], given: Mapping[str, Any]
) -> None:
    records: list[Record] = [sample]
    records += [
        AnswerDrawn(
            run=sample.run,
            decision=each.decision,
            exchange=each.exchange,
            stratum=each.place.stratum,
            application=each.application,
            model=each.model,
            section=each.place.section,
        )
        for each in drawn
    ]
    queue = Queue(record for _, record in ledger.read_any(KINDS))
    records += _items(sample, drawn, given, queue)
    try:
        ledger.append(*records)
    except AlreadyRecorded:
        late = "somebody else drew it, or queued one of its answers, meanwhile"
        _refuse(sample.run, f"{late}: see `charter sample list`")


def _items(
    sample: SampleDrawn, drawn: list[Chosen], given: Mapping[str, Any], queue: Queue
) -> Iterator[ItemQueued]:
    """Yield the items for people: the first drawn of each stratum, which are a random part.

    An answer that is in the queue for another reason is not queued twice.
    """
    most: int | None = given["people"]
    queued: dict[str, int] = {}
    for each in drawn:
        number = queued.get(each.place.stratum, 0)
        if most is not None and number >= most:
            continue
        queued[each.place.stratum] = number + 1
        new = queue.next_id(each.decision, each.place.section, sample.at)
        if not new:
            continue
        yield ItemQueued(
            run=new,
            at=sample.at,
            by=sample.by,
            decision=each.decision,
            exchange=each.exchange,
            application=each.application,
            section=each.place.section,
            drawn="random",
            priority=PRIORITY[each.place.risk],
            needed=given["opinions"],
            sample=sample.run,
        )


def _show(sample: SampleDrawn, found: Design, frame: Frame, *, as_json: bool, dry: bool) -> None:
    kept = chance_of_keeping(frame.counted())
    if as_json:
        strata = [
            {"name": each.name, "population": each.population, "drawn": each.drawn}
            for each in sample.strata
        ]
        expected = {"half_width": found.half_width, "unknown": found.unknown, "kept_plain": kept}
        write_json({**_row(sample), "recorded": not dry, "strata": strata, "expected": expected})
        return
    click.echo(plain(f"{sample.run}{'  (not recorded)' if dry else ''}"))
    for each in sample.strata:
        none = "  (nothing is kept of them)" if each.name.endswith(UNKEPT) else ""
        click.echo(plain(f"  {each.name}  {each.drawn} of {each.population}{none}"))
    click.echo(f"{counted(found.drawn, 'answer')}: ±{found.half_width:.3f} is expected at most")
    if kept is not None and kept < 1:
        note(f"of plain answers the gateway kept {kept:.2%} by chance: they stand for all of them")
    if found.unknown > 0:
        note(f"of {found.unknown:.2%} of the answers nothing is kept: they widen every bound")


def _seed(given: str | None) -> str:
    if given is None:
        return secrets.token_hex(16)
    if not 0 < len(given) <= MOST_SEED or not given.isprintable():
        raise ConfigError("--seed is no seed", hint=f"up to {MOST_SEED} characters on one line")
    return given


def _refuse(what: str, why: str) -> NoReturn:
    click.echo(plain(f"{what}: not done: {why}"), err=True)
    raise click.exceptions.Exit(EXIT_NO)
