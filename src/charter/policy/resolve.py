"""Which sections and directives are in force in a conversation, and what set the others aside.

One pass down the ladder, within a level from the latest message to the earliest, gives every
candidate its fate: whatever could set it aside has been decided before it. What delegation lifts
to a level counts after the delegator's own words. Time is linear in sections and directives.
Source: Model Spec 2025-12-18, `follow_all_applicable_instructions`, `letter_and_spirit`,
`ignore_untrusted_data`, `levels_of_authority`. Where the text leaves a choice, a reading decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from charter.policy.claim import Claims
from charter.policy.conversation import EMPTY, Conversation
from charter.policy.delegate import Lifts
from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.policy import Policy
from charter.policy.powers import Powers, Verdict
from charter.policy.resolution import Conflict, Resolution
from charter.policy.scope import Scope, narrowest
from charter.policy.section import decide_sections
from charter.policy.setting import conditional_settings, is_conditional


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


class Standing(NamedTuple):
    """How strong a candidate is: rank of its level, then how directly it speaks."""

    rank: int
    wave: int
    """0 for own words, 1 for what those delegated to, and so on."""


class _Resolver:
    """The state of one resolution."""

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
        self.capabilities = capabilities
        self.readings = policy.readings
        self.by_position = self.readings["same_level_order"] == "later_position"
        self.fates: list[Fate | None] = [None] * len(directives)
        self.alive: dict[str, int] = {}
        """Ids of directives in force, with their index."""
        self.conflicts: list[Conflict] = []
        self.named: dict[str, list[int]] = {}
        """For an id: the directives that cannot stand beside it."""
        self.revoked: dict[str, int] = {}
        """For an id: the directive in force that takes it back."""
        self.denied: dict[str, Directive] = {}
        """For an id: the lower, later directive that denies its premise (reading)."""
        self.claims = Claims(policy.readings, directives)
        self.powers = Powers(policy, conversation, directives)

    def run(self) -> Resolution:
        """Decide from the top of the ladder down."""
        ranks = self.policy.ladder.ranks
        levels: dict[int, list[int]] = {}
        unlifted: list[int] = []
        conditional: list[tuple[int, Directive]] = []
        for index, directive in enumerate(self.directives):
            if not directive.plain:
                if is_conditional(self.policy, directive):
                    conditional.append((index, directive))
                    continue
                self.note(index, directive)
            rank = ranks.get(directive.level, 0)
            if rank:
                levels.setdefault(rank, []).append(index)
            else:
                unlifted.append(index)
        settings, known = conditional_settings(self.policy, self.conversation.settings, conditional)
        for index, fate in known.items():
            self.fates[index] = fate
        self.powers.begin(settings)
        lifts = Lifts(self.policy, self.directives, unlifted)
        for rank in range(len(self.policy.ladder.levels), 0, -1):
            self.descend(rank, levels.get(rank, []), lifts)
        for index, fate in lifts.rest():
            self.fates[index] = fate
        return self.result(settings, lifts)

    def note(self, index: int, directive: Directive) -> None:
        """Remember what a directive names, before anything is decided."""
        for wanted in directive.conflicts:
            self.named.setdefault(wanted, []).append(index)
        if directive.act is Act.PREMISE and self.readings["denied_premise"] != "information_only":
            for wanted in directive.targets:
                self.denied[wanted] = directive

    def descend(self, rank: int, group: list[int], lifts: Lifts) -> None:
        """Decide one level: the own words of it, then wave after wave of what they lifted."""
        wave = 0
        while group or lifts.pending(rank):
            group += lifts.take(rank)
            self.decide_wave(group, Standing(rank, wave))
            if lifts.waiting:
                for index in group:
                    directive = self.directives[index]
                    if directive.act is Act.DELEGATE and self.alive.get(directive.id) == index:
                        cyclic = lifts.delegate(directive, rank)
                        self.fates[index] = cyclic or self.fates[index]
            group = []
            wave += 1

    def decide_wave(self, group: list[int], standing: Standing) -> None:
        """Decide candidates of one standing, from the latest message to the earliest."""
        directives = self.directives
        if self.by_position:
            group.sort(key=self.position, reverse=True)
            for index in group:
                self.decide_message([index], standing)
            return
        group.sort(key=self.order, reverse=True)
        for _, together in groupby(group, key=self.order):
            batch = list(together)
            if len(batch) == 1 and (directive := directives[batch[0]]).plain:
                self.decide_plain(batch[0], directive, standing)
            else:
                self.decide_message(batch, standing)

    def order(self, index: int) -> int:
        """Return the message that a directive stands in."""
        return self.directives[index].order

    def position(self, index: int) -> tuple[int, int, str]:
        """Return the place of a directive, down to the character."""
        directive = self.directives[index]
        start = directive.place.start if directive.place else 0
        return directive.order, start, directive.id

    def decide_plain(self, index: int, directive: Directive, standing: Standing) -> None:
        """Decide what conflicts with nothing by itself."""
        if directive.id in self.named or directive.id in self.revoked or self.denied:
            self.decide_message([index], standing)
            return
        self.fates[index] = self.stand(directive, standing)
        self.alive.setdefault(directive.id, index)

    def decide_message(self, batch: list[int], standing: Standing) -> None:
        """Decide the candidates of one message: none of them sets another of them aside."""
        stood: list[int] = []
        for index in batch:
            directive = self.directives[index]
            fate = self.opposed(index, directive, standing)
            if fate is None:
                stood.append(index)
                fate = self.stand(directive, standing)
            elif fate.state is not State.SUSPENDED:
                self.claims.defeated(index, standing.rank)
            self.fates[index] = fate
        if len(stood) > 1:
            self.tie(stood)
        for index in stood:
            self.take_effect(index, self.directives[index], standing)

    def stand(self, directive: Directive, standing: Standing) -> Fate:
        """Return the fate of a candidate in force."""
        if not standing.wave:
            return directive.stands
        level = self.policy.ladder.name(standing.rank)
        step = Step("lifted", None)
        return Fate(directive.id, State.IN_FORCE, Ground.APPLIES, level, None, (step,))

    def take_effect(self, index: int, directive: Directive, standing: Standing) -> None:
        """Let a candidate in force count against what is decided after it."""
        self.alive.setdefault(directive.id, index)
        if directive.plain:
            return
        self.claims.add(index, standing.rank)
        if directive.act is Act.SUPERSEDE:
            for wanted in directive.targets:
                self.revoked.setdefault(wanted, index)

    def opposed(self, index: int, directive: Directive, standing: Standing) -> Fate | None:
        """Return why a candidate is not in force, or None where nothing speaks against it."""
        for look in (self.against_rules, self.against_others, self.against_itself):
            found = look(index, directive, standing)
            if found is not None:
                return self.fate(directive, standing, found)
        return None

    def fate(self, directive: Directive, standing: Standing, found: Verdict) -> Fate:
        """Turn a verdict into the fate it means."""
        asked = found.ground in (Ground.MISTAKEN, Ground.ASK_FIRST)
        state = State.SUSPENDED if asked else State.SET_ASIDE
        by = self.directives[found.at].place if found.at is not None else None
        trace: tuple[Step, ...] = (Step(found.ground.value, found.by, by, found.reading),)
        if standing.wave:
            trace = (Step("lifted", None), *trace)
        level = self.policy.ladder.name(standing.rank)
        return Fate(directive.id, state, found.ground, level, found.by, trace)

    def against_rules(
        self, _index: int, directive: Directive, standing: Standing
    ) -> Verdict | None:
        """Look for a section that the directive may not set aside."""
        if directive.act in _ON_RULES:
            for wanted in directive.targets:
                found = self.powers.may(directive, wanted, standing.rank, self.claims)
                if found is not None:
                    return found
        for wanted in directive.conflicts:
            if self.policy.knows(wanted):
                found = self.powers.may(directive, wanted, standing.rank, self.claims)
                if found is not None:
                    return found
        return None

    def against_others(
        self, index: int, directive: Directive, standing: Standing
    ) -> Verdict | None:
        """Look for a stronger or later directive that it conflicts with."""
        rivals = [*self.rivals(index, directive, standing)]
        if not rivals:
            return None
        strongest = min(rivals, key=self.strength)
        rival = self.directives[strongest]
        fate = self.fates[strongest]
        higher = fate is not None and self.policy.ladder.rank(fate.level) > standing.rank
        lifted = standing.wave and not higher and self.policy.ladder.rank(rival.level)
        ground = Ground.MISALIGNED if higher or lifted else Ground.SUPERSEDED
        reading = self.claims.reading_for(strongest, self.alive, standing.rank)
        if reading is None and rival.order == directive.order and ground is Ground.SUPERSEDED:
            reading = "same_level_order"
        return Verdict(ground, rival.id, strongest, reading)

    def strength(self, index: int) -> tuple[int, int, str]:
        """Order rivals: highest level, then latest, then by id."""
        fate, directive = self.fates[index], self.directives[index]
        rank = self.policy.ladder.rank(fate.level) if fate else 0
        return -rank, -directive.order, directive.id

    def rivals(self, index: int, directive: Directive, standing: Standing) -> Iterator[int]:
        """Yield the decided directives that conflict with this one and count against it."""
        yield from self.claims.against(index, standing.rank)
        for wanted in directive.conflicts:
            if wanted in self.alive:
                yield self.alive[wanted]
            yield from self.claims.shadows(wanted, standing.rank)
        for other in self.named.get(directive.id, ()):
            standing_by = self.alive.get(self.directives[other].id) == other
            if standing_by or self.claims.counts(other, standing.rank):
                yield other
        revoker = self.revoked.get(directive.id)
        if revoker is not None and directive.act is not Act.SUPERSEDE:
            yield revoker

    def against_itself(
        self, index: int, directive: Directive, standing: Standing
    ) -> Verdict | None:
        """Look for what is wrong with the directive as such."""
        denier = self.denied.get(directive.id)
        if denier is not None and self.denies(denier, directive):
            return Verdict(Ground.SUPERSEDED, denier.id, None, "denied_premise")
        if directive.act is Act.PREMISE and not self.denied:
            return Verdict(Ground.INFORMATION, None, None, "denied_premise")
        if directive.act is Act.SUPERSEDE or directive.act is Act.PREMISE:
            wrong = self.out_of_reach(directive, standing)
            if wrong is not None:
                return wrong
        if directive.act is Act.CLASH and not all(map(self.policy.knows, directive.targets)):
            return Verdict(Ground.UNKNOWN_TARGET)
        missing = self.capabilities is not None and not set(directive.needs) <= set(
            self.capabilities
        )
        if missing:
            return Verdict(Ground.BEYOND_CAPABILITY)
        return Verdict(Ground.MISTAKEN) if directive.mistaken else None

    def denies(self, denier: Directive, directive: Directive) -> bool:
        """Whether a later message of lower authority denies the premise of this one."""
        ranks = self.policy.ladder.ranks
        lower = 0 < ranks.get(denier.level, 0) < ranks.get(directive.level, 0)
        return lower and denier.order > directive.order

    def out_of_reach(self, directive: Directive, standing: Standing) -> Verdict | None:
        """Say why a directive cannot act on the directives it names."""
        ladder = self.policy.ladder
        known = {other.id: at for at, other in enumerate(self.directives)}
        for wanted in directive.targets:
            at = known.get(wanted)
            if at is None:
                return Verdict(Ground.UNKNOWN_TARGET)
            above = ladder.rank(self.directives[at].level) > standing.rank
            if above and directive.act is Act.SUPERSEDE:
                return Verdict(Ground.MISALIGNED, wanted, at)
        return None

    def tie(self, stood: list[int]) -> None:
        """Report what conflicts inside one message: both stand."""
        for one, other in self.claims.ties(stood, self.directives):
            first, second = sorted((self.directives[one].id, self.directives[other].id))
            self.conflicts.append(
                Conflict(first, second, "same_message", "reported", "same_level_order")
            )

    def result(self, settings: dict[str, object], lifts: Lifts) -> Resolution:
        """Give the sections their fates, and put everything together."""
        off = self.powers.off
        rules = decide_sections(self.policy, off, self.claims, self.alive, self.directives)
        fates = [fate for fate in self.fates if fate is not None]
        by_id = {fate.id: fate for fate in reversed(fates)}
        by_id.update(rules.fates)
        settings = {**self.conversation.settings, **settings, **self.claims.settings()}
        self.conflicts += rules.conflicts
        hidden = bool(self.policy.external) and self.readings["hidden_policies"] == "recorded"
        return Resolution(
            policy_digest=self.policy.digest,
            readings=self.readings,
            fates=(*rules.fates.values(), *fates),
            settings=settings,
            scope=self.scope(),
            conflicts=tuple(sorted(set(self.conflicts))),
            lifted=lifts.lifted,
            disclose=lifts.disclose,
            out=rules.out,
            closed=not hidden and not self.conversation.unseen,
            tools=self.conversation.tools,
            directives=self.directives,
            by_id=by_id,
        )

    def scope(self) -> Scope | None:
        """Return the scope in force: what all levels together leave."""
        return narrowest(
            directive.scope
            for index in self.alive.values()
            if (directive := self.directives[index]).scope is not None
        )


_ON_RULES = frozenset({Act.OVERRIDE, Act.SOFTEN, Act.KEEP})
