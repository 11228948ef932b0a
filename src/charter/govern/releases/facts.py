"""Documents of a version beside those of the release before -> what a request puts on record.

Texts themselves are not part of it, only their digests: whoever reads the facts finds each text by
its digest, or knows that it is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from charter.errors import LedgerError
from charter.govern.releases.gate import Evidence
from charter.govern.releases.need import Needs, needs_json, read_needs
from charter.govern.releases.touched import Touched
from charter.ledger.body import canonical
from charter.records.release import ReleaseAsked
from charter.spec.changes.change import Weight
from charter.spec.changes.diff import Diff, diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.stale import Stale, StaleItem, stale
from charter.spec.spec import Spec

FORMAT = "charter-release-facts/1"
MOST = 500
"""Changes and stale things that are kept one by one; the number of all is kept beside them."""
MOST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Differences:
    """What changed from the documents of one release to those of the next."""

    diffs: tuple[Diff, ...]
    """Of each document that both have, the base first; those with the same text left out."""
    rests: tuple[Stale, ...]
    """What each of these makes stale."""
    added: tuple[Spec, ...]
    removed: tuple[Spec, ...]

    @property
    def scenarios(self) -> frozenset[str]:
        """Ids of scenarios whose past scores do not speak for the new documents."""
        return frozenset().union(*(each.scenarios for each in self.rests))

    @property
    def changed(self) -> tuple[Spec, ...]:
        """The new documents that the release before did not have as they are."""
        return (*(each.new for each in self.diffs), *self.added)


def differences(old: Sequence[Spec], new: Sequence[Spec]) -> Differences:
    """Compare the documents of two versions: bases with each other, overlays by name."""
    pairs = list(zip(old[:1], new[:1], strict=False))
    was = {each.name: each for each in old[1:]}
    now = {each.name: each for each in new[1:]}
    pairs += [(was[name], now[name]) for name in now if name in was]
    diffs = tuple(diff(*pair) for pair in pairs if pair[0].digest != pair[1].digest)
    added = [now[name] for name in now if name not in was]
    return Differences(
        diffs,
        tuple(stale(each) for each in diffs),
        tuple(added if old else new),
        tuple(was[name] for name in was if name not in now),
    )


def facts_json(  # noqa: PLR0913 - each is a part of the record
    found: Differences,
    *,
    documents: Sequence[Spec],
    changed: Sequence[Touched],
    needs: Needs,
    evidence: Evidence,
    items: Iterable[StaleItem] = (),
    readings: Mapping[str, str] | None = None,
    files: Mapping[str, str] | None = None,
    standing: Mapping[str, str] | None = None,
    root: Iterable[str] = (),
) -> str:
    """Return the canonical JSON of everything found.

    `items` are stale things beyond those that the texts show; `files` has the digest of each gate
    that was put forward, by name; `standing` those of the files of thresholds and objectives, and
    the model; `root` are the sections of the highest authority.
    """
    rests = [item for each in found.rests for item in each.items] + list(items)
    return canonical(
        {
            "format": FORMAT,
            "documents": [
                {"name": each.name, "version": each.version, "digest": each.digest}
                for each in documents
            ],
            "readings": dict(readings or {}),
            "differences": [_difference(each) for each in found.diffs],
            "added": [each.name for each in found.added],
            "removed": [each.name for each in found.removed],
            "stale": {"count": len(rests), "first": [_item(each) for each in rests[:MOST]]},
            "touched": [list(each) for each in changed],
            "needs": needs_json(needs),
            "evidence": _evidence(evidence),
            "files": dict(files or {}),
            "standing": dict(standing or {}),
            "root": sorted(root),
        }
    )


def facts_of(asked: ReleaseAsked) -> Mapping[str, Any]:
    """Return the facts of a request. Raises LedgerError where they cannot be read."""
    try:
        found = json.loads(asked.facts)
    except (ValueError, RecursionError) as cause:
        raise _unreadable(asked) from cause
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _unreadable(asked)
    return found


def needs_of(asked: ReleaseAsked) -> Needs:
    """Return who has to agree to a request. Raises LedgerError where that cannot be read."""
    rows = facts_of(asked).get("needs")
    if not isinstance(rows, list):
        raise _unreadable(asked)
    return read_needs(asked.level, rows)


def root_of(asked: ReleaseAsked) -> frozenset[str]:
    """Return the ids of the sections of the highest authority in a version."""
    rows = facts_of(asked).get("root")
    return frozenset(map(str, rows if isinstance(rows, list) else ()))


def _unreadable(asked: ReleaseAsked) -> LedgerError:
    return LedgerError(f"{asked.run}: its facts cannot be read", hint="ask for the release again")


def _difference(each: Diff) -> dict[str, Any]:
    told = [change for change in each.changes if change.weight is not Weight.WORDING]
    return {
        "document": each.new.name,
        "old": each.old.digest,
        "new": each.new.digest,
        "complete": each.complete,
        "sentences": [_line(text) for text in sentences(each)],
        "counts": {kind.value: count for kind, count in each.counts.items() if count},
        "changes": {
            "count": len(each.changes),
            "first": [
                {
                    "kind": change.kind.value,
                    "effect": change.effect.value,
                    "section": change.section or "",
                    "what": _line(change.what),
                }
                for change in told[:MOST]
            ],
        },
    }


def _item(item: StaleItem) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "id": item.id,
        "why": _line(item.why),
        "broken": item.broken,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "runs": [
            {
                "run": each.name,
                "text": each.text,
                "finished": each.finished,
                "scenarios": len(each.scenarios),
            }
            for each in evidence.runs
        ],
        "gates": [each._asdict() for each in evidence.gates],
        "thresholds": [each._asdict() for each in evidence.thresholds],
        "objectives": [each._asdict() for each in evidence.objectives],
    }


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_WORDS else f"{flat[: MOST_WORDS - 2]} …"
