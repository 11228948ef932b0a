"""What a check is: one text that a request or an answer holds, in; an outcome, out.

A check only ever restricts. One that could not look has errored, which is never a pass: what
follows is said by `fail` where it is configured, and is `closed` for root and system sections
whatever is configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from charter.policy.decision import Effect
from charter.registry import discover


class Target(NamedTuple):
    """A text that is looked at."""

    stage: str
    """offer, request, output, tool_call or tool_result."""
    channel: str
    """text, refusal, reasoning, arguments, description, transcript, logprobs, annotations."""
    text: str
    authority: str = "none"
    """Of the words in a request; the model's own have none."""
    source: str = ""
    """As in `Passage.source`: user, tool:read_file, ..."""
    tool: str = ""
    """With arguments, descriptions and results."""
    request: str = ""
    """With output: the last user message, for checks that need to know what was asked."""
    privileged: tuple[str, ...] | None = None
    """With output and calls: the messages that hold privileged passages, for checks of what leaks.
    None: nobody looked, so that a check which needs them has errored."""
    beside: str = ""
    """With calls: id and name as the answer gives them, which a model may have made up as well."""


class Outcome(NamedTuple):
    """What a check found. The effect is the configured one where it hit, else allow."""

    hit: bool
    reason: str = ""
    """In words that hold none of the content."""
    ranges: tuple[tuple[int, int], ...] = ()
    """Characters of the text, for `redact`; a hit without ranges redacts all of it."""
    applies: bool = True
    """False: there was nothing here for it to judge."""


CLEAR = Outcome(hit=False)
NOT_APPLICABLE = Outcome(hit=False, applies=False)


class Ready(Protocol):
    """A check with its settings, compiled; shared by all requests, never changed by one."""

    @property
    def patterns(self) -> Mapping[str, str]:
        """Bounded patterns (`gateway.stream.patterns`) that find just what `look` finds.

        They are for a set without `fold`: what ignores case says so itself, by `(?i:...)`.

        Empty: it needs the whole text, and streams wait for it, unless it only flags.
        """
        ...

    def look(self, target: Target) -> Outcome:
        """Judge one text. Raises nothing but what counts as errored."""
        ...


class Check(Protocol):
    """A module in `gateway/checks/`; its id is the file name with hyphens."""

    STAGES: frozenset[str]
    """Where it can be asked."""
    CHANNELS: frozenset[str]
    EFFECT: str
    """Of a hit, unless configured: deny, require_approval, redact or flag."""
    __doc__: str | None
    """The page of the check: one sentence, then What it finds / Settings / What it misses /
    On streams."""

    def build(self, settings: Mapping[str, Any]) -> Ready:
        """Compile it. Raises ConfigError for settings it does not understand."""
        ...


@dataclass(frozen=True, slots=True)
class Configured:
    """A check as a gateway's configuration has it."""

    id: str
    """Name of its table in the configuration; unique."""
    check: str
    """Id of the module."""
    section: str
    """The section or clause a hit rests on."""
    effect: Effect
    stages: frozenset[str]
    channels: frozenset[str]
    closed: bool
    """Whether an error counts as deny; else it is recorded and the effect is flag."""
    ready: Ready = field(repr=False)
    applications: frozenset[str] = frozenset()
    """Empty: all."""


def checks() -> dict[str, Check]:
    """Return every check by id. Raises PluginError, also when two have one id."""
    return discover("charter.gateway.checks", "charter.checks")
