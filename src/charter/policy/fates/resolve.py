"""Which sections and directives are in force in a conversation, and what set the others aside.

One pass down the ladder, within a level from the latest message to the earliest, gives every
candidate its fate: whatever could set it aside has been decided before it. What delegation lifts
to a level counts after the delegator's own words. Time is linear in sections and directives.
Source: Model Spec 2025-12-18, `follow_all_applicable_instructions`, `letter_and_spirit`,
`ignore_untrusted_data`, `levels_of_authority`. Where the text leaves a choice, a reading decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import compress
from operator import attrgetter

from charter.policy.conversation import EMPTY, Conversation
from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, State
from charter.policy.fates.claim import Claims
from charter.policy.fates.delegate import Lifts, can_lift
from charter.policy.fates.oppose import Oppose, Standing
from charter.policy.fates.powers import Powers
from charter.policy.fates.section import decide_sections
from charter.policy.fates.setting import conditional_settings
from charter.policy.fates.usual import Usual
from charter.policy.policy import Policy
from charter.policy.resolution import Conflict, Resolution
from charter.policy.scope import Scope, narrowest
from charter.spec.ladder import NONE


def resolve(
    policy: Policy,
    conversation: Conversation = EMPTY,
    directives: Sequence[Directive] = (),
    *,
    capabilities: Collection[str] | None = None,
) -> Resolution:
    """Give every section of the policy, and every directive, its fate.

    `directives` are those of the conversation and the request; the policy's own come from its
    overlays. `capabilities` are what the assistant can do; None: anything. Never raises on
    strange input: an unknown level is no authority, an unknown target sets its directive aside.
    """
    return _Resolver(policy, conversation, (*policy.directives, *directives), capabilities).run()


# Members looked up once: on the hot path the look-up is what costs.
_SUSPENDED, _SETTING, _DELEGATE = State.SUSPENDED, Act.SETTING, Act.DELEGATE


_ALONE, _ID, _LEVEL = attrgetter("alone"), attrgetter("id"), attrgetter("level")
_SPECIAL = attrgetter("special")


class _Resolver:
    """The state of one resolution."""

    __slots__ = (
        "alive",
        "asked",
        "claims",
        "conflicts",
        "conversation",
        "delegated",
        "directives",
        "fates",
        "lifts",
        "oppose",
        "policy",
        "powers",
        "touched",
        "usual",
    )

    def __init__(
        self,
        policy: Policy,
        conversation: Conversation,
        directives: tuple[Directive, ...],
        capabilities: Collection[str] | None,
    ) -> None:
        self.policy = policy
        self.conversation = conversation
        self.directives = directives
        self.fates: list[Fate] = list(map(_ALONE, directives))
        self.alive: dict[str, int] = {}
        """Ids of directives in force that something names, with their index."""
        self.asked: list[int] = []
        """Suspended: a person has to answer first."""
        self.conflicts: set[Conflict] = set()
        self.claims = Claims(policy.readings, directives)
        self.powers = Powers(policy, conversation, directives)
        self.oppose = Oppose(policy, directives, self.claims, self.powers, self.alive, self.fates)
        self.oppose.capabilities = capabilities
        self.usual = Usual(policy, directives, self.claims, self.powers)
        self.touched = self.oppose.touched
        """Ids that some directive names."""

    def run(self) -> Resolution:
        """Decide from the top of the ladder down."""
        special = list(compress(enumerate(self.directives), map(_SPECIAL, self.directives)))
        on = self.policy.conditional
        conditional = [(at, d) for at, d in special if d.act is _SETTING and d.subject in on]
        settings, known = conditional_settings(self.policy, self.conversation.settings, conditional)
        self.powers.begin(settings)
        for at, directive in special:
            if not directive.simple:
                self.oppose.note(at, directive)
        self.delegated = can_lift(self.policy, special)
        levels, unlifted = self.sort_out(special, known)
        self.lifts = Lifts(self.policy, self.directives, unlifted if self.delegated else ())
        for rank in range(len(self.policy.ladder.levels), 0, -1):
            if rank in levels or self.delegated:
                self.descend(rank, levels.get(rank, []))
        for at, fate in self.lifts.rest():
            self.fates[at] = fate
            if fate.state is _SUSPENDED:
                self.asked.append(at)
        for at, fate in known.items():
            self.fates[at] = fate
        return self.result(settings)

    def descend(self, rank: int, group: list[int]) -> None:
        """Decide one level: its own words, then wave after wave of what those lifted."""
        wave = 0
        while group or self.lifts.pending(rank):
            self.decide(group, Standing(rank, wave))
            self.delegate(group, rank)
            group = self.lifts.take(rank)
            wave += 1

    def sort_out(
        self, special: list[tuple[int, Directive]], known: Collection[int]
    ) -> tuple[dict[int, list[int]], list[int]]:
        """Return what is to be decided by rank, and what has no authority by itself.

        Most directives conflict with nothing and nothing names them: their fate is known.
        """
        ranks, directives = self.policy.ladder.ranks, self.directives
        levels: dict[int, list[int]] = {}
        for at, directive in self.undecided(special):
            if at not in known:
                levels.setdefault(ranks.get(directive.level, 0), []).append(at)
        unlifted = levels.pop(0, [])
        for at in unlifted:
            self.fates[at] = directives[at].unheard
        if self.delegated:
            silent = [at for at, d in enumerate(directives) if d.plain and d.level == NONE]
            unlifted = sorted({*unlifted, *silent})
        return levels, unlifted

    def undecided(self, special: list[tuple[int, Directive]]) -> list[tuple[int, Directive]]:
        """Return what needs a closer look: special, named by others, or of an unknown level."""
        found, directives, touched = special, self.directives, self.touched
        names = self.policy.ladder.names
        if touched:
            named = compress(enumerate(directives), map(touched.__contains__, map(_ID, directives)))
            found = special + [pair for pair in named if pair[1].plain]
        if not names.issuperset(map(_LEVEL, directives)):
            found = found + [
                (at, d)
                for at, d in enumerate(directives)
                if d.plain and d.level not in names and d.id not in touched
            ]
        return found

    def decide(self, group: list[int], standing: Standing) -> None:
        """Decide candidates of one standing, from the latest message to the earliest."""
        directives, touched, usual = self.directives, self.touched, self.usual
        self.oppose.latest_first(group)
        for at in group:
            directive = directives[at]
            fate = None
            if directive.simple and not standing.wave and directive.id not in touched:
                fate = usual.decide(at, directive, standing.rank)
            if fate is None:
                self.decide_one(at, directive, standing)
            else:
                self.fates[at] = fate

    def decide_one(self, at: int, directive: Directive, standing: Standing) -> None:
        """Decide a candidate that others may speak against."""
        fate, ties = self.oppose.against(at, directive, standing)
        if fate is not None:
            self.fates[at] = fate
            self.claims.defeated(at, standing.rank)
            if fate.state is _SUSPENDED:
                self.asked.append(at)
            return
        self.fates[at] = self.oppose.stand(directive, standing)
        for other in ties:
            first, second = sorted((directive.id, self.directives[other].id))
            self.conflicts.add(
                Conflict(first, second, "same_message", "reported", "same_level_order")
            )
        self.alive.setdefault(directive.id, at)
        self.claims.add(at, standing.rank)
        self.oppose.revoke(at, directive)

    def delegate(self, group: list[int], rank: int) -> None:
        """Carry out the delegations of one standing that are in force."""
        if not self.delegated:
            return
        for at in group:
            directive = self.directives[at]
            if directive.act is _DELEGATE and self.alive.get(directive.id) == at:
                cyclic = self.lifts.delegate(directive, rank)
                self.fates[at] = cyclic or self.fates[at]

    def result(self, settings: dict[str, object]) -> Resolution:
        """Give the sections their fates, and put everything together."""
        policy, conversation, off = self.policy, self.conversation, self.powers.off
        rules = decide_sections(policy, off, self.claims, self.alive, self.directives)
        hidden = bool(policy.external) and policy.readings["hidden_policies"] == "recorded"
        conflicts = tuple(sorted({*self.conflicts, *rules.conflicts}))
        return Resolution(
            policy_digest=policy.digest,
            readings=policy.readings,
            fates=(*rules.fates.values(), *self.fates),
            settings={**conversation.settings, **self.claims.settings(), **settings},
            scope=self.scope(),
            conflicts=conflicts,
            inaction=tuple(found for found in conflicts if found.outcome == "inaction"),
            asks=tuple(self.fates[at] for at in sorted(self.asked)),
            lifted=self.lifts.lifted,
            disclose=self.lifts.disclose,
            out=rules.out,
            closed=not hidden and not conversation.unseen,
            tools=conversation.tools,
            directives=self.directives,
        )

    def scope(self) -> Scope | None:
        """Return the scope in force: what all levels together leave."""
        if not self.claims.scopes:
            return None
        stated = [self.directives[at] for at in self.alive.values()]
        scopes = [(one.id, one.scope) for one in stated if one.scope is not None]
        return narrowest(scope for _, scope in sorted(scopes, key=lambda pair: pair[0]))
