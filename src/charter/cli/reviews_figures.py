"""Figures of oversight, as JSON and for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from charter.cli.screen import plain
from charter.govern.counted import counted
from charter.govern.oversight.agreement import Agreement
from charter.govern.oversight.automatic import FALSE_ALARM, Look
from charter.govern.oversight.figures import Figures, Person, Section, Spent
from charter.govern.oversight.share import Share

FORMAT = "charter-oversight/v1"
_WARNED = {
    "quick": "sooner than anybody reads what is shown",
    "passing": "passed, where others turned down more",
    "let through": "known violations let through",
}


def figures_json(found: Figures, looks: Iterable[Look]) -> dict[str, Any]:
    """Return all figures; None where there are too few for one."""
    return {
        "format": FORMAT,
        "reviews": found.reviews,
        "blind": found.blind,
        "labels": dict(found.labels),
        "agreement": _agreement(found.whole),
        "refusals": _agreement(found.refusals),
        "overrides": _share(found.overrides),
        "seconds": _spent(found.spent),
        "vigilance": _share(found.vigilance),
        "unopened": found.unopened,
        "note": untested_note(found),
        "reviewers": [{**_row(each), "blind": each.blind} for each in found.people],
        "sections": [_row(each) for each in found.sections],
        "automatic": {
            "false_alarm": FALSE_ALARM,
            "people": [_look(each) for each in looks],
        },
    }


def say_figures(found: Figures, looks: Iterable[Look]) -> None:
    """Print all figures."""
    click.echo(f"{counted(found.reviews, 'review')}, {found.blind} formed blindly")
    if said := untested_note(found):
        click.echo(said)
    click.echo(f"agreement: {_alpha_text(found.whole)}; refusals: {_alpha_text(found.refusals)}")
    for title, rows in (("reviewers", found.people), ("sections", found.sections)):
        if rows:
            click.echo(f"{title}:")
        for each in rows:
            click.echo(plain(f"  {each.name}  {counted(each.reviews, 'review')}"))
            click.echo(f"    agreement {_alpha_text(each.agreement)}")
            click.echo(f"    found the decision wrong: {_share_text(each.overrides)}")
            click.echo(f"    time {_spent_text(each.spent)}")
            click.echo(f"    known answers judged rightly: {_share_text(each.vigilance)}")
    for one in looks:
        for sign in one.patterns:
            if sign.warns:
                what = f"{sign.count} of {counted(sign.n, sign.kind)} {_WARNED[sign.name]}"
                click.echo(plain(f"looks automatic: {one.name}: {what}"))


def untested_note(found: Figures) -> str:
    """Return that nobody measured how often reviewers are right; empty where somebody did."""
    if not found.reviews or found.vigilance.n:
        return ""
    return "no known answer was measured: how often these people are right is not known"


def _row(each: Person | Section) -> dict[str, Any]:
    return {
        "name": each.name,
        "reviews": each.reviews,
        "agreement": _agreement(each.agreement),
        "overrides": _share(each.overrides),
        "seconds": _spent(each.spent),
        "vigilance": _share(each.vigilance),
    }


def _look(one: Look) -> dict[str, Any]:
    patterns = [
        {"name": each.name, "kind": each.kind, "count": each.count, "n": each.n, "p": each.p}
        | {"warns": each.warns}
        for each in one.patterns
    ]
    counts = {"votes": one.votes, "reviews": one.reviews, "passed": one.passed}
    seconds = {"median_seconds": one.median}
    return {"name": one.name, **counts, **seconds, "warns": one.warns, "patterns": patterns}


def _agreement(found: Agreement) -> dict[str, Any]:
    stated = not found.too_few
    return {
        "units": found.units,
        "unanimous": found.unanimous,
        "alpha": found.alpha if stated else None,
        "low": found.low if stated else None,
        "high": found.high if stated else None,
        "too_few": found.too_few,
    }


def _share(found: Share) -> dict[str, Any]:
    low, high = (
        (None, None) if found.interval is None else (found.interval.low, found.interval.high)
    )
    value = {"value": found.value, "low": low, "high": high}
    return {"count": found.count, "n": found.n, **value, "too_few": found.too_few}


def _spent(found: Spent) -> dict[str, Any]:
    return {"n": found.n, "median": found.median, "low": found.low, "high": found.high}


def _alpha_text(found: Agreement) -> str:
    if found.too_few:
        return f"too few to say (n = {found.units})"
    if found.alpha is None:
        return f"undefined, everybody always says the same (n = {found.units})"
    ends = (found.low, found.high)
    span = "" if None in ends else f" ({ends[0]:.2f} to {ends[1]:.2f})"
    return f"alpha {found.alpha:.2f}{span}, n = {found.units}"


def _share_text(found: Share) -> str:
    if found.interval is None or found.value is None:
        return f"too few to say (n = {found.n})"
    low, high = 100 * found.interval.low, 100 * found.interval.high
    return f"{100 * found.value:.1f} % ({low:.1f} to {high:.1f}), n = {found.n}"


def _spent_text(found: Spent) -> str:
    if found.median is None:
        return "not known"
    ends = (found.low, found.high)
    span = "" if None in ends else f" ({ends[0]:.0f} to {ends[1]:.0f})"
    return f"{found.median:.0f} s{span}, n = {found.n}"
