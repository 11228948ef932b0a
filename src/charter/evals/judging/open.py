"""`kind:name` -> a judge that knows the rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from charter.errors import ConfigError
from charter.evals.judge import Judge, JudgePlugin, Rules
from charter.registry import load, names

FOLDER = "charter.evals.judges"
GROUP = "charter.judges"


def open_judge(spec: str, options: Mapping[str, str], rules: Rules) -> Judge:
    """Open the judge that `spec` names, e.g. `openai:gpt-4o`, `embedded` or `scripted:judge.yaml`.

    Only the named plug-in is imported. Raises ConfigError for an unknown judge or option,
    PluginError when the plug-in does not load, and ModelUnavailable when its model cannot be had.
    """
    kind, _, name = spec.partition(":")
    try:
        plugin = cast("JudgePlugin", load(FOLDER, GROUP, kind))
    except KeyError:
        known = ", ".join(names(FOLDER, GROUP))
        raise ConfigError(
            f"no judge named {kind!r}", hint=f"write KIND or KIND:NAME, with a kind of {known}"
        ) from None
    return plugin.open(name, options, rules)
