"""From each rule its history of voices: comments counted, what was asked, and what was proposed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from markupsafe import Markup

from charter.evolve.proposals.changed import clauses_of, sections_of
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
    instead: str
    """What stands in place of a share of agreement."""
    page: str


class Proposed(NamedTuple):
    """A proposal that changes a clause, or the section elsewhere than in one that is there."""

    state: ProposalState
    link: str


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
    proposed: tuple[Proposed, ...]


def annexes(site: Site, voices: Voices) -> dict[str, Markup]:
    """Return what the permanent page of each section says of voices, by the section's id."""
    asked, proposed = _by_clause(voices), _by_rule(voices)
    found = {}
    for wanted in site.slugs:
        having = [each for each in site.editions if wanted in each.part_of]
        page = site.section_page(wanted)
        if page is None or not having:
            continue
        told = _Told(site, voices, page, asked, proposed)
        rules = tuple(_rules(having[-1].spec.index[wanted], told))
        if rules:
            module = site.templates.get_template("voices_section.html.j2").module
            made = module.annex(rules, WORDS, partial(address.to, page))  # type: ignore[attr-defined]
            found[wanted] = Markup(made)  # noqa: S704 - escaped there
    return found


class _Told(NamedTuple):
    """All that a page may say of its rules."""

    site: Site
    voices: Voices
    page: str
    asked: dict[str, list[Said]]
    proposed: dict[str, list[ProposalState]]


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
                hidden = "no share of agreement is shown"
                row = Said(name, of.channel, text or each.item, each.seen, agree, hidden, page)
                _put(found, each.clauses, row)
            for comparison in of.comparisons:
                row = Said(name, of.channel, comparison.text, None, None, "answers in order", page)
                _put(found, comparison.clauses, row)
            for rubric in of.rubrics:
                row = Said(name, of.channel, rubric.text, rubric.people, None, "ratings", page)
                _put(found, rubric.clauses, row)
    return found


def _put(found: dict[str, list[Said]], clauses: tuple[str, ...], row: Said) -> None:
    for clause in clauses:
        found.setdefault(clause, []).append(row)


def _by_rule(voices: Voices) -> dict[str, list[ProposalState]]:
    """Return the proposals that change each clause, and each section, by its id."""
    found: dict[str, list[ProposalState]] = {}
    for state in voices.proposals:
        for rule in dict.fromkeys((*sections_of(state), *clauses_of(state))):
            found.setdefault(rule, []).append(state)
    return found


def _rules(section: Section, told: _Told) -> Iterator[Rule]:
    """Yield the section and every clause of it that anybody spoke of, gone ones last."""
    texts = {section.id: "", **{clause.id: clause.text for clause in section.clauses}}
    counts: dict[str, Count] = {}
    for (rule, _), each in told.site.feedback.counts.items():
        if rule.partition("/")[0] == section.id and each.total:
            counts[rule] = counts.get(rule, Count()).plus(each)
    gone = {each for each in told.asked if each.partition("/")[0] == section.id} | {*counts}
    at_clauses = {state.id for rule in (*texts, *gone) if rule != section.id
                  for state in told.proposed.get(rule, ())}  # fmt: skip
    for wanted in (*texts, *sorted(gone - {*texts})):
        states = told.proposed.get(wanted, [])
        if wanted == section.id:
            states = [each for each in states if each.id not in at_clauses]
        said = tuple(told.asked.get(wanted, ()))
        comments = counts[wanted].said if wanted in counts else ""
        if said or comments or states:
            links = (Proposed(e, link_to(told.page, e)) for e in states)
            there = wanted in texts
            yield Rule(wanted, texts.get(wanted, wanted), there, comments, said, tuple(links))
