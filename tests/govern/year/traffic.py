"""Exchanges of three applications, decided by two replicas: one request, one answer each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from charter.records.decision import CheckRan, DecisionRecorded, Ground
from charter.records.service import PolicyServed, ServiceCounted, ServiceStarted

from .diary import Diary
from .plan import (
    APPLICATIONS,
    BLOCKED,
    BLOCKED_WRONGLY,
    ERRORED_DAYS,
    ERRORED_RATE,
    FLAGGED,
    HELD,
    KEPT,
    REPLICAS,
    SECTIONS,
    USUAL_ERRORED,
    Plan,
    digest,
    flaws,
    over_refusals,
    stamp,
)
from .truth import Cell, Truth

SUBJECTS = 60
"""People whose words are kept."""
_EFFECTS = {"deny": "refused", "flag": "forwarded", "require_approval": "held"}


@dataclass(slots=True)
class Service:
    """One replica, as it counts."""

    run: str
    sequence: int = 0
    requests: int = 0
    counts: int = 0
    policies: int = 0
    policy: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """An approval on which an action goes out."""

    approval: str
    approvers: tuple[str, ...]
    held: DecisionRecorded


class Traffic:
    """All services of the year. What they decide is noted in the diary, and handed back."""

    def __init__(self, plan: Plan, truth: Truth, diary: Diary) -> None:
        self._plan, self._truth, self._diary = plan, truth, diary
        self._chance = plan.chance("traffic")
        self._services = [Service(f"s_{replica}_{plan.start:%Y%m%d}") for replica in REPLICAS]
        self._exchanges = 0
        self._kept = KEPT / (plan.decisions / 2)

    def start(self, policy: str, documents: tuple[str, ...], at: datetime) -> None:
        """Note that the services begin."""
        for service, replica in zip(self._services, REPLICAS, strict=True):
            service.policy = policy
            begun = ServiceStarted(
                service.run,
                stamp(at),
                "1.0",
                replica,
                policy,
                "starter",
                "1",
                documents,
                "settings",
            )
            self._diary.note(at, begun)

    def serve(self, policy: str, documents: tuple[str, ...], version: str, at: datetime) -> None:
        """Note that another policy takes effect. To be called before the exchanges of that day."""
        for service in self._services:
            service.policies += 1
            self._diary.note(
                at,
                PolicyServed(
                    service.run,
                    stamp(at),
                    service.policies,
                    policy,
                    service.policy,
                    version,
                    documents,
                ),
            )
            service.policy = policy

    def count(self, at: datetime, *, last: bool = False) -> None:
        """Note the counters at the end of a day."""
        for each in self._services:
            each.counts += 1
            counted = ServiceCounted(
                each.run,
                stamp(at),
                each.counts,
                each.sequence,
                each.requests,
                each.requests,
                0,
                0,
                last=last,
            )
            self._diary.note(at, counted)

    def day(
        self, day: int, allowed: list[Allowed], begin: datetime
    ) -> Iterator[tuple[DecisionRecorded, Allowed | None]]:
        """Note the exchanges of a day from `begin` on, and yield the decisions on their answers.

        Actions that were allowed go out first.
        """
        plan = self._plan
        due = plan.decisions / 2 * (day + 1) / plan.days
        number = max(len(allowed), round(due) - self._exchanges)
        end = plan.day(day, hours=23.9)
        gap = (end - begin) / max(1, number)
        for place in range(number):
            at = begin + gap * place + timedelta(seconds=self._chance.random())
            service = self._services[place % len(self._services)]
            on = allowed[place] if place < len(allowed) else None
            yield self._exchange(day, service, at, on), on

    def _exchange(
        self, day: int, service: Service, at: datetime, on: Allowed | None
    ) -> DecisionRecorded:
        plan, chance = self._plan, self._chance
        self._exchanges += 1
        exchange = plan.id("x_", "exchange", self._exchanges)
        service.requests += 1
        if on is None:
            (application,) = chance.choices(list(APPLICATIONS), list(APPLICATIONS.values()))
            section = chance.choice(SECTIONS)
            # none at the very end: what becomes of it would lie beyond
            held = chance.random() < HELD and day < plan.days - 3
            stage = "tool_call" if held else "output"
            effect = "require_approval" if stage == "tool_call" else self._effect()
        else:
            application, section = on.held.application, on.held.citations[0]
            stage, effect = "tool_call", "allow"
        person = chance.randrange(SUBJECTS)
        subject = plan.id("sub_", "subject", application, person)
        kept = effect != "allow" or chance.random() < self._kept
        shared = {
            "run": service.run,
            "exchange": exchange,
            "api": "chat",
            "streamed": False,
            "caller": f"key-{application}",
            "application": application,
            "model": "atlas-2" if day < 185 else "atlas-3",
            "policy": service.policy,
            "readings": "",
            "subject": subject if kept else "",
        }
        asked = DecisionRecorded(
            sequence=service.sequence + 1,
            decision=f"{exchange}.1",
            at=stamp(at),
            stage="request",
            effect="allow",
            done="forwarded",
            citations=(section,),
            grounds=(),
            boundaries=("quiet",),
            checks=self._checks(day, 1),
            **shared,
        )
        decided = f"{exchange}.2"
        answered = DecisionRecorded(
            sequence=service.sequence + 2,
            decision=decided,
            at=stamp(at + timedelta(seconds=2)),
            stage=stage,
            effect=effect,
            done=_EFFECTS.get(effect, "forwarded"),
            citations=(section,),
            grounds=() if effect == "allow" else (Ground(effect, f"{section}/rule", section),),
            boundaries=("quiet",),
            checks=self._checks(day, 2),
            tool="transfer" if stage == "tool_call" else "",
            arguments=on.held.arguments if on else digest(exchange) if stage != "output" else "",
            payload=plan.id("pl_", "payload", exchange) if kept else "",
            content=digest("content", exchange) if kept else "",
            released=400 if effect in ("allow", "flag") else 0,
            approval=self._approval(decided, effect, on),
            approvers=on.approvers if on else (),
            **shared,
        )
        service.sequence += 2
        self._diary.note(asked.at, asked)
        self._diary.note(answered.at, answered)
        self._judge(day, answered)
        return answered

    def _approval(self, decision: str, effect: str, on: Allowed | None) -> str:
        if on is not None:
            return on.approval
        return self._plan.id("apr_", decision) if effect == "require_approval" else ""

    def _effect(self) -> str:
        drawn = self._chance.random()
        if drawn < BLOCKED:
            return "deny"
        return "flag" if drawn < BLOCKED + FLAGGED else "allow"

    def _checks(self, day: int, number: int) -> tuple[CheckRan, ...]:
        rate = ERRORED_RATE if day in ERRORED_DAYS else USUAL_ERRORED
        found = []
        for place in range(number):
            errored = self._chance.random() < rate
            self._truth.checks[day] += 1
            self._truth.errored[day] += errored
            status = "errored" if errored else "ran"
            found.append(
                CheckRan(f"check-{place + 1}", status, "allow", "text", 0 if errored else 400, 900)
            )
        return tuple(found)

    def _judge(self, day: int, answer: DecisionRecorded) -> None:
        """Decide by chance whether an answer is right, and remember it."""
        truth, chance, section = self._truth, self._chance, answer.citations[0]
        refuses = flawed = False
        if answer.effect == "deny":
            truth.blocked += 1
            refuses = chance.random() < BLOCKED_WRONGLY
            truth.blocked_wrongly += refuses
        elif answer.stage == "output":
            drawn = chance.random()
            rate = over_refusals(answer.application, day)
            refuses = drawn < rate
            flawed = not refuses and drawn < rate + flaws(section, day)
        cell = Cell(day, section, answer.application)
        truth.answers[cell] += 1
        if refuses or flawed:
            truth.violated[cell] += 1
            truth.bad.add(answer.decision)
        if refuses:
            truth.over_refused[cell] += 1
            truth.refused.add(answer.decision)
