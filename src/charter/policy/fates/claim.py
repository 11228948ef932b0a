"""What decided directives claim, so that later ones can be compared with them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from charter.policy.directive import RULE, SETTING, Directive

MOST = 32
"""Different values of one key that are kept, and as many of directives that were set aside. Any of
them contradicts whatever comes later; that not every pair of a flood in one message is reported
keeps time linear."""


class Entry(NamedTuple):
    """One claim of one decided directive."""

    value: object
    at: int
    """Index of its directive."""
    rank: int
    alive: bool
    """Whether its directive is in force; those that are not count under some readings only."""


class Claims:
    """All claims so far, strongest first for every key."""

    __slots__ = (
        "_defeat",
        "_directives",
        "_later",
        "by_position",
        "dead",
        "entries",
        "rules",
        "scopes",
        "set",
    )

    def __init__(self, readings: Mapping[str, str], directives: Sequence[Directive]) -> None:
        self._directives = directives
        self.by_position = readings["same_level_order"] == "later_position"
        self._defeat = readings["defeat"] == "any_higher"
        self._later = readings["superseder_must_apply"] == "any_later"
        self.entries: dict[str, list[Entry]] = {}
        self.rules: list[str] = []
        """Sections and clauses claimed about, first ones first; some more than once."""
        self.set: list[str] = []
        """Names of settings, likewise."""
        self.scopes: dict[int, int] = {}
        """For a rank: the first directive in force that states a scope."""
        self.dead: dict[str, list[Entry]] = {}
        """By id: directives that were set aside, kept where a reading lets them count."""

    @property
    def counts_shadows(self) -> bool:
        """Whether a reading lets directives count that were set aside."""
        return self._defeat or self._later

    def add(self, index: int, rank: int) -> None:
        """Record the claims of a directive in force."""
        directive = self._directives[index]
        for key, value, _ in directive.claims:
            self._record(key, Entry(value, index, rank, alive=True))
        if directive.scope is not None:
            self.scopes.setdefault(rank, index)

    def _record(self, key: str, entry: Entry) -> None:
        known = self.entries.get(key)
        if known is None:
            self.entries[key] = [entry]
            if key.startswith(RULE):
                self.rules.append(key[len(RULE) :])
            elif key.startswith(SETTING):
                self.set.append(key[len(SETTING) :])
        elif sum(e.alive is entry.alive for e in known) < MOST and not any(
            e.alive >= entry.alive and same(e.value, entry.value) for e in known
        ):
            known.append(entry)

    def defeated(self, index: int, rank: int) -> None:
        """Record what was set aside, where a reading lets that count."""
        if not self.counts_shadows:
            return
        directive = self._directives[index]
        entry = Entry(None, index, rank, alive=False)
        self.dead.setdefault(directive.id, []).append(entry)
        for key, value, _ in directive.claims:
            self._record(key, entry._replace(value=value))

    def against(self, index: int, rank: int) -> list[int]:
        """Return the directives whose claims differ from those of one not yet decided."""
        directive, entries = self._directives[index], self.entries
        found: list[int] = []
        for key, value, wider in directive.claims:
            if key in entries:
                found += [e.at for e in entries[key] if self._differs(e, value, rank)]
            if wider is not None and wider in entries:
                found += [e.at for e in entries[wider] if self._differs(e, value, rank)]
        if directive.scope is not None and rank in self.scopes:
            found.append(self.scopes[rank])
        return found

    def _differs(self, entry: Entry, value: object, rank: int) -> bool:
        return not same(entry.value, value) and self._speaks(entry, rank)

    def _speaks(self, entry: Entry, rank: int) -> bool:
        if entry.alive:
            return True
        return (self._defeat and entry.rank > rank) or (self._later and entry.rank == rank)

    def shadows(self, wanted: str, rank: int) -> list[int]:
        """Return the directives of an id that were set aside and count all the same."""
        if wanted not in self.dead:
            return []
        return [entry.at for entry in self.dead[wanted] if self._speaks(entry, rank)]

    def counts(self, index: int, rank: int) -> bool:
        """Whether a directive that was set aside counts all the same."""
        known = self.dead.get(self._directives[index].id, ())
        return any(entry.at == index and self._speaks(entry, rank) for entry in known)

    def released(self, wanted: str) -> Entry | None:
        """Return who set a section or clause aside, unless another in force keeps it."""
        known = self.entries.get(RULE + wanted)
        if known is None:
            return None
        if len(known) == 1:
            entry = known[0]
            return entry if entry.alive and not entry.value else None
        alive = [entry for entry in known if entry.alive]
        return alive[0] if alive and not any(entry.value for entry in alive) else None

    def kept(self, wanted: str, least: int = 0) -> bool:
        """Whether a directive in force, of a rank or above, keeps a section or clause."""
        return any(
            entry.alive and entry.value and entry.rank >= least
            for entry in self.entries.get(RULE + wanted, ())
        )

    def settings(self) -> dict[str, object]:
        """Return the settings that directives in force set; two in one message set none."""
        found: dict[str, object] = {}
        for name in self.set:
            alive = [entry for entry in self.entries[SETTING + name] if entry.alive]
            if len(alive) == 1:
                found[name] = alive[0].value
        return found


def same(one: object, other: object) -> bool:
    """Compare two values as YAML and JSON have them: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
