"""What the HTML of a published text may hold, and nothing else."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"br", "hr"}
PLAIN = {"dir", "class", "id"}
NAMED = {"tabindex", "role", "aria-label"}
ELEMENTS = {
    **dict.fromkeys(
        ("p", "li", "em", "strong", "s", "code", "pre", "blockquote", "ul", "br", "hr"),
        PLAIN,
    ),
    "span": PLAIN | NAMED,
    **{name: set() for name in ("table", "thead", "tbody", "tr", "td")},
    "ol": {"start"},
    "th": {"scope"},
    "div": {"class"} | NAMED,
    "a": {"class", "href", "data-ref", "rel", "aria-label"},
}
MATHML = re.compile(r"math|m[a-z]{1,12}")
MATHML_ATTRIBUTES = re.compile(r"(?!on|style|href|src)[a-z-]+")
HREF = re.compile(r"https?://\S+|mailto:\S+|#\S*|there\.html#\S+", re.IGNORECASE)


class Checker(HTMLParser):
    """Collects what is not allowed, and ids."""

    def __init__(self):
        super().__init__()
        self.wrong, self.ids, self.open = [], [], []
        self.words = []

    def handle_starttag(self, tag, attrs):
        names = ELEMENTS.get(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name == "href" and not HREF.fullmatch(value or ""):
                self.wrong.append((tag, name, value))
            if names is None and MATHML.fullmatch(tag) and MATHML_ATTRIBUTES.fullmatch(name):
                continue
            if name not in (names or ()):
                self.wrong.append((tag, name, value))
        if names is None and not MATHML.fullmatch(tag):
            self.wrong.append((tag, "", ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append((tag, "not open", ""))

    def handle_comment(self, data):
        self.wrong.append(("comment", data, ""))

    def handle_decl(self, decl):
        self.wrong.append(("declaration", decl, ""))

    def handle_data(self, data):
        self.words.append(data)


def checked(html: str) -> Checker:
    """Parse HTML."""
    made = Checker()
    made.feed(html)
    made.close()
    if made.open:
        made.wrong.append(("left open", made.open, ""))
    return made
