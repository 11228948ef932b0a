"""A published spec for programs: JSON, JSON Lines, llms.txt, a map of the site, schema.org.

The addresses and the formats are an API: docs/publish.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Literal

from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.feed import date_of
from charter.publish.kept import Keep, key_of, nowhere
from charter.publish.site import Site
from charter.publish.voices import INDEX as VOICES
from charter.publish.voices import data_of
from charter.spec.changes import diff_export
from charter.spec.export import export, schema
from charter.spec.spec import Clause, Section
from charter.syntax.visible import reveal

SPEC = "spec.json"
CLAUSES = "clauses.jsonl"
LLMS = "llms.txt"
SITEMAP = "sitemap.xml"
MAX_MAPPED = 50_000
"""Addresses of one map, after sitemaps.org; more are left out, the last first."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MARKDOWN = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]<>#|!"})


class ClauseLine(BaseModel):
    """One line of `clauses.jsonl`: a clause of the newest version."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    id: str
    """`section/marker`, or `section/` and ten characters derived from the words."""
    section: str
    authority: str | None
    """Of its section; null where it does not bind."""
    strength: Literal["must", "should", "may"]
    text: str
    """Markdown; markers removed, white space collapsed."""
    url: str
    """Its permanent address; relative to the site's root where the site does not know its own."""
    digest: str
    """Of the spec's text: `sha256:` and hex. With the id, this names the clause for good."""


def files(site: Site, keep: Keep = nowhere) -> Iterator[tuple[str, str]]:
    """Yield what programs read, by address, except the map of the site."""
    for edition in site.editions:
        made = keep(["json", key_of(edition)], partial(_json_piece, edition), ["json"])["json"]
        yield address.data(edition.slug), made
        if edition is site.newest:
            yield SPEC, made
    yield CLAUSES, clauses(site)
    yield LLMS, llms(site)
    yield from schemas()


def _json_piece(edition: Edition) -> dict[str, str]:
    return {"json": as_json(edition)}


def as_json(edition: Edition) -> str:
    """Return a version in the format of `charter show --json`."""
    # ASCII, because specs may hold characters that a terminal or a decoder trips over
    return json.dumps(export(edition.spec), indent=0) + "\n"


def schemas() -> Iterator[tuple[str, str]]:
    """Yield the JSON Schemas of the formats, by address."""
    clause = {"$schema": _DIALECT, **ClauseLine.model_json_schema()}
    for name, found in (("spec", schema()), ("diff", diff_export.schema()), ("clause", clause)):
        yield f"schema/{name}.json", json.dumps(found, indent=1) + "\n"


def clauses(site: Site) -> str:
    """Return the clauses of the newest version, one JSON object a line, in order of the text."""
    edition = site.newest
    return "".join(
        json.dumps(_clause(site, edition, section, clause)) + "\n"
        for section in edition.spec.sections
        for clause in section.clauses
    )


def _clause(site: Site, edition: Edition, section: Section, clause: Clause) -> dict[str, Any]:
    return {
        "id": clause.id,
        "section": section.id,
        "authority": section.authority,
        "strength": clause.strength.value,
        "text": clause.text,
        "url": _permanent(site, section.id, clause.id),
        "digest": edition.spec.digest,
    }


def _permanent(site: Site, section_id: str, fragment: str = "") -> str:
    """Return the permanent address of a section or of something in it."""
    page = site.section_page(section_id) or address.HOME
    return (site.base_url or "") + address.to(address.HOME, page, fragment)


# For readers of prose


def llms(site: Site) -> str:
    """Return `llms.txt`: what this site is and where its parts are. Source: llmstxt.org."""
    spec = site.newest.spec
    about = (
        f"> Version {_plain(site.newest.label)} of {_plain(site.title)}: "
        f"{len(spec.sections)} sections and {sum(1 for _ in spec.clauses)} clauses. "
        "A section binds by its level of authority; one without a level explains."
    )
    sections = {each.id: spec.index[each.id] for each in spec.sections}.values()
    changes = _item(site, "Changes", address.CHANGES, "what each version changed")
    voices = _item(site, "Voices as JSON", data_of(VOICES), "what people were asked and said")
    lines = [
        f"# {_plain(site.title)}",
        "",
        about,
        "",
        f"Digest of the text: {spec.digest}",
        "",
        "## Data",
        "",
        _item(site, "Whole text as JSON", address.data(site.newest.slug), "schema/spec.json"),
        _item(site, "Clauses, one a line", CLAUSES, "schema/clause.json"),
        _item(site, "Everything on one page", address.whole(), ""),
        *([changes] if len(site.editions) > 1 else []),
        *([voices] if any(link.page == VOICES for link in site.links) else []),
        "",
        "## Parts",
        "",
        *(
            _item(site, part.title, address.part(part.slug), f"{len(part.sections)} sections")
            for part in site.newest.parts
        ),
        "",
        "## Sections",
        "",
        *(
            _item(site, each.title, _page(site, each.id), each.authority or "no authority")
            for each in sections
        ),
    ]
    if len(site.editions) > 1:
        lines += ["", "## Optional", ""]
        lines += [
            _item(site, f"Version {each.label}", address.data(each.slug), each.spec.digest)
            for each in reversed(site.editions[:-1])
        ]
    return "\n".join([*lines, ""])


def _page(site: Site, section_id: str) -> str:
    return site.section_page(section_id) or address.HOME


def _item(site: Site, title: str, page: str, note: str) -> str:
    where = site.url(page) or address.to(LLMS, page)
    return f"- [{_plain(title)}]({where})" + (f": {_plain(note)}" if note else "")


def _plain(text: str) -> str:
    """Return text on one line in which Markdown sees no marks."""
    return reveal(" ".join(text.split())).translate(_MARKDOWN)


# For search engines


def sitemap(site: Site, pages: Iterable[str]) -> str | None:
    """Return the map of a site's pages; None where the site's own address is not known.

    Only what is canonical is on it: the newest version stands at the root. Source: sitemaps.org.
    """
    if site.base_url is None:
        return None
    own = f"v/{site.newest.slug}/"
    days = {each.slug: date_of(each) for each in site.editions}
    listed = [page for page in sorted(pages) if page.endswith(".html") and not page.startswith(own)]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ]
    for page in listed[:MAX_MAPPED]:
        day = days.get(page.split("/")[1]) if page.startswith("v/") else days[site.newest.slug]
        changed = f"<lastmod>{day}</lastmod>" if day and not page.startswith("diff/") else ""
        lines.append(f"<url><loc>{escape(site.url(page))}</loc>{changed}</url>")
    return "\n".join([*lines, "</urlset>", ""])


def article(site: Site, page: str, title: str, edition: Edition | None = None) -> Markup:
    """Return what schema.org calls a page of a version, as a script element that runs nothing."""
    shown = edition or site.newest
    whole: dict[str, Any] = {
        "@type": "TechArticle",
        "name": site.title,
        "version": shown.label,
        "identifier": shown.spec.digest,
    }
    if site.base_url is not None:
        whole["url"] = site.base_url
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "headline": title,
        "version": shown.label,
        "isPartOf": whole,
    }
    url, day = site.url(page), date_of(shown)
    if url is not None:
        found |= {"url": url, "mainEntityOfPage": url}
    if day is not None:
        found["dateModified"] = day
    said = shown.spec.metadata.get("license")
    if isinstance(said, str):
        found["license"] = said
    return json_ld(found)


def json_ld(values: Mapping[str, Any]) -> Markup:
    """Return values as JSON-LD in a script element, from which no text gets out."""
    text = json.dumps(values)  # ASCII: nothing hidden, and no line separators
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704 - see above
