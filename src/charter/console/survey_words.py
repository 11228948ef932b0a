"""The words of the pages of a survey, in the languages that we have: from one data file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NamedTuple

import yaml

from charter.evolve.surveys.wording import OWN, direction

FILE = "survey_words.yaml"
_MOST_TAGS = 20
NAMES: Mapping[str, str] = {
    "ar": "\u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "de": "Deutsch",
    "en": "English",
    "es": "Espa\u00f1ol",
    "fa": "\u0641\u0627\u0631\u0633\u06cc",
    "fr": "Fran\u00e7ais",
    "he": "\u05e2\u05d1\u05e8\u05d9\u05ea",
    "hi": "\u0939\u093f\u0928\u094d\u0926\u0940",
    "it": "Italiano",
    "ja": "\u65e5\u672c\u8a9e",
    "ko": "\ud55c\uad6d\uc5b4",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Portugu\u00eas",
    "ru": "\u0420\u0443\u0441\u0441\u043a\u0438\u0439",
    "tr": "T\u00fcrk\u00e7e",
    "uk": "\u0423\u043a\u0440\u0430\u0457\u043d\u0441\u044c\u043a\u0430",
    "zh": "\u4e2d\u6587",
}
"""Languages in their own words; others are shown by their tag."""


class Frame(NamedTuple):
    """What stands around the questions, for somebody who reads one language."""

    language: str
    """In which the questions are shown."""
    direction: str
    own: str
    """In which these words are: English where we do not have the language."""
    say: Mapping[str, str]
    """By key; with names in braces."""

    @property
    def lent(self) -> bool:
        """Whether the words are in another language than the questions."""
        return self.own != self.language.partition("-")[0]


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Return all words, by language and key."""
    text = files("charter.console").joinpath(FILE).read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = yaml.safe_load(text)
    return MappingProxyType({each: MappingProxyType(said) for each, said in read.items()})


def frame_of(language: str) -> Frame:
    """Return the words for a language, in English where there are none."""
    words = all_words()
    primary = language.partition("-")[0]
    own = primary if primary in words else OWN
    return Frame(language, direction(language), own, words[own])


def chosen_language(offered: Iterable[str], wanted: str, header: str) -> str:
    """Return one of the languages that are offered, the first of them where nothing fits.

    `wanted` is what somebody chose; `header` their browser's Accept-Language, in whose order
    languages are tried (the weights, which browsers write in the same order, are not read).
    """
    known = tuple(offered)
    if wanted in known:
        return wanted
    tags = [each.partition(";")[0].strip().lower() for each in header[:500].split(",")[:_MOST_TAGS]]
    for tag in filter(None, tags):
        for exact in (True, False):
            for each in known:
                plain = each.lower()
                same = plain == tag or plain.partition("-")[0] == tag.partition("-")[0]
                if (plain == tag) if exact else same:
                    return each
    return known[0]
