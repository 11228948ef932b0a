"""One version of a spec as it is published: its parts, and where each thing stands in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from charter.policy.policy import Policy
from charter.publish.address import RESERVED
from charter.spec.spec import Section, Spec

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+|\.{2,}")
"""Two full stops stand between the versions of a pair."""
MAX_SLUG = 80


@dataclass(frozen=True, slots=True)
class Part:
    """A top-level section with all below it: one page."""

    slug: str
    sections: tuple[Section, ...]
    """In the order of the text; the first gives the page its title."""

    @property
    def title(self) -> str:
        """The title of its first section."""
        return self.sections[0].title


@dataclass(frozen=True, slots=True)
class Edition:
    """One version, with its place in the site."""

    spec: Spec
    policy: Policy
    slug: str
    """Names the version in addresses."""
    parts: tuple[Part, ...]
    part_of: Mapping[str, str] = field(repr=False)
    """Slug of the part that holds a section, by the section's id."""
    layers: tuple[Spec, ...] = field(default=(), repr=False)
    """The base and the overlays that `spec` is made of; empty where it is one text."""
    origins: Mapping[str, int] = field(default_factory=dict, repr=False)
    """Which of the layers wrote each part, as in `Effective.origins`."""

    @property
    def texts(self) -> tuple[Spec, ...]:
        """Every text that it is made of, the base first."""
        return self.layers or (self.spec,)

    @property
    def title(self) -> str:
        """What the document is called: as an overlay's front matter has it, else as the base."""
        named = (text.title for text in reversed(self.layers[1:]) if "title" in text.metadata)
        return next(named, self.texts[0].title)

    @property
    def label(self) -> str:
        """What people call the version; of a stack, the versions of all its texts."""
        return _label(self.texts)


def edition(
    spec: Spec,
    policy: Policy,
    layers: Sequence[Spec] = (),
    origins: Mapping[str, int] | None = None,
) -> Edition:
    """Cut a spec into parts: at headings of the depth of its highest one.

    Where it is the effective spec of a stack, `layers` are the texts and `origins` those of it.
    """
    top = min((section.depth for section in spec.sections), default=1)
    groups: list[list[Section]] = []
    for section in spec.sections:
        if section.depth == top or not groups:
            groups.append([])
        groups[-1].append(section)
    slugs = unique([slug_of(group[0].id) for group in groups], RESERVED)
    parts = tuple(Part(slug, tuple(group)) for slug, group in zip(slugs, groups, strict=True))
    held = {section.id: part.slug for part in reversed(parts) for section in part.sections}
    return Edition(
        spec,
        policy,
        slug_of(_label(layers or (spec,))),
        parts,
        MappingProxyType(held),
        tuple(layers),
        MappingProxyType(dict(origins or {})),
    )


def called(text: Spec) -> str:
    """Return what a text of a stack is called: by its front matter, else by its name."""
    return text.title if "title" in text.metadata else text.name


def _label(texts: Sequence[Spec]) -> str:
    base, *overlays = texts
    above = [" ".join(filter(None, (each.name, each.version))) for each in overlays]
    said = base.version or base.digest.partition(":")[2][:12]
    return f"{said} with {', '.join(above)}" if above else said


def slug_of(name: str) -> str:
    """Return a name that is safe as part of an address and as a file's name."""
    made = _UNSAFE.sub("-", name).strip("-.")[:MAX_SLUG]
    return made.lower() or "part"


def unique(names: Sequence[str], taken: Sequence[str] = ()) -> list[str]:
    """Return names, those that came before told apart by a number."""
    seen = set(taken)
    last: dict[str, int] = {}  # a text may have a hundred thousand names that are alike
    made = []
    for name in names:
        found, number = name, last.get(name, 1)
        while found in seen:
            number += 1
            found = f"{name}-{number}"
        last[name] = number
        seen.add(found)
        made.append(found)
    return made
