"""Checks that the reply begins with certain words.

What it decides
    Whether the reply's first words are one of the phrases, compared as `contains` does. White
    space and Markdown emphasis before them do not count.

Arguments
    `any`: the phrases, of which one is enough.

Passes
    `starts_with: {any: ["Answer:"]}` on "**Answer:** 42"

Fails
    `starts_with: {any: ["No"]}` on "Nothing is wrong.": the word goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import ends_word, fold, quoted, searchable


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `any` is a list of phrases."""
    forms.check_names(arguments, required=["any"])
    forms.phrases(arguments, "any")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when one of the phrases opens the reply."""
    opening = _opening(reply.text)
    for reading in searchable(opening).readings:
        for skipped in (" ", " *_"):
            start = len(reading.text) - len(reading.text.lstrip(skipped))
            for wanted in map(fold, arguments["any"]):
                end = start + len(wanted)
                if reading.text.startswith(wanted, start) and ends_word(reading.text, end):
                    span = reading.span(start, end)
                    return Verdict(
                        passed=True,
                        reason=f"The reply begins {quoted(reply.text, span)}.",
                        evidence=span,
                    )
    first = quoted(opening.strip()[:60])
    return Verdict(
        passed=False,
        reason=f"The reply begins {first}." if opening.strip() else "The reply is empty.",
    )


def _opening(text: str) -> str:
    """Return enough of the text to hold any phrase: leading white space may be long."""
    lead = len(text) - len(text.lstrip())
    return text[: lead + 8 * forms.MAX_CHARACTERS]
