"""How a brief reads to a model; and the sentences that every brief has in common.

Titles and clauses stand as the spec has them: a brief quotes rules and does not reword them. Only
"The assistant" is dropped where a clause begins with it. The other words are Charter's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Protocol

from charter.policy.briefs.one_line import one_line, shortened
from charter.policy.briefs.outline import Item, Why
from charter.policy.decision import STRICTNESS
from charter.policy.fates.entitled import Entitled, entitled
from charter.policy.policy import Policy
from charter.spec.ladder import Level, Yields

STRENGTHS = {"must": 0, "should": 1, "may": 2}
TITLE = 100
"""Characters of a title that are shown."""

_SUBJECT = "The assistant "
_BREACH = {
    "deny": "is blocked",
    "require_approval": "waits for a person",
    "redact": "is cut out",
    "flag": "is recorded",
}

_FIRM = " [This yields to nobody.]"


class Page(Protocol):
    """The form of a brief."""

    @property
    def policy(self) -> Policy: ...

    def head(self) -> list[str]:
        """Return what stands before all rules."""
        ...

    def lines(self, item: Item, *, opens: tuple[bool, bool]) -> list[str]:
        """Return the lines of a rule; `opens` says whether its level and its section are new.

        How long they are together must not depend on which item of a section comes first.
        """
        ...

    def place(self, item: Item) -> tuple[int, ...]:
        """Return the sort key of a rule on the page."""
        ...


class ModelPage:
    """Bullets under one heading a level, strongest first: no more words than it takes."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._breach = _breaches(policy)
        self._held = _held(policy)

    def head(self) -> list[str]:
        """Say whose rules these are, and what yields to what."""
        title = shortened(self.policy.title, TITLE)
        whose = f"Rules of \u201c{title}\u201d. You are the assistant that they speak of."
        return [whose, ladder_line(self.policy.ladder.levels)]

    def lines(self, item: Item, *, opens: tuple[bool, bool]) -> list[str]:
        """Return one bullet; the first of a section says what becomes of a breach in a reply."""
        heading = ["", f"## {one_line(item.rule.authority)}"] if opens[0] else []
        section = item.rule.id
        note = self._held.get(section, "") + self._breach.get(section, "") if opens[1] else ""
        when = f"If {settings(item)} on: " if item.conditions else ""
        return [*heading, f"- {when}{self._words(item)}{note}"]

    def place(self, item: Item) -> tuple[int, ...]:
        """Order by level, strength, document."""
        return -item.rule.rank, strength(item), item.order

    def _words(self, item: Item) -> str:
        text = item.clause.text
        rest = text.removeprefix(_SUBJECT)
        if rest != text and rest.split(" ", 1)[0] in STRENGTHS:
            text = rest
        return quoted(self.policy, text)


def strength(item: Item) -> int:
    """Return 0 for must, 1 for should, 2 for may."""
    return STRENGTHS.get(item.clause.strength, 1)


def quoted(policy: Policy, text: str) -> str:
    """Return the words of a clause as one line, links to sections as their titles."""

    def title(section: str) -> str | None:
        rule = policy.by_id.get(section)
        return shortened(rule.title, TITLE) if rule else None

    return one_line(text, title)


def settings(item: Item) -> str:
    """Return the conditions of a rule: `a is`, `a and b are`."""
    names = [one_line(name) for name in item.conditions]
    return f"{listed(names, 'and')} {'is' if len(names) == 1 else 'are'}"


def listed(names: Sequence[str], word: str) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def ladder_line(levels: Sequence[Level]) -> str:
    """Return one line that says which level outranks which, and what yields to what."""
    names = " > ".join(one_line(level.name) for level in levels)
    yields = "; ".join(_yields(*group) for group in _alike(levels))
    return f"{names}: a rule outranks rules and messages of lower levels. {yields}."


def _alike(levels: Sequence[Level]) -> Iterator[tuple[list[str], Level]]:
    """Yield neighbours that yield in the same way, with one of them."""

    def way(level: Level) -> tuple[Yields, str | None]:
        return level.yields, "" if level.to == level.name else level.to

    for _, group in groupby(levels, key=way):
        found = list(group)
        yield [one_line(level.name) for level in found], found[0]


def _yields(names: list[str], level: Level) -> str:
    who, verb = listed(names, "and"), "yields" if len(names) == 1 else "yield"
    if level.to is None:
        return f"{who} never {verb}"
    own = "their own level" if len(names) > 1 else "its own level"
    whose = own if level.to == level.name else one_line(level.to)
    if level.yields is Yields.IMPLICIT:
        return f"{who} {verb} to {whose} or above, and to context"
    return f"{who} {verb} only to explicit words of {whose} or above"


def warning(level: str, missing: int, total: int) -> str:
    """Return what stands on top of a brief that cuts the highest level."""
    return f"WARNING: cut short. {missing} of {total} {one_line(level)} rules are missing here."


def closing(
    policy: Policy, room: Counter[str], total: Counter[str], aside: Mapping[Why, Counter[str]]
) -> str:
    """Return the last line: what is left out, by level, so that nobody takes a part for all."""
    ranks = policy.ladder.ranks
    cut = _high_first(room, ranks)
    if cut:
        parts = [f"{_part(room[level], total[level])} {one_line(level)}" for level in cut]
        line = f"INCOMPLETE: {listed(parts, 'and')} rules bind too and had no room."
    else:
        line = f"Complete: all {total.total()} rules in force are above."
    for why, words in ((Why.SET_ASIDE, "set aside"), (Why.DORMANT, "waiting for a setting")):
        found = aside[why]
        parts = [f"{found[level]} {one_line(level)}" for level in _high_first(found, ranks)]
        noun = "rule" if found.total() == 1 else "rules"
        line += f" Not in force ({words}): {listed(parts, 'and')} {noun}." if parts else ""
    if policy.external:
        line += f" Not published, and binding: {listed([*map(one_line, policy.external)], 'and')}."
    return line


def _part(count: int, total: int) -> str:
    return f"all {total}" if count == total else f"{count} of {total}"


def _high_first(counts: Counter[str], ranks: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda level: (-ranks.get(level, 0), level))


def _held(policy: Policy) -> dict[str, str]:
    """Return a note for sections that an overlay or a reading makes yield otherwise."""
    notes: dict[str, str] = {}
    usual: dict[str, Entitled] = {}
    ladder = policy.ladder
    for level in ladder.levels:
        able = [
            other.name
            for other in reversed(ladder.levels)
            if other.roles and level.to and ladder.rank(other.name) >= ladder.rank(level.to)
        ]
        usual[level.name] = Entitled(tuple(able), level.yields is Yields.IMPLICIT)
    for section, who in entitled(policy).items():
        rule = policy.by_id[section]
        if who != usual.get(rule.authority):
            names = listed([one_line(level) for level in who.levels], "or")
            context = " and context" if who.context else ""
            notes[section] = f" [This yields to {names}{context} only.]" if names else _FIRM
    return notes


def _breaches(policy: Policy) -> dict[str, str]:
    """Return, for sections whose replies are checked, what becomes of a breach at worst."""
    worst: dict[str, str] = {}
    for boundary in policy.boundaries:
        if boundary.on == "output":
            known = worst.setdefault(boundary.section, boundary.effect)
            worst[boundary.section] = max(known, boundary.effect, key=_strictness)
    return {
        section: f" [Replies are checked: a breach {_BREACH.get(effect, 'is blocked')}.]"
        for section, effect in worst.items()
    }


def _strictness(effect: str) -> int:
    return STRICTNESS.get(effect, len(STRICTNESS))
