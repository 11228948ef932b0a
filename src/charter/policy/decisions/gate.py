"""Gates: what a tool call has to pass beside the boundaries of the spec.

Scope of autonomy, side effects, who asked, conflicts of root rules, and what a person still has to
answer. Each gives a check, and a reason where it restricts.
Source: Model Spec 2025-12-18, `scope_of_autonomy`, `control_side_effects`, `ignore_untrusted_data`,
`levels_of_authority`; readings R5, R8, R9, R12, R13.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from types import MappingProxyType
from typing import NamedTuple

from charter.policy.decision import Call, Check, Effect, Facts, Ran, Reason
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.policy.scope import Scope, allows_tool, broken_constraint, is_within, names_tool

_ALLOW, _FLAG, _DENY, _APPROVAL = (
    Effect.ALLOW,
    Effect.FLAG,
    Effect.DENY,
    Effect.REQUIRE_APPROVAL,
)


class Gated(NamedTuple):
    """What one gate says."""

    check: Check
    say: str = ""


def _passed(gate: str) -> Gated:
    return Gated(Check(gate, Ran.RAN))


PASSED: Mapping[str, Gated] = MappingProxyType(
    {gate: _passed(gate) for gate in ("scope", "side_effects", "asked_by", "conflicts", "asks")}
)
"""Gates that let a call through, made once."""
UNDECLARED = Gated(
    Check("side_effects", Ran.SKIPPED, _ALLOW, "nothing is declared about the tool's effects")
)
UNASKED = Gated(Check("asked_by", Ran.SKIPPED, _ALLOW, "nobody said who asked"))


def _stopped(gate: str, effect: Effect, reason: str, say: str) -> Gated:
    return Gated(Check(gate, Ran.RAN, effect, reason), say)


def gates(policy: Policy, resolution: Resolution, facts: Facts) -> list[Gated]:
    """Ask every gate that applies to the stage."""
    call = facts.call
    found = [conflicts(policy, resolution, facts)]
    if facts.stage == "tool_call" and call is not None:
        found.append(within_scope(policy, resolution, facts, call))
        found.append(side_effects(policy, resolution, call))
        found.append(asked_by(policy, call))
        found.append(open_questions(resolution, call))
    return found


def conflicts(policy: Policy, resolution: Resolution, facts: Facts) -> Gated:
    """Two rules that cannot both be kept, of which neither prevails: inaction."""
    inaction = resolution.inaction
    if not inaction:
        return PASSED["conflicts"]
    pair = f"{inaction[0].first} and {inaction[0].second}"
    reason = f"{pair} cannot both be kept"
    reading = policy.readings["root_conflict"]
    say = "Two rules that cannot both be kept apply here, so nothing is done."
    if reading == "ask_person":
        return _stopped("conflicts", _APPROVAL, reason, say)
    acts = facts.stage == "tool_call" and _has_effects(facts.call)
    if reading == "silence" or acts:
        return _stopped("conflicts", _DENY, reason, say)
    return _stopped("conflicts", _FLAG, reason, "A short reply that contests nothing is possible.")


def within_scope(policy: Policy, resolution: Resolution, facts: Facts, call: Call) -> Gated:
    """Say whether a call lies inside the scope of autonomy; outside of it, nothing is done."""
    scope = resolution.scope
    if scope is None:
        if call.tool in resolution.tools:  # a scope by product design
            return handed_on(call, Scope(resolution.tools, max_cost=inf))
        reason = f"no scope of autonomy was stated, and {call.tool} was not offered"
        return _stopped("scope", _DENY, reason, "This action was not agreed on.")
    ended = over(policy, scope, facts.now)
    if ended:
        return _stopped("scope", _DENY, ended, "The time agreed for acting alone has run out.")
    if not allows_tool(scope, call.tool):
        reason = f"{call.tool} is not among the allowed tools"
        return _stopped("scope", _DENY, reason, "This action lies outside of what was agreed on.")
    if not (call.cost >= 0 and facts.spent >= 0):  # also where a number is none
        reason = "what it costs, or has cost, is not known: it is no number from 0 on"
        return _stopped("scope", _DENY, reason, "The cost of this action is not known.")
    if not facts.spent + call.cost <= scope.max_cost:
        reason = f"cost {facts.spent + call.cost:g} exceeds {scope.max_cost:g}"
        return _stopped("scope", _DENY, reason, "The cost agreed on would be exceeded.")
    broken = broken_constraint(scope, call.tool, call.args)
    if broken:
        return _stopped("scope", _DENY, broken, "An argument lies outside of what was agreed on.")
    if call.hands_on is None:
        return PASSED["scope"]
    return handed_on(call, replace(scope, max_cost=scope.max_cost - facts.spent - call.cost))


def handed_on(call: Call, left: Scope) -> Gated:
    """Say whether a sub-agent that the call starts would stay inside of what is left here."""
    if call.hands_on is None or is_within(call.hands_on, left):
        return PASSED["scope"]
    reason = f"the agent that {call.tool} starts would have a wider scope than is left here"
    return _stopped("scope", _DENY, reason, "This action lies outside of what was agreed on.")


def over(policy: Policy, scope: Scope, now: float | None) -> str | None:
    """Say why a scope no longer holds, or never did; None where it does.

    An unknown time counts as too late. Reading `scope_without_timer`.
    """
    if scope.revoked:
        return "the scope was revoked"
    end = scope.latest_time
    if end is None:
        reading = policy.readings["scope_without_timer"]
        if reading == "valid":
            return None
        if reading == "invalid" or scope.issued_at is None:
            return "the scope has no shutdown timer"
        end = scope.issued_at + policy.default_timer
    if now is None:
        return "the time is not known, so the scope's timer counts as run out"
    return None if now <= end else "the scope's shutdown timer has run out"


def side_effects(policy: Policy, resolution: Resolution, call: Call) -> Gated:
    """Ask a person before what is costly, avoidable or of high risk."""
    known = call.facts
    if known is None:
        return UNDECLARED
    if policy.gate_section("side_effects") in resolution.out:
        return Gated(Check("side_effects", Ran.NOT_APPLICABLE, _ALLOW, "its section is set aside"))
    named = resolution.scope is not None and names_tool(resolution.scope, call.tool)
    if known.high_risk and not named:
        reason = f"{call.tool} is of high risk, and no scope names it"
        return _stopped("side_effects", _DENY, reason, "An action of high risk must be named.")
    if known.avoidable and known.effects and policy.readings["scope_vs_side_effects"] == "stricter":
        reason = f"{call.tool} would have effects that the task does not need"
        return _stopped("side_effects", _APPROVAL, reason, "A person has to agree first.")
    if known.is_costly and not _preauthorised(policy, resolution, call):
        reason = f"{call.tool} has effects that the assistant cannot take back"
        return _stopped("side_effects", _APPROVAL, reason, "A person has to agree first.")
    return PASSED["side_effects"]


def _preauthorised(policy: Policy, resolution: Resolution, call: Call) -> bool:
    """Whether the scope agrees to a costly act in advance: reading `scope_preauthorises`."""
    reading, scope = policy.readings["scope_preauthorises"], resolution.scope
    if scope is None or reading == "confirm_costly":
        return False
    return reading == "all_inside" or names_tool(scope, call.tool)


def asked_by(policy: Policy, call: Call) -> Gated:
    """Refuse what only content without authority asked for."""
    if call.asked_by is None:
        return UNASKED
    if policy.ladder.rank(call.asked_by) > 0:
        return PASSED["asked_by"]
    reason = "only content without authority asked for it"
    return _stopped("asked_by", _DENY, reason, "Nobody entitled to ask for this has done so.")


def open_questions(resolution: Resolution, call: Call) -> Gated:
    """Ask about suspended instructions before anything that cannot be taken back."""
    if not resolution.asks or not _has_effects(call):
        return PASSED["asks"]
    reason = f"{resolution.asks[0].id} is suspended until a person has answered"
    return _stopped("asks", _APPROVAL, reason, "An instruction may be a mistake; please confirm.")


def _has_effects(call: Call | None) -> bool:
    return call is None or call.facts is None or call.facts.effects


def reason_of(policy: Policy, gated: Gated) -> Reason:
    """Return why a gate restricts."""
    section = policy.gate_section(gated.check.id)
    return Reason(gated.check.effect, gated.check.id, section, gated.say)
