"""A file beside specs that are compared: authorities that a text does not state, and corrections.

~~~yaml
authorities:
  other_spec:
    hard_constraints: root
alignment:
  - specs: [my_spec, other_spec]
    together: [[no_lies, being_honest]]
    apart: [[overview, overview]]
~~~

Every name in it has to exist: a correction that corrects nothing is a mistake. So is one that
contradicts another, or an authority other than the one that the text states.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from charter.compare.align import Corrections
from charter.errors import ConfigError
from charter.spec.gather import RENAMED
from charter.spec.ladder import NONE
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec
from charter.syntax.mapping import load_mapping

MOST = 5_000
"""Entries of one kind."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a file says, by the places of the specs."""

    authorities: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    corrections: Mapping[tuple[int, int], Corrections] = field(default_factory=dict)


def labels(specs: Sequence[Spec]) -> tuple[str, ...]:
    """Return what each spec is called here: its name, with version, digest or place if need be."""
    names = [spec.name for spec in specs]
    if len(set(names)) < len(names):
        names = [f"{spec.name}@{spec.version or spec.digest[7:19]}" for spec in specs]
    if len(set(names)) < len(names):
        names = [f"{spec.name}@{spec.digest[7:19]}" for spec in specs]
    if len(set(names)) < len(names):  # one text twice
        names = [f"{name}:{at}" for at, name in enumerate(names, start=1)]
    return tuple(names)


def read_beside(text: str, specs: Sequence[Spec], *, path: str) -> Beside:
    """Read the file. Raises ConfigError, in one line, for what cannot be meant."""
    fields = load_mapping(text, deep=True)
    if fields.error is not None:
        raise ConfigError(f"{path}: {fields.error}", hint="see docs/compare.md")
    unknown = sorted(set(fields.values) - {"authorities", "alignment"})
    if unknown:
        raise _wrong(path, f"there is no field {unknown[0]!r:.80}")
    places = {label: at for at, label in enumerate(labels(specs))}
    corrections = _merged(_corrections(fields.values, places, specs, path))
    _check(corrections, tuple(places), path)
    return Beside(
        MappingProxyType(dict(_authorities(fields.values, places, specs, path))),
        MappingProxyType(corrections),
    )


def _merged(
    entries: Iterable[tuple[tuple[int, int], Corrections]],
) -> dict[tuple[int, int], Corrections]:
    """Return all that is said of each two specs."""
    made: dict[tuple[int, int], Corrections] = {}
    for at, said in entries:
        before = made.get(at, Corrections())
        made[at] = Corrections(before.together | said.together, before.apart | said.apart)
    return made


def _check(
    corrections: Mapping[tuple[int, int], Corrections], names: Sequence[str], path: str
) -> None:
    """Raise ConfigError where not all that is said can hold, over all specs together."""
    groups: dict[tuple[int, str], dict[int, str]] = {}
    for (one, two), said in sorted(corrections.items()):
        for first, second in sorted(said.together):
            whole = dict(groups.get((one, first), {one: first}))
            for place, section in groups.get((two, second), {two: second}).items():
                if whole.setdefault(place, section) != section:
                    raise _wrong(
                        path,
                        f"{whole[place]!r:.80} and {section!r:.80} of {names[place]} are said to "
                        "belong together with the same section; only one can stand beside it",
                    )
            for member in whole.items():
                groups[member] = whole
    for (one, two), said in sorted(corrections.items()):
        for first, second in sorted(said.apart):
            if groups.get((one, first), {}).get(two) == second:
                raise _wrong(path, f"{first} and {second} are said to be together and apart")


def _authorities(
    values: Mapping[str, Any], places: Mapping[str, int], specs: Sequence[Spec], path: str
) -> Iterable[tuple[int, Mapping[str, str]]]:
    given = values.get("authorities") or {}
    if not isinstance(given, dict):
        raise _wrong(path, "`authorities` has a mapping for each spec")
    for name, levels in given.items():
        at = _place(name, places, path)
        if not isinstance(levels, dict) or len(levels) > MOST:
            raise _wrong(path, f"`authorities.{name}` maps ids of sections to levels")
        known = layer(specs[at]).ladder.names - {NONE}
        for section, level in levels.items():
            _known(section, specs[at], name, path)
            if not isinstance(level, str) or not level.strip():
                raise _wrong(path, f"the level of {section!r:.80} is no word")
            if RENAMED.get(level, level) not in known:
                among = ", ".join(each.name for each in layer(specs[at]).ladder.levels)
                raise _wrong(path, f"{name} has no level {level!r:.80}; they are {among}")
            stated = specs[at].index[section].authority
            if stated is not None and RENAMED.get(stated, stated) != RENAMED.get(level, level):
                raise _wrong(
                    path, f"{name} itself states {stated} for {section!r:.80}: it cannot be changed"
                )
        yield at, MappingProxyType(dict(levels))


def _corrections(
    values: Mapping[str, Any], places: Mapping[str, int], specs: Sequence[Spec], path: str
) -> Iterable[tuple[tuple[int, int], Corrections]]:
    given = values.get("alignment") or []
    if not isinstance(given, list):
        raise _wrong(path, "`alignment` is a list")
    for entry in given:
        named = entry.get("specs") if isinstance(entry, dict) else None
        if not isinstance(named, list) or len(named) != 2 or set(entry) - _OF_ALIGNMENT:
            raise _wrong(path, "an alignment has `specs` (two names), `together` and `apart`")
        first, second = (_place(name, places, path) for name in named)
        if first == second:
            raise _wrong(path, f"{named[0]!r:.80} is aligned with itself")
        together = _pairs(entry.get("together"), (first, second), specs, path)
        apart = _pairs(entry.get("apart"), (first, second), specs, path)
        if first > second:
            first, second = second, first
            together = frozenset((b, a) for a, b in together)
            apart = frozenset((b, a) for a, b in apart)
        yield (first, second), Corrections(together, apart)


_OF_ALIGNMENT = frozenset({"specs", "together", "apart"})


def _pairs(
    given: Any, sides: tuple[int, int], specs: Sequence[Spec], path: str
) -> frozenset[tuple[str, str]]:
    made = set()
    if not isinstance(given, list | None) or len(given or ()) > MOST:
        raise _wrong(path, "`together` and `apart` are lists of pairs of ids")
    for pair in given or ():
        if not isinstance(pair, list) or len(pair) != 2:
            raise _wrong(path, f"{pair!r:.80} is no pair of ids")
        for section, at in zip(pair, sides, strict=True):
            _known(section, specs[at], specs[at].name, path)
        made.add((pair[0], pair[1]))
    return frozenset(made)


def _place(name: Any, places: Mapping[str, int], path: str) -> int:
    if not isinstance(name, str) or name not in places:
        raise _wrong(path, f"no spec here is called {name!r:.80}; they are {', '.join(places)}")
    return places[name]


def _known(section: Any, spec: Spec, name: str, path: str) -> None:
    if not isinstance(section, str) or not spec.has_section(section):
        raise _wrong(path, f"{name} has no section {section!r:.80}")


def _wrong(path: str, what: str) -> ConfigError:
    return ConfigError(f"{path}: {what}", hint="see docs/compare.md")
