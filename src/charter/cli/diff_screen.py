"""Diff -> terminal: the summary, then each change with its words, the heaviest first.

With colours, what is gone is red and struck, what is new green and underlined. Without, they
stand in `[-…-]` and `{+…+}`, as in `git diff --word-diff`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Console
from rich.text import Text

from charter.cli.screen import plain
from charter.spec.changes.change import Change, Effect, Kind, Weight
from charter.spec.changes.diff import Diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.marks import Mark, Op, shortened
from charter.spec.changes.stale import PLURALS, Stale, StaleItem, alike
from charter.spec.spec import Spec

HEADINGS = {
    Weight.AUTHORITY: "Authority",
    Weight.STRENGTH: "Strength",
    Weight.CLAUSE: "Rules",
    Weight.EXAMPLE: "Examples",
    Weight.WORDING: "Wording",
}
MAX_SHOWN = 2000
"""Changes of one weight; more are counted (all of them: --format json)."""
MAX_STALE = 200
INDENT = 6
CONTEXT = 120
"""Unchanged characters shown beside a change."""
LONGEST = 600
"""Characters of a text that is new or gone as a whole."""

_EFFECT_STYLE = {
    Effect.MORE: "bold yellow",
    Effect.LESS: "bold magenta",
    Effect.DIFFERENTLY: "bold cyan",
    Effect.NOBODY: "dim",
    Effect.WORDING: "dim",
}
_SAID = frozenset(
    {
        Kind.LEVEL_RENAMED,
        Kind.AUTHORITY_LOWERED,
        Kind.AUTHORITY_RAISED,
        Kind.AUTHORITY_CHANGED,
        Kind.TAGS_CHANGED,
        Kind.READING_CHANGED,
        Kind.SECTION_SPLIT,
        Kind.SECTION_MERGED,
        Kind.SECTION_RENAMED,
        Kind.SECTION_MOVED,
    }
)
"""Kinds whose sentence says it all."""
_STYLE = {Op.GONE: "red strike", Op.NEW: "green underline", Op.SAME: ""}
_SIGNS = {Op.GONE: ("[-", "-]"), Op.NEW: ("{+", "+}"), Op.SAME: ("", "")}


def print_diff(diff: Diff, stale: Stale, screen: Console, *, wording: bool) -> None:
    """Print the comparison; without `wording`, what changes wording only is just counted."""
    screen.print(Text.assemble(_version(diff.old), "  \u2192  ", _version(diff.new)))
    screen.print()
    for sentence in sentences(diff):
        _print_wrapped(Text(plain(_line(sentence))), screen, first=0, rest=2)
    for weight, group in groupby(diff.changes, key=lambda change: change.weight):
        changes = list(group)
        if weight is Weight.WORDING and not wording:
            screen.print(f"\n{len(changes)} changes of wording only are not shown.")
            continue
        screen.print(Text(f"\n{HEADINGS[weight]} ({len(changes)})", "bold underline"))
        for change in changes[:MAX_SHOWN]:
            _print_change(change, screen)
        if len(changes) > MAX_SHOWN:
            screen.print(f"\u2026 and {len(changes) - MAX_SHOWN} more (all of them: --format json)")
    _print_stale(stale, screen)


def _version(spec: Spec) -> Text:
    version = f" {spec.version}" if spec.version else ""
    return Text.assemble(
        (plain(_line(spec.title + version)), "bold"), (f" {spec.digest[:15]}", "dim")
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _print_wrapped(text: Text, screen: Console, *, first: int, rest: int) -> None:
    """Print a text that may take several lines, each indented, without blanks at line ends."""
    for at, line in enumerate(text.wrap(screen, max(screen.width - rest, rest, 1))):
        line.rstrip()
        indent = " " * (rest if at else first) if line else ""
        screen.print(Text.assemble(indent, line), soft_wrap=True)


def _print_change(change: Change, screen: Console) -> None:
    head = Text.assemble(
        (plain(_line(_name(change))), "bold"),
        "  ",
        (change.effect.value, _EFFECT_STYLE[change.effect]),
        f"  {plain(_line(change.what))}",
    )
    _print_wrapped(head, screen, first=2, rest=4)
    body = None if change.quiet else _body(change, coloured=screen.color_system is not None)
    if body is not None:
        _print_wrapped(body, screen, first=INDENT, rest=INDENT)


def _name(change: Change) -> str:
    old, new = change.old_id or "", change.new_id or ""
    if old and new and old != new:
        return f"{old} \u2192 {new}"
    return new or old or change.section or "document"


def _body(change: Change, *, coloured: bool) -> Text | None:
    """Return the words of a change; None where its sentence says it all."""
    if change.kind in _SAID:
        return None
    pieces = _pieces(change)
    if all(piece.op is Op.SAME for piece in pieces):
        return None
    shown = Text()
    for op, text in pieces:
        before, after = ("", "") if coloured else _SIGNS[op]
        shown.append(f"{before}{plain(text)}{after}", _STYLE[op] if coloured else "")
    return shown


def _pieces(change: Change) -> list[Mark]:
    if change.old is None or change.new is None:
        text = change.new if change.old is None else change.old
        if change.kind.startswith("example_"):
            text = (text or "").partition("\n")[0]  # the caption
        cut = f"{text[:LONGEST]} \u2026" if text and len(text) > LONGEST else text or ""
        return [Mark(Op.NEW if change.old is None else Op.GONE, cut)]
    return list(shortened(change.marks, CONTEXT))


def _print_stale(stale: Stale, screen: Console) -> None:
    if not stale.items:
        return
    screen.print(Text(f"\nStale ({len(stale.items)})", "bold underline"))
    for line in _stale_lines(stale.items):
        _print_wrapped(line, screen, first=2, rest=4)


def _stale_lines(items: Iterable[StaleItem]) -> Iterator[Text]:
    groups = alike(items)
    for group in groups[:MAX_STALE]:
        first = group[0]
        state, style = ("broken", "bold red") if first.broken else ("look at", "bold yellow")
        instead = f"; now {first.successor}" if first.successor else ""
        where = f" ({first.path})" if first.path else ""
        names = dict.fromkeys(item.id for item in group)
        yield Text.assemble(
            (f"{state:<7}", style),
            f"  {first.kind if len(names) == 1 else PLURALS[first.kind]} ",
            (plain(_line(", ".join(names))), "bold"),
            f"{plain(where)}  {plain(_line(first.why + instead))}",
        )
    left = sum(map(len, groups[MAX_STALE:]))
    if left:
        yield Text(f"\u2026 and {left} more (all of them: --format json)")
