"""What may happen: one decision on a request, an output, a tool call or its result.

Boundaries of sections in force and the gates are asked, and the strictest effect holds: deny >
require_approval > redact > flag > allow. What cannot be answered counts as deny, and so does any
failure inside. Nothing here can make a boundary of a root or system section laxer.
"""

from __future__ import annotations

from charter.policy.boundaries.bucket import Asked, Bucket
from charter.policy.boundaries.condition import STAGES
from charter.policy.conversation import Conversation
from charter.policy.decision import (
    STRICTNESS,
    Check,
    Decision,
    Effect,
    Facts,
    Ran,
    Reason,
)
from charter.policy.decisions.fact_values import Values
from charter.policy.decisions.gate import Gated, gates, reason_of
from charter.policy.decisions.transformation import TRANSFORMABLE, lifts
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.source import Citation

_DENY, _ALLOW = Effect.DENY, Effect.ALLOW
_EFFECTS = {effect.value: effect for effect in Effect}
_NOBODY_ASKED = "nobody with authority asked for the action"
_SUPPLIED = "lifted: a transformation of what the user supplied"
_UNCHECKED = "This could not be checked, so it is not done."


def decide(
    policy: Policy,
    resolution: Resolution,
    facts: Facts,
    conversation: Conversation | None = None,
) -> Decision:
    """Decide, on the policy and resolution given; the conversation is the one that was resolved.

    Whatever is wrong with the resolution, the facts or the conversation, and whatever fails inside,
    gives deny. Raises TypeError without a policy: there is nothing that a decision could rest on.
    """
    if not isinstance(policy, Policy):
        raise TypeError(f"a decision needs a compiled policy, not {type(policy).__name__}")
    try:
        seen = resolution.conversation if conversation is None else conversation
        return _decide(policy, resolution, facts, seen)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, nothing happens
        return _failed(policy, facts, error)


def _decide(
    policy: Policy, resolution: Resolution, facts: Facts, conversation: Conversation
) -> Decision:
    if resolution.policy_digest != policy.digest:
        raise ValueError("the resolution is of another policy")
    _there(facts)
    passed = gates(policy, resolution, facts)
    checks = tuple([gated.check for gated in passed])
    reasons = [reason_of(policy, gated) for gated in passed if gated.check.effect is not _ALLOW]
    bucket = policy.index.bucket(facts.stage, facts.call.tool if facts.call is not None else None)
    if reasons and _provenance_first(policy, passed):
        checks += tuple(Check(b.id, Ran.SKIPPED, _ALLOW, _NOBODY_ASKED) for b in policy.boundaries)
        return _result(policy, resolution, bucket, checks, reasons)
    names = bucket.needs
    values = Values(policy, resolution, facts, conversation).of(names) if names else {}
    asked = bucket.ask(values, resolution.out)
    boundaries = asked.checks
    if asked.fired or asked.errored:
        lifted = _transforms(policy, resolution, facts, conversation)
        boundaries = _fired(policy, asked, reasons, lifted=lifted)
    return _result(policy, resolution, bucket, checks + boundaries, reasons)


def _there(facts: Facts) -> None:
    """Raise ValueError where what is to be decided on is not there."""
    stage, text = facts.stage, facts.text
    if stage == "tool_call":
        if facts.call is None:
            raise ValueError("there is no call to decide on")
    elif stage not in STAGES:
        raise ValueError(f"there is no stage {stage!r:.40}")
    elif not isinstance(text, str) and (text is not None or stage != "request"):
        raise ValueError(f"there is no text of the {stage} to decide on")


def _provenance_first(policy: Policy, found: list[Gated]) -> bool:
    """Whether nobody with authority asked, and that alone decides: R12."""
    if policy.readings["bounds_before_provenance"] != "provenance_first":
        return False
    return any(g.check.id == "asked_by" and g.check.effect is _DENY for g in found)


def _transforms(
    policy: Policy, resolution: Resolution, facts: Facts, conversation: Conversation
) -> bool:
    if facts.transformation is None:
        return False
    section = policy.gate_section("transformation")
    binds = section in policy.by_id and section not in resolution.out
    return binds and lifts(facts, conversation)


def _fired(
    policy: Policy, asked: Asked, reasons: list[Reason], *, lifted: bool
) -> tuple[Check, ...]:
    """Return the checks of all boundaries, and add a reason for each that restricts."""
    checks = list(asked.checks)
    for at in asked.errored:
        boundary = policy.boundaries[at]
        reasons.append(Reason(_DENY, boundary.id, boundary.section, _UNCHECKED))
    for at in asked.fired:
        boundary = policy.boundaries[at]
        if lifted and boundary.content in TRANSFORMABLE:
            checks[at] = Check(boundary.id, Ran.RAN, _ALLOW, _SUPPLIED)
        else:
            say = boundary.say or ""
            reasons.append(Reason(_EFFECTS[boundary.effect], boundary.id, boundary.section, say))
    return tuple(checks)


def _result(
    policy: Policy,
    resolution: Resolution,
    bucket: Bucket,
    checks: tuple[Check, ...],
    reasons: list[Reason],
) -> Decision:
    if len(reasons) > 1:
        reasons.sort(key=lambda reason: (-STRICTNESS[reason.effect], reason.check))
    effect = reasons[0].effect if reasons else _ALLOW
    return Decision(
        effect=effect,
        stage=bucket.stage,
        citations=_citations(policy, resolution, bucket, reasons),
        policy_digest=policy.digest,
        readings=policy.readings,
        checks=checks,
        reasons=tuple(reasons),
        closed=resolution.closed,
    )


def _citations(
    policy: Policy, resolution: Resolution, bucket: Bucket, reasons: list[Reason]
) -> tuple[Citation, ...]:
    """Return what the effect rests on: its reasons, or all that was asked without a finding."""
    if reasons:
        sections = dict.fromkeys(reason.section for reason in reasons)
        return tuple([policy.cite(section) for section in sections])
    if resolution.out.isdisjoint(bucket.sections):
        return _all_of(policy, bucket)
    asked = [cited for cited in bucket.sections if cited not in resolution.out]
    return tuple([policy.cite(cited) for cited in asked or (policy.name,)])


def _all_of(policy: Policy, bucket: Bucket) -> tuple[Citation, ...]:
    """Return the citations of a bucket's sections, made once: nothing is more usual."""
    if not bucket.cited:
        made = [policy.cite(cited) for cited in bucket.sections or (policy.name,)]
        bucket.cited.append(tuple(made))
    found: tuple[Citation, ...] = bucket.cited[0]
    return found


def _failed(policy: Policy, facts: Facts, error: Exception) -> Decision:
    """Return the decision that follows from a failure: nothing happens."""
    name = type(error).__name__
    try:
        said = f"{name}: {error}"
    except Exception:  # noqa: BLE001 - an error of what was decided on may itself be broken
        said = name
    check = Check("decision", Ran.ERRORED, _DENY, said[:200])
    reason = Reason(_DENY, "decision", policy.name, _UNCHECKED)
    return Decision(
        effect=_DENY,
        stage=str(getattr(facts, "stage", "")),
        citations=(policy.cite(policy.name),),
        policy_digest=policy.digest,
        readings=policy.readings,
        checks=(check,),
        reasons=(reason,),
        closed=False,
    )
