"""Checks that the reply is written in a given language.

What it decides
    Which language the reply is in, by the character sequences typical of each, and whether a
    good part of it is in another one. Code, quotations and web addresses are left out. A reply
    that is too short or too mixed to tell fails, and the reason says so. Languages outside the
    list are taken for their nearest neighbour in it (Afrikaans for Dutch).

Arguments
    `is`: an ISO 639-1 code, one of ar bg bn ca cs da de el en es et fa fi fr he hi hr hu id is
    it ja ko lt lv nl no pl pt ro ru sk sl sv ta te th tr uk ur vi zh. Write YAML's `no` in
    quotation marks: `"no"`.

Passes
    `language: {is: fr}` on "Oui, le musée est ouvert le lundi."

Fails
    `language: {is: fr}` on "Bien sûr! The museum is open on Mondays and closes at five."
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from py3langid.langid import (  # type: ignore[import-untyped]  # it ships no type information
    MODEL_FILE,
    LanguageIdentifier,
)

from charter.errors import ConfigError
from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import is_unspaced, quoted
from charter.prose.sentences import Sentence, own_words, sentences

LANGUAGES = (
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "et", "fa", "fi", "fr",
    "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "nl", "no", "pl",
    "pt", "ro", "ru", "sk", "sl", "sv", "ta", "te", "th", "tr", "uk", "ur", "vi", "zh",
)  # fmt: skip
MAX_CHARACTERS = 20_000
# The first so many tell the language; over more the probability loses its meaning.
IDENTIFIED_CHARACTERS = 1000
# Measured on short answers in 18 languages: with less, names decide rather than language.
MIN_LETTERS = 12
MIN_PROBABILITY = 0.5
# A sentence counts as foreign only when it is long enough and clear enough to be sure of.
SENTENCE_LETTERS = 25
SENTENCE_PROBABILITY = 0.9
MAX_FOREIGN_SHARE = 0.25

_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[^\s@]{1,64}@[^\s@]+")


def make_ready() -> None:
    """Load the language model, which takes a second."""
    _identifier()


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError unless `is` is a language that can be told."""
    forms.check_names(arguments, required=["is"])
    if arguments["is"] is False:
        raise ConfigError("'is' is False", hint='YAML reads a bare no as false: write is: "no"')
    forms.choice(arguments, "is", LANGUAGES, "")


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when the reply is in the language and at most a quarter of it is clearly in others."""
    wanted = arguments["is"]
    said = sentences(own_words(reply.text[:MAX_CHARACTERS]))
    text = " ".join(_plain(sentence) for sentence in said)
    if _letters(text) < MIN_LETTERS:
        return Verdict(
            passed=False, reason=f"The reply has too few words to tell whether it is in {wanted}."
        )
    foreign = [sentence for sentence in said if _is_foreign(sentence, wanted)]
    language, probability = _identify(text)
    if probability < MIN_PROBABILITY:
        reason = f"The reply's language cannot be told; it may be {language}."
        return Verdict(passed=False, reason=reason)
    if language != wanted:
        reason = f"The reply is mostly in {language}, not in {wanted}."
        return Verdict(passed=False, reason=reason, evidence=(foreign or said)[0].span)
    if sum(_letters(sentence.text) for sentence in foreign) > MAX_FOREIGN_SHARE * _letters(text):
        first = foreign[0].span
        reason = f"A good part of the reply is not in {wanted}: {quoted(reply.text, first)}"
        return Verdict(passed=False, reason=reason, evidence=first)
    return Verdict(passed=True, reason=f"The reply is in {wanted}.")


def _is_foreign(sentence: Sentence, wanted: str) -> bool:
    text = _plain(sentence)
    if _letters(text) < SENTENCE_LETTERS:
        return False
    language, probability = _identify(text)
    return language != wanted and probability >= SENTENCE_PROBABILITY


def _plain(sentence: Sentence) -> str:
    return _ADDRESS.sub(" ", sentence.text)


def _letters(text: str) -> int:
    """Count letters; in scripts without spaces one says as much as three elsewhere."""
    if text.isascii():
        return sum(map(str.isalpha, text))
    return sum(3 if is_unspaced(char) else 1 for char in text if char.isalpha())


def _identify(text: str) -> tuple[str, float]:
    language, probability = _identifier().classify(text[:IDENTIFIED_CHARACTERS])
    return str(language), float(probability)


@cache
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
