"""A decision -> plain sentences: what holds, why, on what it rests, and what could be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from charter.policy.boundary import Boundary
from charter.policy.conversation import Conversation
from charter.policy.decision import Check, Decision, Effect, Facts, Ran, Reason
from charter.policy.explanation import Explanation, Part, Sentence
from charter.policy.naming import Naming
from charter.policy.phrase import Phrase, listed, name, said, say, words
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.policy.rests_on import opened, readings_of

VERDICTS: Mapping[Effect, str] = {
    Effect.ALLOW: "Allowed: {what}.",
    Effect.FLAG: "Allowed, and recorded for review: {what}.",
    Effect.REDACT: "Allowed in part: {what} may go on once the offending text is taken out.",
    Effect.REQUIRE_APPROVAL: "Not without approval: {what} waits until a person agrees.",
    Effect.DENY: "Not allowed: {what}.",
}
"""What holds."""

ASKS: Mapping[Effect, str] = {
    Effect.ALLOW: "lets it pass",
    Effect.FLAG: "asks to record it for review",
    Effect.REDACT: "asks to take the offending text out",
    Effect.REQUIRE_APPROVAL: "asks for a person's approval",
    Effect.DENY: "rules it out",
}
"""What one check wants."""

RAN: Mapping[Ran, str] = {
    Ran.RAN: "asked",
    Ran.SKIPPED: "skipped",
    Ran.ERRORED: "in error",
    Ran.NOT_APPLICABLE: "not applicable",
}
"""What became of a check."""

STAGES: Mapping[str, str] = {
    "request": "the request",
    "output": "the reply",
    "tool_call": "the call to {tool}",
    "tool_result": "the result of {tool}",
}


def decision_explanation(
    policy: Policy,
    decision: Decision,
    conversation: Conversation,
    resolution: Resolution | None,
    facts: Facts | None,
) -> Explanation:
    """Explain a decision."""
    directives = resolution.directives if resolution else ()
    return _Decided(
        policy, decision, Naming(policy, conversation, directives), resolution, facts
    ).whole(conversation)


class _Decided:
    """One decision being explained."""

    def __init__(
        self,
        policy: Policy,
        decision: Decision,
        naming: Naming,
        resolution: Resolution | None,
        facts: Facts | None,
    ) -> None:
        self.policy, self.decision, self.naming = policy, decision, naming
        self.resolution, self.facts = resolution, facts
        self.boundaries: dict[str, Boundary] = {each.id: each for each in policy.boundaries}

    def whole(self, conversation: Conversation) -> Explanation:
        """Explain everything."""
        decision = self.decision
        template = VERDICTS[decision.effect]
        parts = [
            Part("why", "Why", tuple(map(self.reason, decision.reasons))),
            Part("rests_on", "What this rests on", tuple(self.rests_on())),
            Part("instead", "What can be done instead", tuple(self.instead())),
            Part("checks", "Checks", tuple(self.checks())),
            Part("readings", "Readings", tuple(readings_of(self.naming, self.hung_on()))),
            Part(
                "open",
                "Not closed",
                tuple(opened(self.policy, decision.readings, conversation.unseen)),
            ),
        ]
        return Explanation(
            title="A decision",
            verdict=decision.effect.value,
            summary=say(template, what=self.what()),
            parts=tuple(part for part in parts if part.sentences),
            citations=decision.citations,
            readings=tuple(self.hung_on()),
            policy_digest=decision.policy_digest,
        )

    def what(self) -> Phrase:
        """Return what was decided on."""
        call = self.facts.call if self.facts else None
        tool = name(call.tool) if call else said("a tool")
        return say(STAGES.get(self.decision.stage, "this"), tool=tool)
