"""Proposals and what became of them: what was asked, what was done and why, by which roles.

Names of people are on no page: roles answer for moves and votes here, and origins are counted by
kind. Figures of validations stand on the pages of their surveys, where they are checked.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.changed import clauses_of, sections_of
from charter.evolve.proposals.edit import Edit, read_edits
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.wording import read_facts
from charter.evolve.results.results import Figure
from charter.publish import address
from charter.publish.site import Site
from charter.publish.voices import CONSULTATION, DECISIONS, INDEX, Voices, data_of
from charter.publish.voices_words import WORDS

FORMAT = "charter-site-decisions/1"
ANCHOR = "about.proposal-"
MOST_STRETCHES, MOST_SHOWN = 20, 4000
"""Changed stretches of a proposal that the page shows, and characters of each; the JSON has all."""


class Backing(NamedTuple):
    """What people said of a statement that a proposal comes from, as published."""

    item: str
    text: str
    channel: str
    seen: int
    agree: Figure
    page: str


class Decision(NamedTuple):
    """One proposal as it is shown."""

    state: ProposalState
    anchor: str
    kinds: list[str]
    """Of its origins."""
    sections: tuple[str, ...]
    """Which its present words change."""
    changes: tuple[str, ...]
    edits: tuple[Edit, ...]
    backing: tuple[Backing, ...]
    overridden: bool
    holds: bool | None
    """What its validation came to; None where there was none, or that is not known."""


def decisions_page(site: Site, voices: Voices) -> str:
    """Return the page of all proposals, newest first."""
    return site.page(
        "decisions.html.j2",
        DECISIONS,
        title="Decisions",
        description=f"Proposals to change {site.title}, and what became of them.",
        decisions=[_decision(voices, each) for each in reversed(voices.proposals)],
        own=site.section_page,
        page_of=voices.page_of,
        data=data_of(DECISIONS),
        consultation=CONSULTATION,
        index=INDEX,
        most=MOST_STRETCHES,
        longest=MOST_SHOWN,
        words=WORDS,
    )


def decisions_text(voices: Voices) -> str:
    """Return the same as JSON."""
    rows = [_row(_decision(voices, each)) for each in voices.proposals]
    return json.dumps({"format": FORMAT, "proposals": rows}, indent=1, ensure_ascii=False) + "\n"


def anchor_of(state: ProposalState) -> str:
    """Return the id of a proposal on the page: it stays, whatever else is proposed or published."""
    return ANCHOR + hashlib.sha256(state.id.encode()).hexdigest()[:12]


def link_to(page: str, state: ProposalState) -> str:
    """Return the address of a proposal as seen from a page."""
    return address.to(page, DECISIONS, anchor_of(state), own=True)


def _decision(voices: Voices, state: ProposalState) -> Decision:
    findings = findings_of(state)
    checked = findings.get("validation")
    facts = read_facts(state.words.facts)
    return Decision(
        state,
        anchor_of(state),
        [each.kind for each in state.made.origins],
        sections_of(state),
        tuple(facts["sentences"]),
        read_edits(state.words.edits)[1],
        tuple(_backing(voices, state)),
        findings.get("overridden") is True,
        bool(checked.get("holds")) if isinstance(checked, dict) else None,
    )


def _backing(voices: Voices, state: ProposalState) -> list[Backing]:
    found = []
    wanted = {each.id for each in state.made.origins if each.kind == "survey"}
    for page, results in voices.pages():
        for channel in results.channels if results.survey else ():
            for each in channel.statements:
                named = f"{results.survey}#{each.item}" in wanted
                if named and each.plain is not None and each.seen is not None:
                    agree = (each.weighted or each.plain).agree
                    row = Backing(each.item, each.text, channel.channel, each.seen, agree, page)
                    found.append(row)
    return found


def _row(of: Decision) -> dict[str, Any]:
    made = of.state.made
    return {
        "id": of.state.id,
        "kind": made.kind,
        "title": made.title,
        "reason": made.reason,
        "proposed_at": made.at,
        "page": f"{DECISIONS}#{of.anchor}",
        "sections": list(of.sections),
        "clauses": list(clauses_of(of.state)),
        "origins": {kind: of.kinds.count(kind) for kind in sorted(set(of.kinds))},
        "changes": list(of.changes),
        "words": [{"was": each.was, "now": each.now} for each in of.edits],
        "state": of.state.state,
        "moves": [
            {
                "state": each.state,
                "at": each.at,
                "role": each.role,
                "reason": each.reason,
                "survey": each.survey or None,
            }
            for each in of.state.moves
        ],
        "votes": [
            {"verdict": v.verdict, "role": v.role, "at": v.at, "reason": v.reason}
            for v in of.state.votes
        ],
        "validation_holds": of.holds,
        "overridden": of.overridden,
        "in_the_text": of.state.applied is not None,
    }
