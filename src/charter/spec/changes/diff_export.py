"""Diff -> JSON: a public format.

The models below are the format; `charter schema diff` prints their JSON Schema.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from charter.spec.changes.change import Change, Effect, Kind, Weight
from charter.spec.changes.diff import Diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.marks import Op
from charter.spec.changes.stale import Rests, Stale, StaleItem
from charter.spec.spec import Spec

FORMAT = "charter-diff/1"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class VersionJson(_Model):
    """One of the two texts."""

    name: str
    title: str
    version: str | None
    digest: str
    """`sha256:` and the hex digest of the text."""


class MarkJson(_Model):
    """A piece of text; `same` and `gone` join to the old text, `same` and `new` to the new."""

    op: Op
    text: str


class ChangeJson(_Model):
    """One difference."""

    kind: Kind
    also: list[Kind]
    """What else happened to the same part."""
    weight: Literal["authority", "strength", "clause", "example", "wording"]
    """How much it matters at most."""
    effect: Effect
    """What it does, as far as its form shows."""
    quiet: bool
    """Whether it touches nothing that instructs."""
    what: str
    """In one sentence."""
    old_section: str | None
    new_section: str | None
    old_id: str | None
    """Of the section, clause, example, boundary or directive, or the front-matter field."""
    new_id: str | None
    old: str | None
    """Its text in the old version; null where it was not there."""
    new: str | None
    marks: list[MarkJson]
    """Both texts word by word; empty where there is only one."""
    similarity: int | None
    """Per cent, where the two were matched by their words."""
    copies: int
    """How many parts the change stands for."""


class StaleItemJson(_Model):
    """Something that rests on what changed."""

    kind: Rests
    id: str
    path: str | None
    why: str
    broken: bool
    """Whether it names something that is gone; otherwise somebody should look."""
    successor: str | None
    """The id that took the place of the one it names."""


class StaleJson(_Model):
    """What the change makes stale; sections, clauses and examples by their old ids."""

    items: list[StaleItemJson]
    sections: list[str]
    clauses: list[str]
    scenarios: list[str]
    examples: list[str]


class DiffJson(_Model):
    """Two versions of a spec compared."""

    format: Literal["charter-diff/1"]
    old: VersionJson
    new: VersionJson
    identical: bool
    substance: bool
    """Whether more changed than wording and order."""
    complete: bool
    """False when the search for similar parts was cut short."""
    sentences: list[str]
    counts: dict[str, int]
    """Parts by kind of change; a part with two kinds counts in both."""
    gone: list[str]
    """Ids of sections that only the old version has."""
    come: list[str]
    """Ids of sections that only the new version has."""
    moved: dict[str, str]
    """Old id -> new id of sections, clauses and examples that have another id now."""
    heirs: dict[str, str]
    """Section that is gone -> the one that holds most of what it held."""
    changes: list[ChangeJson]
    """Heaviest first."""
    stale: StaleJson


def export_diff(diff: Diff, stale: Stale, *, wording: bool = True) -> dict[str, Any]:
    """Return the comparison in its JSON format; without `wording`, changes of effect only."""
    kept = (c for c in diff.changes if wording or c.weight is not Weight.WORDING)
    return {
        "format": FORMAT,
        "old": _version(diff.old),
        "new": _version(diff.new),
        "identical": diff.identical,
        "substance": diff.substance,
        "complete": diff.complete,
        "sentences": list(sentences(diff)),
        "counts": {kind.value: diff.counts[kind] for kind in Kind if diff.counts[kind]},
        "gone": list(diff.gone),
        "come": list(diff.come),
        "moved": {old: new for old, new in diff.ids.items() if old != new},
        "heirs": dict(diff.heirs),
        "changes": [_change(change) for change in kept],
        "stale": {
            "items": [_stale_item(item) for item in stale.items],
            "sections": sorted(stale.sections),
            "clauses": sorted(stale.clauses),
            "scenarios": sorted(stale.scenarios),
            "examples": sorted(stale.examples),
        },
    }


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the format."""
    found = DiffJson.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def _version(spec: Spec) -> dict[str, Any]:
    return {
        "name": spec.name,
        "title": spec.title,
        "version": spec.version,
        "digest": spec.digest,
    }


def _change(change: Change) -> dict[str, Any]:
    both = change.old is not None and change.new is not None
    return {
        "kind": change.kind.value,
        "also": [kind.value for kind in change.also],
        "weight": change.weight.name.lower(),
        "effect": change.effect.value,
        "quiet": change.quiet,
        "what": change.what,
        "old_section": change.old_section,
        "new_section": change.new_section,
        "old_id": change.old_id,
        "new_id": change.new_id,
        "old": change.old,
        "new": change.new,
        "marks": [{"op": m.op.value, "text": m.text} for m in change.marks] if both else [],
        "similarity": change.similarity,
        "copies": change.copies,
    }


def _stale_item(item: StaleItem) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "id": item.id,
        "path": item.path,
        "why": item.why,
        "broken": item.broken,
        "successor": item.successor,
    }
