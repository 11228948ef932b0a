"""What decided directives claim, so that later ones can be compared with them at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from charter.policy.directive import RULE, SETTING, Claim, Directive


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

    __slots__ = ("_defeat", "_directives", "_later", "dead", "entries", "scopes")

    def __init__(self, readings: Mapping[str, str], directives: Sequence[Directive]) -> None:
        self._directives = directives
        self._defeat = readings["defeat"] == "any_higher"
        self._later = readings["superseder_must_apply"] == "any_later"
        self.entries: dict[str, list[Entry]] = {}
        self.scopes: dict[int, int] = {}
        """For a rank: the first directive in force that states a scope."""
        self.dead: dict[str, list[Entry]] = {}
        """By id: directives that were set aside, kept where a reading lets them count."""

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
        elif not any(e.alive >= entry.alive and same(e.value, entry.value) for e in known):
            known.append(entry)

    def defeated(self, index: int, rank: int) -> None:
        """Record what was set aside, where a reading lets that count."""
        if not (self._defeat or self._later):
            return
        directive = self._directives[index]
        entry = Entry(None, index, rank, alive=False)
        self.dead.setdefault(directive.id, []).append(entry)
        for key, value, _ in directive.claims:
            self._record(key, entry._replace(value=value))

    def against(self, index: int, rank: int) -> Iterator[int]:
        """Yield the directives whose claims differ from those of one not yet decided."""
        directive = self._directives[index]
        for key, value, wider in directive.claims:
            for entry in self.entries.get(key, ()):
                if self._speaks(entry, rank) and not same(entry.value, value):
                    yield entry.at
            for entry in self.entries.get(wider, ()) if wider else ():
                if self._speaks(entry, rank) and not same(entry.value, value):
                    yield entry.at
        if directive.scope is not None and rank in self.scopes:
            yield self.scopes[rank]

    def _speaks(self, entry: Entry, rank: int) -> bool:
        if entry.alive:
            return True
        return (self._defeat and entry.rank > rank) or (self._later and entry.rank == rank)

    def shadows(self, wanted: str, rank: int) -> Iterator[int]:
        """Yield the directives of an id that were set aside and count all the same."""
        for entry in self.dead.get(wanted, ()):
            if self._speaks(entry, rank):
                yield entry.at

    def counts(self, index: int, rank: int) -> bool:
        """Whether a directive that was set aside counts all the same."""
        known = self.dead.get(self._directives[index].id, ())
        return any(entry.at == index and self._speaks(entry, rank) for entry in known)

    def reading_for(self, index: int, alive: Mapping[str, int], rank: int) -> str | None:
        """Return the reading by which a directive that is not in force counts."""
        if alive.get(self._directives[index].id) == index:
            return None
        dead = self.dead.get(self._directives[index].id, ())
        entry = next((entry for entry in dead if entry.at == index), None)
        if entry is None:
            return None
        return "defeat" if entry.rank > rank else "superseder_must_apply"

    def released(self, wanted: str) -> Entry | None:
        """Return who set a section or clause aside, unless another in force keeps it."""
        known = [entry for entry in self.entries.get(RULE + wanted, ()) if entry.alive]
        return known[0] if known and not any(entry.value for entry in known) else None

    def kept(self, wanted: str) -> bool:
        """Whether a directive in force keeps a section or clause."""
        return any(entry.alive and entry.value for entry in self.entries.get(RULE + wanted, ()))

    def targets(self) -> Iterator[str]:
        """Yield every section and clause that some directive claims something of."""
        return (key[len(RULE) :] for key in self.entries if key.startswith(RULE))

    def settings(self) -> dict[str, object]:
        """Return the settings that directives in force set; two in one message set none."""
        found: dict[str, object] = {}
        for key, entries in self.entries.items():
            alive = [entry for entry in entries if entry.alive]
            if key.startswith(SETTING) and len(alive) == 1:
                found[key[len(SETTING) :]] = alive[0].value
        return found

    def ties(
        self, together: Sequence[int], directives: Sequence[Directive]
    ) -> Iterator[tuple[int, int]]:
        """Yield the pairs of one message that conflict with each other."""
        said: dict[str, list[tuple[object, int]]] = {}
        ids = {directives[index].id: index for index in together}
        for index in together:
            for claim in directives[index].claims:
                yield from _differing(said, claim, index)
                said.setdefault(claim.key, []).append((claim.value, index))
            for wanted in directives[index].conflicts:
                if ids.get(wanted, index) != index:
                    yield index, ids[wanted]


def _differing(
    said: Mapping[str, list[tuple[object, int]]], claim: Claim, index: int
) -> Iterator[tuple[int, int]]:
    for value, other in said.get(claim.key, ()):
        if other != index and not same(value, claim.value):
            yield other, index


def same(one: object, other: object) -> bool:
    """Compare two values as YAML and JSON have them: true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)
