"""What people said: a page for each survey, one that lists them, and one that compares them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from itertools import combinations
from typing import NamedTuple

from charter.evolve.results.compared import Compared, compare
from charter.evolve.results.export import schema
from charter.evolve.results.results import ChannelResult, Results, StatementResult
from charter.publish.adherence import texts_of
from charter.publish.pages.clause_link import clause_link
from charter.publish.pages.consultation import consultation_page, consultation_text
from charter.publish.pages.decisions import decisions_page, decisions_text
from charter.publish.pages.voices_specs import specs_page, specs_text
from charter.publish.site import Link, Site
from charter.publish.voices import (
    COMPARED,
    CONSULTATION,
    DECISIONS,
    INDEX,
    SCHEMA,
    SPECS,
    Voices,
    data_of,
    name_of,
)
from charter.publish.voices_before import as_text, earlier_address
from charter.publish.voices_specs import as_text as as_edition
from charter.publish.voices_specs import earlier_address as edition_of
from charter.publish.voices_words import WORDS

LINK = Link(INDEX, "Voices")
INDEX_FORMAT = "charter-site-voices/1"
COMPARED_FORMAT = "charter-site-voices-compared/1"
MOST_PAIRS = 60
"""Comparisons on one page."""


class Side(NamedTuple):
    """Two results of the same questions, or two channels of one."""

    same: bool
    """Whether both are of one survey: then these are its channels."""
    found: Compared


def files(site: Site, voices: Voices) -> Iterator[tuple[str, str]]:
    """Yield every page of voices and its JSON, by address; earlier editions stay as they were."""
    kept = dict(voices.earlier)
    kept |= {edition_of(each): as_edition(each).encode() for each in voices.specs}
    compared = tuple(_sides(voices))
    if voices.results or voices.specs or voices.ledger:
        yield INDEX, _index(site, voices, compared=bool(compared))
        yield data_of(INDEX), _index_text(voices, compared=bool(compared))
    for page, results in voices.pages():
        yield page, results_page(site, voices, page, results)
        yield data_of(page), as_text(results)
        kept[earlier_address(results)] = as_text(results).encode()
    if voices.results:
        yield SCHEMA, json.dumps(schema(), indent=1) + "\n"
    if compared:
        yield COMPARED, _compared(site, compared)
        yield data_of(COMPARED), _compared_text(compared)
    if voices.specs:
        yield SPECS, specs_page(site, voices)
        yield data_of(SPECS), specs_text(voices)
    if voices.ledger:
        yield CONSULTATION, consultation_page(site, voices)
        yield data_of(CONSULTATION), consultation_text(site, voices)
        yield DECISIONS, decisions_page(site, voices)
        yield data_of(DECISIONS), decisions_text(voices)
    for name, text in sorted(kept.items()):
        yield name, text.decode()


def results_page(site: Site, voices: Voices, page: str, results: Results) -> str:
    """Return the page of one survey: each channel by itself, in full."""
    return site.page(
        "voices.html.j2",
        page,
        title=f"What people said: {name_of(results)[:200]}",
        description="Every figure of a survey, with its interval.",
        results=results,
        name=name_of(results),
        channels=sorted(results.channels, key=lambda each: each.channel != "panel"),
        data=data_of(page),
        index=INDEX,
        schema=SCHEMA,
        asked_of=_asked_of(site, results),
        divisive=divisive,
        link=partial(clause_link, site, page),
        words=WORDS,
    )


def divisive(of: ChannelResult) -> list[StatementResult]:
    """Return the statements that are shown, those that divide people most first.

    By the distance of the groups in agreement where it is known, else by how evenly for and against
    are: nothing is left out for dividing.
    """

    def order(each: StatementResult) -> tuple[float, float, str]:
        gap = each.gap.gap.value if each.gap is not None else 0.0
        return -gap, -(each.split.value if each.split is not None else 0.0), each.item

    return sorted((each for each in of.statements if each.plain is not None), key=order)


def _asked_of(site: Site, results: Results) -> str:
    """Return the version that was asked about; empty where it is none of these."""
    having = [each.label for each in site.editions if results.spec in texts_of(each)]
    return having[-1] if having else ""


def _index(site: Site, voices: Voices, *, compared: bool) -> str:
    return site.page(
        "voices_index.html.j2",
        INDEX,
        title="Voices",
        description=f"What people were asked of {site.title}, said, and what became of it.",
        pages=[(page, name_of(each), each) for page, each in voices.pages()],
        ledger=voices.ledger,
        surveys=len(voices.surveys),
        proposals=len(voices.proposals),
        compared=COMPARED if compared else "",
        specs=SPECS if voices.specs else "",
        consultation=CONSULTATION,
        decisions=DECISIONS,
        data=data_of(INDEX),
        words=WORDS,
    )


def _index_text(voices: Voices, *, compared: bool) -> str:
    """Return where each page stands, as JSON: addresses are from the root of the site."""
    rows = [
        {
            "name": name_of(each),
            "page": page,
            "figures": data_of(page),
            "channels": [{"channel": of.channel, "people": of.people} for of in each.channels],
        }
        for page, each in voices.pages()
    ]
    values = {
        "format": INDEX_FORMAT,
        "results": rows,
        "compared": data_of(COMPARED) if compared else None,
        "specs": data_of(SPECS) if voices.specs else None,
        "consultation": data_of(CONSULTATION) if voices.ledger else None,
        "decisions": data_of(DECISIONS) if voices.ledger else None,
    }
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _sides(voices: Voices) -> Iterator[Side]:
    """Yield every pair that has questions in common: of populations, of specs, of channels."""
    pairs: list[tuple[Results, Results, str, str]] = []
    for each in voices.results:
        names = sorted(one.channel for one in each.channels)
        pairs += ((each, each, one, other) for one, other in combinations(names, 2))
    for first, second in combinations(voices.results, 2):
        both = {e.channel for e in first.channels} & {e.channel for e in second.channels}
        if first.digest != second.digest:
            pairs += ((first, second, name, name) for name in sorted(both))
    for first, second, one, other in pairs[:MOST_PAIRS]:
        found = compare(first, second, channels=(one, other))
        if found.differences:
            yield Side(first is second, found)


def _compared(site: Site, sides: tuple[Side, ...]) -> str:
    return site.page(
        "voices_compared.html.j2",
        COMPARED,
        title="Voices side by side",
        description="The same questions, put to different people or about different texts.",
        sides=sides,
        data=data_of(COMPARED),
        index=INDEX,
        words=WORDS,
    )


def _compared_text(sides: tuple[Side, ...]) -> str:
    values = {"format": COMPARED_FORMAT, "pairs": [asdict(each.found) for each in sides]}
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"
