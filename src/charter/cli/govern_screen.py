"""Answers to obligations, and packs, on the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

import click

from charter.cli.screen import plain
from charter.govern.obligations.answer import CAUTION, Answer, PackAnswers, State
from charter.govern.obligations.pack import ORGANISATION, Obligation, Pack
from charter.govern.obligations.query import RecordLink

WIDTH = 100
_STATE = 16
"""Columns of the longest state that is listed in full."""
_QUIET = (State.NOT_APPLICABLE, State.ENDED)
_STYLE = {
    State.EVIDENCE: {"fg": "green"},
    State.PARTIAL: {"fg": "yellow"},
    State.NONE: {"fg": "red"},
    State.OUT_OF_DATE: {"fg": "red"},
}


def show_answers(found: Iterable[PackAnswers], *, everything: bool) -> None:
    """Print one block for each pack: what can be said, and what is missing."""
    for each in found:
        pack = each.pack
        checked = (
            f"law checked on {pack.law_checked_on}" if pack.law_checked_on else "never checked"
        )
        click.echo(plain(f"{pack.title} [{pack.id}; {checked}, review by {pack.review_by}]"))
        for answer in each.answers:
            if everything or answer.state not in _QUIET:
                _show(answer)
        counts = [f"{count} {state}" for state, count in each.counts.items() if count]
        click.echo(f"  = {', '.join(counts)}\n")
    click.echo(CAUTION)


def _show(answer: Answer) -> None:
    word = click.style(f"{answer.state:<{_STATE}}", **_STYLE.get(answer.state, {}))  # type: ignore[arg-type]
    asked = answer.obligation
    mark = "" if asked.verified == "read" else f" ({asked.verified})"
    click.echo(f"  {word}  " + plain(f"{asked.id}: {asked.title}{mark}"))
    if answer.why:
        _line(answer.why)
    if answer.applications:
        _line(f"for {', '.join(answer.applications)}")
    for piece in answer.pieces:
        if piece.whole:
            _line(f"{piece.evidence.what}{_links(piece.evidence.records)}")
    for missing in answer.missing:
        _line(f"missing: {missing}")


def _links(records: tuple[RecordLink, ...]) -> str:
    indices = [str(each.index) for each in records if each.index]
    return f" [record {', '.join(indices)}]" if indices else ""


def _line(text: str) -> None:
    click.echo(
        textwrap.fill(plain(text), WIDTH, initial_indent=" " * 20, subsequent_indent=" " * 22)
    )


def show_packs(packs: Iterable[Pack]) -> None:
    """Print one line for each pack."""
    for pack in packs:
        marks = ", ".join(f"{count} {mark}" for mark, count in pack.verified().items() if count)
        checked = f"checked {pack.law_checked_on}" if pack.law_checked_on else "never checked"
        click.echo(
            plain(
                f"{pack.id:<15} {len(pack.obligations):>3} obligations ({marks}); {checked}, "
                f"review by {pack.review_by}: {pack.title}"
            )
        )


def to_answer(packs: Iterable[Pack]) -> str:
    """Return `organisation.yaml` with everything that packs ask, as comments to be filled in."""
    packs = tuple(packs)
    obligations = [each for pack in packs for each in pack.obligations]
    asked = {question.id: question for pack in packs for question in pack.questions.values()}
    actors = sorted({actor for each in obligations for actor in each.actors} - {ORGANISATION})
    lines = ["format: charter-organisation/1", "name: Example"]
    if actors:
        lines += ["# What you are, all of it:", f"# actors: [{', '.join(actors)}]"]
    lines += ["answers:"]
    for question in asked.values():
        lines += textwrap.wrap(
            question.text, WIDTH, initial_indent="  # ", subsequent_indent="  # "
        )
        lines += [f"  # {question.id}: {' | '.join(question.answers)}"]
    lines += ["# documents:"]
    lines += [
        f"#   - {{id: {name}, date: 2026-01-31, file: {name}.pdf, sha256: …}}"
        for name in _named(obligations, "document")
    ]
    lines += ["# rules:"]
    lines += [f"#   {name}: [section-of-the-spec]" for name in _named(obligations, "topic")]
    return "\n".join(lines)


def _named(obligations: Iterable[Obligation], argument: str) -> list[str]:
    values = {asked.arguments.get(argument) for each in obligations for asked in each.evidence}
    return sorted(each for each in values if isinstance(each, str))
