"""Replies from a file, as a judge for tests and demonstrations: `scripted:FILE`.

The words of `match` are looked for in the whole request, rules and answer included.
Options: those of `evals.judging.prompted`.
"""

from __future__ import annotations

from collections.abc import Mapping

from charter.evals.judge import Judge, Rules
from charter.evals.judging.prompted import open_prompted


def open(name: str, options: Mapping[str, str], rules: Rules) -> Judge:  # noqa: A001  # the plug-in's word
    """Return the judge. Raises ConfigError and ModelUnavailable."""
    return open_prompted("scripted", name, options, rules)
