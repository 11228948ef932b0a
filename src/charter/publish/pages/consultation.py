"""What people are asked at present: open surveys, and proposals that are out for opinions."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from charter.evolve.proposals.fold import ProposalState
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.survey import Comparison, Item, Text
from charter.publish.pages.decisions import link_to
from charter.publish.site import Site
from charter.publish.voices import CONSULTATION, DECISIONS, INDEX, Voices, data_of
from charter.publish.voices_words import WORDS
from charter.records.proposal import CONSULTATION as CONSULTED
from charter.records.proposal import VALIDATION

FORMAT = "charter-site-consultation/1"
DATA = data_of(CONSULTATION)


class Asked(NamedTuple):
    """One open survey, in the language of the site where it has that."""

    opening: Opening
    language: str
    title: str
    purpose: str
    items: tuple[str, ...]
    form: str
    """Where to take part; empty where that is not known."""


def consultation_page(site: Site, voices: Voices) -> str:
    """Return the page of what is open: what is asked, until when, and where to take part."""
    return site.page(
        "consultation.html.j2",
        CONSULTATION,
        title="Have your say",
        description=f"What people are asked of {site.title} at present.",
        surveys=[_asked(site, voices, each) for each in voices.surveys],
        proposals=_put(voices),
        asking=_asking,
        decided=partial(link_to, CONSULTATION),
        data=DATA,
        decisions=DECISIONS,
        index=INDEX,
        words=WORDS,
    )


def consultation_text(site: Site, voices: Voices) -> str:
    """Return the same as JSON; the words of surveys in every language."""
    surveys = [_asked(site, voices, each) for each in voices.surveys]
    values = {
        "format": FORMAT,
        "surveys": [_survey_row(each) for each in surveys],
        "proposals": [_proposal_row(each, surveys) for each in _put(voices)],
    }
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _put(voices: Voices) -> list[ProposalState]:
    """Return the proposals that people are asked about."""
    return [each for each in voices.proposals if each.state in (CONSULTED, VALIDATION)]


def _survey_row(of: Asked) -> dict[str, Any]:
    survey = of.opening.survey
    return {
        "id": of.opening.id,
        "title": dict(survey.title),
        "purpose": dict(survey.promise.purpose),
        "languages": list(survey.languages),
        "channels": list(survey.channels),
        "opened_at": of.opening.record.at,
        "closes": survey.closes or None,
        "retention_days": survey.promise.retention_days,
        "contact": survey.promise.contact,
        "asked": [{"id": each.id, "clauses": list(each.clauses)} for each in survey.items],
        "form": of.form or None,
    }


def _proposal_row(of: ProposalState, surveys: list[Asked]) -> dict[str, Any]:
    asked = _asking(of, surveys)
    return {
        "id": of.id,
        "kind": of.made.kind,
        "title": of.made.title,
        "state": of.state,
        "since": of.moves[-1].at,
        "survey": asked.opening.id if asked else None,
        "form": (asked.form or None) if asked else None,
    }


def _asking(state: ProposalState, surveys: list[Asked]) -> Asked | None:
    """Return the open survey that asks about a proposal."""
    return next((each for each in surveys if each.opening.id == state.survey), None)


def _asked(site: Site, voices: Voices, opening: Opening) -> Asked:
    survey = opening.survey
    language = site.language if site.language in survey.languages else survey.languages[0]
    return Asked(
        opening,
        language,
        _in(survey.title, language),
        _in(survey.promise.purpose, language),
        tuple(_words(item, language) for item in survey.items),
        f"{voices.form}/{quote(opening.id, safe='')}" if voices.form else "",
    )


def _words(item: Item, language: str) -> str:
    if isinstance(item, Comparison):
        return " ".join(_in(turn.text, language) for turn in item.prompt)
    return _in(item.text, language)


def _in(text: Text, language: str) -> str:
    return text.get(language) or next(iter(text.values()), "")
