"""Charter: behavior specs for AI models, made executable."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from charter.errors import CharterError
from charter.load import load, load_policy
from charter.source import Finding, Source
from charter.spec.spec import Spec
from charter.syntax.document import render
from charter.syntax.reader import parse
from charter.version import VERSION as __version__

if TYPE_CHECKING:
    from charter.policy.decision import Call, Facts
    from charter.policy.decisions.decide import decide
    from charter.policy.explanations.explain import explain
    from charter.policy.fates.resolve import resolve
    from charter.policy.situation import see

__all__ = [
    "Call",
    "CharterError",
    "Facts",
    "Finding",
    "Source",
    "Spec",
    "__version__",
    "decide",
    "explain",
    "load",
    "load_policy",
    "parse",
    "render",
    "resolve",
    "see",
]

_WHEN_USED = {
    "Call": "charter.policy.decision",
    "Facts": "charter.policy.decision",
    "decide": "charter.policy.decisions.decide",
    "explain": "charter.policy.explanations.explain",
    "resolve": "charter.policy.fates.resolve",
    "see": "charter.policy.situation",
}
"""What takes longer to import than a spec to read: the runtime of conditions, first of all."""


def __getattr__(name: str) -> Any:
    if name not in _WHEN_USED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_WHEN_USED[name]), name)
    globals()[name] = found
    return found
