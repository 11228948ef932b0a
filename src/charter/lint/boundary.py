"""What rules about boundaries share: all of them, the place of their parts, their truth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

from charter.lint.condition_truth import Truth, truth_of
from charter.policy.boundaries.condition import STAGES, Condition, compile_condition, variables_of
from charter.source import Span
from charter.spec.spec import Boundary, Spec
from charter.spec.when_place import when_place

MAX_DECIDED = 2000
"""Boundaries of one spec that are looked into: more than anybody reviews."""
MAX_SAMPLES = 64

_QUOTED = re.compile(r"'([^'\\\n]{0,200})'|\"([^\"\\\n]{0,200})\"")


def boundaries(spec: Spec) -> Iterator[Boundary]:
    """Yield every boundary, in document order."""
    return (boundary for section in spec.sections for boundary in section.boundaries)


def truths(spec: Spec) -> Iterator[tuple[Boundary, Truth]]:
    """Yield the boundaries whose condition could be decided, among the first MAX_DECIDED."""
    for boundary in islice(boundaries(spec), MAX_DECIDED):
        truth = decided(boundary)
        if truth is not None:
            yield boundary, truth


def field_line(spec: Spec, boundary: Boundary, key: str) -> Span:
    """Return the line of a field; the whole fence where it has none."""
    found = _key_line(key).search(spec.source.text, boundary.span.start, boundary.span.end)
    return Span(*found.span()) if found else boundary.span


def condition_span(spec: Spec, boundary: Boundary, offset: int | None = None) -> Span:
    """Return the place of the condition, or of the word at `offset` in it.

    YAML may quote, fold or indent the condition; where the way back to the text is not certain,
    the whole value is returned.
    """
    return when_place(spec.source.text, boundary, offset)


@lru_cache(maxsize=4096)
def _decide(condition: str, stage: str) -> Truth | None:
    truth = truth_of(condition)
    if truth is None or (truth.when_true is not None and truth.when_false is not None):
        return truth
    compiled = compile_condition(condition, stage)
    if not isinstance(compiled, Condition):
        return None
    expected = truth.when_false is None
    # the runtime has the last word: a single real outcome against the finding withdraws it
    for facts in _samples(compiled):
        try:
            if compiled.holds(facts) is not expected:
                return None
        except (ValueError, RuntimeError):
            continue
    return truth


def decided(boundary: Boundary) -> Truth | None:
    """Return which truth values the condition can take, or None where that is open."""
    if not boundary.when or boundary.on not in STAGES:
        return None
    return _decide(boundary.when, boundary.on)


def _samples(condition: Condition) -> Iterator[Mapping[str, Any]]:
    """Yield facts to try: empty ones, and the condition's own literals as texts and names."""
    literals = [single or double for single, double in _QUOTED.findall(condition.text)][:8]
    values: dict[str, list[Any]] = {
        "text": ["", *literals, " ".join(literals)],
        "words": [0, 1, 100],
        "settings": [{}, {"under_18": True}],
        "tool": ["", *literals],
        "args": [{}],
        "scope": [{}, {"allowed_tools": literals, "max_cost": 1.0}],
    }
    others: dict[str, list[Any]] = {"string": ["", *literals], "int": [0, 1, 5]}
    for variable in variables_of(condition.stage):  # of the same kind: request.text like text
        kept = values.get(variable.name.rpartition(".")[2], others.get(variable.type, [{}]))
        values[variable.name] = kept
    names = sorted(condition.uses)
    combinations = product(*(values[name] for name in names))
    for _, chosen in zip(range(MAX_SAMPLES), combinations, strict=False):
        yield dict(zip(names, chosen, strict=True))


@cache
def _key_line(key: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*{key}[ \t]*:[^\n]*", re.MULTILINE)
