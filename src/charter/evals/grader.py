"""What a deterministic check is: a reply and arguments in, a verdict with evidence out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from charter.errors import ConfigError, PluginError
from charter.models.provider import Reply
from charter.registry import discover
from charter.source import Span


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a reply passed one check, on what evidence."""

    passed: bool
    reason: str
    """One plain sentence a reader of the report understands."""
    evidence: Span | None = None
    """The characters of `reply.text` it rests on; None when it rests on an absence."""


class Grader(Protocol):
    """A module in `evals/graders/`. Its id in suites is the file name with underscores."""

    def validate(self, arguments: Mapping[str, Any]) -> None:
        """Raise ConfigError when the arguments are not of the documented form."""
        ...

    def grade(self, reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
        """Judge the reply; `arguments` passed `validate`."""
        ...


class GradeIn(Protocol):
    """The optional function `grade_in` of a grader that reads the reply beside the request.

    Where a grader has it, it is called instead of `grade`.
    """

    def __call__(self, reply: Reply, arguments: Mapping[str, Any], request: str | None) -> Verdict:
        """Judge the reply to `request`, the last message of the user; None when there is none."""
        ...


class MakeReady(Protocol):
    """The optional function `make_ready` of a grader that is slow to load.

    It is called once before a run that needs the grader, so that no reply waits for it.
    """

    def __call__(self) -> None:
        """Load whatever grading needs."""
        ...


def graders() -> dict[str, Grader]:
    """Return every grader by the name suites use (`not_contains`)."""
    found = discover("charter.evals.graders", "charter.graders")
    return {name.replace("-", "_"): grader for name, grader in found.items()}


def check_arguments(name: str, arguments: Mapping[str, Any], known: Mapping[str, Grader]) -> None:
    """Raise ConfigError when `name` is no grader or `arguments` do not fit it."""
    if name not in known:
        raise ConfigError(
            f"no check named {name!r}", hint=f"known checks: {', '.join(sorted(known))}"
        )
    try:
        known[name].validate(arguments)
    except ConfigError:
        raise
    except Exception as cause:
        raise PluginError(f"grader {name!r} failed to validate its arguments: {cause}") from cause
