"""From each rule its history of voices: comments counted, what was asked, and what was proposed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from markupsafe import Markup

from charter.evolve.proposals.fold import ProposalState
from charter.evolve.results.results import Figure
from charter.publish import address
from charter.publish.pages.decisions import link_to
from charter.publish.remarks import Count
from charter.publish.site import Site
from charter.publish.voices import Voices, name_of
from charter.publish.voices_words import WORDS
from charter.spec.spec import Section


class Said(NamedTuple):
    """One question of a survey, in one channel."""

    name: str
    """Of the survey."""
    channel: str
    text: str
    seen: int | None
    agree: Figure | None
    """None where it is not shown, or was no statement."""
    page: str


class Rule(NamedTuple):
    """A section or one of its clauses."""

    id: str
    text: str
    """Empty for the section itself."""
    there: bool
    """Whether it stands on this page."""
    comments: str
    """In words; empty where there are none."""
    said: tuple[Said, ...]


class Proposed(NamedTuple):
    """A proposal that changes the section."""

    state: ProposalState
    link: str


def annexes(site: Site, voices: Voices) -> dict[str, Markup]:
    """Return what the permanent page of each section says of voices, by the section's id."""
    asked = _by_clause(voices)
    found = {}
    for wanted in site.slugs:
        having = [each for each in site.editions if wanted in each.part_of]
        page = site.section_page(wanted)
        if page is None or not having:
            continue
        rules = tuple(_rules(site, having[-1].spec.index[wanted], asked))
        proposed = tuple(_proposed(voices, wanted, page))
        if rules or proposed:
            module = site.templates.get_template("voices_section.html.j2").module
            made = module.annex(rules, proposed, WORDS, partial(address.to, page))  # type: ignore[attr-defined]
            found[wanted] = Markup(made)  # noqa: S704 - escaped there
    return found


def _by_clause(voices: Voices) -> dict[str, list[Said]]:
    """Return what was asked about each clause or section, by its id."""
    found: dict[str, list[Said]] = {}
    for page, results in voices.pages():
        name = name_of(results)
        for of in results.channels:
            for each in of.statements:
                shares = each.weighted or each.plain
                text = "" if each.withheld else each.text
                agree = None if shares is None else shares.agree
                row = Said(name, of.channel, text or each.item, each.seen, agree, page)
                _put(found, each.clauses, row)
            for comparison in of.comparisons:
                row = Said(name, of.channel, comparison.text, None, None, page)
                _put(found, comparison.clauses, row)
            for rubric in of.rubrics:
                row = Said(name, of.channel, rubric.text, rubric.people, None, page)
                _put(found, rubric.clauses, row)
    return found


def _put(found: dict[str, list[Said]], clauses: tuple[str, ...], row: Said) -> None:
    for clause in clauses:
        found.setdefault(clause, []).append(row)


def _rules(site: Site, section: Section, asked: dict[str, list[Said]]) -> Iterator[Rule]:
    """Yield the section and every clause of it that anybody spoke of, gone ones last."""
    texts = {section.id: "", **{clause.id: clause.text for clause in section.clauses}}
    gone = {each for each in asked if each.partition("/")[0] == section.id and each not in texts}
    for wanted in (*texts, *sorted(gone)):
        count = Count()
        for (rule, _), each in site.feedback.counts.items():
            count = count.plus(each) if rule == wanted else count
        said = tuple(asked.get(wanted, ()))
        if said or count.total:
            comments = count.said if count.total else ""
            yield Rule(wanted, texts.get(wanted, wanted), wanted in texts, comments, said)


def _proposed(voices: Voices, section: str, page: str) -> Iterator[Proposed]:
    for state in voices.proposals:
        if section in state.made.sections:
            yield Proposed(state, link_to(voices, page, state))
