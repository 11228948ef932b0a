"""Where the sections of a spec stand: which is in which."""

from __future__ import annotations

from charter.spec.spec import Spec


def places(spec: Spec) -> dict[str, int]:
    """Return the places of sections by id; of two with one id, that of the first."""
    return {section.id: at for at, section in reversed(list(enumerate(spec.sections)))}


def parents(spec: Spec) -> list[int | None]:
    """Return the place of the section that each stands in; None at the top."""
    found = places(spec)
    return [None if each.parent is None else found.get(each.parent) for each in spec.sections]


def bare(spec: Spec) -> list[bool]:
    """Return which sections are hardly more than a title, or than one sentence over others."""
    over = {section.parent for section in spec.sections}
    return [len(each.clauses) <= (each.id in over) for each in spec.sections]


def inside(spec: Spec) -> list[list[int]]:
    """Return, for each section that is bare, the places of all that are inside."""
    above, titles = parents(spec), bare(spec)
    made: list[list[int]] = [[] for _ in spec.sections]
    for at in range(len(spec.sections)):
        over = above[at]
        while over is not None and over < at:  # what stands in a section comes after it
            if titles[over]:
                made[over].append(at)
            over = above[over]
    return made
