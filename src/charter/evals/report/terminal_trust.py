"""Judges and cost -> tables of a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from charter.evals.report.judges import Grader, Judging, Spent
from charter.evals.report.terminal_table import empty, say
from charter.evals.report.trust_wording import (
    NOT_KNOWN,
    agreement_sentences,
    calibration_text,
    grader_text,
    measured_text,
    rate_text,
    spent_text,
)
from charter.syntax.visible import reveal


def print_judges(judging: Judging, console: Console, *, published: bool) -> None:
    """Print what is known of the judges: fitness first, then how they agreed here."""
    console.print()
    table = empty("Judge")
    for name in ("Fitness", "Sensitivity", "Specificity", "Kappa"):
        table.add_column(name, justify="right" if name != "Fitness" else "left", overflow="fold")
    for view in judging.judges:
        figures = view.figures
        cells = [
            view.fitness,
            rate_text(figures.sensitivity) if figures else NOT_KNOWN,
            rate_text(figures.specificity) if figures else NOT_KNOWN,
            measured_text(figures.coefficients.kappa) if figures else NOT_KNOWN,
        ]
        table.add_row(*(Text(reveal(cell)) for cell in (view.name, *cells)))
    console.print(table, soft_wrap=False)
    for view in judging.judges:
        say(console, f"{view.name}: {calibration_text(view)}")
    if published:
        for sentence in agreement_sentences(judging):
            say(console, sentence)


def print_grader(found: Grader | None, console: Console) -> None:
    """Print how often the refusal classifier errs."""
    if found is not None:
        say(console, f"\n{grader_text(found)}", "dim")


def print_cost(model: Spent, judging: Judging | None, console: Console) -> None:
    """Print what the run took."""
    parts = [f"model {spent_text(model)}"]
    if judging is not None and judging.spent.judgements:
        parts += [f"{view.name} {spent_text(view.spent)}" for view in judging.judges]
    say(console, f"\nCost: {'; '.join(parts)}.", "dim")
