"""Determinacy -> lines on a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from charter.cli.screen import plain
from charter.policy.determinacy.determine import Determinacy, ReadingShare
from charter.policy.determinacy.example import Example

_INDENT = 6


def print_determinacy(found: Determinacy, screen: Console) -> None:
    """Print what was found out about one spec."""
    title = f"\nDeterminacy of {plain(found.policy.title or found.policy.name)}"
    screen.print(Text(title, "bold"))
    for line in summary(found):
        _wrapped(Text(line), screen, first=2, rest=2)
    _readings(found, screen)
    _boundaries(found, screen)
    _permissions(found, screen)
    _method(found, screen)


def summary(found: Determinacy) -> Iterator[str]:
    """Return the figures, in sentences."""
    yield (
        f"{percent(found.one_decision, found.contexts)} of {found.contexts:,} contexts have one "
        f"decision under all {found.combinations:,} combinations of readings; "
        f"{percent(found.one_outcome, found.contexts)} have one outcome, which is the decision and "
        "all that is in force."
    )
    if not found.policy.rules:
        yield "No section binds: decisions rest on the scope of autonomy and on who asked."
    elif not found.policy.boundaries:
        yield (
            "There is no boundary: decisions rest on the scope of autonomy, side effects, who "
            "asked, conflicts and open questions alone."
        )
    if found.undone:
        yield (
            f"The solver left {found.undone} questions open: shares of undetermined contexts are "
            "lower bounds."
        )


def percent(part: int, whole: int) -> str:
    """Return a share, with as many digits as it takes to tell it from none and from all."""
    if part in (0, whole):
        return "none" if part == 0 else "100 %"
    share = 100 * part / whole
    if share < 0.01 or share > 99.99:
        return "< 0.01 %" if share < 0.01 else "> 99.99 %"
    return f"{share:.2f} %"


def _readings(found: Determinacy, screen: Console) -> None:
    shares = [share for share in found.readings if share.hangs]
    if shares:
        screen.print(Text("\nReadings that the outcome hangs on", "bold underline"))
        screen.print(Text(f"  {'':<27}{'outcome':>10}{'alone':>10}{'jointly':>10}{'decision':>10}"))
    for share in shares:
        cells = (share.hangs, share.alone, share.hangs - share.alone, share.decides)
        figures = "".join(f"{percent(cell, found.contexts):>10}" for cell in cells)
        screen.print(Text(f"  {f'R{share.number}':<4}{plain(share.name):<23}{figures}".rstrip()))
    for share in shares:
        if share.example is not None:
            _heading(screen, f"R{share.number} {share.name}", question(share))
            print_example(share.example, screen)
    silent = [share.name for share in found.readings if not share.hangs]
    if silent:
        line = f"Without any effect on an outcome: {', '.join(silent)}."
        _wrapped(Text(f"\n{line}"), screen, first=2, rest=2)
    if found.moot:
        names = [f"{name} ({why})" for name, why in found.moot.items()]
        line = f"Not varied, as they cannot matter: {', '.join(names)}."
        _wrapped(Text(plain(line)), screen, first=2, rest=2)


def question(share: ReadingShare) -> str:
    """Return the alternatives of a reading, the one in force first."""
    first, *others = share.alternatives
    return f"as it is read now: {first}; otherwise: {', '.join(others)}"


def _heading(screen: Console, name: str, text: str) -> None:
    screen.print()
    _wrapped(Text.assemble((plain(name), "bold"), f"  {plain(text)}"), screen, first=2, rest=4)


def print_example(example: Example, screen: Console) -> None:
    """Print who says what, and what comes out."""
    for who, says in example.told:
        line = Text.assemble((f"{plain(who)}: ", "cyan"), plain(says))
        _wrapped(line, screen, first=4, rest=_INDENT)
    for outcome in example.outcomes:
        chosen = ", ".join(f"{name}={value}" for name, value in outcome.readings.items())
        line = Text.assemble(
            "\u2192 ", f"{chosen}: " if chosen else "", (plain(outcome.says), "bold")
        )
        _wrapped(line, screen, first=4, rest=_INDENT)


def _boundaries(found: Determinacy, screen: Console) -> None:
    if not found.policy.boundaries:
        return
    screen.print(Text("\nBoundaries that make no difference", "bold underline"))
    if not found.dead:
        _wrapped(Text("None: each decides the outcome of some context."), screen, first=2, rest=2)
    for dead in found.dead:
        why = WHY[dead.kind]
        _heading(screen, dead.boundary, f"(section {dead.section}) {why}")
        if dead.example is not None:
            print_example(dead.example, screen)


WHY = {
    "never_fires": "fires in no context.",
    "never_decides": "fires, but something as strict always holds where it does:",
}


def _permissions(found: Determinacy, screen: Console) -> None:
    screen.print(Text("\nPermissions that remove options", "bold underline"))
    if not found.permissions:
        text = "None: whatever is added, no decision becomes stricter."
        _wrapped(Text(text), screen, first=2, rest=2)
    for one in found.permissions:
        share = percent(one.stricter, one.total)
        ever = percent(one.ever, one.total)
        text = f"makes {share} of {one.total:,} decisions stricter, {ever} under some readings"
        _heading(screen, one.what, text)
        if one.example is not None:
            before, after = one.example
            print_example(before, screen)
            _wrapped(Text("and with it:"), screen, first=4, rest=4)
            print_example(after, screen)


def _method(found: Determinacy, screen: Console) -> None:
    screen.print(Text("\nWhat a context is", "bold underline"))
    parts = ", ".join(f"{name} ({count:,})" for name, count in found.groups.items())
    how = f"{found.enumerated} events enumerated"
    if found.solved:
        how += f", {found.solved} by z3"
    spots = f"{found.spots} contexts were checked one by one against the resolver"
    text = f"One choice of each: {parts}. Every context counts the same. {how}; {spots}."
    _wrapped(Text(text), screen, first=2, rest=2)
    if found.left_out:
        line = f"Not looked at, beyond the limits: {', '.join(found.left_out)}."
        _wrapped(Text(line), screen, first=2, rest=2)


def _wrapped(text: Text, screen: Console, *, first: int, rest: int) -> None:
    """Print a text that may take several lines, each indented."""
    for at, line in enumerate(text.wrap(screen, max(min(screen.width, 100) - rest, 20))):
        line.rstrip()
        screen.print(Text.assemble(" " * (rest if at else first), line) if line else Text())
