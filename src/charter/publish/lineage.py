"""Comparisons of neighbours -> the id that a section has in another version.

Pure. A section is followed by `Diff.ids`, under whatever id it stands. Where it has none, it is
followed to its heir (`Diff.heirs`), and back from a section to the one whose heir it is, unless
there are several of these: then none of them speaks for it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from charter.spec.changes.diff import Diff

_Ids = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """What each section is called in the version after and in the one before."""

    ahead: tuple[_Ids, ...]
    """From each version to the next: id -> id."""
    back: tuple[_Ids, ...]
    """The same way back: from each version but the first to the one before."""

    def at(self, section_id: str, place: int, wanted: int) -> str | None:
        """Return what a section of the version at `place` is in another; None where nothing is."""
        found: str | None = section_id
        steps = self.ahead[place:wanted] if place < wanted else self.back[wanted:place][::-1]
        for each in steps:
            found = each.get(found) if found is not None else None
        return found


def lineage(diffs: Sequence[Diff]) -> Lineage:
    """Return the lineage over versions; each is compared with the one before it."""
    return Lineage(tuple(map(_ahead, diffs)), tuple(map(_back, diffs)))


def _ahead(diff: Diff) -> _Ids:
    found = {id_: diff.successor(id_) or "" for id_ in diff.old.index}
    return MappingProxyType({old: new for old, new in found.items() if new in diff.new.index})


def _back(diff: Diff) -> _Ids:
    own = {new: old for old, new in diff.ids.items() if old in diff.old.index}
    left = {old: new for old, new in diff.heirs.items() if new not in own}
    number = Counter(left.values())
    own |= {new: old for old, new in left.items() if number[new] == 1}
    return MappingProxyType({new: old for new, old in own.items() if new in diff.new.index})
