"""What an overlay may not do to sections: whatever would weaken one above its level.

A section stands above a level that it does not yield to. It may be tightened: prohibitions and
boundaries may be added, effects raised. All else about it is refused, duties too: one that binds
higher than its author speaks can outrank a prohibition.
Source: DESIGN.md, The dialect; Model Spec, section `levels_of_authority`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from charter.source import Span
from charter.spec.overlays.content import CLASSES, content_class, strictness, tagged_class
from charter.spec.overlays.refusal import Overlaid, Refusal
from charter.spec.overlays.same import (
    same_boundary,
    same_clause,
    same_conversation,
    same_expectation,
    same_rule,
)
from charter.spec.overlays.stance import permits, restrains
from charter.spec.spec import Boundary, Clause, Example, Section

EFFECTS = ("flag", "redact", "require_approval", "deny")
"""Laxest first."""


def section_weakenings(overlaid: Overlaid) -> Iterator[Refusal]:
    """Yield what the sections of an overlay do that the stack below does not allow."""
    for section in overlaid.spec.sections:
        below = overlaid.below.spec.index.get(section.id)
        above = overlaid.above(below) if below is not None else None
        if below is None or above is None:
            yield from _claim(overlaid, section, below)
        else:
            stands = _Stands(overlaid, section, below, above)
            yield from _heading(stands)
            yield from _tags(stands)
            yield from _clauses(stands)
            yield from _examples(stands)
        for boundary in section.boundaries:
            yield from _boundary(_Stands(overlaid, section, below or section, above), boundary)


@dataclass(frozen=True, slots=True)
class _Stands:
    """A section of an overlay that has the id of one in the stack."""

    overlaid: Overlaid
    section: Section
    below: Section
    above: str | None
    """The authority at which it stands above the overlay; None where it yields."""

    @property
    def which(self) -> str:
        return f", which stands at {self.above}" if self.above else ""

    def refuse(self, kind: str, wanted: str, span: Span, what: str, hint: str) -> Refusal:
        return self.overlaid.refuse(
            kind,
            wanted,
            self.above or self.overlaid.level,
            span,
            message=f"overlay at {self.overlaid.level} {what}",
            hint=hint,
            section=self.section.id,
        )


def _claim(overlaid: Overlaid, section: Section, below: Section | None) -> Iterator[Refusal]:
    """Refuse an authority above the overlay's level, for a section that is its to write."""
    ladder, claimed = overlaid.below.ladder, section.authority
    if claimed is None or (below is not None and claimed == below.authority):
        return
    if ladder.rank(claimed) == 0:
        what = f"claims {claimed[:60]!r}, which is no level of the ladder"
        hint = f"one of {', '.join(level.name for level in ladder.levels)}"
    elif ladder.rank(claimed) > ladder.rank(overlaid.level):
        what = f"claims {claimed}, but the overlay speaks at {overlaid.level}"
        hint = f"claim {overlaid.level} or a level below it"
    else:
        return
    yield overlaid.refuse(
        "authority",
        section.id,
        claimed,
        section.heading_span,
        message=f"section {section.id} {what}",
        hint=hint,
        section=section.id,
    )


def _heading(stands: _Stands) -> Iterator[Refusal]:
    section, below = stands.section, stands.below
    where = section.heading_span
    if section.authority is not None and section.authority != below.authority:
        what = f"gives authority {section.authority[:60]} to section {section.id}{stands.which}"
        hint = "leave `authority=` out: what you add to the section binds as the section does"
        yield stands.refuse("authority", section.id, where, what, hint)
    if section.title != below.title:
        what = f"renames section {section.id}{stands.which}"
        hint = f"write its own title, {below.title[:80]!r}, or a section of your own"
        yield stands.refuse("title", section.id, where, what, hint)


def _tags(stands: _Stands) -> Iterator[Refusal]:
    """Refuse changes of tags above the level.

    Labels may be added, and a class of content only be made stricter.
    """
    section, below, overlaid = stands.section, stands.below, stands.overlaid
    if not section.tags:
        return
    where, name = section.heading_span, section.id
    wanted = tagged_class(section.tags)
    held = content_class(below, overlaid.below.spec.index)
    for tag in below.tags:
        if tag not in section.tags and not (tag in CLASSES and wanted is not None):
            what = f"takes tag {tag} from section {name}{stands.which}"
            hint = "repeat the section's tags, or leave `tags=` out"
            yield stands.refuse("tag", name, where, what, hint)
    for tag in sorted(set(section.tags) - set(below.tags)):
        if tag in overlaid.conditions:
            what = f"makes section {name}{stands.which}, depend on setting {tag}"
            hint = f"write a section of your own with the tag, at {overlaid.level} or below"
            yield stands.refuse("tag", name, where, what, hint)
    if wanted is not None and strictness(wanted) < strictness(held):
        what = f"makes the content of section {name}{stands.which}, {wanted}"
        hint = f"leave it {held}" if held else "no exception lifts content without a class"
        yield stands.refuse("tag", name, where, what, hint)


def _clauses(stands: _Stands) -> Iterator[Refusal]:
    there = {clause.id: clause for clause in stands.below.clauses}
    level = stands.overlaid.level
    for clause in stands.section.clauses:
        known = there.get(clause.id)
        if known is not None and not same_clause(known, clause):
            what = f"changes clause {clause.id}{stands.which}"
            hint = (
                "leave it as it is and add a clause that asks for more, write a section of your "
                f"own at {level}, or ask for the change in the base"
            )
            yield stands.refuse("text", clause.id, clause.span, what, hint)
        elif known is None and permits(clause.text, clause.strength):
            yield _added(stands, clause, "permission")
        elif known is None and not restrains(clause.text):
            yield _added(stands, clause, "duty")


def _added(stands: _Stands, clause: Clause, kind: str) -> Refusal:
    what = f"adds a {kind}, {clause.id}, to section {stands.below.id}{stands.which}"
    hint = (
        "above your level only what must or should not be done can be added: say it so, write a "
        f"section of your own at {stands.overlaid.level}, or ask for the change in the base"
    )
    return stands.refuse(kind, clause.id, clause.span, what, hint)


def _examples(stands: _Stands) -> Iterator[Refusal]:
    there = {example.id: example for example in stands.below.examples}
    for example in stands.section.examples:
        known = there.get(example.id)
        if known is None or _kept(known, example):
            continue
        what = f"changes example {example.id} of section {stands.below.id}{stands.which}"
        hint = "give your example a caption of its own"
        yield stands.refuse("example", example.id, example.span, what, hint)


def _kept(known: Example, example: Example) -> bool:
    """Whether an example shows the same, and expects no less."""
    expects = known.expectation is not None and example.expectation is not None
    return same_conversation(known, example) and (not expects or same_expectation(known, example))


def _boundary(stands: _Stands, boundary: Boundary) -> Iterator[Refusal]:
    known = stands.overlaid.boundaries.get(boundary.id)
    if known is None:
        return
    name = f"boundary {boundary.id!r}"
    if known.section != boundary.section:
        what = f"uses boundary id {boundary.id!r}, which section {known.section} has"
        hint = "give the boundary an id of its own"
    elif stands.above is None or same_boundary(known, boundary):
        return
    elif not same_rule(known, boundary):
        what = f"changes when {name}{stands.which}, fires"
        hint = "add a boundary with an id of its own beside it"
    elif _strict(boundary.effect) < _strict(known.effect):
        what = f"lowers {name}{stands.which}, from {known.effect} to {boundary.effect[:60]}"
        hint = f"keep {known.effect} or raise it"
    elif boundary.effect == known.effect:
        if boundary.say is None:  # left out, so it stays as it is
            return
        what = f"changes what {name}{stands.which}, says"
        hint = "raise the effect, or add a boundary with an id of its own beside it"
    else:
        return
    yield stands.refuse("boundary", boundary.id, boundary.span, what, hint)


def _strict(effect: str) -> int:
    return EFFECTS.index(effect) if effect in EFFECTS else -1
