"""Checks that the reply says certain words or phrases.

What it decides
    Whether phrases stand in the reply as whole words. Case, typographic quotes and dashes,
    kinds and amounts of white space, zero-width characters and Markdown asterisks make no
    difference: `New York` is found in `new  **york**`.

Arguments
    `any`: phrases of which one is enough; or `all`: phrases that must all occur. Exactly one of
    the two.

Passes
    `contains: {any: ["Paris"]}` on "It is Paris's oldest bridge."

Fails
    `contains: {any: ["care"]}` on "Be careful.": part of a word is not the word. Endings count
    as other words, so list them: `["scatter", "scattering"]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.errors import ConfigError
from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import quoted, searchable


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless there is exactly one of `any` and `all`, a list of phrases."""
    forms.check_names(arguments, optional=["any", "all"])
    if len(arguments) != 1:
        raise ConfigError("contains needs one of 'any' and 'all'", hint='e.g. any: ["yes", "no"]')
    forms.phrases(arguments, next(iter(arguments)))


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when one phrase of `any`, or every phrase of `all`, occurs."""
    text = searchable(reply.text)
    if "any" in arguments:
        for phrase in arguments["any"]:
            if span := text.find(phrase):
                return Verdict(
                    passed=True, reason=f"The reply says {quoted(reply.text, span)}.", evidence=span
                )
        return Verdict(passed=False, reason=f"The reply says none of {_listed(arguments['any'])}.")
    first = None
    for phrase in arguments["all"]:
        span = text.find(phrase)
        if span is None:
            return Verdict(passed=False, reason=f"The reply does not say {quoted(phrase)}.")
        first = first or span
    return Verdict(
        passed=True, reason=f"The reply says all of {_listed(arguments['all'])}.", evidence=first
    )


def _listed(phrases: list[str]) -> str:
    shown = ", ".join(quoted(phrase) for phrase in phrases[:5])
    return f"{shown} and {len(phrases) - 5} more" if len(phrases) > 5 else shown
