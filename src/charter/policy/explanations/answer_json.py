"""Resolutions and decisions -> JSON values; the formats are in `answer_form`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from charter.policy.compiled.export import export_directive, export_scope
from charter.policy.compiled.moot import moot
from charter.policy.conversation import EMPTY, Conversation
from charter.policy.decision import Decision, Facts
from charter.policy.directive import Directive
from charter.policy.directives.collect import Unread
from charter.policy.explanations.explanation import Explanation
from charter.policy.explanations.hinge import Hinge
from charter.policy.explanations.phrase import text_of
from charter.policy.fate import Fate, Place
from charter.policy.instant import written
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution

RESOLUTION = "charter-resolution/1"
DECISION = "charter-decision/1"


class Beside(NamedTuple):
    """What was read and tried beside the answer."""

    conversation: Conversation = EMPTY
    unusable: Sequence[Unread] = ()
    hinges: Sequence[Hinge] | None = None
    explanation: Explanation | None = None


_NOTHING = Beside()


def resolution_json(policy: Policy, found: Resolution, beside: Beside = _NOTHING) -> dict[str, Any]:
    """Return a resolution in its JSON format."""
    conversation = beside.conversation
    count = len(found.fates) - len(found.directives)
    rules, spoken = found.fates[:count], found.fates[count:]
    return {
        "format": RESOLUTION,
        "policy": _policy(policy),
        "readings": dict(found.readings),
        "hinges": _hinges(beside.hinges),
        "fates": [
            *(_fate(fate, "clause" if "/" in fate.id else "section") for fate in rules),
            *(_fate(fate, "directive") for fate in spoken),
        ],
        "directives": [*map(_directive, found.directives)],
        "settings": dict(found.settings),
        "scope": export_scope(found.scope),
        "conflicts": [conflict._asdict() for conflict in found.conflicts],
        "lifted": dict(found.lifted),
        "disclose": list(found.disclose),
        "closed": found.closed,
        "moot": dict(moot(policy)),
        "wire": conversation.wire,
        "messages": len(conversation.messages),
        "tools": list(found.tools),
        "unseen": list(conversation.unseen),
        **_troubles(beside),
        "explanation": explanation_json(beside.explanation),
    }


def decision_json(
    policy: Policy, decision: Decision, facts: Facts, beside: Beside = _NOTHING
) -> dict[str, Any]:
    """Return a decision in its JSON format."""
    return {
        "format": DECISION,
        "effect": decision.effect.value,
        "stage": decision.stage,
        "tool": facts.call.tool if facts.call else None,
        "now": written(facts.now) if facts.now is not None else None,
        "reasons": [
            reason._asdict() | {"effect": reason.effect.value} for reason in decision.reasons
        ],
        "citations": [
            {"spec_digest": each.spec_digest, "id": each.id, "text": each.text}
            for each in decision.citations
        ],
        "checks": [
            check._asdict() | {"status": check.status.value, "effect": check.effect.value}
            for check in decision.checks
        ],
        "policy": _policy(policy),
        "readings": dict(decision.readings),
        "hinges": _hinges(beside.hinges),
        "closed": decision.closed,
        **_troubles(beside),
        "explanation": explanation_json(beside.explanation),
    }


def explanation_json(found: Explanation | None) -> dict[str, Any] | None:
    """Return an explanation as texts."""
    if found is None:
        return None
    return {
        "title": found.title,
        "verdict": found.verdict,
        "summary": text_of(found.summary),
        "parts": [
            {
                "id": part.id,
                "title": part.title,
                "sentences": [
                    {
                        "text": text_of(sentence.text),
                        "about": sentence.about,
                        "state": sentence.state,
                        "more": [*map(text_of, sentence.more)],
                        "steps": [*map(text_of, sentence.steps)],
                        "where": text_of(sentence.where),
                        "clauses": [*map(text_of, sentence.clauses)],
                    }
                    for sentence in part.sentences
                ],
            }
            for part in found.parts
        ],
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "title": policy.title,
        "digest": policy.digest,
        "layers": [layer._asdict() for layer in policy.layers],
    }


def _hinges(found: Iterable[Hinge] | None) -> list[dict[str, Any]] | None:
    if found is None:
        return None
    return [
        {
            "reading": hinge.reading,
            "alternative": hinge.alternative,
            "changed": list(hinge.changed),
            "becomes": hinge.becomes or None,
            "states": [state or None for state in hinge.states],
        }
        for hinge in found
    ]


def _fate(fate: Fate, kind: str) -> dict[str, Any]:
    return {
        "id": fate.id,
        "kind": kind,
        "state": fate.state.value,
        "ground": fate.ground.value,
        "level": fate.level,
        "by": fate.by,
        "trace": [
            {
                "what": str(step.what),
                "by": step.by,
                "place": _place(step.place),
                "reading": step.reading,
            }
            for step in fate.trace
        ],
    }


def _place(place: Place | None) -> Mapping[str, int] | None:
    return place._asdict() if place is not None else None


def _directive(directive: Directive) -> dict[str, Any]:
    return export_directive(directive) | {"place": _place(directive.place)}


def _troubles(beside: Beside) -> dict[str, Any]:
    problems = beside.conversation.problems
    return {
        "problems": [{"message": p.message, "kind": p.kind, "text": p.text} for p in problems],
        "unusable": [
            {
                "message": unread.message,
                "level": unread.level,
                "text": unread.unusable.message,
                "hint": unread.unusable.hint,
                "start": unread.unusable.span.start,
                "end": unread.unusable.span.end,
            }
            for unread in beside.unusable
        ],
    }
