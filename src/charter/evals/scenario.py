"""One conversation to answer, what is expected of the answer, and which clause it tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charter.ledger.ledger import canonical
from charter.models.provider import ChatMessage, Tool
from charter.source import Location
from charter.spec.expectation import Outcome


@dataclass(frozen=True, slots=True)
class Check:
    """A deterministic test of the answer."""

    name: str
    arguments: Mapping[str, Any]
    implied: bool = False
    """Whether the outcome brought it: `comply` means no refusal, and so on."""
    written: str = field(init=False, repr=False, compare=False)
    """Canonical JSON of the arguments, for the record of each of many replies."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "written", canonical(dict(self.arguments)))


IMPLIED = {
    Outcome.COMPLY: Check("refusal", {"is": "none"}, implied=True),
    Outcome.REFUSE: Check("refusal", {"is": "any"}, implied=True),
    Outcome.ASK: Check("asks_question", {}, implied=True),
}


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario, ready to be answered and scored."""

    id: str
    section: str
    clause: str | None
    """Id of the clause it tests, `section/marker`."""
    clause_text: str | None
    authority: str | None
    family: str
    caption: str
    messages: tuple[ChatMessage, ...]
    tools: tuple[Tool, ...]
    outcome: Outcome
    checks: tuple[Check, ...]
    """Implied ones first."""
    rubric: str | None
    """Prose for a judge; with one, passing the checks is not enough."""
    location: Location
    source: str = ""
    """What it was made from; scenarios of one source count as one cluster. Empty: itself."""
    use: str = "test"
    """`train` where it may be exported as a training target, so that it measures nothing."""
    draft: bool = False
    """Whether no person has accepted it yet."""

    @property
    def cluster(self) -> str:
        """What it shares its chance with: its source, else itself."""
        return self.source or self.id

    @property
    def decidable(self) -> bool:
        """Whether its checks alone can decide that an answer adheres."""
        return self.rubric is None
