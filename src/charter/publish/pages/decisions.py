"""Proposals and what became of them: what was asked, what was done and why, by which roles.

Names of people are on no page: roles answer for moves and votes here, and origins are counted by
kind. Figures of validations stand on the pages of their surveys, where they are checked.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.wording import read_facts
from charter.evolve.results.results import Figure
from charter.publish import address
from charter.publish.site import Site
from charter.publish.voices import CONSULTATION, DECISIONS, INDEX, Voices
from charter.publish.voices_words import WORDS

FORMAT = "charter-site-decisions/1"
ANCHOR = "about.proposal-"


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
    changes: tuple[str, ...]
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
        data=DECISIONS.removesuffix(".html") + ".json",
        consultation=CONSULTATION,
        index=INDEX,
        words=WORDS,
    )


def decisions_text(voices: Voices) -> str:
    """Return the same as JSON."""
    rows = [_row(_decision(voices, each)) for each in voices.proposals]
    return json.dumps({"format": FORMAT, "proposals": rows}, indent=1, ensure_ascii=False) + "\n"


def anchor_of(voices: Voices, state: ProposalState) -> str:
    """Return the id of a proposal on the page: by its place, since ids are a person's words."""
    return f"{ANCHOR}{voices.proposals.index(state) + 1}"


def link_to(voices: Voices, page: str, state: ProposalState) -> str:
    """Return the address of a proposal as seen from a page."""
    return address.to(page, DECISIONS, anchor_of(voices, state), own=True)


def _decision(voices: Voices, state: ProposalState) -> Decision:
    findings = findings_of(state)
    checked = findings.get("validation")
    facts = read_facts(state.words.facts)
    return Decision(
        state,
        anchor_of(voices, state),
        [each.kind for each in state.made.origins],
        tuple(facts["sentences"]),
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
        "sections": list(made.sections),
        "origins": {kind: of.kinds.count(kind) for kind in sorted(set(of.kinds))},
        "changes": list(of.changes),
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
