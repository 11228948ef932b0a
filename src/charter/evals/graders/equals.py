"""Checks that the reply is one of a few answers and nothing else.

What it decides
    Whether the whole reply equals an answer. Case, typographic quotes and dashes, amounts of
    white space, Markdown emphasis or quotation marks around the whole reply and one full stop
    or exclamation mark at its end make no difference.

Arguments
    `any`: the answers, of which one is enough.

Passes
    `equals: {any: ["yes", "no"]}` on "**Yes.**"

Fails
    `equals: {any: ["yes", "no"]}` on "Yes, it is." and on an empty reply.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import fold, quoted
from charter.source import Span

_AROUND = "*_\"'` "


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `any` is a list of phrases."""
    forms.check_names(arguments, required=["any"])
    forms.phrases(arguments, "any")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply is one of the answers."""
    if not reply.text.strip():
        return Verdict(passed=False, reason="The reply is empty.")
    start = len(reply.text) - len(reply.text.lstrip())
    whole = Span(start, start + len(reply.text.strip()))
    said = fold(reply.text)
    for answer in arguments["any"]:
        wanted = fold(answer)
        if wanted == said or _bare(wanted) == _bare(said) != "":
            return Verdict(
                passed=True, reason=f"The reply is {quoted(reply.text, whole)}.", evidence=whole
            )
    answers = ", ".join(quoted(answer) for answer in arguments["any"][:5])
    return Verdict(
        passed=False,
        reason=f"The reply is {quoted(reply.text, whole)}, which is not one of {answers}.",
        evidence=whole,
    )


def _bare(text: str) -> str:
    """Strip what surrounds an answer without being part of it."""
    inner = text.strip(_AROUND)
    if inner.endswith((".", "!", "。")) and not inner.endswith(".."):
        inner = inner[:-1]
    return inner.strip(_AROUND)
