"""Recorded decisions under another policy: what would have been decided differently.

What the policy has a say in is decided again: boundaries, scope, who asked, conflicts. What checks,
stops and people said, and what a tool's declared effects asked for, is none of the policy's and is
taken over as recorded. The effect compared is the one before people agreed to anything.
"""

from __future__ import annotations

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.errors import CharterError
from charter.gateway.judging.normal import normal
from charter.gateway.wire.json_body import read_json
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.policy.decision import STRICTNESS, Call, Decision, Effect, Facts
from charter.policy.decisions.decide import decide
from charter.policy.decisions.gate import over
from charter.policy.directives.collect import METADATA
from charter.policy.instant import instant
from charter.policy.policy import GATES, Policy
from charter.policy.scope import allows_tool
from charter.policy.situation import Seen, see
from charter.records.decision import DecisionRecorded, Ground

LISTED = 100
"""Differences that are kept one by one, unless told otherwise."""
OWN = frozenset(GATES) - {"side_effects"} | {"decision", "arguments"}
"""Gates that are asked again."""
STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})


class Recorded(NamedTuple):
    """One decision as it was, with what it was about."""

    decision: str
    at: str
    exchange: str
    stage: str
    application: str
    tool: str
    api: str
    grounds: tuple[Ground, ...]
    own: frozenset[str]
    """Ids of grounds that the policy had a say in."""
    request: Any
    """The body as it came."""
    text: str | None
    """What was decided on; arguments as JSON text."""
    system_as: str = ""
    """Whom system messages spoke for; empty where it was not recorded."""
    level: str = ""
    """Of the request's own metadata; empty where it was not recorded."""


class Missing(NamedTuple):
    """A decision that cannot be made again."""

    decision: str
    why: str
    """no_payload, no_key, erased, no_text, not_read."""
    detail: str = ""
    """Of a line that cannot be read: which, and what is wrong with it."""


class Told(NamedTuple):
    """An effect and what it rests on."""

    effect: Effect
    checks: tuple[str, ...]
    sections: tuple[str, ...]


class Difference(NamedTuple):
    """A decision that would have been another one."""

    recorded: Recorded
    was: Told
    now: Told


@dataclass(slots=True)
class Replay:
    """What replaying found."""

    listed: int = LISTED
    decisions: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    same: int = 0
    changes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Differences, by effect then and now; equal where only the grounds differ."""
    sections: Counter[str] = field(default_factory=Counter)
    """Differences, by section that either rests on and the other does not."""
    first: list[Difference] = field(default_factory=list)

    unread: str = ""
    """The first line that could not be read, and why; empty where there is none."""

    @property
    def differ(self) -> int:
        """Decisions with another effect."""
        return sum(count for (was, now), count in self.changes.items() if was != now)

    @property
    def replayed(self) -> int:
        """Decisions that were made again."""
        return self.decisions - sum(self.missing.values())

    @property
    def stricter(self) -> int:
        """Decisions that would have been stricter."""
        return self._moved(1)

    @property
    def laxer(self) -> int:
        """Decisions that would have been laxer."""
        return self._moved(-1)

    def _moved(self, sign: int) -> int:
        return sum(
            count
            for (was, now), count in self.changes.items()
            if (STRICTNESS[now] - STRICTNESS[was]) * sign > 0
        )

    def take(self, found: Missing | Difference | Recorded) -> None:
        """Count one decision; a bare record is one that stays the same."""
        self.decisions += 1
        if isinstance(found, Missing):
            self.missing[found.why] += 1
            self.unread = self.unread or found.detail
        elif isinstance(found, Recorded):
            self.same += 1
        else:
            self.changes[found.was.effect.value, found.now.effect.value] += 1
            self.sections.update(set(found.was.sections) ^ set(found.now.sections))
            if found.was.effect is found.now.effect:
                self.same += 1
            elif len(self.first) < self.listed:
                self.first.append(found)

    def as_json(self) -> dict[str, Any]:
        """Return everything, as JSON has it."""
        return {
            "decisions": self.decisions,
            "replayed": self.replayed,
            "missing": dict(sorted(self.missing.items())),
            "unread": self.unread,
            "same": self.same,
            "differ": self.differ,
            "stricter": self.stricter,
            "laxer": self.laxer,
            "changes": [
                {"was": was, "now": now, "count": count}
                for (was, now), count in sorted(self.changes.items())
            ],
            "sections": dict(sorted(self.sections.items())),
            "first": [_shown(each) for each in self.first],
        }


def _shown(found: Difference) -> dict[str, Any]:
    record = found.recorded
    return {
        "decision": record.decision,
        "at": record.at,
        "application": record.application,
        "stage": record.stage,
        "tool": record.tool,
        "was": found.was._asdict(),
        "now": found.now._asdict(),
    }


def replay(
    policy: Policy,
    decisions: Iterable[Recorded | Missing],
    *,
    system_as: str = "developer",
    listed: int = LISTED,
) -> Replay:
    """Make every decision again, under `policy`.

    `system_as` says whom system messages spoke for where that was not recorded.
    """
    found = Replay(listed)
    again = _Again(policy, system_as)
    for each in decisions:
        found.take(each if isinstance(each, Missing) else again.decide(each))
    return found


class _Again:
    """Decides again; the requests of one exchange are read once."""

    def __init__(self, policy: Policy, system_as: str) -> None:
        self.policy = policy
        self.system_as = system_as
        self._exchange = ""
        self._seen: Seen | None = None

    def decide(self, recorded: Recorded) -> Missing | Difference | Recorded:
        try:
            grounds = self._grounds(recorded)
        except (CharterError, RecursionError):
            return Missing(recorded.decision, "not_read")
        if grounds is None:
            return Missing(recorded.decision, "no_text")
        taken = [each for each in recorded.grounds if each.check not in recorded.own]
        was = told(recorded.grounds)
        now = told((*taken, *grounds))
        if (was.effect, set(was.checks)) == (now.effect, set(now.checks)):
            return recorded
        return Difference(recorded, was, now)

    def _see(self, recorded: Recorded) -> Seen:
        if self._seen is None or self._exchange != recorded.exchange:
            known = recorded.level in self.policy.ladder.names
            self._seen = see(
                self.policy,
                _with_metadata(recorded.request),
                wire=recorded.api or None,
                system_as=recorded.system_as or self.system_as,
                caller=recorded.level if known else None,
            )
            self._exchange = recorded.exchange
        return self._seen

    def _grounds(self, recorded: Recorded) -> list[Ground] | None:
        """Return why the policy restricts; None where what was decided on is not kept."""
        seen, stage, text = self._see(recorded), recorded.stage, recorded.text
        now = _instant(recorded.at)
        if stage == "offer":
            return self._offer(seen, now)
        if text is None:
            return None
        if stage == "tool_call":
            return self._call(seen, recorded, now)
        call = Call(recorded.tool) if stage == "tool_result" else None
        form = normal(text).text
        found: list[Ground] = []
        for each in (text,) if form == text else (text, form):
            facts = Facts(stage, text=each, call=call, now=now)
            found += _of(decide(self.policy, seen.resolution, facts, seen.conversation))
        return found

    def _offer(self, seen: Seen, now: float | None) -> list[Ground]:
        scope = seen.resolution.scope
        if scope is None:
            return []
        ended = over(self.policy, scope, now) is not None
        outside = ended or any(not allows_tool(scope, tool) for tool in seen.conversation.tools)
        section = self.policy.gate_section("scope")
        return [Ground(Effect.FLAG.value, "scope", section)] if outside else []

    def _call(self, seen: Seen, recorded: Recorded, now: float | None) -> list[Ground]:
        found: list[Ground] = []
        args = _arguments(recorded)
        if args is None:
            section = self.policy.gate_section("scope")
            found.append(Ground(Effect.DENY.value, "arguments", section))
        facts = Facts("tool_call", call=Call(recorded.tool, args or {}), now=now)
        found += _of(decide(self.policy, seen.resolution, facts, seen.conversation))
        # Arguments cannot be cut: a person decides, as in the gateway.
        asks = Effect.REQUIRE_APPROVAL.value
        return [
            Ground(asks, each.check, each.section) if each.effect == Effect.REDACT else each
            for each in found
        ]


def told(grounds: Iterable[Ground]) -> Told:
    """Return the effect of grounds, the strictest first."""
    ordered = sorted(set(grounds), key=lambda each: (-STRICTNESS[each.effect], each.check))
    effect = Effect(ordered[0].effect) if ordered else Effect.ALLOW
    checks = tuple(dict.fromkeys(each.check for each in ordered))
    return Told(effect, checks, tuple(dict.fromkeys(each.section for each in ordered)))


def _with_metadata(request: Any) -> Any:
    """Return a request with what stands beside its metadata in it: the gateway reads both."""
    said = request.get(METADATA) if isinstance(request, Mapping) else None
    if said is None:
        return request
    metadata = request.get("metadata")
    return {
        **request,
        "metadata": {**(metadata if isinstance(metadata, Mapping) else {}), METADATA: said},
    }


def _of(decision: Decision) -> list[Ground]:
    return [Ground(each.effect.value, each.check, each.section) for each in decision.reasons]


def _arguments(recorded: Recorded) -> dict[str, Any] | None:
    """Return the arguments of a call, as the gateway reads them."""
    text = recorded.text or ""
    if recorded.tool in _free(recorded.request):
        return {"input": text}
    if not text.strip():
        return {}
    try:
        found = read_json(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _free(request: Any) -> frozenset[str]:
    """Return the tools of a request whose input is free text."""
    tools = request.get("tools") if isinstance(request, Mapping) else None
    found = set()
    for tool in tools if isinstance(tools, list) else ():
        if isinstance(tool, Mapping) and tool.get("type") == "custom":
            inner = tool.get("custom")
            found.add(str((inner if isinstance(inner, Mapping) else tool).get("name")))
    return frozenset(found)


def _instant(text: str) -> float | None:
    try:
        return instant(text)
    except ValueError:
        return None


# --- where decisions come from


def from_ledger(ledger: Ledger, vault: Vault | None) -> Iterator[Recorded | Missing]:
    """Yield every decision of a ledger, in order; payloads are opened by `vault`.

    Raises LedgerTampered and LedgerError.
    """
    known, payload = "", None
    for record in ledger.read(DecisionRecorded):
        if not record.payload:
            yield Missing(record.decision, "no_payload")
            continue
        if vault is None:
            yield Missing(record.decision, "no_key")
            continue
        if record.payload != known:
            known, payload = record.payload, vault.open(record.payload)
        if payload is None:
            yield Missing(record.decision, "erased")
        elif "body" not in payload:
            yield Missing(record.decision, "not_read")
        else:
            yield _recorded(record, payload)


def _recorded(record: DecisionRecorded, payload: Mapping[str, Any]) -> Recorded:
    """Read what `held.sealed_payload` made."""
    kept = payload.get("decisions", {}).get(record.decision, {})
    own = frozenset(each.partition(" ")[0] for each in record.boundaries)
    return Recorded(
        record.decision,
        record.at,
        record.exchange,
        record.stage,
        record.application,
        kept.get("tool") or record.tool,
        record.api,
        record.grounds,
        own | OWN,
        payload["body"],
        kept.get("text"),
        str(payload.get("system_as", "")),
        str(payload.get("level", "")),
    )


def from_lines(lines: Iterable[bytes]) -> Iterator[Recorded | Missing]:
    """Yield the decisions of JSON lines: see docs/replay-and-audit.md. Never raises on content."""
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            found = read_json(line.removeprefix(BOM_UTF8) if number == 1 else line)
        except ValueError:
            found = None
        yield _line(found, f"line {number}")


def _line(found: Any, line: str) -> Recorded | Missing:
    if not isinstance(found, dict):
        return Missing(line, "not_read", f"{line}: no JSON object")
    name = str(found.get("decision", line))[:100]
    stage, effect = found.get("stage"), found.get("effect", "allow")
    text, grounds = found.get("text"), found.get("grounds", [])
    wrong = ""
    if not _is_one_of(STAGES, stage):
        wrong = f"`stage` is none of {', '.join(sorted(STAGES))}"
    elif not _is_one_of(STRICTNESS, effect):
        wrong = f"`effect` is none of {', '.join(STRICTNESS)}"
    elif "request" not in found:
        wrong = "no `request`"
    elif not isinstance(text, str | None):
        wrong = "`text` is no text"
    elif not isinstance(grounds, list) or None in map(_ground, grounds):
        wrong = "`grounds` is no list of objects with an `effect`"
    if wrong:
        return Missing(name, "not_read", f"{line}: {wrong}")
    read = [_ground(each) for each in grounds]
    why = tuple(each for each in read if each is not None)
    if not why and effect != Effect.ALLOW:
        why = (Ground(effect, "recorded", ""),)
    checks = found.get("checks", [])
    others = frozenset(map(str, checks)) if isinstance(checks, list) else frozenset()
    return Recorded(
        name,
        str(found.get("at", "")),
        str(found.get("exchange", name)),
        str(stage),
        str(found.get("application", "")),
        str(found.get("tool", "")),
        str(found.get("api", "")),
        why,
        frozenset(each.check for each in why) - others | OWN,
        found["request"],
        text,
    )


def _ground(value: Any) -> Ground | None:
    if not isinstance(value, dict) or not _is_one_of(STRICTNESS, value.get("effect")):
        return None
    return Ground(value["effect"], str(value.get("check", "")), str(value.get("section", "")))


def _is_one_of(known: Collection[str], value: object) -> bool:
    return isinstance(value, str) and value in known
