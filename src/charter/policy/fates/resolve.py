"""Which sections and directives are in force in a conversation, and what set the others aside.

One pass down the ladder, within a level from the latest message to the earliest, gives every
candidate its fate: whatever could set it aside has been decided before it. What delegation lifts
to a level counts after the delegator's own words. Time is linear in sections and directives.
Source: Model Spec 2025-12-18, `follow_all_applicable_instructions`, `letter_and_spirit`,
`ignore_untrusted_data`, `levels_of_authority`. Where the text leaves a choice, a reading decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import compress
from operator import attrgetter

from charter.policy.conversation import EMPTY, Conversation
from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, State
from charter.policy.fates.autonomy import scope_in_force
from charter.policy.fates.claim import Claims
from charter.policy.fates.delegate import Lifts, lifts_by_itself
from charter.policy.fates.oppose import Oppose, Standing
from charter.policy.fates.powers import Powers
from charter.policy.fates.section import decide_sections
from charter.policy.fates.setting import conditional_settings
from charter.policy.fates.usual import usual_cases
from charter.policy.policy import Policy
from charter.policy.resolution import Conflict, Resolution
from charter.policy.scope import Scope
from charter.spec.ladder import NONE


def resolve(
    policy: Policy,
    conversation: Conversation = EMPTY,
    directives: Sequence[Directive] = (),
    *,
    capabilities: Collection[str] | None = None,
    within: Scope | None = None,
) -> Resolution:
    """Give every section of the policy, and every directive, its fate.

    `directives` are those of the conversation and the request; the policy's own come from its
    overlays. `capabilities` are what the assistant can do; None: anything. `within` is the scope
    of the agent that started this one: a sub-agent works under it, whatever else it is told. Never
    raises on strange input: an unknown level is no authority, an unknown target sets its
    directive aside.
    """
    given = (*policy.directives, *directives)
    if not (given or capabilities or within or conversation.settings):
        unspoken = _unspoken(policy)
        if unspoken is not None:
            return unspoken.about(conversation)
    return _Resolver(policy, conversation, given, capabilities, within).run()


def _unspoken(policy: Policy) -> Resolution | None:
    """Return what holds where nobody says anything, made once: most requests are such.

    None where the policy lifts sources by itself, which hangs on the conversation.
    """
    if lifts_by_itself(policy):
        return None
    if not policy.unspoken:
        policy.unspoken.append(_Resolver(policy, EMPTY, (), None, None).run())
    found: Resolution = policy.unspoken[0]
    return found


# Members looked up once: on the hot path the look-up is what costs.
_SUSPENDED, _SETTING = State.SUSPENDED, Act.SETTING
_DELEGATE, _KEEP = Act.DELEGATE, Act.KEEP
_GLANCE = attrgetter("glance")
_NOTHING: tuple[tuple[()], ...] = ((),) * 5


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
        "flags",
        "ids",
        "levels",
        "lifts",
        "oppose",
        "policy",
        "powers",
        "slow",
        "special",
        "touched",
        "usual",
        "within",
    )

    def __init__(
        self,
        policy: Policy,
        conversation: Conversation,
        directives: tuple[Directive, ...],
        capabilities: Collection[str] | None,
        within: Scope | None,
    ) -> None:
        self.policy = policy
        self.within = within
        self.conversation = conversation
        self.directives = directives
        glances = zip(*map(_GLANCE, directives), strict=True) if directives else _NOTHING
        self.ids: Sequence[str]
        self.levels: Sequence[str]
        self.flags: Sequence[bool]
        alone, self.flags, self.ids, self.levels, lates = glances
        self.fates: list[Fate] = list(alone)
        self.lifts: Lifts | None = None
        self.special = list(compress(range(len(directives)), self.flags))
        self.slow: set[int] = set()
        """Whose case is not a usual one."""
        self.alive: dict[str, int] = {}
        """Ids of directives in force that something names, with their index."""
        self.asked: list[int] = []
        """Suspended: a person has to answer first."""
        self.conflicts: set[Conflict] = set()
        self.claims = Claims(policy.readings, directives)
        self.powers = Powers(policy, conversation, self.levels)
        self.oppose = Oppose(policy, directives, self.claims, self.powers, self.alive, self.fates)
        self.oppose.lates = lates
        self.oppose.capabilities = capabilities
        self.touched = self.oppose.touched
        """Ids that some directive names."""

    def run(self) -> Resolution:
        """Decide from the top of the ladder down."""
        conditional = self.look()
        settings, known = conditional_settings(self.policy, self.conversation.settings, conditional)
        self.powers.begin(settings)
        self.usual = usual_cases(self.policy, self.directives, self.claims, self.powers)
        levels, unlifted = self.sort_out(known)
        if self.delegated:
            self.lift(levels, unlifted)
        else:
            for rank in sorted(levels, reverse=True):
                self.decide(levels[rank], Standing(rank, 0))
        for at, fate in known.items():
            self.fates[at] = fate
            if fate.state is _SUSPENDED:
                self.asked.append(at)
        return self.result(settings)

    def look(self) -> list[tuple[int, Directive]]:
        """Take note of what names others or lifts them; return what sets conditional settings."""
        on, directives = self.policy.conditional, self.directives
        self.delegated = lifts_by_itself(self.policy)
        conditional = []
        for at in self.special:
            directive = directives[at]
            if not directive.simple:
                self.slow.add(at)
                self.oppose.note(at, directive)
                if directive.act is _DELEGATE:
                    self.delegated = True
            if on and directive.act is _SETTING and directive.subject in on:
                conditional.append((at, directive))
        return conditional

    def lift(self, levels: Mapping[int, list[int]], unlifted: Sequence[int]) -> None:
        """Decide level by level, where some of what has no authority may be lifted to one."""
        lifts = self.lifts = Lifts(self.policy, self.directives, unlifted)
        self.oppose.lifted_by = lifts.by
        for rank in range(len(self.policy.ladder.levels), 0, -1):
            self.descend(lifts, rank, levels.get(rank, []))
        for at, fate in lifts.rest():
            self.fates[at] = fate
            if fate.state is _SUSPENDED:
                self.asked.append(at)

    def descend(self, lifts: Lifts, rank: int, group: list[int]) -> None:
        """Decide one level: its own words, then wave after wave of what those lifted."""
        wave = 0
        while group or lifts.pending(rank):
            self.decide(group, Standing(rank, wave))
            self.delegate(lifts, group, rank)
            group = lifts.take(rank)
            wave += 1

    def sort_out(self, known: Collection[int]) -> tuple[dict[int, list[int]], list[int]]:
        """Return what is to be decided by rank, and what has no authority by itself.

        Most directives conflict with nothing and nothing names them: their fate is known.
        """
        ranks, directives = self.policy.ladder.ranks, self.directives
        names: dict[str, list[int]] = defaultdict(list)
        for at in self.undecided():
            if at not in known:
                names[self.levels[at]].append(at)
        levels: dict[int, list[int]] = {}
        unlifted = names.pop(NONE, [])
        for name, group in names.items():
            if name in ranks:
                levels[ranks[name]] = group
            else:
                unlifted += group
                for at in group:
                    self.fates[at] = directives[at].unheard
        if self.delegated:
            silent = [at for at, d in enumerate(directives) if d.plain and d.level == NONE]
            unlifted = sorted({*unlifted, *silent})
        return levels, unlifted

    def undecided(self) -> list[int]:
        """Return what needs a closer look: special, named by others, or of an unknown level."""
        found, directives, touched = self.special, self.directives, self.touched
        if touched and not touched.isdisjoint(self.ids):
            flags = self.flags
            named = list(compress(range(len(directives)), map(touched.__contains__, self.ids)))
            self.slow.update(named)
            found = found + [at for at in named if not flags[at]]
        names = self.policy.ladder.names
        if not names.issuperset(self.levels):
            found = found + [
                at
                for at, d in enumerate(directives)
                if d.plain and d.level not in names and d.id not in touched
            ]
        return found

    def decide(self, group: list[int], standing: Standing) -> None:
        """Decide candidates of one standing, from the latest message to the earliest."""
        directives, usual, slow = self.directives, self.usual, self.slow
        fates, rank, first = self.fates, standing.rank, not standing.wave
        self.oppose.latest_first(group)
        for at in group:
            directive = directives[at]
            fate = usual(at, directive, rank) if first and at not in slow else None
            if fate is None:
                self.decide_one(at, directive, standing)
            else:
                fates[at] = fate

    def decide_one(self, at: int, directive: Directive, standing: Standing) -> None:
        """Decide a candidate that others may speak against."""
        fate, ties = self.oppose.against(at, directive, standing)
        if fate is not None:
            self.fates[at] = fate
            self.claims.defeated(at, standing.rank)
            if fate.state is _SUSPENDED:
                self.asked.append(at)
                if directive.act is _KEEP:  # holds until somebody has said that it was not meant
                    self.claims.add(at, standing.rank)
            return
        self.fates[at] = self.oppose.stand(at, directive, standing)
        for other in ties:
            first, second = sorted((directive.id, self.directives[other].id))
            self.conflicts.add(
                Conflict(first, second, "same_message", "reported", "same_level_order")
            )
        self.alive.setdefault(directive.id, at)
        self.claims.add(at, standing.rank)
        self.oppose.revoke(at, directive)

    def delegate(self, lifts: Lifts, group: list[int], rank: int) -> None:
        """Carry out the delegations of one standing that are in force."""
        for at in group:
            directive = self.directives[at]
            if directive.act is _DELEGATE and self.alive.get(directive.id) == at:
                cyclic = lifts.delegate(directive, rank)
                self.fates[at] = cyclic or self.fates[at]

    def result(self, settings: dict[str, object]) -> Resolution:
        """Give the sections their fates, and put everything together."""
        policy, conversation = self.policy, self.conversation
        rules = decide_sections(policy, self.powers, self.claims, self.alive, self.directives)
        hidden = bool(policy.external) and policy.readings["hidden_policies"] == "recorded"
        conflicts: tuple[Conflict, ...] = ()
        if self.conflicts or rules.conflicts:
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
            lifted=self.lifts.lifted if self.lifts else {},
            disclose=self.lifts.disclose if self.lifts else (),
            out=rules.out,
            closed=not hidden and not conversation.unseen,
            tools=conversation.tools,
            directives=self.directives,
            conversation=conversation,
        )

    def scope(self) -> Scope | None:
        """Return the scope in force. Doubted words narrow it while somebody is asked about them."""
        if not self.claims.scopes and not self.asked:
            return self.within
        alive = [self.directives[at] for at in self.alive.values()]
        asked = [self.directives[at] for at in self.asked]
        own = [directive for directive in alive if directive.level != NONE]
        weak = [directive for directive in alive if directive.level == NONE]
        weak += [directive for directive in asked if directive.level != NONE]
        return scope_in_force(own, weak, self.conversation.tools, self.within)
