"""What `charter grade` prints: the cost before, what came of it, and how long the slices are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.text import Text

from charter.cli.cost_screen import asked, cost_json, money, print_estimate
from charter.cli.screen import console, plain, write_json
from charter.evals.calibration.find import spoken
from charter.evals.judging.combine import Disagreement, disagreement
from charter.evals.judging.cost import Cost
from charter.evals.judging.distribution import WHOLE_SPEC_TOKENS, distribution
from charter.evals.judging.grade import Graded
from charter.evals.judging.grading import recorded
from charter.evals.judging.order import Order
from charter.evals.judging.rules import SpecRules
from charter.evals.judging.task import Task
from charter.evals.report.wording import VERDICT_WORDS, percent, plural
from charter.ledger.ledger import Ledger
from charter.records.score import ScoreRecorded
from charter.spec.overlays.effective import Effective

_BAR = 40
"""Columns of the longest bar of a histogram."""


def print_slices(effective: Effective, rules: SpecRules, *, as_json: bool) -> None:
    """Show how many tokens the slices of a spec have, estimated from above."""
    found = distribution(effective, rules)
    if as_json:
        write_json(asdict(found))
        return
    screen = console()
    screen.print(f"Slices of {plain(effective.spec.title)}, tokens estimated from above:")
    for name, part in (("section", found.sections), ("clause", found.clauses)):
        screen.print(
            f"  of a {name:<8} {part.count:>5} slices · median {part.median:,} · "
            f"95 % at most {part.p95:,} · longest {part.most:,}"
        )
    longest = max((count for _, count in found.histogram), default=1)
    for least, count in found.histogram:
        bar = "\N{BLACK VERTICAL RECTANGLE}" * max(1, round(count / longest * _BAR))
        screen.print(Text(f"  {least:>6,} … {least + found.step - 1:>6,}  {count:>4}  {bar}"))
    screen.print(
        f"The whole text would take {found.whole:,}; the published evaluation of the Model Spec "
        f"takes {WHOLE_SPEC_TOKENS:,} a grade."
    )


def print_cost(cost: Cost, tasks: Sequence[Task], screen: Console) -> None:
    """Show what a grading would ask and at most cost."""
    failed = sum(bool(task.failed) for task in tasks)
    decided = f"; {failed} more failed a check, and need none" if failed else ""
    screen.print(f"{plural(len(tasks) - failed, 'reply')} to judge{decided}.")
    print_estimate(cost, screen)


def graded_json(ledger: Ledger, order: Order, graded: Graded) -> dict[str, Any]:
    """Return a grading for machines."""
    held = recorded(ledger, order.run.run, graded.grading)
    differ = disagreement(held.judgements.values(), len(order.judges))
    return {
        "run": order.run.run,
        "grading": graded.grading,
        "finished": graded.finished,
        "judges": [asdict(judge.identity) for judge in order.judges],
        "samples": order.settings.samples,
        "rule": order.settings.rule.value,
        "verdicts": dict(_verdicts(_scores(ledger, order, graded))),
        "failures": dict(differ.failures),
        "several": differ.answers,
        "unanimous": differ.unanimous,
        "cost": cost_json(graded.cost),
    }


def print_graded(ledger: Ledger, order: Order, graded: Graded, screen: Console) -> None:
    """Show what came of a grading."""
    held = recorded(ledger, order.run.run, graded.grading)
    differ = disagreement(held.judgements.values(), len(order.judges))
    scores = _scores(ledger, order, graded)
    settings = order.settings
    judges, samples = plural(len(order.judges), "judge"), plural(settings.samples, "sample")
    screen.print(f"Run {order.run.run}, grading {graded.grading}:")
    screen.print(f"{judges}, {samples} of each, by {settings.rule.value}.")
    for number, judge in enumerate(order.judges, start=1):
        me = judge.identity
        screen.print(Text(f"  {number}  {plain(spoken(me))}  {me.prompt[:19]}", "dim"))
    verdicts = _verdicts(scores)
    parts = [f"{count} {VERDICT_WORDS[name]}" for name, count in verdicts.items()]
    judged = {(said.scenario, said.epoch) for said in held.judgements.values()}
    known = sum((score.scenario, score.epoch) not in judged for score in scores)
    alone = f" ({known} by a failed check, without asking)" if known else ""
    screen.print(f"{plural(len(scores), 'reply')}: {', '.join(parts) or 'none to judge'}{alone}.")
    screen.print(asked(graded.cost, "asked"))
    for line in _differences(differ):
        screen.print(line)
    tokens = graded.cost.tokens
    screen.print(f"{tokens.input:,} tokens in, {tokens.output:,} out{money(graded.cost)}.")
    if graded.finished:
        screen.print(f"See it: charter report {order.run.run} --ledger {plain(ledger.where)}")
    else:
        screen.print(
            "Stopped by its budget: the rest is undecided, and figures leave this grading out "
            "until the same command with a larger budget finishes it.",
            style="bold",
        )


def _scores(ledger: Ledger, order: Order, graded: Graded) -> list[ScoreRecorded]:
    found = ledger.read(ScoreRecorded, run=order.run.run)
    return [score for score in found if score.grading == graded.grading]


def _verdicts(scores: Iterable[ScoreRecorded]) -> Counter[str]:
    return Counter(score.verdict for score in scores)


def _differences(differ: Disagreement) -> Iterable[str]:
    if differ.failures:
        total = sum(count for _, count in differ.failures)
        kinds = ", ".join(f"{name} {count}" for name, count in differ.failures)
        yield f"{plural(total, 'judgement')} failed: {kinds}."
    if differ.answers:
        share = percent(differ.unanimous / differ.answers)
        yield (
            f"Of {plural(differ.answers, 'answer')} with several verdicts {differ.unanimous} "
            f"({share}) were unanimous; their ratings differ by {differ.spread:.1f} on average."
        )
    for pair in differ.pairs:
        if pair.agreement is not None:
            found = pair.agreement
            yield (
                f"Judges {pair.first + 1} and {pair.second + 1} agree on {found.agreements} of "
                f"{found.items} (\N{GREEK SMALL LETTER KAPPA} {found.kappa:.2f})."
            )
    for number, retest in enumerate(differ.retests, start=1):
        if retest is not None:
            yield (
                f"Judge {number} says the same in its first two samples on {retest.agreements} "
                f"of {retest.items}."
            )
