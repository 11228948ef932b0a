"""How strongly a sentence binds: its modal words, read in their places.

A modal inside quotation marks or code is mentioned, not used; one in parentheses counts
when nothing outside them does. `may` permits when the verb after it is something one does;
in "the user may not be aware" it only says what is possible.
Source of the modal reading: the Model Spec uses must and never for rules, should at every
level, may for permissions; RFC 2119 fixed the three strengths.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from charter.spec.spec import Strength

MUST, SHOULD, MAY = Strength.MUST, Strength.SHOULD, Strength.MAY
"""Looked up once: in Python 3.11 a member of an enumeration costs a function call."""

_VERBS = (
    "acknowledge answer ask be carry check choose cite confirm consider decline emphasize ensure "
    "escalate explain follow give hand keep make offer obey promote provide put refer refrain "
    "refuse remember remind remove respect respond seek speak stay tell treat try use verify warn"
)
"""Verbs that begin an instruction when they begin a sentence; more would take in nouns."""
_VERB = "|".join(_VERBS.split())
_MODALS = (
    "should shouldn't must mustn't may never cannot shall ought required prohibited forbidden "
    "allowed permitted expected do don't always avoid prefer"
)
"""What every sentence with a strength contains, unless it begins with one of the verbs."""
_PHRASES = {"ought": "ought to", "required": "required to", "expected": "expected to"}
_PHRASES["do"] = "do not"
SOME_VERB = "<verb>"
WEAK_IMPERATIVES = frozenset({SOME_VERB, "avoid", "prefer"})
_HINTS = dict.fromkeys(_VERBS.split(), SOME_VERB) | {
    before + word + after: _PHRASES.get(word, word)
    for word in _MODALS.split()
    for before in ("", "(")
    for after in ("", ".", ",", ";", ":", ")")
}
_HINT_WORDS = frozenset(_HINTS)
_BETWEEN_WORDS = ("*", "[", "/", "\N{EM DASH}")
_ASKING = ("which ", "what ", "how ", "whether ", "why ")
"""A sentence that begins so asks or names something; it tells nobody to do it."""
_OPENING_MARKS = ("(", '"', "`", "\N{LEFT DOUBLE QUOTATION MARK}")
_LINKED = ("#", "http")
"""What is in parentheses only as the target of a link."""
_DUTIES = (MUST, SHOULD)
_WEAK = frozenset({"should", "shouldn't", "ought to", "prefer", "avoid", SOME_VERB})
"""Where no other hint is, a sentence binds no more than `should`."""
_STRICT = frozenset({"do not", "don't", "always"})
"""What makes a duty of a sentence when it begins with it."""
_MUST = ("must", "mustn't", "never", "shall")
_SHOULD = ("should", "shouldn't", "ought to")
_QUOTED = re.compile(r'"[^"]{0,600}"|“[^”]{0,600}”|`[^`]{0,200}`')
_PARENTHESES = re.compile(r"\(([^()]{0,600})\)")
_QUESTION = re.compile(r"\?[^\w]*\Z")
_STATED = frozenset(
    {"prohibited", "forbidden", "required to", "allowed", "permitted", "expected to"}
)
_PASSIVE = re.compile(
    r"\b(that |which )?(?:is|are)(n't| not)? (?:(?:also|always|strictly|generally) )?"
    r"(?:(prohibited|forbidden|required to)|(allowed|permitted)|(expected to))\b"
)
_CANNOT = re.compile(
    r"(\b(?:that|which|who|why|what|because|if|when|since|unless|though)\b(?: [\w'-]+){0,4} )?"
    r"\bcannot\b"
)
_MAY = re.compile(
    r"\bmay\b(?:,[^,]{0,40},)?( not)?"
    r"((?: (?:also|sometimes|only|still|often|even|then|therefore|simply|already|[a-z]+ly))*)"
    r"(?: (\w+))?(?: (\w+))?"
)
_RELATIVE = frozenset({"that", "which", "who", "whatever"})
_PEOPLE = frozenset({"user", "users", "developer", "developers", "people", "they", "operators"})
_GRANTED_WORDS = (
    "adjust ask change choose customize delegate disable enable instruct opt override request "
    "restrict set specify"
)
_GRANTED = frozenset(_GRANTED_WORDS.split())
"""What people are permitted to do; with other verbs `users may` tells what they might do."""
_STATIVE_WORDS = (
    "appear become begin benefit cause come conflict contain depend differ encounter exist "
    "experience face fail feel find get go grow happen have hold include indicate interact "
    "involve know lead lie look mean need occur perceive play prove receive reduce reflect "
    "require result seem suffer understand vary waste"
)
_STATIVE = frozenset(_STATIVE_WORDS.split())
"""Verbs that tell what might be so; nobody needs leave for them."""
_ALLOWED_WORDS = (
    "acceptable allowed applied changed considered consulted cited delegated delivered disclosed "
    "discussed given granted included omitted overridden performed permitted produced provided "
    "quoted relaxed reused shared skipped used waived"
)
_ALLOWED = frozenset(_ALLOWED_WORDS.split())
_LEAD_IN = re.compile(r"[\s>_\-]*(?:\*\*([^*]{1,80}?):?\*\*:?\s*)?[\s*_\"“(]*")
_IMPERATIVE = re.compile(
    r"(?:please )?(?:(do not|don't|never|always)|(avoid|prefer|" + _VERB + r"))\b(?! of\b|-)"
)
_CONDITION = re.compile(r"(?:if|when|whenever|unless|where|before|after|for|in)\b")
_THEN = re.compile(
    r", (?:then |please )?(?:(do not|don't|never|always)|(avoid|" + _VERB + r"))\b"
    r"(?!,| or | and | by | in )"
)


def strength_of(sentence: str, hints: Sequence[str] | None = None) -> Strength | None:
    """Return how strongly a sentence binds, or None when it instructs nothing.

    `hints` are those of a text around the sentence, when they are known already.
    """
    plain = lowered(sentence)
    if hints is None:
        hits = hints_of(plain)
    else:
        hits = [word for word in hints if word in plain or word == SOME_VERB]
    if not hits or plain.startswith(_ASKING):
        return None
    if "should" in hits and _WEAK.issuperset(hits) and _plainly(plain, "should"):
        return SHOULD  # the common case; what follows would find the same
    if "`" in plain or '"' in plain or "\N{LEFT DOUBLE QUOTATION MARK}" in plain:
        plain = _QUOTED.sub("…", plain)
    if "?" in plain and _QUESTION.search(plain):
        return None
    outside = _PARENTHESES.sub("", plain) if "(" in plain else plain
    found = _used(outside, hits)
    if found is None and outside is not plain:
        asides = [part for part in _PARENTHESES.findall(plain) if not part.startswith(_LINKED)]
        strengths = [_modal(part, hits) for part in asides]
        return next((each for each in _DUTIES if each in strengths), None)
    return found


def _plainly(plain: str, word: str) -> bool:
    """Whether a word stands in no question, and before any quotation mark or parenthesis."""
    if "?" in plain:
        return False
    head, _, tail = plain.partition(word)
    for mark in _OPENING_MARKS:
        if mark in head:
            return False
    return not (head[-1:].isalnum() or tail[:1].isalnum())


def _used(plain: str, hits: list[str]) -> Strength | None:
    """Return the strength by modals and by imperatives."""
    found = _modal(plain.replace("*", "") if "*" in plain else plain, hits)
    soft = found is not SHOULD and not WEAK_IMPERATIVES.isdisjoint(hits)
    if soft or not _STRICT.isdisjoint(hits):
        found = _imperative(plain, found) or found
    return found


def lowered(text: str) -> str:
    """Return text in the form its words are looked for: lower case, one line."""
    if not text.isascii():  # first, for what is ASCII then is handled faster
        text = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    text = text.lower()
    return " ".join(text.split()) if "\n" in text else text


def hints_of(plain: str) -> list[str]:
    """Return what of a lowered text could make a sentence of it a clause; empty for most prose.

    Whole words looked up in a table, many times faster than a regex; SOME_VERB stands for any
    imperative.
    """
    for mark in _BETWEEN_WORDS:
        if mark in plain:
            plain = plain.replace(mark, " ")
    found = {_HINTS[word] for word in _HINT_WORDS.intersection(plain.split())}
    return [hint for hint in found if " " not in hint or hint in plain] if found else []


def _modal(plain: str, hits: Sequence[str]) -> Strength | None:
    """Return the strongest modal of lower-case text; `hits` are what it may hold."""
    if _WEAK.issuperset(hits):
        return SHOULD if _has_word(plain, _SHOULD) else None
    if _has_word(plain, _MUST):
        return MUST
    may = _may(plain) if "may" in hits else None
    passive = _passive(plain) if not _STATED.isdisjoint(hits) else None
    if MUST in (may, passive):
        return MUST
    if passive is SHOULD or _has_word(plain, _SHOULD):
        return SHOULD
    if "cannot" in hits and any(not each[1] for each in _CANNOT.finditer(plain)):
        return MUST
    return passive or may


def _passive(plain: str) -> Strength | None:
    """Read `is prohibited`, `are allowed`, `is expected to` and their negations."""
    found = next((each for each in _PASSIVE.finditer(plain) if not each[1]), None)
    if found is None:
        return None
    _, negated, strict, allowed, _ = found.groups()
    if strict:
        return None if negated else MUST
    if allowed:
        return MUST if negated else MAY
    return None if negated else SHOULD


def _may(plain: str) -> Strength | None:
    """Return MUST for `may not` and `may only`, MAY for a permission, None for a possibility."""
    found: Strength | None = None
    for may in _MAY.finditer(plain):
        negated, adverbs, verb, after = may.groups()
        subject = plain[max(0, may.start() - 30) : may.start()].rstrip().rpartition(" ")[2]
        if subject in _RELATIVE or verb is None or verb in _STATIVE:
            continue
        strict = bool(negated) or "only" in adverbs
        if verb == "be":
            if after not in _ALLOWED and not (strict and after and after.endswith("ed")):
                continue
        elif subject in _PEOPLE and verb not in _GRANTED:
            continue
        if strict:
            return MUST
        found = MAY
    return found


def _imperative(plain: str, modal: Strength | None) -> Strength | None:
    """Return the strength of a sentence that begins with a verb, or has one after `If …,`."""
    lead_in = _LEAD_IN.match(plain)
    start = lead_in.end() if lead_in else 0
    found = _IMPERATIVE.match(plain, start)
    if found is None and modal is None:
        if lead_in and lead_in[1]:
            found = _IMPERATIVE.match(lead_in[1])
        if found is None and _CONDITION.match(plain, start):
            found = _THEN.search(plain, start)
    if found is None:
        return None
    return MUST if found[1] else modal or SHOULD


def _has_word(plain: str, words: tuple[str, ...]) -> bool:
    """Whether any of `words` stands in the text on word boundaries."""
    for word in words:
        at = plain.find(word)
        while at >= 0:
            end = at + len(word)
            if not (
                plain[at - 1 : at].isalnum()
                or plain[end : end + 1].isalnum()
                or plain[end : end + 3] == "n't"
            ):
                return True
            at = plain.find(word, at + 1)
    return False
