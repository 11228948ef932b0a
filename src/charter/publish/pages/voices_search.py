"""Pages of voices -> what full-text search finds them by."""

from __future__ import annotations

import re

from charter.publish.pages.voices import files
from charter.publish.search import Record, plain_text
from charter.publish.site import Site
from charter.publish.voices import Voices

_MAIN = re.compile(r'<main id="page\.main"[^>]*>(.*)</main>', re.DOTALL)
_TITLE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)


def records(site: Site, voices: Voices) -> list[Record]:
    """Return each page of voices, with the words that it shows; what is folded too."""
    found = []
    for page, text in files(site, voices):
        main = _MAIN.search(text) if page.endswith(".html") else None
        title = _TITLE.search(main[1]) if main else None
        if main and title:
            rest = main[1].replace(title[0], "")
            found.append(Record(page, plain_text(title[1]), "", plain_text(rest)))
    return found
