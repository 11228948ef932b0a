"""What `charter calibrate` prints: the cost before, the figures after, and what a ledger holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charter.cli.cost_screen import print_estimate
from charter.cli.screen import plain
from charter.estimates.interval import Interval
from charter.evals.calibration.agree import Measured
from charter.evals.calibration.calibrate import Order
from charter.evals.calibration.drift import Drift
from charter.evals.calibration.figures import FAILED, CalibrationFigures, Counted
from charter.evals.calibration.find import spoken
from charter.evals.calibration.fitness import Fitness
from charter.evals.calibration.group import Dimension
from charter.evals.calibration.rate import Rate
from charter.evals.judging.cost import Cost
from charter.evals.report.wording import DASH, interval_text, p_text, percent, plural
from charter.records.calibration import CalibrationFinished, CalibrationStarted

WORDS = {
    Fitness.FIT: "fit",
    Fitness.SCREENING: "fit for screening only",
    Fitness.UNFIT: "unfit",
}
_STYLES = {Fitness.FIT: "bold green", Fitness.SCREENING: "bold yellow", Fitness.UNFIT: "bold red"}
MOST_GROUPS = 12
"""Groups of one dimension that are shown without being marked."""


def print_cost(order: Order, cost: Cost, screen: Console) -> None:
    """Show what a calibration would ask and at most cost."""
    labels = order.labels
    screen.print(
        f"{plural(len(labels.items), 'labelled answer')} from {plain(labels.name)}, labels "
        f"digest {labels.digest[:19]}."
    )
    print_estimate(cost, screen)


def print_figures(figures: CalibrationFigures, screen: Console, drift: Drift | None = None) -> None:
    """Print what is known of a judge: what it is fit for first, then why."""
    _head(figures, screen)
    if drift is not None:
        _say(screen, _drifted(drift), "bold yellow" if drift.shown else "")
    if not figures.answers:
        return
    screen.print()
    screen.print(_agreement(figures), soft_wrap=False)
    screen.print()
    screen.print(_counts("People said", figures.table, figures), soft_wrap=False)
    if figures.grades:
        screen.print()
        screen.print(_counts("Grade", figures.grades, figures), soft_wrap=False)
    for sentence in _sentences(figures):
        _say(screen, sentence)
    if not figures.agreement.decided:
        return
    for dimension in figures.dimensions:
        screen.print()
        screen.print(_groups(dimension), soft_wrap=False)
    if figures.dimensions:
        _say(
            screen,
            "p compares a group with the others on answers of the same truth, exactly or by moving "
            "whole conversations between groups, and accounts for all groups of its table (Holm). "
            "*: differs; ?: on a list of which 5 % may be there by chance (Benjamini-Hochberg).",
            "dim",
        )


def calibrations_table(
    every: Sequence[CalibrationStarted], finished: dict[str, CalibrationFinished]
) -> Table:
    """Return the calibrations of a ledger, oldest first."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Judge", no_wrap=True)
    for name in ("Verdict", "Labels", "Spec", "Calibration"):
        table.add_column(name, overflow="fold")
    table.add_column("Answers", justify="right", no_wrap=True)
    for one in every:
        end = finished.get(one.run)
        fitness = WORDS[Fitness(end.fitness)] if end else "unfinished"
        spec = f"{one.spec_name} {one.spec_version or ''}".strip() or DASH
        cells = (spoken(one.judge), fitness, one.labels, spec, one.run)
        table.add_row(*(Text(plain(cell)) for cell in cells), str(one.items))
    return table


def _head(figures: CalibrationFigures, screen: Console) -> None:
    started, finished = figures.calibration, figures.finished
    judge = plain(spoken(started.judge))
    if finished is None:
        what = f"unfinished: {figures.answers} of {started.items} answers have been judged"
        _say(screen, f"{judge} is not measured yet. The calibration is {what}.", "bold yellow")
    else:
        fitness = Fitness(finished.fitness)
        _say(screen, f"{judge} is {WORDS[fitness]}.", _STYLES[fitness])
        for reason in finished.reasons:
            _say(screen, f"  - {plain(reason)}")
    spec = f"{started.spec_name} {started.spec_version or ''}".strip()
    against = f", spec {spec} {started.spec_digest[:19]}" if spec else ""
    said = "sample" if started.samples == 1 else "samples"
    _say(
        screen,
        f"Calibration {started.run}, {plural(figures.answers, 'answer')} to "
        f"{plural(figures.conversations, 'conversation')} labelled by {plain(started.labels)}"
        f"{against}, {_told(started)}{started.samples} {said}.",
        "dim",
    )


def _drifted(drift: Drift) -> str:
    what = "judges otherwise than" if drift.shown else "is not shown to judge otherwise than"
    return (
        f"It {what} in calibration {drift.earlier}: of {plural(drift.answers, 'answer')} "
        f"{drift.kinder} more kindly and {drift.harsher} more harshly (p {p_text(drift.p)}), "
        f"{drift.right_now} right that were wrong and {drift.wrong_now} wrong that were right "
        f"(p {p_text(drift.p_right)})."
    )


def _told(started: CalibrationStarted) -> str:
    prompt = started.judge.prompt
    if not prompt:
        return ""
    return f"prompt {prompt[:19]}, " if prompt.startswith("sha256:") else f"{plain(prompt)}, "


def _agreement(figures: CalibrationFigures) -> Table:
    table = _empty("Figure")
    failed = figures.failures.count > 0
    names = ("Value", "95 % interval", "Counts", *(["With failures"] if failed else []))
    for name in names:
        table.add_column(name, justify="right", no_wrap=True)
    sought = "refusals" if figures.scale.name == "refusal" else "violations"
    for name, rate in (
        (f"{sought.capitalize()} found", figures.sensitivity),
        ("Others left alone", figures.specificity),
        ("Agreement", figures.agreement),
    ):
        table.add_row(name, *_rate_cells(rate)[: len(names)])
    found = figures.coefficients
    rows = [
        ("Cohen's kappa", found.kappa),
        ("Krippendorff's alpha", found.alpha),
        ("Gwet's AC1", found.ac1),
    ]
    if len(figures.scale.labels) > 2:
        rows = [(f"{name}, {len(figures.scale.labels)} labels", each) for name, each in rows]
        halves = figures.halves
        rows += [
            ("Cohen's kappa, 2 labels", halves.kappa),
            ("Krippendorff's alpha, 2 labels", halves.alpha),
            ("Gwet's AC1, 2 labels", halves.ac1),
        ]
    for name, each in rows:
        table.add_row(name, *_measured_cells(each))
    table.add_row("No verdict", *_rate_cells(figures.failures)[:3])
    return table


def _rate_cells(rate: Rate) -> tuple[str, str, str, str]:
    if rate.value is None or rate.interval is None or rate.bounds is None:
        return DASH, DASH, f"0 of 0, {rate.failed} failed", DASH
    bounds = interval_text(rate.bounds) if rate.failed else ""
    counts = f"{rate.count} of {rate.decided}"
    return percent(rate.value), interval_text(rate.interval), counts, bounds


def _measured_cells(found: Measured) -> tuple[str, str]:
    if found.value is None:
        return DASH, DASH
    return f"{found.value:.3f}", _range(found.interval)


def _range(interval: Interval | None) -> str:
    return DASH if interval is None else f"{interval.low:.3f} to {interval.high:.3f}"


def _counts(title: str, rows: Sequence[Counted], figures: CalibrationFigures) -> Table:
    table = _empty(title)
    for label in figures.scale.labels:
        table.add_column(f"judged {label}", justify="right", no_wrap=True)
    table.add_column("no verdict", justify="right", no_wrap=True)
    for row in rows:
        numbers = (str(row.by_verdict[name]) for name in (*figures.scale.labels, FAILED))
        table.add_row(Text(plain(row.name)), *numbers)
    return table


def _sentences(figures: CalibrationFigures) -> Iterator[str]:
    yield ""
    if figures.disputed is not None:
        yield (f"People disagree on {plural(figures.disputed.total, 'answer')}: part of no figure.")
    failed = {name: n for name, n in figures.outcomes.items() if name != "verdict"}
    if failed:
        listed = ", ".join(f"{name} {count}" for name, count in failed.items())
        yield f"Requests without a verdict: {listed}."
    yield from _about_length(figures)
    if figures.order is not None and figures.order.flips.decided:
        flips, lean = figures.order.flips, figures.order.difference
        yield (
            f"Order: the verdict turns with the order of the options on {_rate(flips)}; judged "
            f"kindly with the options reversed, less without: {_spoken(lean)}."
        )
    for name, found in (("Two samples", figures.samples), ("Asked again", figures.retest)):
        if found is not None and found.same.decided:
            yield f"{name}: the same verdict on {_rate(found.same)}, kappa {_spoken(found.kappa)}."
    if figures.people is not None:
        found_people = figures.people
        yield (
            f"People: {found_people.raters} raters, {found_people.answers} answers labelled twice "
            f"or more, unanimous on {_rate(found_people.unanimous)}, "
            f"Krippendorff's alpha {_spoken(found_people.alpha)}."
        )


def _about_length(figures: CalibrationFigures) -> Iterator[str]:
    length = figures.length
    if length is None:
        return
    short, _, long = length.error_rates
    yield (
        f"Length: wrong on {_rate(short)} of the shortest third and on {_rate(long)} of the "
        f"longest. Lean of the longest less the shortest, same truth: "
        f"{_spoken(length.difference)}; for twice the length: {_spoken(length.slope)} "
        "(1 too kind, -1 too harsh)."
    )


def _rate(rate: Rate) -> str:
    if rate.value is None or rate.interval is None:
        return "none decided"
    return f"{rate.count} of {rate.decided} ({interval_text(rate.interval)})"


def _spoken(found: Measured) -> str:
    if found.value is None:
        return "undefined"
    return f"{found.value:.3f} ({_range(found.interval)})"


def _groups(dimension: Dimension) -> Table:
    table = _empty(f"Errors by {dimension.name}")
    for name, below in (("Wrong", ""), ("Share (95 %)", ""), ("Too", "kind"), ("Too", "harsh")):
        table.add_column(f"{name}\n{below}".rstrip(), justify="right", no_wrap=True)
    for name in ("No\nverdict", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    groups = list(dimension.groups)
    if len(groups) > MOST_GROUPS:
        groups.sort(key=lambda group: (group.p, group.name))
    for group in groups[:MOST_GROUPS]:
        share = DASH
        if group.interval is not None:
            share = f"{percent(group.errors / group.decided)} ({interval_text(group.interval)})"
        mark = " *" if group.differs else " ?" if group.suspected else ""
        table.add_row(
            Text(plain(group.name)),
            f"{group.errors} of {group.decided}",
            share,
            str(group.too_kind),
            str(group.too_harsh),
            str(group.failed),
            f"{p_text(group.holm)}{mark}",
        )
    if len(groups) > MOST_GROUPS:
        table.add_row(Text(f"{len(groups) - MOST_GROUPS} more: see --json", "dim"))
    return table


def _empty(title: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(title, overflow="fold")
    return table


def _say(screen: Console, text: str, style: str = "") -> None:
    screen.print(Text(text, style))
