"""What a lint rule is: one spec in, findings out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from charter.registry import discover
from charter.source import Finding, Severity, Span
from charter.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule reports; `lint.check` turns it into a Finding with location and severity."""

    message: str
    span: Span
    hint: str | None = None
    section: str | None = None
    path: str | None = None
    """Source path when it lies in another file than the spec's own (a prompt file)."""
    severity: Severity | None = None
    """Where it differs from the rule's own; `charter.toml` wins over both."""


class Rule(Protocol):
    """A module in `lint/rules/`; its id is the file name with hyphens.

    A rule about overlays has `find_over(spec, below)` too, which is run in place of `find` where
    it is known what the overlay is laid on: a `charter.spec.overlays.effective.Effective`.
    """

    GROUP: str
    """structure, writing, coverage or consistency."""
    SEVERITY: Severity
    """The default; `charter.toml` may change it."""
    __doc__: str | None
    """The page of the rule: one sentence, then What it finds / Why it matters / Bad / Good."""

    def find(self, spec: Spec) -> Iterable[Hit]:
        """Report every offence in the spec."""
        ...


def rules() -> dict[str, Rule]:
    """Return every rule by id. Raises PluginError, also when two have one id."""
    return discover("charter.lint.rules", "charter.rules")


def summary_of(rule: Rule) -> str:
    """Return the first sentence of a rule's docstring."""
    return (rule.__doc__ or "").strip().partition("\n")[0]


__all__ = ["Finding", "Hit", "Rule", "Severity", "rules", "summary_of"]
