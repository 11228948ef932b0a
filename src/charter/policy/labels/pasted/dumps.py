"""What machines write, without delimiters: stack traces, logs, program code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charter.policy.labels.pasted.heuristic import line_end, paragraphs

_TRACE = re.compile(
    r"^(?:Traceback \(most recent call last\)|Exception in thread|[ \t]{1,8}at [\w.$<>]{1,200}\()",
    re.MULTILINE,
)
_LOG = re.compile(
    r"^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\[?(?:INFO|ERROR|WARN|WARNING|DEBUG|TRACE|FATAL)\b)",
    re.MULTILINE,
)
CODE = (
    r"(?:(?:async )?(?:def|class|function|func|fn) [\w$]+ ?[(:{<]"
    r"|from [\w.]+ import |import [\w.]+;?$"
    r"|#include\b|(?:const|let|var|public|private|protected|static|final|int|void|float|double)"
    r" [\w$<>]+ ?[=(;{]"
    r"|[a-z_$][\w.$]*+(?:\[[^\]\n]{0,80}\])? ?[-+*/:]?=(?![=>]) ?[^\s=]"
    r"|[a-z_$][\w.$]*+\([^\n]*\);?$"
    r"|(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE) \w)"
)
"""How a line of a program begins."""
_CODE = re.compile(rf"^[ \t]*+{CODE}", re.MULTILINE)
_INSIDE = re.compile(r"[ \t]|[ \t]*$|[#/}\])]|(?:return|else|try|except|finally|end|FROM|WHERE)\b")
"""How a line between two of a program may begin."""
_FEWEST = 3
"""Lines from which on it is a log or a program, and no single line among words."""
_SURE = 2
"""How many of them must be lines of a program by themselves."""


def stack_trace(text: str) -> Iterator[tuple[int, int]]:
    """Find the paragraphs of stack traces.

    Errs on words of the author's in the same paragraph.
    """
    yield from paragraphs(text, _TRACE)


def log_lines(text: str) -> Iterator[tuple[int, int]]:
    """Find three or more lines in a row that begin with a time or a level of severity.

    Errs on timetables.
    """
    run: list[int] = []
    for found in _LOG.finditer(text):
        if run and text.count("\n", run[-1], found.start()) > 1:
            if len(run) >= _FEWEST:
                yield run[0], line_end(text, run[-1])
            run.clear()
        run.append(found.start())
    if len(run) >= _FEWEST:
        yield run[0], line_end(text, run[-1])


def code_lines(text: str) -> Iterator[tuple[int, int]]:
    """Find three or more lines of which two are a program's, and the others could be.

    Errs on settings the author writes like assignments.
    """
    first, count, position = 0, 0, 0
    for found in _CODE.finditer(text):
        at = found.start()
        if count and not _goes_on(text, position, at):
            yield from _program(text, first, position, count)
            count = 0
        first = first if count else at
        count += 1
        position = line_end(text, at)
    yield from _program(text, first, position, count)


def _program(text: str, first: int, position: int, count: int) -> Iterator[tuple[int, int]]:
    if count < _SURE:
        return
    end = _tail(text, position)
    if sum(map(bool, map(str.strip, text[first:end].split("\n")))) >= _FEWEST:
        yield first, end


def _goes_on(text: str, position: int, at: int) -> bool:
    """Whether all lines from one line end to the next line of a program may stand between them."""
    return all(_INSIDE.match(line) for line in text[position + 1 : at].split("\n")[:-1])


def _tail(text: str, position: int) -> int:
    """Return the end of the indented lines and brackets below the last line of a program."""
    while position < len(text):
        end = line_end(text, position + 1)
        line = text[position + 1 : end]
        if not line.strip() or not _INSIDE.match(line):
            break
        position = end
    return position
