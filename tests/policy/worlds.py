"""Policies, directives and conversations for tests: by hand, and generated."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import permutations, product

from hypothesis import settings
from hypothesis import strategies as st

from charter.policy.boundaries.boundary import Boundary, compile_boundary
from charter.policy.directive import Act, Delegation, Directive, Relation, Risk
from charter.policy.policy import Layer, Policy, Rule, RuleClause
from charter.policy.scope import Scope
from charter.source import Span
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.reading import READINGS, choose
from charter.spec.spec import Boundary as Written

thorough = settings(
    max_examples=int(
        os.environ.get("CHARTER_EXAMPLES") or (10_000 if os.environ.get("CI") else 150)
    ),
    deadline=None,
)
"""For properties that must never fail: 10,000 cases in CI."""

LEVELS = tuple(level.name for level in DEFAULT_LADDER.levels)
SPEAKING = ("system", "developer", "user")
RULES = tuple(f"{level}_{number}" for level, number in product(LEVELS, (1, 2)))
"""Two sections of every level, and a conditional one at root."""


def rule(rule_id: str, level: str, *, ladder: Ladder = DEFAULT_LADDER, **fields) -> Rule:
    """Return a section with two clauses."""
    clauses = tuple(RuleClause(f"{rule_id}/{name}", "Text.", "must") for name in ("aaaa", "bbbb"))
    return Rule(rule_id, rule_id, level, ladder.rank(level), clauses, **fields)


def boundary(boundary_id: str, section: Rule, when: str, effect: str, on: str) -> Boundary:
    """Return a compiled boundary of a section."""
    nowhere = Span(0, 0)
    written = Written(boundary_id, section.id, on, when, effect, None, nowhere, nowhere)
    made = compile_boundary(written, section.rank, section.content, 0)
    assert isinstance(made, Boundary), made
    return made


def policy(
    rules: tuple[Rule, ...] | None = None,
    *,
    ladder: Ladder = DEFAULT_LADDER,
    boundaries: tuple[Boundary, ...] = (),
    readings: dict[str, str] | None = None,
    **fields,
) -> Policy:
    """Return a policy; its sections are RULES and a conditional one unless others are given."""
    if rules is None:
        teen = rule("teens", "root", conditions=("under_18",))
        rules = (*(rule(name, name.partition("_")[0]) for name in RULES), teen)
    chosen = choose(readings or {})
    layers = (Layer("test", None, "sha256:test", None),)
    digest = f"sha256:{hash(tuple(sorted(chosen.items())))}"
    return Policy("test", "Test", layers, ladder, chosen, rules, boundaries, (), digest, **fields)


def directive(name: str, level: str = "user", order: int = 0, **fields) -> Directive:
    """Return a directive; its source is its level's role, or a tool where it has no level."""
    act = Act(fields.pop("act", "instruct"))
    source = fields.pop("source", level if level != "none" else "tool:search")
    return Directive(name, act, level, order, source=source, **fields)


CHOICES = tuple((reading.name, one.name) for reading in READINGS for one in reading.alternatives)


def readings() -> st.SearchStrategy[dict[str, str]]:
    """Any choice of readings: up to six that are chosen, the others as by default."""
    return st.lists(st.sampled_from(CHOICES), max_size=6).map(dict)


NAMES = tuple(f"d{number}" for number in range(8))
SOURCES = ("tool:search", "tool:files", "attachment:AGENTS.md", "quote:user")


WANTED = (*RULES, "teens", "user_1/aaaa", "guideline_1/bbbb", "nowhere")


def _templates() -> Iterator[dict[str, object]]:
    """Yield what a directive can say, once each: drawing one is quicker than drawing its parts."""
    for act, wanted in product((Act.OVERRIDE, Act.SOFTEN, Act.KEEP), WANTED):
        yield {"act": act, "targets": (wanted,), "explicit": act is not Act.SOFTEN}
    for act, name in product((Act.SUPERSEDE, Act.PREMISE), NAMES):
        yield {"act": act, "targets": (name,)}
    for pair in product(RULES, RULES):
        yield {"act": Act.CLASH, "targets": pair}
    for subject, value in product(("under_18", "max_words"), (True, False, 1)):
        yield {"act": Act.SETTING, "subject": subject, "value": value}
    sources = (*SOURCES, "tool:*")
    lifted = ((), *((one,) for one in sources), *product(sources, sources))
    only = ((), ("language",), ("style",))
    for to, level, part in product(lifted, (None, *LEVELS), only):
        yield {"act": Act.DELEGATE, "delegation": Delegation(to, level, part)}
    for cost in range(4):
        yield {"act": Act.SCOPE, "scope": Scope(("a", "b*"), max_cost=cost)}
    named = (*NAMES, *RULES)
    conflicts = ((), *((one,) for one in named), *permutations(named, 2))
    for subject, value, others in product(
        (None, "language", "style"), (None, "en", "fr"), conflicts
    ):
        yield {"act": Act.INSTRUCT, "subject": subject, "value": value, "conflicts": others}


def _by_act() -> dict[Act, tuple[dict[str, object], ...]]:
    found: dict[Act, list[dict[str, object]]] = {act: [] for act in Act}
    for template in _templates():
        found[template["act"]].append(template)
    return {act: tuple(templates) for act, templates in found.items() if templates}


TEMPLATES = _by_act()
EXTRAS = tuple(
    {"needs": needs, "mistaken": mistaken, "relation": relation, "risk": risk}
    for needs, mistaken, relation, risk in product(
        ((), (), ("images",)), (None, None, None, "a forgotten not"), Relation, Risk
    )
)


def directives(
    levels: tuple[str, ...] = (*SPEAKING, "none"), most: int = 8
) -> st.SearchStrategy[tuple[Directive, ...]]:
    """Any directives of a short conversation: every message speaks at one level.

    Many at once are made from a seed, which is ten times as quick and shrinks to nothing smaller;
    fewer are drawn part by part, so that a failure is shown at its smallest.
    """
    if thorough.max_examples > 2_000:
        seeds = st.integers(0, 2**64 - 1)
        return seeds.map(lambda seed: _conversation(random.Random(seed).choice, levels, most))
    return _drawn(levels, most)


@st.composite
def _drawn(draw: st.DrawFn, levels: tuple[str, ...], most: int) -> tuple[Directive, ...]:
    return _conversation(lambda known: draw(st.sampled_from(known)), levels, most)


def _conversation(
    pick: Callable[[Sequence], object], levels: tuple[str, ...], most: int
) -> tuple[Directive, ...]:
    speakers = [pick(levels) for _ in range(pick(range(1, 6)))]
    return tuple(_one(pick, NAMES[at], speakers) for at in range(pick(range(most + 1))))


def _one(pick: Callable[[Sequence], object], name: str, speakers: list[str]) -> Directive:
    order = pick(range(len(speakers)))
    level = speakers[order]
    fields = {**pick(TEMPLATES[pick(ACTS)])}
    if fields["act"] is Act.SCOPE:
        fields["scope"] = replace(fields["scope"], id=name, level=level)
    source = level if level != "none" else pick(SOURCES)
    return Directive(name, level=level, order=order, source=source, **fields, **pick(EXTRAS))


ACTS = tuple(TEMPLATES)
