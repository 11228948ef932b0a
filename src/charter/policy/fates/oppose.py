"""What speaks against a directive: a section, another directive, or something in itself.

A candidate is set aside only if it is misaligned with something higher that applies, superseded by
a later message of its level, suspected to be mistaken, or beyond capability.
Source: Model Spec 2025-12-18, `follow_all_applicable_instructions`; readings R1 to R4.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from charter.policy.directive import Act, Directive
from charter.policy.fate import Fate, Ground, State, Step
from charter.policy.fates.claim import Claims, same
from charter.policy.fates.powers import Powers, Verdict
from charter.policy.policy import Policy

_ON_RULES = frozenset({Act.OVERRIDE, Act.SOFTEN, Act.KEEP})
# Members looked up once: on the hot path the look-up is what costs.
_SUPERSEDE, _PREMISE, _CLASH, _KEEP = Act.SUPERSEDE, Act.PREMISE, Act.CLASH, Act.KEEP
_IN_FORCE, _SET_ASIDE, _SUSPENDED = State.IN_FORCE, State.SET_ASIDE, State.SUSPENDED
_MISALIGNED, _SUPERSEDED, _MISTAKEN = Ground.MISALIGNED, Ground.SUPERSEDED, Ground.MISTAKEN


class Standing(NamedTuple):
    """How strong a candidate is: rank of its level, then how directly it speaks."""

    rank: int
    wave: int
    """0 for own words, 1 for what those delegated to, and so on."""


class Oppose:
    """The directives of one resolution, as far as they speak against each other."""

    def __init__(  # noqa: PLR0913, PLR0917 - the state of a resolution, shared with it
        self,
        policy: Policy,
        directives: Sequence[Directive],
        claims: Claims,
        powers: Powers,
        alive: Mapping[str, int],
        fates: Sequence[Fate],
    ) -> None:
        self.policy, self.directives, self.claims = policy, directives, claims
        self.powers, self.alive, self.fates = powers, alive, fates
        self._entries = claims.entries
        self.capabilities: Collection[str] | None = None
        self.touched: set[str] = set()
        self._within = policy.readings["same_level_order"] == "later_position"
        self._premises = policy.readings["denied_premise"] != "information_only"
        self._named: dict[str, list[int]] = {}
        """For an id: the directives that cannot stand beside it."""
        self._revoked: dict[str, list[int]] = {}
        """For an id: the directives in force that take it back."""
        self._denied: dict[str, list[Directive]] = {}
        """For an id: the directives that deny its premise."""
        self._waves: dict[int, int] = {}
        self._places: dict[str, int] | None = None
        """By id, made when it is first asked for."""
        self.lates: Sequence[tuple[int, str]] = ()
        """Order and id of every directive."""
        self._shadows = claims.counts_shadows
        self.lifted_by: Mapping[int, str] = {}
        """For a directive that was lifted: the directive that did, or the reading."""

    def note(self, at: int, directive: Directive) -> None:
        """Remember what a directive names, before anything is decided."""
        for wanted in directive.conflicts:
            self.touched.add(wanted)
            self.touched.add(directive.id)
            self._named.setdefault(wanted, []).append(at)
        if directive.act is _SUPERSEDE or directive.act is _PREMISE:
            self.touched.update(directive.targets)
            if directive.act is _PREMISE and self._premises:
                for wanted in directive.targets:
                    self._denied.setdefault(wanted, []).append(directive)

    def revoke(self, at: int, directive: Directive) -> None:
        """Let a directive in force take back what it names."""
        if directive.act is _SUPERSEDE:
            for wanted in directive.targets:
                self._revoked.setdefault(wanted, []).append(at)

    def latest_first(self, group: list[int]) -> None:
        """Sort candidates: latest message first, and latest place where that counts.

        Those of one place are sorted by id, so that the order they are given in counts nowhere.
        """
        if self._within:
            group.sort(key=self._position, reverse=True)
        else:
            group.sort(key=self.lates.__getitem__, reverse=True)

    def _position(self, at: int) -> tuple[int, int, str]:
        directive = self.directives[at]
        start = directive.place.start if directive.place else 0
        return directive.order, start, directive.id

    def stand(self, at: int, directive: Directive, standing: Standing) -> Fate:
        """Return the fate of a candidate in force."""
        if not standing.wave:
            return directive.stands
        level = self.policy.ladder.name(standing.rank)
        return Fate(directive.id, _IN_FORCE, Ground.APPLIES, level, None, (self._lifted(at),))

    def _lifted(self, at: int) -> Step:
        """Return the step that says who lifted a directive, or under which reading."""
        by = self.lifted_by.get(at)
        if by is None or by in self.policy.readings:
            return Step("lifted", None, None, by)
        return Step("lifted", by)

    def against(
        self, at: int, directive: Directive, standing: Standing
    ) -> tuple[Fate | None, Sequence[int]]:
        """Return why a candidate is not in force, or None, and whom it contradicts in its message.

        Within one message neither is later, so neither sets the other aside.
        """
        if standing.wave:
            self._waves[at] = standing.wave
        rivals = self._rivals(at, directive, standing.rank)
        tied: list[int] = []
        if rivals:
            tied = [one for one in rivals if self._together(at, one, standing)]
            beside = set(tied)
            rivals = [one for one in rivals if one not in beside]
        if directive.act is _SUPERSEDE:  # what stands beside it is neither earlier nor later
            named = [self.alive[wanted] for wanted in directive.targets if wanted in self.alive]
            tied += [one for one in named if self._together(at, one, standing)]
        found = None
        if directive.targets or directive.conflicts:
            found = self._rules(directive, standing)
        if found is None and rivals:
            found = self._strongest(directive, standing, rivals)
        if found is None and not (directive.simple and directive.id not in self._denied):
            found = self._itself(directive, standing)
        if found is None:
            return None, [one for one in tied if self._contradicts(at, one)]
        return self._aside(at, standing, found), ()

    def _aside(self, at: int, standing: Standing, found: Verdict) -> Fate:
        directive = self.directives[at]
        state = _SUSPENDED if found.ground is _MISTAKEN else _SET_ASIDE
        place = self.directives[found.at].place if found.at is not None else None
        trace: tuple[Step, ...] = (Step(found.ground, found.by, place, found.reading),)
        level = directive.level
        if standing.wave:
            trace = (self._lifted(at), *trace)
            level = self.policy.ladder.name(standing.rank)
        return Fate(directive.id, state, found.ground, level, found.by, trace)

    def _contradicts(self, at: int, other: int) -> bool:
        """Whether two candidates of one message contradict each other, and both stand.

        To keep a clause of a section that is set aside is an exception, no contradiction.
        """
        one, rival = self.directives[at], self.directives[other]
        if not self._is_alive(other):
            return False
        said = {claim.key: claim.value for claim in one.claims}
        claimed = any(key in said and not same(said[key], value) for key, value, _ in rival.claims)
        named = rival.id in one.conflicts or one.id in rival.conflicts
        named = named or _takes_back(one, rival) or _takes_back(rival, one)
        return claimed or named or (one.scope is not None and rival.scope is not None)

    def _is_alive(self, at: int) -> bool:
        return self.fates[at].state is _IN_FORCE

    def _together(self, at: int, other: int, standing: Standing) -> bool:
        """Whether two candidates stand in one message, at one standing: neither is later."""
        if self._within or self.directives[at].order != self.directives[other].order:
            return False
        rank = self.policy.ladder.rank(self.fates[other].level)
        return rank == standing.rank and self._waves.get(other, 0) == standing.wave

    def _rules(self, directive: Directive, standing: Standing) -> Verdict | None:
        """Look for a section that the directive may not set aside."""
        named = directive.targets if directive.act in _ON_RULES else ()
        for wanted in named:
            found = self.powers.may(directive, wanted, standing.rank, self.claims)
            if found is not None:
                return found
        by_id, clauses = self.policy.by_id, self.policy.clause_texts
        for wanted in directive.conflicts:
            if wanted in by_id or wanted in clauses:
                found = self.powers.may(directive, wanted, standing.rank, self.claims)
                if found is not None:
                    return found
        return None

    def _strongest(
        self, directive: Directive, standing: Standing, rivals: Sequence[int]
    ) -> Verdict:
        """Say how the strongest of several rivals sets a candidate aside."""
        strongest = rivals[0] if len(rivals) == 1 else min(rivals, key=self._strength)
        rival = self.directives[strongest]
        higher = self.policy.ladder.rank(self.fates[strongest].level) > standing.rank
        owned = standing.wave > self._waves.get(strongest, 0)
        ground = _MISALIGNED if higher or owned else _SUPERSEDED
        reading = None
        if not (self._waits(directive, strongest) or self._is_alive(strongest)):
            reading = "defeat" if higher else "superseder_must_apply"
        elif rival.order == directive.order and ground is _SUPERSEDED:
            reading = "same_level_order"
        return Verdict(ground, rival.id, strongest, reading)

    def _waits(self, directive: Directive, at: int) -> bool:
        """Whether a rival is a doubted keep: what it keeps holds while it waits, and no more."""
        rival = self.directives[at]
        if rival.act is not _KEEP or self.fates[at].state is not _SUSPENDED:
            return False
        said = {name for key, _, wider in directive.claims for name in (key, wider)}
        return not said.isdisjoint(rival.keys)

    def _strength(self, at: int) -> tuple[int, int, int, str]:
        """Order rivals: highest level, own words first, then latest, then by id."""
        directive, rank = self.directives[at], self.policy.ladder.rank(self.fates[at].level)
        return -rank, self._waves.get(at, 0), -directive.order, directive.id

    def _rivals(self, at: int, directive: Directive, rank: int) -> list[int]:
        """Return the decided directives that conflict with this one and count against it."""
        found: list[int] = []
        if directive.scope is not None or not self._entries.keys().isdisjoint(directive.keys):
            found += self.claims.against(at, rank)
        if directive.id not in self.touched:
            return found
        alive, directives = self.alive, self.directives
        for wanted in directive.conflicts:
            if wanted in alive:
                found.append(alive[wanted])
            if self._shadows:
                found += self.claims.shadows(wanted, rank)
        for other in self._named.get(directive.id, ()):
            stands = alive.get(directives[other].id) == other
            if other != at and (stands or (self._shadows and self.claims.counts(other, rank))):
                found.append(other)
        if directive.act is not _SUPERSEDE:
            found += self._revoked.get(directive.id, ())
        return found

    def _itself(self, directive: Directive, standing: Standing) -> Verdict | None:
        """Look for what is wrong with the directive as such."""
        for denier in self._denied.get(directive.id, ()):
            if self._denies(denier, directive):
                return Verdict(_SUPERSEDED, denier.id, None, "denied_premise")
        if directive.act is _PREMISE and not self._premises:
            return Verdict(Ground.INFORMATION, None, None, "denied_premise")
        if directive.act is _SUPERSEDE or directive.act is _PREMISE:
            wrong = self._out_of_reach(directive, standing)
            if wrong is not None:
                return wrong
        if directive.act is _CLASH and not all(map(self.policy.knows, directive.targets)):
            return Verdict(Ground.UNKNOWN_TARGET)
        can = self.capabilities
        if can is not None and any(needed not in can for needed in directive.needs):
            return Verdict(Ground.BEYOND_CAPABILITY)
        return Verdict(_MISTAKEN) if directive.mistaken else None

    def _denies(self, denier: Directive, directive: Directive) -> bool:
        """Whether a later message of lower authority denies the premise of this one."""
        ranks = self.policy.ladder.ranks
        lower = 0 < ranks.get(denier.level, 0) < ranks.get(directive.level, 0)
        return lower and denier.order > directive.order

    def _out_of_reach(self, directive: Directive, standing: Standing) -> Verdict | None:
        """Say why a directive cannot act on the directives it names."""
        ladder = self.policy.ladder
        if self._places is None:
            self._places = {other.id: at for at, other in enumerate(self.directives)}
        for wanted in directive.targets:
            at = self._places.get(wanted)
            if at is None:
                return Verdict(Ground.UNKNOWN_TARGET)
            above = ladder.rank(self.directives[at].level) > standing.rank
            if above and directive.act is _SUPERSEDE:
                return Verdict(_MISALIGNED, wanted, at)
        return None


def _takes_back(one: Directive, other: Directive) -> bool:
    return one.act is _SUPERSEDE and other.act is not _SUPERSEDE and other.id in one.targets
