"""What share of adherence is asked for: from the spec's front matter and from `charter.toml`.

    targets:                 # front matter; in charter.toml the same keys under [targets]
      default: 0.8
      root: 0.95             # an authority, a section or a clause by its id
      no_hate/chat: 0.9

The most specific key wins: clause, section, the sections above it, authority, default. Between two
equal keys `charter.toml` wins: who measures may ask for another share than who wrote the spec.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from charter.errors import ConfigError, SpecError
from charter.source import Span
from charter.spec.gather import RENAMED
from charter.spec.ladder import NONE
from charter.spec.spec import AUTHORITIES, Spec

DEFAULT = "default"
FIELD = "targets"
MAX_TARGETS = 2000
_FRONT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """A share to reach, and who asks for it."""

    value: float
    """In (0, 1]."""
    key: str
    """The clause, section or authority it was given for, or `default`."""
    origin: str
    """The file that gives it."""


@dataclass(frozen=True, slots=True)
class Targets:
    """Every target of a spec, to be asked by what they are for."""

    by_key: Mapping[str, Target]
    above: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Of each section: itself, then the sections it lies in, nearest first."""
    authorities: Mapping[str, str] = field(repr=False)
    """Of each section that has one."""
    unused: tuple[str, ...] = ()
    """Keys of `charter.toml` that name nothing in this spec: it may be there for others."""

    def of_clause(self, clause: str) -> Target | None:
        """Return the target of a clause by its id; None where nobody asks for any."""
        return self.by_key.get(clause) or self.of_section(clause.partition("/")[0])

    def of_section(self, section: str) -> Target | None:
        """Return the target of a section by its id; None where nobody asks for any."""
        for each in self.above.get(section, ()):
            if each in self.by_key:
                return self.by_key[each]
        return self.of_authority(self.authorities.get(section, NONE))

    def of_authority(self, authority: str) -> Target | None:
        """Return the target of a level of authority; None where nobody asks for any."""
        return self.by_key.get(authority) or self.by_key.get(DEFAULT)

    @property
    def of_whole(self) -> Target | None:
        """The target of the whole spec, and of whatever has none of its own."""
        return self.by_key.get(DEFAULT)


def targets_of(
    spec: Spec, config: Mapping[str, float] | None = None, *, config_path: str | None = None
) -> Targets:
    """Return the targets of a spec, those of a configuration laid over them.

    Raises SpecError, with its place, for a front-matter target that is no share in (0, 1] or
    names nothing in the spec, and ConfigError for such a share in the configuration.
    """
    known = {section.id for section in spec.sections} | {clause.id for clause in spec.clauses}
    levels = {*AUTHORITIES, NONE} | {s.authority for s in spec.sections if s.authority}
    known |= levels | {DEFAULT}
    found = {target.key: target for target in _from_spec(spec, known)}
    unused: list[str] = []
    for name, value in (config or {}).items():
        key = RENAMED.get(name, name)
        if _problem(value) is not None:
            where = config_path or "configuration"
            raise ConfigError(f"{where}: {FIELD}.{name}: {_problem(value)}", hint=_HINT)
        if key not in known:
            unused.append(name)
            continue
        found[key] = Target(float(value), key, config_path or "charter.toml")
    parents = {section.id: section.parent for section in spec.sections}
    return Targets(
        by_key=found,
        above={section: tuple(_upwards(section, parents)) for section in parents},
        authorities={s.id: s.authority for s in spec.sections if s.authority is not None},
        unused=tuple(unused),
    )


_HINT = "a target is a share of adherence, such as 0.9"


def _from_spec(spec: Spec, known: set[str]) -> Iterator[Target]:
    given = spec.metadata.get(FIELD)
    if given is None:
        return
    if not isinstance(given, Mapping) or len(given) > MAX_TARGETS:
        what = f"`{FIELD}` must be a mapping of at most {MAX_TARGETS} ids to shares"
        raise _error(spec, None, what, "such as `default: 0.8`")
    for name, value in given.items():
        key = RENAMED.get(str(name), str(name))
        if key not in known:
            what = f"`{FIELD}` names {key!r:.80}, which is no clause, section or authority"
            raise _error(spec, name, what, f"see `charter show {spec.source.path}` for the ids")
        problem = _problem(value)
        if problem is not None:
            raise _error(spec, name, f"`{FIELD}` of {key!r:.80}: {problem}", _HINT)
        yield Target(float(value), key, spec.source.path)


def _problem(value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{value!r:.40} is no number"
    if not (math.isfinite(value) and 0 < value <= 1):
        return f"{value!r:.40} is no share above 0 and up to 1"
    return None


def _upwards(section: str, parents: Mapping[str, str | None]) -> Iterator[str]:
    seen: set[str] = set()
    at: str | None = section
    while at is not None and at not in seen:
        seen.add(at)
        yield at
        at = parents.get(at)


def _error(spec: Spec, name: object, message: str, hint: str) -> SpecError:
    return SpecError(message, hint=hint, place=spec.source.locate(_span(spec.source.text, name)))


def _span(text: str, name: object) -> Span:
    """Return the line of a target, else that of the field, in front matter."""
    found = re.compile(rf"^{FIELD}[ \t]*:.*$", re.MULTILINE).search(text, 0, _FRONT)
    if found is None:
        return Span(0, 0)
    if name is not None:
        written = re.escape(str(name))
        line = re.compile(rf"^[ \t]+[\"']?{written}[\"']?[ \t]*:.*$", re.MULTILINE)
        inner = line.search(text, found.end(), _FRONT)
        found = inner or found
    return Span(*found.span())
