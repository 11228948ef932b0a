"""A decision -> plain sentences: what holds, why, on what it rests, and what could be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from charter.policy.boundaries.boundary import Boundary
from charter.policy.conversation import Conversation
from charter.policy.decision import Check, Decision, Effect, Facts, Ran, Reason
from charter.policy.decisions.gate import over
from charter.policy.explanations.arguments import arguments_of
from charter.policy.explanations.explanation import Explanation, Part, Sentence
from charter.policy.explanations.hinge import Hinge
from charter.policy.explanations.naming import Naming, scope_terms
from charter.policy.explanations.phrase import (
    Phrase,
    capital,
    level,
    listed,
    name,
    said,
    say,
    text_of,
    uncapital,
    words,
)
from charter.policy.explanations.rests_on import clauses_of, opened, policy_of, readings_of
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution

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
    "offer": "the tools on offer",
    "request": "the request",
    "output": "the reply",
    "tool_call": "the call to {tool}",
    "tool_result": "the result of {tool}",
}
"""What is decided on, by stage."""

CHECKS: Mapping[str, str] = {
    "scope": "The scope of autonomy",
    "side_effects": "The rule on side effects",
    "asked_by": "The question of who asked for it",
    "conflicts": "The conflict of two rules",
    "asks": "An instruction that waits for an answer",
    "transformation": "The exception for transformations",
    "decision": "The decision itself",
    "gates": "The gates",
}
"""Checks that are no boundaries: the gates, and the decision as a whole where it failed."""

INSTEAD: Mapping[str, str] = {
    "side_effects": "Have somebody with authority name this action in a scope of autonomy.",
    "asked_by": "Let somebody with authority ask for it, or delegate to whoever did.",
    "conflicts": "Answer in words, without acting; only the spec can settle the conflict.",
    "asks": "Answer the open question first.",
    "transformation": "Give the content itself, and ask only to transform it.",
    "decision": "Correct what failed: until it can be answered, everything counts as ruled out.",
    "gates": "Ask for something that no gate rules out.",
}
"""What can be done where one of them rules something out; for the scope, see `scope_way`."""

BY_EFFECT: Mapping[Effect, str] = {
    Effect.ALLOW: "",
    Effect.FLAG: "Nothing needs to be done: it goes on, and somebody reviews it later.",
    Effect.REDACT: "Send it without the text that the check found.",
    Effect.REQUIRE_APPROVAL: "Ask a person to approve this very action, with these arguments.",
    Effect.DENY: "Ask for something that no check rules out.",
}
"""What can be done where a check does not rule something out altogether."""

_FIRED = "it fired"
"""What the check of a boundary says that has nothing to say: no finding."""


class Given(NamedTuple):
    """What is known beside the decision."""

    resolution: Resolution | None = None
    facts: Facts | None = None
    hinges: tuple[Hinge, ...] = ()


def explain_decision(
    policy: Policy, decision: Decision, conversation: Conversation, given: Given
) -> Explanation:
    """Explain a decision."""
    return _Decided(policy, decision, conversation, given).whole()


class _Decided:
    """One decision being explained."""

    def __init__(
        self,
        policy: Policy,
        decision: Decision,
        conversation: Conversation,
        given: Given,
    ) -> None:
        self.policy, self.decision = policy, decision
        self.resolution, self.facts, self.hinges = given
        directives = self.resolution.directives if self.resolution else ()
        self.naming = Naming(policy, conversation, directives)
        self.conversation = conversation
        self.boundaries: dict[str, Boundary] = {each.id: each for each in policy.boundaries}

    def whole(self) -> Explanation:
        """Explain everything."""
        decision = self.decision
        template = VERDICTS[decision.effect]
        parts = [
            Part("why", "Why", tuple(self.why())),
            Part("rests_on", "What this rests on", tuple(self.rests_on())),
            Part("instead", "What can be done instead", tuple(self.instead())),
            Part("arguments", "Where the arguments come from", tuple(self.arguments())),
            Part("checks", "Checks", tuple(self.checks())),
            Part("readings", "Readings", tuple(readings_of(self.naming, (), self.hinges))),
            Part(
                "open", "Not closed", tuple(opened(self.policy, decision, self.conversation.unseen))
            ),
        ]
        return Explanation(
            title="A decision",
            verdict=decision.effect.value,
            summary=say(template, what=self.what()),
            parts=tuple(part for part in parts if part.sentences),
            citations=decision.citations,
            readings=tuple(self.hung_on()),
            policy=policy_of(self.policy),
            policy_digest=decision.policy_digest,
        )

    def what(self) -> Phrase:
        """Return what was decided on."""
        call = self.facts.call if self.facts else None
        tool = name(call.tool) if call else said("a tool")
        return say(STAGES.get(self.decision.stage, "this"), tool=tool)

    def why(self) -> Iterator[Sentence]:
        """Say what restricts; where nothing does, what lets it pass."""
        yield from map(self.reason, self.decision.reasons)
        yield from self.undeclared()
        if self.decision.reasons:
            return
        ran = [check for check in self.decision.checks if check.status is Ran.RAN]
        several = f"None of the {len(ran)} checks that were asked speaks against it."
        one = "The one check that was asked does not speak against it."
        yield Sentence(said(one if len(ran) == 1 else several))
        scope = self.resolution.scope if self.resolution else None
        if self.decision.stage == "tool_call" and scope is not None:
            what = "It is inside of the scope of autonomy, which allows {terms}."
            yield Sentence(say(what, terms=scope_terms(scope)), "scope")
        for check in ran:
            if check.reason:
                text = say(
                    "{check}{known}.", check=self.check(check.id), known=self.facts_of(check)
                )
                yield Sentence(text, check.id)

    def undeclared(self) -> Iterator[Sentence]:
        """Say loudly that a call passes unchecked where nobody says what its tool does."""
        for check in self.decision.checks:
            if check.id == "side_effects" and check.status is Ran.SKIPPED:
                text = "Side effects were NOT checked: nothing declares what this tool does."
                yield Sentence(said(text), check.id, check.status.value)

    def arguments(self) -> Iterator[Sentence]:
        """Say whose words the arguments of a call are."""
        call = self.facts.call if self.facts else None
        if self.decision.stage == "tool_call" and call is not None and self.resolution is not None:
            yield from arguments_of(self.policy, self.resolution, self.conversation, call)

    def reason(self, reason: Reason) -> Sentence:
        """Say which check restricts, and what it says."""
        check = next((each for each in self.decision.checks if each.id == reason.check), None)
        known = self.facts_of(check) if check is not None and check.reason != reason.say else ()
        told = say("The user is told: {say}", say=words(reason.say)) if reason.say else ()
        section = self.section(reason.section)
        rests = say("It rests on {section}.", section=section)
        what = say(
            "{check} {asks}{known}.",
            check=self.check(reason.check),
            asks=said(ASKS[reason.effect]),
            known=known,
        )
        return Sentence(what, reason.check, reason.effect.value, tuple(filter(None, (rests, told))))

    def facts_of(self, check: Check) -> Phrase:
        """Return the finding of a check, if it states one."""
        told = check.reason and check.reason != _FIRED
        return say(": {reason}", reason=words(check.reason)) if told else ()

    def check(self, wanted: str) -> Phrase:
        """Return how a sentence speaks of a check."""
        if wanted in CHECKS:
            return said(CHECKS[wanted])
        kind = "The boundary" if wanted in self.boundaries else "The check"
        return say("{kind} {id}", kind=said(kind), id=name(wanted))

    def section(self, wanted: str) -> Phrase:
        """Return a section, or the policy as a whole where it is none."""
        if self.policy.knows(wanted):
            return self.naming.rule(wanted)
        return say("the spec as a whole, {title}", title=words(self.policy.title, 120))

    def rests_on(self) -> Iterator[Sentence]:
        """Cite sections with their clauses; none that is not in force here."""
        out = self.resolution.out if self.resolution else frozenset()
        cited = [each.id for each in self.decision.citations if each.id not in out]
        for wanted in cited or [self.policy.name]:
            text = say("{section}.", section=capital(self.section(wanted)))
            yield Sentence(text, wanted, clauses=clauses_of(self.policy, wanted))

    def instead(self) -> Iterator[Sentence]:
        """Say what could be done, for each kind of reason once."""
        seen: set[str] = set()
        for reason in self.decision.reasons:
            way = self.way(reason)
            text = text_of(way)
            if text and text not in seen:
                seen.add(text)
                yield Sentence(way, reason.check)

    def way(self, reason: Reason) -> Phrase:
        """Return what could be done about one reason."""
        check = next((each for each in self.decision.checks if each.id == reason.check), None)
        if check is not None and check.status is Ran.ERRORED:
            return say(
                "Have {check} corrected: until it can be answered, it counts as ruled out.",
                check=uncapital(self.check(reason.check)),
            )
        if reason.check == "scope":
            return self.scope_way()
        if reason.check in INSTEAD and reason.effect is Effect.DENY:
            return said(INSTEAD[reason.check])
        if reason.effect is not Effect.DENY:
            return said(BY_EFFECT[reason.effect])
        return self.override_way(reason)

    def scope_way(self) -> Phrase:
        """Return what a scope allows, and who could widen it."""
        scope = self.resolution.scope if self.resolution else None
        if scope is None:
            return said("Ask for a scope of autonomy that names this tool, a cost and an end.")
        if over(self.policy, scope, self.facts.now if self.facts else None):
            return say(
                "Do nothing more under this scope. Ask whoever stated it ({level}) to confirm a "
                "new one, with an end.",
                level=level(scope.level),
            )
        return say(
            "Stay inside of the scope, which allows {terms}; or ask whoever stated it ({level}) "
            "to confirm a new one.",
            terms=scope_terms(scope),
            level=level(scope.level),
        )

    def override_way(self, reason: Reason) -> Phrase:
        """Return who could set the section aside on which a boundary rests."""
        rule = self.policy.by_id.get(reason.section)
        if rule is None:
            return said("Ask for something that no check rules out.")
        section = self.naming.rule(rule.id)
        yields = self.policy.ladder.level(rule.authority)
        if yields.to is None:
            template = "Nobody in the conversation can set {section} aside: ask for what it "
            return say(f"{template}leaves open.", section=section)
        template = "Somebody with {to} authority can set {section} aside in so many words."
        return say(template, to=level(yields.to), section=section)

    def checks(self) -> Iterator[Sentence]:
        """Count the checks, and list those that could not be answered or were not asked."""
        checks = self.decision.checks
        count = Counter(check.status for check in checks)
        told = [said(f"{count[status]} {RAN[status]}") for status in Ran if count[status]]
        noun = said("check" if len(checks) == 1 else "checks")
        total = said(str(len(checks)))
        yield Sentence(say("{n} {noun}: {told}.", n=total, noun=noun, told=listed(told)))
        for check in checks:
            if check.status in (Ran.ERRORED, Ran.SKIPPED):
                yield Sentence(
                    say(
                        "{check} was {status}{why}.",
                        check=self.check(check.id),
                        status=said(RAN[check.status]),
                        why=self.facts_of(check),
                    ),
                    check.id,
                    check.status.value,
                )

    def hung_on(self) -> tuple[str, ...]:
        """Return the readings that would change the decision, read the other way."""
        return tuple(dict.fromkeys(hinge.reading for hinge in self.hinges))
