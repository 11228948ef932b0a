"""Writes the records of one exchange, and keeps what is to be sealed beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from charter.gateway.judging.finding import Finding
from charter.gateway.judging.occasion import Occasion
from charter.gateway.judging.tables import Tables
from charter.ledger.vault import salted
from charter.policy.decision import Effect
from charter.records.decision import DecisionRecorded

MOST_NAME = 300
"""Characters of a model's or tool's name in a record."""


class Scribe:
    """The decisions of one exchange, numbered from 1 in the order they are made."""

    def __init__(self, tables: Tables, occasion: Occasion, conversation: str) -> None:
        self.tables = tables
        self.occasion = occasion
        self.conversation = conversation
        """Digest of what was asked."""
        self.made = 0
        self.restricted = False
        """Whether anything was not plainly allowed."""
        self.kept: dict[str, dict[str, Any]] = {}
        """What was decided on, by decision."""
        asked, caller = occasion.asked, occasion.caller
        self._same: dict[str, Any] = {
            "run": occasion.run,
            "sequence": 0,
            "exchange": occasion.id,
            "api": asked.api.value,
            "streamed": asked.stream,
            "caller": caller.id,
            "application": caller.application,
            "subject": occasion.subject,
            "model": clipped(asked.model or ""),
            "policy": tables.policy.digest,
            "readings": tables.readings,
            "conversation": conversation,
            "retry": occasion.retry,
        }
        """What all records of the exchange say."""

    def next_id(self) -> str:
        """Return the id of the decision that is recorded next."""
        return f"{self.occasion.id}.{self.made + 1}"

    def now(self) -> float:
        """Return the present time."""
        clock = self.occasion.clock
        return self.occasion.now if clock is None else clock()

    def at(self) -> str:
        """Return the present time as records hold it."""
        occasion = self.occasion
        if occasion.clock is None:
            return occasion.at
        now = occasion.clock()
        return occasion.at if now == occasion.now else written(now)

    def record(  # noqa: PLR0913 - the fields of a record, by name
        self,
        stage: str,
        found: Finding,
        done: str,
        *,
        text: str | None = None,
        channel: str = "text",
        tool: str = "",
        arguments: str = "",
        released: int = 0,
        approval: str = "",
        approvers: tuple[str, ...] = (),
        failure: str = "",
    ) -> DecisionRecorded:
        """Return the record of one decision. `text` is what it is about: it is committed to."""
        occasion = self.occasion
        name = self.next_id()
        self.made += 1
        plain = found.effect is Effect.ALLOW and not failure
        if not plain:
            self.restricted = True
        content = payload = ""
        if occasion.payload and not (plain and occasion.sparing):
            payload = occasion.payload
        if occasion.payload and text is not None:
            salt = ""
            if payload:
                salt, content = salted(text)
            self.kept[name] = {
                "stage": stage,
                "channel": channel,
                "tool": tool,
                "text": text,
                "salt": salt,
            }
        return DecisionRecorded(
            **self._same,
            decision=name,
            at=self.at(),
            stage=stage,
            effect=found.effect.value,
            done=done,
            citations=found.cited() or (self.tables.policy.name,),
            grounds=found.grounds(),
            boundaries=found.boundaries,
            checks=found.checks(),
            tool=clipped(tool),
            arguments=arguments,
            content=content,
            payload=payload,
            released=released,
            partial=found.partial or bool(occasion.asked.unseen),
            approval=approval,
            approvers=approvers,
            failure=failure,
        )

    def payload(self) -> dict[str, Any]:
        """Return what is to be sealed: the request as it came, and all that was decided on."""
        return {
            "exchange": self.occasion.id,
            "api": self.occasion.asked.api.value,
            "request": dict(self.occasion.body),
            "decisions": self.kept,
        }


def clipped(name: str) -> str:
    """Return a name that a client or model gave, bounded."""
    return name if len(name) <= MOST_NAME else f"{name[:MOST_NAME]}..."


def written(seconds: float) -> str:
    """Return a time as records hold it: UTC, RFC 3339 to the millisecond."""
    try:
        whole = int(seconds)
        return f"{_to_the_second(whole)}.{int((seconds - whole) * 1000):03d}Z"
    except (OverflowError, ValueError, OSError):
        return "9999-12-31T23:59:59.999Z"


@lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    """Return a time without its fraction; written once a second, not for each record."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
