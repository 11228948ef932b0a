"""A small YAML mapping from an untrusted text, with the place of each value.

Safe loading only, no aliases (so no expansion bombs), bounded length and depth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import yaml

from charter.source import Span

MAX_CHARACTERS = 64 * 1024
MAX_DEPTH = 20

_SafeLoader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc]  # the C loader is chosen at run time
    """Safe loading by the YAML 1.2 core schema.

    YAML 1.1 would read `on` and `no` as booleans, `2025-12-18` as a date and `12:30` as 750.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, list[Any]]] = {}


_CORE = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    # Longer numbers stay texts: nothing that reads them could hold them exactly.
    ("int", r"[-+]?(?:0|[1-9][0-9]{0,17})|0x[0-9a-fA-F]{1,15}", "-+0123456789"),
    # A run of digits that is no int, such as 007, stays a text too: its zeros may matter.
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
)
for _tag, _pattern, _firsts in _CORE:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(f"^(?:{_pattern})$"),
        [*_firsts.replace("\0", ""), ""] if _tag == "null" else list(_firsts),
    )


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping as read, or what is wrong with it and where."""

    values: Mapping[str, object] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)
    error: str | None = None
    error_offset: int = 0


class _UnacceptableError(Exception):
    """Well-formed YAML that Charter does not take."""

    def __init__(self, message: str, mark: Any = None) -> None:
        super().__init__(message)
        self.offset = mark.index if mark is not None else 0


def load_mapping(
    text: str, *, offset: int = 0, deep: bool = False, most: int = MAX_CHARACTERS
) -> Fields:
    """Read a YAML mapping with string keys; spans are shifted by `offset`. Never raises.

    Of more than `most` characters nothing is read.

    With `deep` the spans reach into the values, by path (`scope.max_cost`, `directives.0.id`),
    each from its key on, and keys given twice are refused in there too.
    """
    if len(text) > most:
        return Fields(error=f"YAML longer than {most} characters", error_offset=offset)
    try:
        _check_shape(text)
        return _read_top(text, offset, deep=deep)
    except _UnacceptableError as problem:
        return Fields(error=f"YAML: {problem}", error_offset=offset + problem.offset)
    except yaml.MarkedYAMLError as problem:
        where = problem.problem_mark.index if problem.problem_mark else 0
        return Fields(error=f"YAML: {problem.problem}", error_offset=offset + where)
    except RecursionError:  # only the pure Python parser recurses
        return Fields(error="YAML: nested too deeply", error_offset=offset)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as problem:
        first = (str(problem).splitlines() or [type(problem).__name__])[0]
        return Fields(error=f"YAML: {first}", error_offset=offset)


def _check_shape(text: str) -> None:
    """Refuse aliases, tags and deep nesting before anything is constructed."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnacceptableError("anchors and aliases are not accepted", event.start_mark)
        if getattr(event, "tag", None):
            raise _UnacceptableError("tags such as !!binary are not accepted", event.start_mark)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise _UnacceptableError(f"nested deeper than {MAX_DEPTH}", event.start_mark)


def _read_top(text: str, offset: int, *, deep: bool) -> Fields:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return Fields()
        if not isinstance(node, yaml.MappingNode):
            raise _UnacceptableError("expected `key: value` lines")
        values: dict[str, object] = {}
        spans: dict[str, Span] = {}
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise _UnacceptableError(f"keys are words, not {key!r}", key_node.start_mark)
            if key in values:
                raise _UnacceptableError(f"key {key!r} is given twice", key_node.start_mark)
            values[key] = loader.construct_object(value_node, deep=True)
            start, end = value_node.start_mark.index, value_node.end_mark.index
            spans[key] = Span(offset + start, offset + end)
        if deep:
            spans = {}
            _read_deep(node, "", offset, spans)
        return Fields(values, spans)
    finally:
        loader.dispose()


def _read_deep(node: Any, path: str, offset: int, spans: dict[str, Span]) -> None:
    """Add the place of every value below `node`, by path; the depth was checked before."""
    parts: list[tuple[str, Any, Any]] = []
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(str(number), value, value) for number, value in enumerate(node.value)]
    seen: set[str] = set()
    for name, first, value in parts:
        if name in seen:
            raise _UnacceptableError(f"key {name!r:.80} is given twice", first.start_mark)
        seen.add(name)
        place = Span(offset + first.start_mark.index, offset + value.end_mark.index)
        spans.setdefault(path + name, place)
        _read_deep(value, f"{path}{name}.", offset, spans)
