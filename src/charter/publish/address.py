"""Where everything stands in a published site. Addresses are an API: docs/publish.md.

All are relative to the site's root, without a slash before; `to` makes them relative to a page,
so that a site works in any folder and from a file.
"""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from charter.syntax.visible import reveal

HOME = "index.html"
ALL = "all.html"
CHANGES = "changes.html"
FEED = "changes.xml"
ADHERENCE = "adherence.html"
SEARCH = "search.html"
STYLE = "assets/site.css"
SCRIPT = "assets/site.js"
RESERVED = (
    "index",
    "all",
    "changes",
    "adherence",
    "search",
    "assets",
    "s",
    "v",
    "diff",
    "schema",
    "pagefind",
    "voices",
)
"""Names at the root that no part may take."""
_OWN = ("page.", "about.", "text.")
"""How ids begin that templates set; an id of a text that does stands behind `text.`."""


def part(slug: str, version: str | None = None) -> str:
    """Return the page of a part; of the newest version where none is named."""
    return f"v/{version}/{slug}.html" if version else f"{slug}.html"


def home(version: str | None = None) -> str:
    """Return the page a version begins with."""
    return f"v/{version}/{HOME}" if version else HOME


def whole(version: str | None = None) -> str:
    """Return the page with everything on it."""
    return f"v/{version}/{ALL}" if version else ALL


def section(section_slug: str) -> str:
    """Return the permanent page of a section, in whichever versions it is."""
    return f"s/{section_slug}.html"


def pair(old: str, new: str) -> str:
    """Return the page that compares two versions."""
    return f"diff/{old}..{new}.html"


def data(version: str) -> str:
    """Return a version as JSON."""
    return f"v/{version}/spec.json"


def anchor(id_: str) -> str:
    """Return an id of a text as it stands in HTML: none of our own, and nothing hidden in it."""
    return reveal(f"text.{id_}" if id_.startswith(_OWN) else id_)


def fragment_of(id_: str) -> str:
    """Return what leads to an id of a text on its page, after the `#`."""
    return quote(anchor(id_), safe="/-._~:@!$()*+,;=")


def to(page: str, target: str, fragment: str = "", *, own: bool = False) -> str:
    """Return the address of `target` as seen from `page`; just the fragment on the same page.

    The fragment is an id of a text or, with `own`, one that a template sets.
    """
    hash_ = ""
    if fragment:
        hash_ = f"#{fragment if own else fragment_of(fragment)}"
    if page == target and fragment:
        return hash_
    return quote(posixpath.relpath(target, posixpath.dirname(page) or ".")) + hash_
