"""Two versions of a spec -> what changed, and what that does.

Pure and deterministic. Sections, clauses and examples are matched by id first, then by
similarity (`match`); what each pair differs in is said by the `diff_*` modules, one change for
each part. Source of the kinds: DESIGN.md, "spec".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from charter.spec.changes.change import Change, Effect, Kind, Weight, rank
from charter.spec.changes.compared import Compared
from charter.spec.changes.diff_clause import clause_changes
from charter.spec.changes.diff_example import example_changes
from charter.spec.changes.diff_rule import rule_changes
from charter.spec.changes.diff_section import section_changes
from charter.spec.changes.diff_text import text_changes
from charter.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Diff:
    """What changed from one version to another."""

    old: Spec = field(repr=False)
    new: Spec = field(repr=False)
    changes: tuple[Change, ...]
    """Heaviest first: authority, strength, clauses, examples, wording; then by place."""
    ids: Mapping[str, str] = field(repr=False)
    """Old id -> new id of every section, clause and example that is still there."""
    heirs: Mapping[str, str] = field(repr=False)
    """Id of a section that is gone -> the one that holds most of what it held."""
    complete: bool
    """False when so much changed that the search for similar clauses was cut short: what could
    be moved or amended then shows as removed and added."""

    @property
    def identical(self) -> bool:
        """Whether both texts are the same, byte for byte."""
        return self.old.digest == self.new.digest

    @property
    def substance(self) -> bool:
        """Whether more changed than wording and order: what `--exit-code` goes by."""
        return any(change.effect is not Effect.WORDING for change in self.changes)

    @property
    def counts(self) -> Counter[Kind]:
        """How many parts each kind of change befell; a part with two kinds counts in both."""
        return Counter(kind for change in self.changes for kind in change.kinds)

    @property
    def effects(self) -> Counter[Effect]:
        """How many changes of rules have each effect; a whole section counts by its clauses."""
        return Counter(
            change.effect
            for change in self.changes
            if change.weight <= Weight.CLAUSE and not change.kind.startswith("section_")
        )

    @property
    def gone(self) -> tuple[str, ...]:
        """Ids of sections that only the old version has, in its order."""
        return _missing(self.old, self.new)

    @property
    def come(self) -> tuple[str, ...]:
        """Ids of sections that only the new version has, in its order."""
        return _missing(self.new, self.old)

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """Return the changes that are of one of these kinds, among others or not."""
        return tuple(change for change in self.changes if not set(kinds).isdisjoint(change.kinds))

    def home(self, change: Change) -> tuple[bool, str] | None:
        """Return the section to show a change under, and before it whether it is there still.

        The id is that of the new version where it is, else of the old one; None for changes of
        the document as a whole.
        """
        if change.section is None:
            return None
        here = change.new_section or self.ids.get(change.old_section or "")
        return (True, here) if here is not None else (False, change.section)

    def successor(self, old_id: str) -> str | None:
        """Return where an old section, clause or example is now; None where it is nowhere."""
        return self.ids.get(old_id) or self.heirs.get(old_id)


def diff(old: Spec, new: Spec) -> Diff:
    """Compare two versions. Never fails: odd input only makes for odd changes."""
    compared = Compared(old, new)
    found = [
        *section_changes(compared),
        *clause_changes(compared),
        *example_changes(compared),
        *rule_changes(compared),
        *text_changes(compared),
    ]
    matches = compared.matches
    ids = {two.old.id: two.new.id for two in matches.sections}
    ids |= {two.old.id: two.new.id for two in matches.clauses}
    ids |= {two.old.id: two.new.id for two in matches.examples}
    return Diff(
        old,
        new,
        tuple(sorted(found, key=rank)),
        MappingProxyType(ids),
        MappingProxyType(_heirs(compared)),
        matches.complete,
    )


def _heirs(compared: Compared) -> dict[str, str]:
    best: dict[str, tuple[int, str]] = {}
    for (old, new), number in compared.came.items():  # in old text order, so the first stays
        if old not in compared.sections and number > best.get(old, (0, ""))[0]:
            best[old] = number, new
    return {old: new for old, (_, new) in best.items()}


def _missing(spec: Spec, other: Spec) -> tuple[str, ...]:
    return tuple(section.id for section in spec.sections if section.id not in other.index)
