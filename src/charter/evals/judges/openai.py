"""Any server that speaks Chat Completions, as a judge: `openai:NAME`.

Options: those of the provider `openai` and of `evals.judging.prompted`. The endpoint is part of the
judge's identity: servers may give one name to different models. A response format is not
asked for: servers differ in what they know, and the reply is read strictly anyway.
"""

from __future__ import annotations

from collections.abc import Mapping

from charter.evals.judge import Judge, Rules
from charter.evals.judging.prompted import open_prompted
from charter.models.providers.openai import DEFAULT_URL, place_of


def open(name: str, options: Mapping[str, str], rules: Rules) -> Judge:  # noqa: A001  # the plug-in's word
    """Return the judge. Raises ConfigError and ModelUnavailable."""
    place = place_of(options.get("base_url", DEFAULT_URL))
    shaping = {} if place is None else {"endpoint": place}
    return open_prompted("openai", name, options, rules, shaping=shaping)
