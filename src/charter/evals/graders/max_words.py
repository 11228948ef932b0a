"""Checks that the reply is not longer than a number of words.

What it decides
    How many words the reply has. A word is what stands between spaces and holds a letter or
    digit; a dash between words parts them, a hyphen does not; list labels and Markdown marks are
    no words. In scripts without spaces two characters count as one word.

Arguments
    `n`: the largest number of words allowed.

Passes
    `max_words: {n: 3}` on "- Well-known, I think"

Fails
    `max_words: {n: 3}` on "Yes, I think so": the evidence is what is too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.words import words
from charter.source import Span


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `n` is a whole number of at least 1."""
    forms.check_names(arguments, required=["n"])
    forms.count(arguments, "n")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply has at most `n` words."""
    most, found = arguments["n"], words(reply.text)
    if len(found) <= most:
        return Verdict(
            passed=True, reason=f"The reply has {len(found)} words, at most {most} are allowed."
        )
    excess = Span(found[most].start, found[-1].end)
    return Verdict(
        passed=False,
        reason=f"The reply has {len(found)} words, over the limit of {most}.",
        evidence=excess,
    )
