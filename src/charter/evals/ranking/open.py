"""The name of a ranker and what it asks -> a ranker that knows the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from charter.errors import ConfigError
from charter.evals.judge import Rules
from charter.evals.ranking.ranker import Ranker, RankerPlugin
from charter.registry import load, names

FOLDER = "charter.evals.ranking.rankers"
GROUP = "charter.rankers"


def open_ranker(kind: str, name: str, options: Mapping[str, str], rules: Rules) -> Ranker:
    """Open a ranker, e.g. `judge` with `openai:NAME`, or `scripted` with the path of a file.

    Raises ConfigError for an unknown ranker or option, PluginError where it does not load, and
    ModelUnavailable where its model cannot be had.
    """
    try:
        plugin = cast("RankerPlugin", load(FOLDER, GROUP, kind))
    except KeyError:
        known = ", ".join(names(FOLDER, GROUP))
        raise ConfigError(f"no ranker named {kind!r:.80}", hint=f"one of {known}") from None
    return plugin.open(name, options, rules)
