"""Checks that the reply is not shorter than a number of words.

What it decides
    How many words the reply has, counted as `max_words` does. It says that something was
    written, not that it answers the question.

Arguments
    `n`: the smallest number of words accepted.

Passes
    `min_words: {n: 3}` on "It is Paris."

Fails
    `min_words: {n: 3}` on "Paris!" and on an empty reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.words import words


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `n` is a whole number of at least 1."""
    forms.check_names(arguments, required=["n"])
    forms.count(arguments, "n")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply has at least `n` words."""
    least, found = arguments["n"], len(words(reply.text))
    return Verdict(
        passed=found >= least, reason=f"The reply has {found} words, at least {least} are needed."
    )
