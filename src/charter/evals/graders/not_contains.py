"""Checks that the reply avoids certain words or phrases.

What it decides
    Whether any of the phrases stands in the reply as whole words, compared as `contains` does:
    case, punctuation around it, kinds of white space, zero-width characters and Markdown
    asterisks do not hide a phrase.

Arguments
    `any`: the phrases, none of which may occur.

Passes
    `not_contains: {any: ["care"]}` on "Be careful.": the phrase is not there as a word.

Fails
    `not_contains: {any: ["care"]}` on "I *care*." or "I CARE!".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import quoted, searchable


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `any` is a list of phrases."""
    forms.check_names(arguments, required=["any"])
    forms.phrases(arguments, "any")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when no phrase of `any` occurs; the evidence is the first that does."""
    text = searchable(reply.text)
    found = [span for phrase in arguments["any"] if (span := text.find(phrase))]
    if not found:
        return Verdict(
            passed=True, reason=f"The reply says none of the {len(arguments['any'])} phrases."
        )
    first = min(found, key=lambda span: (span.start, span.end))
    return Verdict(
        passed=False,
        reason=f"The reply says {quoted(reply.text, first)}, which is excluded.",
        evidence=first,
    )
