"""Checks that the reply is JSON and nothing else.

What it decides
    Whether the whole reply, without white space around it, is one JSON value. Stricter than some
    readers: a repeated key, NaN, an unpaired surrogate or nesting deeper than 100 fails, because
    programs disagree about what such a text means.

Arguments
    `fenced`: true to accept one Markdown fence around the JSON; false by default, since a
    program that reads the reply would meet the fence.

Passes
    `json_valid: {}` on `{"name": "Ada"}`

Fails
    `json_valid: {}` on "Here it is: {}": the words before it are not JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.json_text import read_json
from charter.models.provider import Reply


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `fenced`, where given, is true or false."""
    forms.check_names(arguments, optional=["fenced"])
    forms.flag(arguments, "fenced")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply is JSON; otherwise the evidence is where it stops being JSON."""
    read = read_json(reply.text, fenced=arguments.get("fenced", False))
    if read.error is None:
        return Verdict(passed=True, reason="The reply is valid JSON.", evidence=read.span)
    evidence = read.span if read.span.start < read.span.end else None
    return Verdict(passed=False, reason=f"The reply is not JSON: {read.error}.", evidence=evidence)
