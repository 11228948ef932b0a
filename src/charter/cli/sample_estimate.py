"""`charter sample estimate`: what a sample says of all answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import click

from charter.cli.sample_answer import gone
from charter.cli.sample_named import named_sample, reviews_by_decision
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, opened_ledger
from charter.errors import ConfigError, LedgerError
from charter.estimates.drawn import Basis, JudgeErrors
from charter.estimates.estimate import Corrected, Refused
from charter.evals.calibration.figures import figures_of
from charter.evals.calibration.fitness import Fitness
from charter.govern.counted import counted
from charter.govern.oversight.queue import Queue
from charter.govern.oversight.truth import caution, tested
from charter.govern.sampling.estimate import Figure, figures
from charter.govern.sampling.sample import Sample, answers_of, counts
from charter.ledger.board import folded
from charter.ledger.ledger import Ledger
from charter.records.review import ReviewRecorded

EXIT_NO = 1
LEAST_NAME = 8


@click.command("estimate")
@click.argument("sample")
@click.option("--judge", "judge", metavar="DIGEST", help="Of several judges, this one.")
@click.option("--people-only", is_flag=True, help="Leave out what judges said.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def estimate_command(**given: Any) -> None:
    """Estimate how many of all answers keep to the rules, from SAMPLE (an id, or `latest`).

    Ends with 1 where nothing can be said yet, and says why.
    """
    with opened_ledger(given) as ledger:
        sample = named_sample(ledger, given["sample"])
        reviews = reviews_by_decision(ledger)
        judge = "" if given["people_only"] else _judge(sample, given["judge"])
        errors = _errors(ledger, sample, judge)
        judge = "" if isinstance(errors, Refused) else judge
        lost = _lost(ledger, sample, judge, reviews)
        queue = Queue()
        queue.poll(ledger)
    found = figures(sample.drawn.strata, answers_of(sample, judge, reviews, lost), errors)
    doubt = _doubt(sample, found[0], reviews, queue)
    if given["as_json"]:
        rows = [_json(each) for each in found]
        head = {"id": sample.drawn.run, "since": sample.drawn.since, "until": sample.drawn.until}
        write_json({"sample": head, "judge": judge or None, "note": doubt, "figures": rows})
    else:
        _print(sample, found, errors, doubt)
    if isinstance(found[0].estimate, Refused):
        raise click.exceptions.Exit(EXIT_NO)


def _judge(sample: Sample, wanted: str | None) -> str:
    """Return the judge that counts; empty where none said anything."""
    known = sample.judges
    if wanted is None:
        fit = [name for name in known if all(e.calibration for e in sample.by(name).values())]
        if len(fit) == 1:  # the others said something that no estimate rests on
            return fit[0]
        if len(known) > 1:
            raise ConfigError(
                "several judges said something of it",
                hint=f"name one with --judge: {', '.join(each[:23] for each in known)}",
            )
        return known[0] if known else ""
    found = [each for each in known if each.startswith(wanted) and len(wanted) >= LEAST_NAME]
    if len(found) != 1:
        raise ConfigError(
            f"no judge {wanted[:80]!r} said anything of it",
            hint=f"it was judged by {', '.join(each[:23] for each in known) or 'nobody'}",
        )
    return found[0]


def _errors(ledger: Ledger, sample: Sample, judge: str) -> JudgeErrors | Refused:
    """Return how a judge did on labelled answers, or why its word does not count."""
    if not judge:
        return Refused("")
    named = {each.calibration for each in sample.by(judge).values() if each.verdict != "failed"}
    if len(named) != 1 or "" in named:
        return Refused("the judge was not known to be fit when it judged")
    (run,) = named
    try:
        found = figures_of(ledger, run)
    except LedgerError as error:
        return Refused(f"the calibration of the judge cannot be read: {error.message}")
    if found.finished is None or found.finished.fitness != Fitness.FIT.value:
        return Refused(f"the judge is not fit by calibration {run}")
    return JudgeErrors(found.specificity.counts, found.sensitivity.counts)


def _lost(
    ledger: Ledger, sample: Sample, judge: str, reviews: Mapping[str, Sequence[ReviewRecorded]]
) -> frozenset[str]:
    """Return the answers that nobody has judged and nobody can judge any more."""
    said = sample.by(judge)
    return frozenset(
        each.decision
        for each in sample.answers
        if each.decision not in said and each.decision not in reviews and gone(ledger, each)
    )


def _doubt(
    sample: Sample, whole: Figure, reviews: Mapping[str, Sequence[ReviewRecorded]], queue: Queue
) -> str:
    """Return what is to be said of people whose word counts as true; empty where none does."""
    if isinstance(whole.estimate, Refused) or whole.basis is Basis.CALIBRATION:
        return ""
    people = {
        folded(each.by)
        for answer in sample.answers
        for each in reviews.get(answer.decision, ())
        if counts(each, answer.section)
    }
    return caution(people, tested(queue.reviews(), queue.seeds()))


def _json(each: Figure) -> dict[str, Any]:
    row: dict[str, Any] = {
        "section": each.name or None,
        "population": each.population,
        "drawn": each.drawn,
        "judged": each.judged,
        "lost": each.lost,
        "waiting": each.waiting,
        "covered": each.covered,
        "bounds": [each.bounds.low, each.bounds.high],
    }
    found = each.estimate
    if isinstance(found, Refused):
        return {**row, "adhered": None, "why": found.reason}
    return {
        **row,
        "adhered": found.value,
        "interval": [found.interval.low, found.interval.high],
        "confidence": found.confidence,
        "basis": each.basis.value if each.basis is not None else None,
        "method": found.method,
        "raw": found.raw if isinstance(found, Corrected) else None,
    }


def _print(
    sample: Sample, found: Sequence[Figure], errors: JudgeErrors | Refused, doubt: str
) -> None:
    drawn = sample.drawn
    click.echo(plain(f"{drawn.run}: answers from {drawn.since} to {drawn.until}"))
    for each in found:
        click.echo(plain(f"  {each.name or 'all'}  {_said(each)}"))
    whole = found[0]
    if isinstance(errors, Refused) and errors.reason:
        note(plain(f"{errors.reason}: its verdicts are left out"))
    if doubt:
        note(f"{doubt}: plant some with `charter reviews seed`")
    if whole.waiting:
        wait = "waits" if whole.waiting == 1 else "wait"
        note(f"{whole.waiting} of {counted(whole.drawn, 'answer')} {wait} to be judged")
    if whole.lost:
        these = "it widens" if whole.lost == 1 else "they widen"
        note(
            f"of {counted(whole.lost, 'answer')} nothing is kept, or the judge gave no verdict: "
            f"{these} the bounds"
        )


def _said(each: Figure) -> str:
    judged = f"{each.judged} judged of {each.drawn} drawn from {each.population}"
    found = each.estimate
    if isinstance(found, Refused):
        return f"not known: {found.reason or 'nobody judged it yet'} ({judged})"
    interval = f"{found.interval.low:.1%} to {found.interval.high:.1%}"
    text = f"{found.value:.1%} adhere ({interval}); {judged}"
    if isinstance(found, Corrected):
        text += f"; {found.raw:.1%} by the judge alone"
    if each.covered < 1 - 1e-9:
        bounds = f"{each.bounds.low:.1%} to {each.bounds.high:.1%}"
        text += f"; of {each.covered:.1%} of the answers; of all {bounds}"
    return text
