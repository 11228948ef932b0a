"""Report -> terminal: each finding with its line of the text, a caret below it, and what to do.

All words of the spec are hostile here: control and formatting characters are replaced, and
nothing in them is read as markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from charter.lint.check import Report
from charter.lint.places import Places
from charter.source import Finding, Severity

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}

MAX_SHOWN = 1000
_MIN_EXCERPT = 40
_LEAD = 24
"""Characters shown before the place when a long line is cut."""


def print_report(report: Report, screen: Console, *, info: bool = False) -> None:
    """Print the findings and a summary; those of severity info only counted unless `info`."""
    places = {path: Places(source) for path, source in report.sources().items()}
    shown = [found for found in report.findings if info or found.severity is not Severity.INFO]
    for finding in shown[:MAX_SHOWN]:
        for line in _finding(finding, places[finding.location.path], screen.width):
            screen.print(line, soft_wrap=True)
        screen.print()
    if len(shown) > MAX_SHOWN:
        screen.print(Text(f"… and {len(shown) - MAX_SHOWN} more (all of them: --format json)"))
    for line in _summary(report, info=info):
        screen.print(line, soft_wrap=True)


def plain(text: str) -> str:
    """Return text on one line, without characters that steer a terminal or hide what is there."""
    return "".join(c if c.isprintable() else " " if c in "\n\t\r" else "\ufffd" for c in text)


def _finding(finding: Finding, places: Places, width: int) -> Iterator[Text]:
    location = finding.location
    yield Text.assemble(
        (f"{plain(location.path)}:{location.line}:{location.column}", "bold"),
        ": ",
        (finding.severity.value, STYLES[finding.severity]),
        f": {plain(finding.message)} ",
        (f"[{plain(finding.rule)}]", "dim"),
    )
    number = str(location.line)
    excerpt = _excerpt(finding, places, max(width - len(number) - 3, _MIN_EXCERPT))
    if excerpt.text.strip():
        margin = " " * len(number)
        yield Text.assemble((f"{number} \u2502 ", "dim"), excerpt.text)
        under = " " * excerpt.indent + "^" * excerpt.length
        yield Text.assemble((f"{margin} \u2502 ", "dim"), (under, STYLES[finding.severity]))
    if finding.hint:
        yield Text.assemble(("  = ", "dim"), ("hint: ", "bold"), plain(finding.hint))


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """Part of a line as shown; `indent` and `length` count terminal cells."""

    text: str
    indent: int
    length: int


def _excerpt(finding: Finding, places: Places, width: int) -> _Excerpt:
    """Cut a line to `width` cells so that the place is in sight."""
    location = finding.location
    line = places.line(location.line)
    start = location.span.start
    end = location.span.end if location.end_line == location.line else line.end
    low = line.start
    if start - low > width or cell_len(plain(places.text(low, min(end, low + 2 * width)))) > width:
        low = max(low, start - _LEAD)
    before = ("…" if low > line.start else "") + plain(places.text(low, start))
    text, high = before, start
    while high < line.end and cell_len(text) < width - 1:
        text += plain(places.text(high, high + 1))
        high += 1
    marked = plain(places.text(start, min(end, high)))
    return _Excerpt(
        text + ("…" if high < line.end else ""), cell_len(before), max(1, cell_len(marked))
    )


def _summary(report: Report, *, info: bool) -> Iterator[Text]:
    path = plain(report.spec.source.path)
    counts = {severity: report.count(severity) for severity in Severity}
    if not any(counts.values()):
        yield Text.assemble((path, "bold"), ": ", ("clean", "bold green"), _allowed(report))
        return
    shown = [
        _counted(counts[Severity.ERROR], "error"),
        _counted(counts[Severity.WARNING], "warning"),
        _counted(counts[Severity.INFO], "remark"),
    ]
    listed = ", ".join(part for part in shown if part)
    yield Text.assemble((path, "bold"), f": {listed}{_allowed(report)}")
    if counts[Severity.INFO] and not info:
        rules = Counter(f.rule for f in report.findings if f.severity is Severity.INFO)
        named = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
        yield Text(f"  remarks (shown with --info): {plain(named)}", "dim")


def _allowed(report: Report) -> str:
    return f"; {len(report.allowed)} allowed by comments" if report.allowed else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count > 1 else ''}" if count else ""
