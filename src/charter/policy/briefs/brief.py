"""The rules in force as one text within a budget of tokens: for a model, or for developers.

What goes in, when not everything fits, is a beginning of one fixed order, so that a larger budget
only ever adds:

1. of the highest level, the strongest clause of each section;
2. the rest of that level, from must over should to may;
3. of every lower level, from high to low, the strongest clause of each section;
4. everything else, from high to low levels, within a level from must over should to may.

Among equals the document's order decides. So nothing of a lower level is said while a rule of the
highest is missing, and then every section is heard before any is heard out. A clause that does
not fit ends the brief: to skip it and go on would let a smaller budget say what a larger does not.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

from charter.errors import ConfigError
from charter.policy.briefs.brief_developer import DeveloperPage
from charter.policy.briefs.brief_page import ModelPage, Page, closing, strength, warning
from charter.policy.briefs.outline import Item, Outline, Why, outline
from charter.policy.briefs.tokens import estimate_tokens
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.source import digest_of

Audience = Literal["model", "developer"]


class LeftOut(NamedTuple):
    """What a brief does not say of one section, for one reason."""

    section: str
    level: str
    clauses: int
    whole: bool
    """Whether the brief says nothing of the section at all."""
    why: Why


@dataclass(frozen=True, slots=True)
class Brief:
    """The text, and an account of it: every clause of the policy is included or left out."""

    text: str
    audience: Audience
    policy_digest: str
    included: tuple[str, ...]
    """Ids of clauses, and of overlays' instructions, in the order of the text."""
    left_out: tuple[LeftOut, ...]
    """In document order."""
    tokens: int
    """Estimated from above; at most `budget`."""
    budget: int | None

    @property
    def digest(self) -> str:
        """Names the exact text."""
        return digest_of(self.text)

    @property
    def missing(self) -> int:
        """How many clauses bind and had no room."""
        return sum(out.clauses for out in self.left_out if out.why is Why.ROOM)


def brief(
    policy: Policy,
    *,
    audience: Audience = "model",
    budget: int | None = None,
    resolution: Resolution | None = None,
) -> Brief:
    """Write the rules in force, most binding first, within `budget` tokens (estimated).

    `resolution` is that of a conversation; without one, sections that depend on a setting are
    stated with their condition. Raises ConfigError when the budget has no room for a single rule,
    ValueError for a resolution of another policy.
    """
    known = outline(policy, resolution)
    draft = _Draft(ModelPage(policy) if audience == "model" else DeveloperPage(policy), known)
    kept = draft.fit(budget)
    chosen = sorted(draft.order[:kept], key=draft.page.place)
    text = "\n".join([*draft.above(kept), *draft.lines(chosen), *draft.below(kept)])
    return Brief(
        text=text,
        audience=audience,
        policy_digest=policy.digest,
        included=tuple(item.clause.id for item in chosen),
        left_out=tuple(_left_out(known, chosen)),
        tokens=estimate_tokens(text),
        budget=budget,
    )


def by_priority(items: Iterable[Item], top: int) -> list[Item]:
    """Return items in the order in which a budget takes them; `top` is the highest rank."""
    ranked = sorted(items, key=lambda item: (strength(item), item.order))
    firsts: dict[str, int] = {}
    for item in ranked:
        firsts.setdefault(item.rule.id, item.order)

    def key(item: Item) -> tuple[bool, bool, int, int, int]:
        rank = item.rule.rank
        later = firsts[item.rule.id] != item.order
        return rank != top, later, -rank, strength(item), item.order

    return sorted(ranked, key=key)


class _Draft:
    """A brief while it is being fitted: the cost of the first `kept` items, for any `kept`."""

    def __init__(self, page: Page, known: Outline) -> None:
        ladder = page.policy.ladder
        self.page = page
        self.known = known
        self.order = by_priority(known.items, len(ladder.levels))
        self.top = ladder.levels[0].name
        self.costs = [0, *accumulate(_cost(lines) for lines in self._opened(self.order))]

    def fit(self, budget: int | None) -> int:
        """Return how many items fit. Raises ConfigError where there are some and none fits."""
        most = len(self.order)
        if budget is None:
            return most
        kept = max(bisect_right(self.costs, budget) - 1, 0)
        while kept > 0 and self.cost(kept) > budget:
            kept -= 1
        if kept > 0 or (most == 0 and self.cost(0) <= budget):
            return kept
        needed = min(self.cost(kept) for kept in range(min(most, 1), min(most, 9) + 1))
        raise ConfigError(
            f"a brief of {budget} tokens has no room for a single rule of {self.page.policy.name}",
            hint=f"it takes at least {needed}",
        )

    def cost(self, kept: int) -> int:
        """Return the tokens of the whole text with the first `kept` items."""
        return self.costs[kept] + _cost([*self.above(kept), *self.below(kept)])

    def above(self, kept: int) -> list[str]:
        """Return what stands before the rules, with a warning where the highest level is cut."""
        head = self.page.head()
        missing = self._count(self.order[kept:])[self.top]
        if missing:
            total = self._count(self.order)[self.top]
            return [*head, "", warning(self.top, missing, total)]
        return head

    def lines(self, items: Iterable[Item]) -> list[str]:
        """Return the lines of items, with their headings."""
        return [line for lines in self._opened(items) for line in lines]

    def below(self, kept: int) -> list[str]:
        """Return the last line: what is left out."""
        room, all_ = self._count(self.order[kept:]), self._count(self.order)
        aside = [(why, self._count(o for o in self.known.aside if o.why is why)) for why in Why]
        return ["", closing(self.page.policy, room, all_, dict(aside))]

    def _opened(self, items: Iterable[Item]) -> Iterator[list[str]]:
        """Yield the lines of each item; the first of a level or section brings its heading."""
        seen: set[tuple[str, str]] = set()
        for item in items:
            level, section = ("level", item.rule.authority), ("section", item.rule.id)
            yield self.page.lines(item, opens=(level not in seen, section not in seen))
            seen |= {level, section}

    def _count(self, items: Iterable[Item]) -> Counter[str]:
        return Counter(item.rule.authority for item in items)


def _cost(lines: Iterable[str]) -> int:
    return sum(estimate_tokens(f"{line}\n") for line in lines)


def _left_out(known: Outline, chosen: Sequence[Item]) -> Iterator[LeftOut]:
    """Yield what is missing, section by section and reason by reason."""
    included = {item.order for item in chosen}
    heard = {item.rule.id for item in chosen}
    missing: dict[tuple[str, Why], int] = {}
    levels: dict[str, str] = {}
    for item in sorted((*known.items, *known.aside), key=lambda item: item.order):
        if item.order not in included:
            key = item.rule.id, item.why or Why.ROOM
            missing[key] = missing.get(key, 0) + 1
            levels[item.rule.id] = item.rule.authority
    for (section, why), count in missing.items():
        yield LeftOut(section, levels[section], count, section not in heard, why)
