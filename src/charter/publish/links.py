"""A folder of pages -> what in it leads nowhere, or asks another host for something.

Every `href` and `src` must lead to a file of the folder, every fragment to an id on its page, no
id may stand twice on a page, and nothing but links that a reader follows may leave the site.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from charter.errors import StorageError

MAX_PROBLEMS = 1000
"""Reported; a folder with more is broken as a whole."""

_OUTSIDE = frozenset({"http", "https", "mailto"})
_LOADS = frozenset({"src", "poster", "data", "action", "formaction", "background"})
"""Attributes whose address a browser asks for by itself, or sends words to."""
_FOLLOWED = frozenset({("a", "href"), ("area", "href")})
_NAMED_ONLY = frozenset({"canonical", "license", "author", "alternate", "self"})
"""Relations of <link> that no browser loads."""
_URL_IN_STYLE = re.compile(r"url\(\s*['\"]?([^'\")\s]{1,2000})|@import\s+['\"]([^'\"]{1,2000})")


@dataclass(frozen=True, slots=True)
class Reference:
    """An address on a page."""

    address: str
    loaded: bool
    """Whether a browser asks for it by itself."""


@dataclass(frozen=True, slots=True)
class Leads:
    """What a page holds that others may lead to, and where it leads."""

    ids: frozenset[str]
    twice: tuple[str, ...]
    """Ids that stand more than once, each once."""
    references: tuple[Reference, ...]
    """Each once."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a page."""

    page: str
    """Its address in the folder."""
    what: str

    def __str__(self) -> str:
        return f"{self.page}: {self.what}"


def check(folder: Path, base_url: str | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with the pages of a folder, in the order of their addresses.

    Addresses that begin with `base_url` are those of the folder itself. Raises StorageError.
    """
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    files = {name: path for name, path in sorted(files.items()) if path.is_file()}
    readers = {".html": leads, ".xml": leads, ".css": style_leads}
    known = {
        name: readers[path.suffix](_read(path))
        for name, path in files.items()
        if path.suffix in readers
    }
    return problems(known, files, base_url)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as cause:
        what = f"{path} cannot be read: {cause.strerror or cause}"
        raise StorageError(what, hint="check the permissions") from cause


def problems(
    known: Mapping[str, Leads], files: Iterable[str], base_url: str | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with pages that were read, among files of these addresses."""
    there = frozenset(files)
    found: list[Problem] = []
    for page, led in known.items():
        found += [Problem(page, f"the id {id_!r:.200} stands more than once") for id_ in led.twice]
        for reference in led.references:
            what = _wrong(page, reference, known, there, base_url)
            if what:
                found.append(Problem(page, f"{reference.address!r:.200} {what}"))
        if len(found) >= MAX_PROBLEMS:
            return tuple(found[:MAX_PROBLEMS])
    return tuple(found)


def leads(html: str) -> Leads:
    """Read the ids and addresses of a page."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    twice = [id_ for id_, number in reader.ids.items() if number > 1]
    references = dict.fromkeys(reader.references)
    return Leads(
        frozenset(reader.ids), tuple(twice), tuple(Reference(*each) for each in references)
    )


def style_leads(css: str) -> Leads:
    """Read what a style sheet loads."""
    found = dict.fromkeys(one or other for one, other in _URL_IN_STYLE.findall(css))
    return Leads(frozenset(), (), tuple(Reference(each, loaded=True) for each in found))


class _Reader(HTMLParser):
    """Collects ids and addresses."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.ids: dict[str, int] = {}
        self.references: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value is not None:
                self.ids[value] = self.ids.get(value, 0) + 1
            elif name in _LOADS and value is not None:
                self.references.append((value, True))
            elif name in ("href", "xlink:href") and value is not None:
                self.references.append((value, not self._followed(tag, attrs)))
            elif name == "srcset" and value is not None:
                for part in value.split(","):
                    self.references.append((part.strip().partition(" ")[0], True))
            elif name == "style" and value is not None:
                loaded = style_leads(value).references
                self.references += [(each.address, True) for each in loaded]

    @staticmethod
    def _followed(tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        if tag == "link":
            return (dict(attrs).get("rel") or "").lower() in _NAMED_ONLY
        return (tag, "href") in _FOLLOWED


def _wrong(
    page: str,
    reference: Reference,
    known: Mapping[str, Leads],
    there: frozenset[str],
    base_url: str | None,
) -> str | None:
    """Return what is wrong with an address on a page."""
    written = reference.address
    own = base_url is not None and written.startswith(base_url)
    try:
        parts = urlsplit(written[len(base_url or "") :] if own else written)
    except ValueError:
        return "is no address"
    if parts.scheme or parts.netloc:
        if reference.loaded:
            return "is asked of another host"
        return None if parts.scheme in _OUTSIDE else "leads where no page may"
    if parts.path.startswith("/"):
        return "works at the root of a host only"
    start = "" if own else posixpath.dirname(page)
    target = posixpath.normpath(posixpath.join(start, unquote(parts.path))) if parts.path else page
    target = "index.html" if own and not parts.path else target
    if parts.path.endswith("/"):
        target = posixpath.normpath(posixpath.join(target, "index.html"))
    if target not in there:
        return "leads to no page"
    fragment = unquote(parts.fragment)
    if fragment and fragment != "top" and target in known and fragment not in known[target].ids:
        return f"leads to no place on {target}"
    return None
