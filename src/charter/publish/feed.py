"""Versions of a spec -> an Atom feed: one entry for each dated version, newest first.

Dates come from the version or from front matter, never from a clock: the same texts make the same
feed. Source: RFC 4287.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from markupsafe import Markup, escape

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.history import History
from charter.publish.notes import Notes
from charter.publish.site import Site
from charter.spec.changes.diff_sentences import sentences
from charter.syntax.visible import reveal

_DATE = re.compile(r"v?(\d{4})[-.](\d{2})[-.](\d{2})")
_FIELDS = ("date", "published", "updated")
"""Of front matter; the first that holds a date counts, before the version."""
_AUTHORS = ("author", "authors", "publisher")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def date_of(edition: Edition) -> str | None:
    """Return the day of a version, as `2025-12-18`; None where neither text nor name says it."""
    metadata = edition.spec.metadata
    for said in (*(metadata.get(key) for key in _FIELDS), edition.spec.version):
        found = _DATE.fullmatch(said.strip()[:40]) if isinstance(said, str) else None
        if found:
            try:
                return date(*(int(part) for part in found.groups())).isoformat()
            except ValueError:  # the 31st of February
                continue
    return None


def feed(site: Site, history: History, notes: Notes) -> str | None:
    """Return the feed; None where no version has a date, which a feed cannot be without."""
    dated = [
        (place, day)
        for place, edition in enumerate(history.editions)
        if (day := date_of(edition)) is not None
    ]
    if not dated:
        return None
    base = f' xml:base="{_text(site.base_url)}"' if site.base_url else ""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom"{base}>',
        f"<id>{_urn(site, 'feed')}</id>",
        f"<title>{_text(site.title)}</title>",
        f"<updated>{_time(max(day for _, day in dated))}</updated>",
        f"<author><name>{_text(_author(site))}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_href(site, address.FEED)}"/>',
        f'<link rel="alternate" type="text/html" href="{_href(site, address.CHANGES)}"/>',
        "<generator>Charter</generator>",
    ]
    for place, day in reversed(dated):
        lines += _entry(site, history, notes, place, day)
    return "\n".join([*lines, "</feed>", ""])


def _entry(site: Site, history: History, notes: Notes, place: int, day: str) -> Iterator[str]:
    edition = history.editions[place]
    page = address.home(edition.slug)
    if place:
        page = address.pair(history.editions[place - 1].slug, edition.slug)
    yield "<entry>"
    yield f"<id>{_urn(site, f'version/{edition.slug}')}</id>"
    yield f"<title>{_text(f'{edition.title}, version {edition.label}')}</title>"
    yield f"<updated>{_time(day)}</updated>"
    yield f'<link rel="alternate" type="text/html" href="{_href(site, page)}"/>'
    yield f'<content type="html">{_text(_content(history, notes, place))}</content>'
    yield "</entry>"


def _content(history: History, notes: Notes, place: int) -> Markup:
    """Return what is said of a version as HTML, the author's note as plain paragraphs."""
    note = notes.of(history.editions[place].slug).note or ""
    paragraphs = (" ".join(part.split()) for part in note.split("\n\n"))
    oldest = ("The oldest version published here.",)
    said = sentences(history.diffs[place - 1]) if place else oldest
    parts = [Markup("<p>{}</p>").format(reveal(each)) for each in paragraphs if each]
    items = [Markup("<li>{}</li>").format(reveal(each)) for each in said]
    return Markup("").join([*parts, Markup("<ul>"), *items, Markup("</ul>")])


def _author(site: Site) -> str:
    """Return who front matter says wrote the document; its title where that is not said."""
    for key in _AUTHORS:
        said = site.newest.spec.metadata.get(key)
        if isinstance(said, list):
            said = ", ".join(str(each) for each in said)
        if isinstance(said, str) and said.strip():
            return " ".join(said.split())
    return site.title


def _urn(site: Site, what: str) -> str:
    """Return a name that stays the same wherever the site stands and whatever the text says."""
    name = site.newest.spec.name
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{quote(name)}#{what}')}"


def _href(site: Site, page: str) -> str:
    return _text(site.url(page) or address.to(address.FEED, page))


def _time(day: str) -> str:
    return f"{day}T00:00:00Z"


def _text(text: str | Markup | None) -> str:
    """Return text as XML allows it: escaped, and without what no XML may hold."""
    plain = str(text or "")
    return str(escape(_NOT_XML.sub("\ufffd", reveal(plain))))
