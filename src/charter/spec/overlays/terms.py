"""Front matter -> Terms: what a document says of itself as a layer of a policy.

Its base and level where it is an overlay, the ladder, the readings it chooses, and what is so of
the whole policy. Source of each field: docs/dialect.md, Front matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn

from charter.errors import SpecError
from charter.source import Span
from charter.spec.gather import RENAMED
from charter.spec.ladder import Ladder, Level, Yields
from charter.spec.reading import BY_NAME, choose
from charter.spec.spec import Spec

CONDITIONS = ("under_18",)
"""Tags that make a section depend on the setting of that name, unless front matter says."""
DEFAULT_TIMER = 3600.0
MAX_TIMER = 366 * 86400.0
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
"""What the digest of a text looks like."""
MAX_NAMES = 200
"""Entries of one list in front matter."""

FIELDS = (
    "extends",
    "level",
    "ladder",
    "readings",
    "conditions",
    "external",
    "first_party",
    "default_timer",
    "gates",
)
"""Fields of front matter that are read here."""

UNREADABLE = "front-matter"
"""The kind of problem that front matter has which is no YAML mapping."""

_NAMES = ("conditions", "external")
_LEVEL_KEYS = ("level", "roles", "yields", "to")
_FRONT = 64 * 1024


class Extends(NamedTuple):
    """What an overlay stands on."""

    name: str
    version: str | None
    digest: str


@dataclass(frozen=True, slots=True)
class Terms:
    """The front matter of one layer; None where it does not say."""

    extends: Extends | None = None
    level: str | None = None
    ladder: Ladder | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    conditions: tuple[str, ...] | None = None
    external: tuple[str, ...] = ()
    first_party: bool | None = None
    default_timer: float | None = None
    gates: Mapping[str, str] = field(default_factory=dict)
    """Gate of decisions to the section it rests on; see `charter.policy.policy.GATES`."""


def terms_of(spec: Spec) -> Terms:
    """Read the front matter of a spec or overlay. Raises SpecError, with the field's place.

    So does front matter that is no YAML: what it would have said is not known.
    """
    for problem in spec.problems:
        if problem.kind == UNREADABLE:
            raise SpecError(
                f"front matter cannot be read: {problem.message}",
                hint="`charter check` shows the place",
                place=spec.source.locate(problem.span),
            )
    read = _Reader(spec)
    return Terms(
        extends=read.extends(),
        level=read.level(),
        ladder=read.ladder(),
        readings=read.readings(),
        conditions=read.names("conditions"),
        external=read.names("external") or (),
        first_party=read.first_party(),
        default_timer=read.default_timer(),
        gates=read.gates(),
    )


def read_field(spec: Spec, key: str) -> object:
    """Read one of FIELDS; None where there is none. Raises SpecError, with its place."""
    reader = _Reader(spec)
    return reader.names(key) if key in _NAMES else getattr(reader, key)()


def field_span(spec: Spec, key: str) -> Span:
    """Return the line of a front-matter field; the start of the text where it has none."""
    found = re.compile(rf"^{re.escape(key)}[ \t]*:.*$", re.MULTILINE).search(
        spec.source.text, 0, _FRONT
    )
    return Span(*found.span()) if found else Span(0, 0)


class _Reader:
    """One field a method; each ends in a value or in one SpecError."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.fields = spec.metadata

    def fail(self, key: str, what: str, hint: str) -> NoReturn:
        place = self.spec.source.locate(field_span(self.spec, key))
        raise SpecError(f"`{key}` {what}", hint=hint, place=place)

    def extends(self) -> Extends | None:
        found = self.fields.get("extends")
        if found is None:
            return None
        hint = "`charter new overlay --base SPEC DIR` writes name, version and digest"
        if not isinstance(found, Mapping):
            self.fail("extends", "must be a mapping with name, version and digest", hint)
        digest = found.get("digest")
        if not isinstance(digest, str) or not digest:
            self.fail("extends", "has no `digest`, so the base may be any text", hint)
        version = found.get("version")
        name = str(found.get("name") or "its base")
        return Extends(name, None if version is None else str(version), digest)

    def level(self) -> str | None:
        found = self.fields.get("level")
        return None if found is None else RENAMED.get(str(found), str(found))

    def ladder(self) -> Ladder | None:
        found = self.fields.get("ladder")
        if found is None:
            return None
        hint = "each is {level: NAME, roles: [ROLE], yields: never | explicit | implicit, to: NAME}"
        if not isinstance(found, list) or not 0 < len(found) <= MAX_NAMES:
            self.fail("ladder", f"must be a list of 1 to {MAX_NAMES} levels, highest first", hint)
        levels = [self._level_of(entry, hint) for entry in found]
        try:
            return Ladder(tuple(levels))
        except ValueError as cause:
            self.fail("ladder", f"cannot be used: {cause}", hint)

    def _level_of(self, entry: object, hint: str) -> Level:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("level"), str):
            self.fail("ladder", f"has an entry without a `level`: {str(entry)[:80]!r}", hint)
        unknown = sorted(map(str, set(entry) - set(_LEVEL_KEYS)))
        if unknown:
            self.fail("ladder", f"has an entry with an unknown field {unknown[0][:80]!r}", hint)
        name = _renamed(entry["level"])
        roles = entry.get("roles") or ()
        roles = (roles,) if isinstance(roles, str) else roles
        if not isinstance(roles, list | tuple) or not all(isinstance(each, str) for each in roles):
            self.fail("ladder", f"has roles of {name[:80]!r} that are no list of names", hint)
        to = entry.get("to")
        said = entry.get("yields", "never" if to is None else "explicit")
        if said not in tuple(Yields):
            self.fail("ladder", f"says that {name[:80]!r} yields {str(said)[:80]!r}", hint)
        yields = Yields(said)
        if to is None and yields is not Yields.NEVER:
            to = name
        return Level(name, tuple(roles), yields, None if to is None else _renamed(str(to)))

    def readings(self) -> Mapping[str, str]:
        found = self.fields.get("readings")
        if found is None:
            return {}
        hint = "the reference page Readings lists them and their alternatives"
        if not isinstance(found, Mapping) or len(found) > len(BY_NAME):
            self.fail("readings", "must be a mapping of reading to alternative", hint)
        chosen = {str(name): str(value) for name, value in found.items()}
        try:
            choose(chosen)
        except ValueError as cause:
            self.fail("readings", f"cannot be used: {cause}", hint)
        return chosen

    def names(self, key: str) -> tuple[str, ...] | None:
        found = self.fields.get(key)
        if found is None:
            return None
        listed = [found] if isinstance(found, str) else found
        if not isinstance(listed, list) or len(listed) > MAX_NAMES:
            self.fail(key, f"must be a list of at most {MAX_NAMES} names", f"`{key}: [name]`")
        names = [each for each in listed if isinstance(each, str) and each]
        if len(names) != len(listed):
            self.fail(key, "must be a list of names", f"such as `{key}: [name]`")
        return tuple(dict.fromkeys(names))

    def first_party(self) -> bool | None:
        found = self.fields.get("first_party")
        if found is not None and not isinstance(found, bool):
            self.fail("first_party", f"must be true or false, not {str(found)[:80]!r}", "say true")
        return found

    def default_timer(self) -> float | None:
        found = self.fields.get("default_timer")
        if found is None:
            return None
        number = float(found) if type(found) in (int, float) else 0.0  # type: ignore[arg-type]
        if not 0 < number <= MAX_TIMER:
            self.fail(
                "default_timer", "must be a number of seconds, at most a year", "3600: an hour"
            )
        return number

    def gates(self) -> Mapping[str, str]:
        found = self.fields.get("gates")
        if found is None:
            return {}
        if not isinstance(found, Mapping) or len(found) > MAX_NAMES:
            self.fail("gates", "must be a mapping of gate to section id", "`scope: section_id`")
        for gate, section in found.items():
            if not isinstance(section, str) or not self.spec.has_section(section):
                what = f"names no section of this document for {str(gate)[:60]!r}"
                self.fail("gates", what, "name one by its id")
        return {str(gate): str(section) for gate, section in found.items()}


def _renamed(name: str) -> str:
    return RENAMED.get(name, name)
