"""Answers -> OSCAL 1.2.1 JSON: a catalog of each pack, and the results of looking.

Every UUID is made from what it names (RFC 9562, version 5), so that the same answers give the
same file. A finding is `satisfied` or `not-satisfied` in OSCAL, and has no third state: only an
obligation with all its evidence is written as satisfied, with our own word beside it; those that
do not apply, are not in force or are undecided are no findings, and stand in the remarks.
Source: NIST OSCAL 1.2.1, models catalog and assessment-results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from charter.govern.obligations.answer import CAUTION, Answer, PackAnswers, Piece, State
from charter.govern.obligations.answers_json import as_json
from charter.govern.obligations.pack import Obligation, Pack
from charter.govern.obligations.query import RecordLink
from charter.ledger.ledger import canonical
from charter.source import digest_of

VERSION = "1.2.1"
NAMESPACE = "https://charter.invalid/oscal"
"""Of our own properties. `.invalid` (RFC 6761) belongs to nobody."""
_ROOT = uuid5(NAMESPACE_URL, NAMESPACE)
_FOUND = frozenset({State.EVIDENCE, State.PARTIAL, State.NONE, State.OUT_OF_DATE})
_BREAKS = re.compile(r"\s+")


def catalog_name(pack: Pack) -> str:
    """Return the name of the file of a pack's catalog."""
    return f"{pack.id}.catalog.json"


def catalog(pack: Pack, at: datetime) -> dict[str, Any]:
    """Return the document that the results refer to: one control for each obligation."""
    return {
        "catalog": {
            "uuid": _uuid("catalog", pack.digest),
            "metadata": _metadata(f"Obligations: {pack.title}", pack.digest, at)
            | {
                "props": _props(
                    {
                        "jurisdiction": pack.jurisdiction,
                        "law-checked-on": str(pack.law_checked_on or "never"),
                        "review-by": str(pack.review_by),
                    }
                ),
                "remarks": f"{pack.source}. {CAUTION}",
            },
            "groups": [
                {
                    "id": _token(pack.id),
                    "title": _line(pack.title),
                    "controls": [_control(each) for each in pack.obligations],
                }
            ],
        }
    }


def results(found: Iterable[PackAnswers], *, at: datetime, who: str, where: str) -> dict[str, Any]:
    """Return the results of looking: an observation for each piece of evidence, and findings.

    `who` is the organisation, `where` what was looked at.
    """
    every = tuple(found)
    told = canonical(as_json(every, at=at, who=who))
    seed = digest_of(f"{where}\n{told}")
    title = f"Evidence for obligations of {who}" if who else "Evidence for obligations"
    return {
        "assessment-results": {
            "uuid": _uuid("results", seed),
            "metadata": _metadata(title, _uuid("version", seed), at) | {"remarks": CAUTION},
            "import-ap": {
                "href": "#" + _uuid("plan", seed),
                "remarks": "There is no assessment plan: the packs say what is looked for.",
            },
            "results": [_result(each, at, seed, where) for each in every],
            "back-matter": {
                "resources": [
                    {
                        "uuid": _uuid("plan", seed),
                        "title": "What was looked for",
                        "description": "The catalogs of the packs, which this refers to.",
                        "rlinks": [
                            {"href": catalog_name(each.pack), "media-type": "application/json"}
                            for each in every
                        ]
                        or [{"href": "none"}],
                    }
                ]
            },
        }
    }


def _result(found: PackAnswers, at: datetime, seed: str, where: str) -> dict[str, Any]:
    told = [each for each in found.answers if each.state in _FOUND]
    counts = {f"count-{_token(state)}": str(count) for state, count in found.counts.items()}
    result: dict[str, Any] = {
        "uuid": _uuid("result", seed, found.pack.id),
        "title": _line(found.pack.title),
        "description": f"Answers to the pack {found.pack.id} from {_line(where) or 'no ledger'}.",
        "start": _time(at),
        "end": _time(at),
        "props": _props(counts),
        "reviewed-controls": {"control-selections": [_selection(told)]},
        "remarks": "\n".join([CAUTION, *found.warnings, *map(_left_out, found.answers)]).rstrip(),
    }
    if told:
        seen = {each.obligation.id: _observations(each, at, seed) for each in told}
        result["observations"] = [one for each in seen.values() for one in each]
        result["findings"] = [_finding(each, seen[each.obligation.id], seed) for each in told]
    return result


def _selection(told: Iterable[Answer]) -> dict[str, Any]:
    ids = [{"control-id": _token(each.obligation.id)} for each in told]
    if ids:
        return {"include-controls": ids}
    return {"include-all": {}, "remarks": "None of them applies, is in force and is decided."}


def _left_out(answer: Answer) -> str:
    return (
        ""
        if answer.state in _FOUND
        else f"{answer.obligation.id}: {answer.state} ({_line(answer.why)})"
    )


def _finding(answer: Answer, seen: list[dict[str, Any]], seed: str) -> dict[str, Any]:
    whole = answer.state is State.EVIDENCE
    missing = "; ".join(answer.missing)
    return {
        "uuid": _uuid("finding", seed, answer.obligation.id),
        "title": _line(answer.obligation.title),
        "description": _line(missing or "All the evidence that is asked for is there."),
        "props": _props({"state": str(answer.state)}),
        "target": {
            "type": "objective-id",
            "target-id": _token(answer.obligation.id),
            "status": {
                "state": "satisfied" if whole else "not-satisfied",
                "reason": "pass" if whole else "other",
                "remarks": f"{answer.state}: of the evidence that is asked for, not of the law.",
            },
        },
        "related-observations": [{"observation-uuid": each["uuid"]} for each in seen],
    }


def _observations(answer: Answer, at: datetime, seed: str) -> list[dict[str, Any]]:
    found = []
    for place, piece in enumerate(answer.pieces):
        one: dict[str, Any] = {
            "uuid": _uuid("observation", seed, answer.obligation.id, str(place)),
            "title": _line(piece.asked.query),
            "description": _line(piece.evidence.what),
            "props": _props(_told(piece)),
            "methods": ["TEST" if piece.asked.query != "not-known" else "UNKNOWN"],
            "collected": _time(at),
        }
        if piece.evidence.records:
            one["relevant-evidence"] = [_evidence(each) for each in piece.evidence.records]
        found.append(one)
    return found


def _told(piece: Piece) -> Mapping[str, str]:
    told = {"found": str(piece.evidence.found), "needs": piece.asked.needs}
    told |= {f"measured-{name}": value for name, value in piece.evidence.measured.items()}
    if piece.stale:
        told["out-of-date"] = "too old"
    if piece.evidence.deleted:
        told["deleted"] = "yes"
    return told


def _evidence(link: RecordLink) -> dict[str, Any]:
    index = f", record {link.index} of the ledger" if link.index else ""
    return {
        "description": _line(f"{link.kind} {link.id}{index}"),
        "props": _props({"kind": link.kind, "id": link.id, "index": str(link.index)}),
    }


def _control(each: Obligation) -> dict[str, Any]:
    told = {
        "actors": ", ".join(each.actors),
        "source": each.source,
        "verified": each.verified,
        "dates-verified": each.since_verified,
        "from": "; ".join(
            [f"{by.day} ({by.condition.question})" for by in each.since_by]
            + ([str(each.since)] if each.since else [])
        ),
        "until": str(each.until or ""),
        "keep-for": each.keep_for,
    }
    needs = "\n".join(f"- {asked.needs} ({asked.query})" for asked in each.evidence)
    return {
        "id": _token(each.id),
        "title": _line(each.title),
        "props": _props({name: value for name, value in told.items() if value}),
        "parts": [
            {"id": f"{_token(each.id)}_statement", "name": "statement", "prose": each.text},
            {"id": f"{_token(each.id)}_evidence", "name": "guidance", "prose": needs},
        ],
    }


def _metadata(title: str, version: str, at: datetime) -> dict[str, Any]:
    return {
        "title": _line(title),
        "last-modified": _time(at),
        "version": version,
        "oscal-version": VERSION,
    }


def _props(named: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"name": _token(name), "ns": NAMESPACE, "value": _line(value) or "none"}
        for name, value in named.items()
    ]


def _token(text: str) -> str:
    """Return a name as OSCAL takes it: letters, digits, `.`, `_` and `-`, no digit first."""
    kept = re.sub(r"[^A-Za-z0-9._-]", "-", text)
    return kept if re.match("[A-Za-z_]", kept) else f"_{kept}"


def _line(text: str) -> str:
    """Return a text in one line without what cannot be printed."""
    clean = "".join(c if c.isprintable() else " " for c in text)
    return _BREAKS.sub(" ", clean).strip()


def _time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uuid(*names: str) -> str:
    return str(uuid5(_ROOT, "\n".join(names)))
