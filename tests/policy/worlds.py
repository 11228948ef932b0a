"""Policies, directives and conversations for tests: by hand, and generated."""

from __future__ import annotations

import os
from itertools import product

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


def readings() -> st.SearchStrategy[dict[str, str]]:
    """Any choice of readings."""
    return st.fixed_dictionaries(
        {},
        optional={
            reading.name: st.sampled_from([choice.name for choice in reading.alternatives])
            for reading in READINGS
        },
    )


NAMES = tuple(f"d{number}" for number in range(8))
SOURCES = ("tool:search", "tool:files", "attachment:AGENTS.md", "quote:user")


@st.composite
def directives(
    draw: st.DrawFn, levels: tuple[str, ...] = (*SPEAKING, "none"), most: int = 8
) -> tuple[Directive, ...]:
    """Any directives of a short conversation: every message speaks at one level."""
    speakers = draw(st.lists(st.sampled_from(levels), min_size=1, max_size=5))
    count = draw(st.integers(0, most))
    return tuple(draw(_one(NAMES[at], speakers)) for at in range(count))


@st.composite
def _one(draw: st.DrawFn, name: str, speakers: list[str]) -> Directive:
    order = draw(st.integers(0, len(speakers) - 1))
    level = speakers[order]
    act = draw(st.sampled_from(Act))
    fields: dict[str, object] = {}
    if act in (Act.OVERRIDE, Act.SOFTEN, Act.KEEP):
        wanted = (*RULES, "teens", "user_1/aaaa", "guideline_1/bbbb", "nowhere")
        fields["targets"] = (draw(st.sampled_from(wanted)),)
        fields["explicit"] = act is not Act.SOFTEN
    elif act in (Act.SUPERSEDE, Act.PREMISE):
        fields["targets"] = (draw(st.sampled_from(NAMES)),)
    elif act is Act.CLASH:
        fields["targets"] = tuple(draw(st.lists(st.sampled_from(RULES), min_size=2, max_size=2)))
    elif act is Act.SETTING:
        fields["subject"] = draw(st.sampled_from(["under_18", "max_words"]))
        fields["value"] = draw(st.sampled_from([True, False, 1]))
    elif act is Act.DELEGATE:
        to = tuple(draw(st.lists(st.sampled_from([*SOURCES, "tool:*"]), max_size=2)))
        only = tuple(draw(st.lists(st.sampled_from(["language", "style"]), max_size=1)))
        fields["delegation"] = Delegation(to, draw(st.sampled_from([None, *LEVELS])), only)
    elif act is Act.SCOPE:
        fields["scope"] = Scope(("a", "b*"), max_cost=draw(st.integers(0, 3)), id=name, level=level)
    else:
        fields |= _instruction(draw)
    source = level if level != "none" else draw(st.sampled_from(SOURCES))
    return Directive(
        name,
        act,
        level,
        order,
        source=source,
        needs=draw(st.sampled_from([(), (), ("images",)])),
        mistaken=draw(st.sampled_from([None, None, None, "a forgotten not"])),
        relation=draw(st.sampled_from(Relation)),
        risk=draw(st.sampled_from(Risk)),
        **fields,
    )


def _instruction(draw: st.DrawFn) -> dict[str, object]:
    conflicts = st.lists(st.sampled_from([*NAMES, *RULES]), max_size=2, unique=True)
    return {
        "subject": draw(st.sampled_from([None, "language", "style"])),
        "value": draw(st.sampled_from([None, "en", "fr"])),
        "conflicts": tuple(draw(conflicts)),
    }
