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


class Rule(Protocol):
    """A module in `lint/rules/`; its id is the file name with hyphens."""

    GROUP: str
    """structure, writing, coverage or consistency."""
    SEVERITY: Severity
    """The default; `charter.toml` may change it."""

    def find(self, spec: Spec) -> Iterable[Hit]:
        """Report every offence in the spec."""
        ...


def rules() -> dict[str, Rule]:
    """Return every rule by id."""
    return discover("charter.lint.rules", "charter.rules")


__all__ = ["Finding", "Hit", "Rule", "rules"]
