"""What people are asked at present: open surveys, and proposals that are out for opinions."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from charter.evolve.proposals.fold import ProposalState
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.survey import Comparison, Item, Text
from charter.publish.site import Site
from charter.publish.voices import CONSULTATION, DECISIONS, INDEX, Voices
from charter.publish.voices_words import WORDS
from charter.records.proposal import CONSULTATION as CONSULTED
from charter.records.proposal import VALIDATION


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
        proposals=[each for each in voices.proposals if each.state in (CONSULTED, VALIDATION)],
        asking=_asking,
        decisions=DECISIONS,
        index=INDEX,
        words=WORDS,
    )


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
