"""Any server that speaks Chat Completions, as a judge: `openai:NAME`.

Options: those of the provider `openai` and of `evals.judging.prompted`. A response format is not
asked for: servers differ in what they know, and the reply is read strictly anyway.
"""

from __future__ import annotations

from collections.abc import Mapping

from charter.evals.judge import Judge, Rules
from charter.evals.judging.prompted import open_prompted


def open(name: str, options: Mapping[str, str], rules: Rules) -> Judge:  # noqa: A001  # the plug-in's word
    """Return the judge. Raises ConfigError and ModelUnavailable."""
    return open_prompted("openai", name, options, rules)
