"""Text that other words introduce, or that speaks to a machine in the midst of other words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from charter.policy.conversation import Doubt
from charter.policy.labels.excise import INLINE
from charter.policy.labels.pasted.heuristic import line_start, paragraphs

TEXT = Doubt("introduced_text", 55)
PASTE = Doubt("introduced_paste", 55)

_TRANSFORM = r"summari[sz]e|translate|proofread|rewrite|rephrase|paraphrase|shorten|tl;?dr"
_STRONG = re.compile(rf"\b(?:{_TRANSFORM})\b", re.IGNORECASE)
_WEAK = re.compile(
    r"\b(?:review|explain|classify|analy[sz]e|edit|correct|improve|extract|fix|debug|reply to"
    r"|respond to|answer|here is|here's|below|following|this is)\b",
    re.IGNORECASE,
)
_TEXT = (
    r"text|sentences?|paragraphs?|passage|phrases?|articles?|e-?mails?|messages?|reviews?|comments?"
    r"|tweets?|letters?|essays?|stor(?:y|ies)|posts?|reports?|logs?|output|error|code|functions?"
    r"|transcripts?|conversation|documents?|abstract|excerpts?|speech|draft|page|contract|notes"
)
_OBJECT = re.compile(rf"\b(?:{_TEXT})\b", re.IGNORECASE)
_WISH = re.compile(
    r"\b(?:what|how|where|why|things|points|rules|steps|instructions)\b", re.IGNORECASE
)
_ITEM = re.compile(r"\s*+(?:[-*+\u2022]|\d{1,3}[.)])[ \t]")
_SAME_LINE = re.compile(
    rf"\b(?:{_TRANSFORM}|classify)\b[^\n.!?]{{0,100}}?"
    rf"\b(?:this|these|following|{_TEXT}|words?)"
    r"(?: (?:(?:in)?to|from|for|as) [\w ,-]{1,60})?\Z"
    r"|\b(?:translate|rewrite|rephrase) (?:in)?to [\w-]{1,30}\Z"
)
_STEMS = (
    "summari",
    "translat",
    "proofread",
    "rewrit",
    "rephras",
    "paraphras",
    "shorten",
    "tl;dr",
    "tldr",
    "classif",
)
"""One of these is in whatever the pattern above matches."""
_ADDRESSED = re.compile(
    r"(?:ignore|disregard|forget) (?:all |any |the |your |these |of ){0,3}"
    r"(?:previous|prior|above|earlier|preceding|existing)"
    r"|as an ai (?:language model|assistant)|(?:ai|llm) (?:assistants?|models?|agents?) "
    r"(?:reading|processing|must|should)|new instructions?:|you are now |your new (?:task|role)"
)
_HINTS = (
    "ignore",
    "disregard",
    "forget",
    " ai ",
    "llm ",
    "instruction",
    "you are now",
    "your new",
)
_NOTHING = f" \t\r\n\f\v{INLINE}"
"""White space, and what stands for a range that was marked: what is introduced there is known."""
_LONG_PASTE = 200
"""Characters after an introduction from which on it introduces a paste."""
_LINE = 400
"""Characters of an introduction."""
_SENTENCE = 160
"""Characters of an introduction on the same line."""
_LONG_MESSAGE = 600
"""Characters from which on an instruction may have gone unnoticed."""
_BEFORE = 300
"""Characters of other words that stand before such an instruction."""


def introduced_paste(text: str) -> Iterator[tuple[int, int]]:
    """Find a line that asks to do something with a text and ends in a colon, then a long text.

    Words that do not change a text must name one, and a list after them is the author's.
    Errs where the author's own words come after the text.
    """
    colon = text.find(":\n")
    while colon >= 0:
        start = colon + 1
        if len(text) - start < _LONG_PASTE:
            return
        line = text[max(line_start(text, colon), colon - _LINE) : colon]
        if _STRONG.search(line) or (
            _WEAK.search(line)
            and _OBJECT.search(line)
            and not _WISH.search(line)
            and not _ITEM.match(text, start)
        ):
            yield start, len(text)
            return
        colon = text.find(":\n", start)


def introduced_text(text: str) -> Iterator[tuple[int, int]]:
    """Find the rest of the paragraph after words such as "translate this sentence to French:".

    Errs where the author says how, and not what, after such a colon.
    """
    position = 0
    colon = text.find(":")
    while colon >= 0:
        follows = text[colon + 1 : colon + 3]
        if follows[:1] != "\n" and follows.strip(_NOTHING):
            before = text[max(position, colon - _SENTENCE) : colon].lower()
            if any(stem in before for stem in _STEMS) and _SAME_LINE.search(before):
                end = text.find("\n\n", colon)
                end = len(text) if end < 0 else end
                yield colon + 1, end
                colon = end
        position = colon + 1
        colon = text.find(":", position)


def embedded_instruction(text: str) -> Iterator[tuple[int, int]]:
    """Find a paragraph that speaks to an assistant, after much else, in a long message.

    Errs on texts about such instructions.
    """
    if len(text) < _LONG_MESSAGE:
        return
    lower = text.lower()
    if len(lower) != len(text):  # one letter has two in lower case
        lower = text.replace("\u0130", "I").lower()
    if any(hint in lower for hint in _HINTS):
        yield from paragraphs(lower, _ADDRESSED, _BEFORE)
