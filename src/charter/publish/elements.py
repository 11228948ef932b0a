"""Elements of Markdown -> tags of HTML: the only ones that a published text can hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from markupsafe import escape

from charter.publish.address import anchor
from charter.syntax.visible import reveal

_OUTSIDE = re.compile(r"(?:https?://|mailto:)[^\s\x00-\x20\"'<>\\`{}|^]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Words:
    """What a page knows about the ids that a text refers to."""

    title: Callable[[str], str | None]
    """Title of a section; None where there is none of that id."""
    link: Callable[[str], str | None]
    """Address of a section, as seen from the page."""


class Tags(NamedTuple):
    """How an element begins and ends."""

    begin: str
    end: str
    inline: bool = False
    """Whether it stands inside a line."""


NOTHING = Tags("", "")
DANGLING = Tags('<span class="dangling">', "</span>", inline=True)
_PLAIN: Mapping[str, Tags] = MappingProxyType(
    {
        "Emphasis": Tags("<em>", "</em>", inline=True),
        "Strong": Tags("<strong>", "</strong>", inline=True),
        "Strikethrough": Tags("<s>", "</s>", inline=True),
        "Image": Tags('<span class="image">', "</span>", inline=True),
        "Paragraph": Tags('<p dir="auto">', "</p>\n"),
        "HtmlBlock": Tags('<p dir="auto" class="raw">', "</p>\n"),
        "Heading": Tags('<p dir="auto" class="minor">', "</p>\n"),
        "BlockQuote": Tags("<blockquote>", "</blockquote>\n"),
        "Item": Tags('<li dir="auto">', "</li>\n"),
        "Table": Tags(
            '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>\n',
            "</tbody></table></div>\n",
        ),
        "TableHead": Tags("<thead><tr>", "</tr></thead>\n<tbody>"),
        "TableRow": Tags("<tr>", "</tr>\n"),
    }
)


def tags(kind: str, more: Any, words: Words, *, header: bool) -> Tags:
    """Return the tags of an element; `header` says that a cell stands in a table's head."""
    known = _PLAIN.get(kind)
    if known is not None:
        return known
    if kind == "List":
        if more is None:
            return Tags("<ul>\n", "</ul>\n")
        first = "" if more == 1 else f' start="{int(more)}"'
        return Tags(f"<ol{first}>\n", "</ol>\n")
    if kind == "Link":
        return _link(str(more["dest_url"]), words)
    if kind == "TableCell":
        return Tags('<th scope="col">', "</th>") if header else Tags("<td>", "</td>")
    return NOTHING


def _link(url: str, words: Words) -> Tags:
    if url.startswith("#"):
        where = words.link(url[1:])
        if where is None:
            return DANGLING
        begin = f'<a class="ref" href="{escape(where)}" data-ref="{escape(anchor(url[1:]))}">'
        return Tags(begin, "</a>", inline=True)
    if _OUTSIDE.fullmatch(url) and reveal(url) == url:
        begin = f'<a class="out" href="{escape(url)}" rel="noopener nofollow">'
        return Tags(begin, "</a>", inline=True)
    return DANGLING
