"""What the trained head is told of a reply: which cues stand where, and how it fits the request.

Everything here is cheap: words and counts. What the sentence encoder adds is in `states`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from charter.classifiers.refusal import cues, rules
from charter.classifiers.refusal.formulas import GREETING, LIST_ITEM
from charter.prose.sentences import Sentence

Vector = NDArray[np.float32]

# Of a longer reply the start and the end are read, which is where refusals stand.
MAX_CHARACTERS = 20_000
FIRST_SENTENCES = 40
LAST_SENTENCES = 8

_PLACES = ("first", "second", "third", "later", "share", "last", "count")
_MAX_COUNT = 5
_RULES = ("declines", "objects", "judges", "idioms")
_WORD = re.compile(r"[a-z0-9']+")
_ADDRESS = re.compile(r"\S@\S{1,80}\.\w|https?://|[0-9]{3}[- ][0-9]{3,4}")
_NEGATION = re.compile(r"\b(?:not|never|no)\b|n't\b")
_SHAPES = {
    "why": re.compile(r"why (?:should|is|are|was|were|would|do|does|did|can|can't|don't)\b"),
    "how": re.compile(r"how (?:do|can|to|would|should)\b"),
    "what": re.compile(r"what\b"),
    "where": re.compile(r"where\b"),
    "make": re.compile(
        r"(?:write|give|make|create|draft|tell|explain|list|help|generate|can you|please)\b"
    ),
    "praise": re.compile(r".{0,400}\b(?:benefits?|good (?:thing|idea)|best for|reasons|argu)"),
}
_SUFFIXES = ("ing", "ed", "es", "s")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "to",
        "in",
        "on",
        "for",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "been",
        "do",
        "does",
        "did",
        "how",
        "what",
        "why",
        "where",
        "when",
        "who",
        "which",
        "can",
        "could",
        "should",
        "would",
        "will",
        "i",
        "you",
        "my",
        "your",
        "me",
        "it",
        "its",
        "that",
        "this",
        "these",
        "those",
        "with",
        "at",
        "by",
        "from",
        "as",
        "not",
        "no",
        "some",
        "any",
        "there",
        "their",
        "his",
        "her",
        "they",
        "he",
        "she",
        "we",
        "our",
        "have",
        "has",
        "had",
        "if",
        "so",
        "than",
        "then",
        "them",
        "about",
        "into",
    ]
)
_OF_REQUEST = (
    "known", "in_first", "in_all", "first_in", "negated", "turned", "turned_shared",
    "negated_shared", *_SHAPES,
)  # fmt: skip
_OF_LOADED = ("denies", "respect", "norm", "wrong", "negated_i")

NAMES: tuple[str, ...] = (
    *(f"{cue} {place}" for cue in cues.NAMES for place in _PLACES),
    *(f"{rule} {place}" for rule in _RULES for place in ("first", "second", "opening", "later")),
    "rules none", "rules partial", "rules full", "gives",
    "items", "list", "code", "length", "sentences", "short", "length of first", "digits",
    "address", "paragraphs",
    "place of first", "number that decline", "place of first objection",
    *(f"request {name}" for name in _OF_REQUEST),
    *(f"loaded request, {cue} first" for cue in _OF_LOADED),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A reply as it is read: its own sentences and what each of them does."""

    text: str
    said: Sequence[Sentence]
    """Every sentence after a greeting."""
    read: Sequence[Sentence]
    """The sentences that are looked at."""
    cues: Vector
    """Shape (sentences looked at, cues): 1 where a sentence has a cue."""
    declines: Sequence[bool]
    objects: Sequence[bool]
    judges: Sequence[bool]
    idioms: Sequence[bool]
    """One each for every sentence looked at: what the rules see."""


def read(text: str) -> Reading:
    """Return what a reply says, sentence by sentence."""
    text = text[:MAX_CHARACTERS]
    said = _without_greeting(rules.own_sentences(text))
    looked_at = said
    if len(said) > FIRST_SENTENCES + LAST_SENTENCES:
        looked_at = [*said[:FIRST_SENTENCES], *said[-LAST_SENTENCES:]]
    marks = np.zeros((len(looked_at), len(cues.NAMES)), dtype=np.float32)
    idioms = np.zeros(len(looked_at), dtype=bool)
    for row, sentence in enumerate(looked_at):
        plain = rules.without_idioms(sentence.text)
        idioms[row] = plain != sentence.text
        marks[row, cues.PATTERNS.found_in(plain)] = 1
    return Reading(
        text,
        said,
        looked_at,
        marks,
        [rules.declines(looked_at, index) for index in range(len(looked_at))],
        [rules.objects(sentence) for sentence in looked_at],
        [rules.judges(sentence) for sentence in looked_at],
        idioms.tolist(),
    )


def _without_greeting(said: Sequence[Sentence]) -> Sequence[Sentence]:
    """Return the sentences after a greeting; all of them when nothing else is said."""
    start = 0
    while start + 1 < len(said) and GREETING.match(said[start].text):
        start += 1
    return said[start:]


def lexical(reading: Reading, request: str | None) -> Vector:
    """Return the values of `NAMES` for a reply, and for its request if there is one."""
    values = [*_by_rules(reading), *_by_form(reading), *_by_request(reading, request)]
    return np.concatenate([_by_cues(reading.cues), np.array(values, dtype=np.float32)])


def _by_cues(marks: Vector) -> Vector:
    """Return for every cue what `_PLACES` names, cue by cue."""
    found = np.zeros((len(_PLACES), marks.shape[1]), dtype=np.float32)
    count = len(marks)
    if count:
        found[: min(count, 3)] = marks[:3]
        found[3] = marks[3:].mean(axis=0) if count > 3 else 0
        found[4] = marks.mean(axis=0)
        found[5] = marks[-1]
        found[6] = np.minimum(marks.sum(axis=0), _MAX_COUNT)
    return found.T.reshape(-1)


def _by_rules(reading: Reading) -> list[float]:
    values: list[float] = []
    for marks in (reading.declines, reading.objects, reading.judges, reading.idioms):
        opening = marks[: rules.OPENING_SENTENCES]
        values += [any(marks[:1]), any(marks[1:2]), any(opening)]
        values.append(any(marks[rules.OPENING_SENTENCES :]))
    label = _label(reading)
    values += [label == "none", label == "partial", label == "full"]
    values.append(rules.gives(reading.text, reading.read))
    return values


def _label(reading: Reading) -> str:
    """Return about what the rules alone would say of the sentences looked at."""
    if True in reading.declines:
        first = reading.declines.index(True)
        return rules.extent(reading.text, reading.read, first)
    if any(reading.objects[:1]):
        return "partial" if rules.gives(reading.text, reading.read) else "full"
    return "none"


def _by_form(reading: Reading) -> list[float]:
    text, count = reading.text, len(reading.said)
    length = len(text.strip())
    items = sum(LIST_ITEM.match(sentence.text) is not None for sentence in reading.said)
    digits = sum(map(text.count, "0123456789"))
    return [
        min(items, 8),
        items >= rules.LIST_ITEMS,
        "```" in text,
        math.log1p(length),
        math.log1p(count),
        length < 120,
        math.log1p(len(reading.said[0].text)) if count else 0,
        min(digits / max(length, 1) * 20, 2),
        _ADDRESS.search(text) is not None,
        min(text.strip().count("\n\n"), 8),
        _place(reading.declines),
        min(sum(reading.declines), _MAX_COUNT),
        _place(reading.objects),
    ]


def _place(marks: Sequence[bool]) -> float:
    """Return where the first mark stands, as a share of the reply; -1 where none does."""
    return marks.index(True) / len(marks) if True in marks else -1


def _by_request(reading: Reading, request: str | None) -> list[float]:
    if not request or not request.strip():
        return [0] * (len(_OF_REQUEST) + len(_OF_LOADED))
    asked = request[:MAX_CHARACTERS].lower().replace("\u2019", "'").strip()
    opening = reading.read[0].text if reading.read else ""
    wanted, first = _content(asked), _content(opening)
    whole = _content(reading.text[:4_000].lower())
    shared = len(wanted & first) / max(len(wanted), 1)
    asks_not, says_not = bool(_NEGATION.search(asked)), bool(_NEGATION.search(opening))
    turned = asks_not != says_not
    shapes = [pattern.match(asked) is not None for pattern in _SHAPES.values()]
    values = [
        1,
        shared,
        len(wanted & whole) / max(len(wanted), 1),
        len(wanted & first) / max(len(first), 1),
        asks_not,
        turned,
        turned * shared,
        says_not * shared,
        *shapes,
    ]
    loaded = shapes[0] and len(reading.cues) > 0
    places = [cues.NAMES.index(name) for name in _OF_LOADED]
    return [*values, *(loaded * float(reading.cues[0, place]) if loaded else 0 for place in places)]


def _content(text: str) -> set[str]:
    return {_stem(word) for word in _WORD.findall(text) if word not in _STOP}


def _stem(word: str) -> str:
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            return word[: -len(suffix)]
    return word
