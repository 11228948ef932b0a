"""The small model inside this process, as a judge: `embedded`.

It shows the whole path without a key; it is far too small to judge well, and calibration says so.
Options: those of the provider `embedded` and of `evals.judging.prompted`; `context` must hold
the rules, the conversation and the reply, so 8192 is a good choice.
"""

from __future__ import annotations

from collections.abc import Mapping

from charter.evals.judge import Judge, Rules
from charter.evals.judging.prompted import open_prompted


def open(name: str, options: Mapping[str, str], rules: Rules) -> Judge:  # noqa: A001  # the plug-in's word
    """Return the judge. Raises ConfigError and ModelUnavailable."""
    return open_prompted("embedded", name, options, rules)
