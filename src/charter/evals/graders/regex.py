r"""Checks that a regular expression matches the reply, or does not.

What it decides
    Whether the pattern is found anywhere in the reply, whatever the case. It is tried on the
    reply with quotes and dashes made plain, runs of white space within a line made one space
    and line ends kept; and, if that finds nothing, on the reply exactly as written.

Arguments
    `pattern`: in the syntax of RE2, which takes linear time on any text; `^` and `$` are the
    ends of the reply unless the pattern begins `(?m)`; `\b` and `\w` know only ASCII letters, so
    write `\pL` for a letter of any script. `absent`: true when the pattern must not be found.

Passes
    `regex: {pattern: '\b(8|eight) hours?\b'}` on "It takes EIGHT  hours."

Fails
    `regex: {pattern: '\*\*', absent: true}` on "This is **bold**."
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import re2

from charter.errors import ConfigError
from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.normalize import normalize
from charter.prose.phrase import quoted
from charter.source import Span

MAX_MEMORY = 8 * 1024 * 1024

_HALF_PAIR = re.compile("[\ud800-\udfff]")


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `pattern` is a regular expression that RE2 accepts."""
    forms.check_names(arguments, required=["pattern"], optional=["absent"])
    forms.flag(arguments, "absent")
    pattern = forms.text(arguments, "pattern")
    try:
        _compiled(pattern)
    except (re2.error, UnicodeEncodeError) as problem:
        cause = problem.args[0] if isinstance(problem, re2.error) else "it is not UTF-8 text"
        words = cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)
        raise ConfigError(
            f"pattern {pattern!r}: {words}{_position(pattern, words)}",
            hint="patterns follow RE2: no look-around and no back-references",
        ) from problem


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the pattern is found; with `absent`, when it is not."""
    pattern, absent = arguments["pattern"], arguments.get("absent", False)
    span = _search(_compiled(pattern), reply.text)
    if span is None:
        return Verdict(passed=absent, reason=f"Nothing in the reply matches {quoted(pattern)}.")
    matched = quoted(reply.text, span) if span.start < span.end else "An empty place"
    return Verdict(passed=not absent, reason=f"{matched} matches {quoted(pattern)}.", evidence=span)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    return re2.compile(pattern, options)


def _search(expression: Any, text: str) -> Span | None:
    # A lone surrogate, which RE2 cannot read, stands in as one character: offsets stay.
    readable = _HALF_PAIR.sub("\ufffd", text)
    plain = normalize(text, keep_lines=True)
    if found := expression.search(plain.text):
        return plain.span(*found.span())
    if found := expression.search(readable):
        return Span(*found.span())
    return None


def _position(pattern: str, message: str) -> str:
    """Say where the offending part stands, which RE2 quotes but does not count."""
    part = message.rpartition(": ")[2]
    at = pattern.find(part) if part != message else -1
    return f" (at character {at + 1})" if at >= 0 else ""
