"""A spec and its changed text -> the edits, and what is known of what they do.

Nothing here foretells what people or models will do under the new words: facts say what people said
of the clauses as they stand, and how models did on what becomes stale, each with its interval, and
name what nothing is known of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from charter.errors import ConfigError, LedgerError
from charter.evolve.proposals.edit import Edit, applied, conformed, edits_between
from charter.evolve.proposals.refused import Refused
from charter.govern.releases.need import Needs, needs, needs_json, read_needs
from charter.govern.releases.touched import Touched, touched
from charter.ledger.body import canonical
from charter.policy.compiled.compile import compile_policy
from charter.source import Source
from charter.spec.build import build
from charter.spec.changes.change import Weight
from charter.spec.changes.diff import Diff, diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.stale import Stale, stale
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec
from charter.syntax.reader import parse

FORMAT = "charter-proposal-facts/1"
MOST = 300
"""Changes, stale things and figures that are kept one by one; the number of all stands beside."""
MOST_WORDS = 400


class Said(NamedTuple):
    """What people said of a clause or section as it stands."""

    where: str
    """Its id."""
    source: str
    """The survey, or the run of rankings."""
    channel: str
    what: str
    """agree: share of those who saw statements on it. spec: agreement with the spec's rankings."""
    people: int
    value: float
    low: float | None
    """None where there is no interval."""
    high: float | None
    spec: str
    """Digest of the text that they were asked about; empty where that is not known."""


class Past(NamedTuple):
    """How a model did on a section: a share of scenarios in which it kept to the rules."""

    section: str
    run: str
    model: str
    spec: str
    scenarios: int
    value: float | None
    """None where too few were decided."""
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Worded:
    """New words, compared with the old."""

    edits: tuple[Edit, ...]
    old: Spec
    new: Spec
    diff: Diff
    rests: Stale
    touched: tuple[Touched, ...]
    needs: Needs
    below: Effective | None = None
    """What the text stands on, where it is an overlay."""

    @property
    def stands_as(self) -> str:
        """Digest by which records name the text as it stands: with what it stands on, if any."""
        return layer(self.below, self.old).digest if self.below else self.old.digest

    @property
    def sections(self) -> tuple[str, ...]:
        """Ids of sections whose words change, those that are new among them, sorted."""
        ids = dict.fromkeys(
            each
            for change in self.diff.changes
            for each in (change.old_section, change.new_section)
            if each is not None
        )
        return tuple(sorted(ids))

    @property
    def clauses(self) -> frozenset[str]:
        """Ids in the old text of what changes: clauses, and the sections that they stand in."""
        found = (e for c in self.diff.changes for e in (c.old_id, c.old_section) if e is not None)
        return frozenset(found) | self.rests.clauses | self.rests.sections

    @property
    def asks(self) -> tuple[str, ...]:
        """Ids of sections that a validation has to ask about: those that bind otherwise, sorted.

        Those that are gone cannot be named in a survey about the new text.
        """
        return tuple(sorted(e.section for e in self.touched if e.section in self.new.index))

    @property
    def parts(self) -> tuple[str, ...]:
        """Ids of clauses that change, old and new, sorted: by them a clause finds its proposals."""
        known = {each.id for spec in (self.old, self.new) for each in spec.clauses}
        ids = {e for c in self.diff.changes for e in (c.old_id, c.new_id) if e is not None}
        return tuple(sorted(ids & known))


def reworded(spec: Spec, text: str) -> Spec:
    """Return a spec with another text and the same companions. Raises ParseError."""
    document = parse(Source(spec.source.path, text))
    return replace(
        build(document, name=spec.name, version=spec.version),
        prompt_sets=spec.prompt_sets,
        scenario_sets=spec.scenario_sets,
        scenario_tools=spec.scenario_tools,
    )


def worded(
    spec: Spec, text: str, *, overlays: Iterable[Spec] = (), below: Effective | None = None
) -> Worded:
    """Compare a spec with its changed text; line ends of an editor are set back before.

    An overlay is compared as it is laid over `below`. Raises Refused where nothing changes or too
    much does, SpecError for a text that is no policy or that an overlay may not have.
    """
    if not text.strip():
        raise Refused("the changed text is empty", hint="name a changed copy of the spec")
    text = conformed(text, like=spec.source.text)
    edits = edits_between(spec.source.text, text)
    if not edits:
        raise Refused("the text is the same", hint="change a copy of the spec, and name that copy")
    return of_edits(spec, edits, base=spec.digest, overlays=overlays, below=below)


def of_edits(  # noqa: PLR0913 - a text, its edits, and what stands around it
    spec: Spec,
    edits: Sequence[Edit],
    *,
    base: str,
    overlays: Iterable[Spec] = (),
    below: Effective | None = None,
    rebase: bool = False,
) -> Worded:
    """Make edits in a spec and compare. Raises as `applied` does, and SpecError."""
    new = reworded(spec, applied(spec.source.text, edits, base=base, rebase=rebase))
    found = diff(spec, new)
    was, now = (compile_policy(layer(below, each) if below else each) for each in (spec, new))
    changed = touched(was, now, [found])
    return Worded(
        tuple(edits),
        spec,
        new,
        found,
        stale(found, overlays=overlays),
        changed,
        needs(changed, now.ladder),
        below,
    )


def facts_json(  # noqa: PLR0913 - all that is known, each part by name
    found: Worded,
    *,
    said: Iterable[Said] = (),
    past: Iterable[Past] = (),
    questions: Iterable[str] = (),
    overlays: Iterable[Spec] = (),
    resting: Iterable[tuple[str, str, str, bool]] = (),
) -> str:
    """Return the canonical JSON of everything known; figures are decimals as texts.

    `resting` are records that rest on the text: kind, id, why, and whether they are broken.
    """
    stale = [(e.kind.value, e.id, e.why, e.broken) for e in found.rests.items]
    stale += (each for each in resting if each not in stale)
    changes = [each for each in found.diff.changes if each.weight is not Weight.WORDING]
    said = [each for each in said if each.where in found.clauses]
    past = [each for each in past if each.section in found.rests.sections | set(found.sections)]
    heard, measured = {each.where for each in said}, {each.section for each in past}
    return canonical(
        {
            "format": FORMAT,
            "old": found.old.digest,
            "new": found.new.digest,
            "sentences": [_line(each) for each in sentences(found.diff)],
            "changes": {
                "count": len(found.diff.changes),
                "first": [
                    {
                        "kind": each.kind.value,
                        "effect": each.effect.value,
                        "section": each.section or "",
                        "id": each.new_id or each.old_id or "",
                        "what": _line(each.what),
                    }
                    for each in (changes or found.diff.changes)[:MOST]
                ],
            },
            "stale": {
                "count": len(stale),
                "first": [
                    {"kind": kind, "id": id_, "why": _line(why), "broken": broken}
                    for kind, id_, why, broken in stale[:MOST]
                ],
                "scenarios": sorted(found.rests.scenarios)[:MOST],
            },
            "overlays": [each.name for each in overlays],
            "below": [each.name for each in found.below.layers] if found.below else [],
            "sections": list(found.sections),
            "clauses": list(found.parts),
            "asks": list(found.asks),
            "says": {e.id: _line(e.text) for e in found.new.clauses if e.id in found.parts},
            "touched": [list(each) for each in found.touched],
            "level": found.needs.level,
            "needs": needs_json(found.needs),
            "agreement": [_row(each, found.stands_as) for each in said[:MOST]],
            "agreement_unknown": sorted(found.clauses - heard)[:MOST],
            "evaluations": [_row(each, found.stands_as) for each in past[:MOST]],
            "evaluations_unknown": sorted(set(found.sections) - measured)[:MOST],
            "questions": [_line(each) for each in questions],
        }
    )


def read_facts(text: str) -> Mapping[str, Any]:
    """Return the facts of a wording. Raises LedgerError where they cannot be read."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise LedgerError("the facts of the proposal cannot be read", hint="word it anew")
    return found


def needs_of(facts: Mapping[str, Any]) -> Needs:
    """Return who has to agree. Raises LedgerError where that cannot be read."""
    rows = facts.get("needs")
    return read_needs(str(facts.get("level", "")), rows if isinstance(rows, list) else [])


def choices_said(values: Mapping[str, Any], *, place: str) -> list[Said]:
    """Return agreement by section from what `charter survey choices --json` printed.

    Raises ConfigError for anything else.
    """
    try:
        known = values["format"] == "charter-choices/1"
        found = [_ranked(row, str(values["run"])) for row in values["rows"] if known]
    except (KeyError, TypeError, ValueError) as cause:
        what = f"{place}: not what `charter survey choices` writes"
        raise ConfigError(what, hint="name what it printed with --json") from cause
    return [each for each in found if each is not None]


def _ranked(row: Mapping[str, Any], run: str) -> Said | None:
    share = row["agreement"]
    if share is None or row["people"] is None:
        return None
    value, low, high = (float(share[key]) for key in ("value", "low", "high"))
    channel, people = f"{row['channel']}, {row['scope']}", int(row["people"])
    return Said(str(row["section"]), run, channel, "spec", people, value, low, high, "")


def _row(row: Said | Past, old: str) -> dict[str, Any]:
    """Return a figure; `text` says whether it is about the words as they stand in this text."""
    values = {
        key: f"{value:.4f}" if isinstance(value, float) else value
        for key, value in row._asdict().items()
    }
    known = "this" if row.spec == old else "another"
    return values | {"text": known if row.spec else "unknown"}


def _line(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_WORDS else f"{flat[: MOST_WORDS - 2]} …"
