"""How strongly a sentence binds: its modal words, read in their places.

A modal inside quotation marks or code is mentioned, not used; one in parentheses counts
when nothing outside them does. `may` permits when the verb after it is something one does;
in "the user may not be aware" it only says what is possible.
Source of the modal reading: the Model Spec uses must and never for rules, should at every
level, may for permissions; RFC 2119 fixed the three strengths.
"""

from __future__ import annotations

import re

from charter.spec.spec import Strength

_VERBS = (
    "acknowledge answer ask be carry check choose cite confirm consider decline emphasize ensure "
    "escalate explain follow give hand keep make offer obey promote provide put refer refrain "
    "refuse remember remind remove respect respond seek speak stay tell treat try use verify warn"
)
"""Verbs that begin an instruction when they begin a sentence; more would take in nouns."""
_VERB = "|".join(_VERBS.split())
IMPERATIVES = frozenset(_VERBS.split())
MODALS = (
    "should",
    "must",
    "may",
    "never",
    "cannot",
    "shall",
    "ought to",
    "require",
    "prohibited",
    "forbidden",
    "allowed",
    "permitted",
    "expected to",
    "do not",
    "don't",
    "always",
    "avoid",
    "prefer",
)
"""What every sentence with a strength contains, unless it begins with one of IMPERATIVES."""

_MUST = ("must", "mustn't", "never", "shall")
_SHOULD = ("should", "shouldn't", "ought to")
_QUOTED = re.compile(r'"[^"]{0,600}"|“[^”]{0,600}”|`[^`]{0,200}`')
_PARENTHESES = re.compile(r"\(([^()]{0,600})\)")
_QUESTION = re.compile(r"\?[\s\"'”’)*_]*\Z")
_PASSIVE = re.compile(
    r"(?<!that )(?<!which )\b(?:is|are)(n't| not)? (?:(?:also|always|strictly|generally) )?"
    r"(?:(prohibited|forbidden|required to)|(allowed|permitted)|(expected to))\b"
)
_CANNOT = re.compile(
    r"(\b(?:that|which|who|why|what|because|if|when|since|unless|though)\b(?: [\w'-]+){0,4} )?"
    r"\bcannot\b"
)
_MAY = re.compile(
    r"(?:\b([\w']+) )?\bmay\b(,[^,]{0,40},)?( not)?"
    r"((?: (?:also|sometimes|only|still|often|even|then|therefore|simply|already|[a-z]+ly))*)"
    r"(?: (\w+))?(?: (\w+))?"
)
_RELATIVE = frozenset({"that", "which", "who", "whatever"})
_PEOPLE = frozenset({"user", "users", "developer", "developers", "people", "they", "operators"})
_GRANTED = frozenset(
    """
    adjust ask change choose customize delegate disable enable instruct opt override
    request restrict set specify
    """.split()
)
"""What people are permitted to do; with other verbs `users may` tells what they might do."""
_STATIVE = frozenset(
    """
    appear become begin benefit cause come conflict contain depend differ encounter exist
    experience face fail feel find get go grow happen have hold include indicate interact
    involve know lead lie look mean need occur perceive play prove receive reduce reflect
    require result seem suffer understand vary waste
    """.split()
)
"""Verbs that tell what might be so; nobody needs leave for them."""
_ALLOWED = frozenset(
    """
    acceptable allowed applied changed considered consulted cited delegated delivered
    disclosed discussed given granted included omitted overridden performed permitted
    produced provided quoted relaxed reused shared skipped used waived
    """.split()
)
_LEAD_IN = re.compile(r"[\s>_\-]*(?:\*\*([^*]{1,80}?):?\*\*:?\s*)?[\s*_\"“(]*")
_IMPERATIVE = re.compile(
    r"(?:please )?(?:(do not|don't|never|always)|(avoid|prefer|" + _VERB + r"))\b(?! of\b|-)"
)
_CONDITION = re.compile(r"(?:if|when|whenever|unless|where|before|after|for|in)\b")
_THEN = re.compile(
    r", (?:then |please )?(?:(do not|don't|never|always)|(avoid|" + _VERB + r"))\b"
    r"(?!,| or | and | by | in )"
)


def strength_of(sentence: str) -> Strength | None:
    """Return how strongly a sentence binds, or None when it instructs nothing."""
    plain = sentence.lower().replace("’", "'")
    if silent(plain):
        return None
    if "`" in plain or '"' in plain or "“" in plain:
        plain = _QUOTED.sub("…", plain)
    if "?" in plain and _QUESTION.search(plain):
        return None
    inside: list[str] = []
    if "(" in plain:
        inside = [part for part in _PARENTHESES.findall(plain) if part[:1] != "#"]
        plain = _PARENTHESES.sub("", plain)
    found = _modal(plain)
    if found is Strength.MUST:
        return found
    found = _imperative(plain, found) or found
    if found is not None:
        return found
    aside = [_modal(part) for part in inside if not part.startswith("http")]
    return next((each for each in (Strength.MUST, Strength.SHOULD) if each in aside), None)


def silent(lowered: str) -> bool:
    """Whether a text holds no word that could make any of its sentences a clause.

    Substring search first: it settles most paragraphs, many times faster than a regex.
    """
    for word in MODALS:  # noqa: SIM110 - a generator costs more than the searches
        if word in lowered:
            return False
    return IMPERATIVES.isdisjoint(lowered.replace("*", " ").split())


def _modal(plain: str) -> Strength | None:
    """Return the strongest modal of lower-case text."""
    may = _may(plain) if "may" in plain else None
    passive = _passive(plain) if " is" in plain or " are" in plain else None
    strict = Strength.MUST in (may, passive) or _has_word(plain, _MUST)
    if strict:
        return Strength.MUST
    if passive is Strength.SHOULD or _has_word(plain, _SHOULD):
        return Strength.SHOULD
    if "cannot" in plain and any(not each[1] for each in _CANNOT.finditer(plain)):
        return Strength.MUST
    return passive or may


def _passive(plain: str) -> Strength | None:
    """Read `is prohibited`, `are allowed`, `is expected to` and their negations."""
    found = _PASSIVE.search(plain)
    if found is None:
        return None
    negated, strict, allowed, _ = found.groups()
    if strict:
        return None if negated else Strength.MUST
    if allowed:
        return Strength.MUST if negated else Strength.MAY
    return None if negated else Strength.SHOULD


def _may(plain: str) -> Strength | None:
    """Return MUST for `may not` and `may only`, MAY for a permission, None for a possibility."""
    found: Strength | None = None
    for may in _MAY.finditer(plain):
        subject, _, negated, adverbs, verb, after = may.groups()
        if subject in _RELATIVE or verb is None or verb in _STATIVE:
            continue
        strict = bool(negated) or "only" in adverbs
        if verb == "be":
            if after not in _ALLOWED and not (strict and after and after.endswith("ed")):
                continue
        elif subject in _PEOPLE and verb not in _GRANTED:
            continue
        if strict:
            return Strength.MUST
        found = Strength.MAY
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
    return Strength.MUST if found[1] else modal or Strength.SHOULD


def _has_word(lowered: str, words: tuple[str, ...]) -> bool:
    """Whether any of `words` stands in the text on word boundaries."""
    for word in words:
        at = lowered.find(word)
        while at >= 0:
            end = at + len(word)
            if not (
                lowered[at - 1 : at].isalnum()
                or lowered[end : end + 1].isalnum()
                or lowered[end : end + 3] == "n't"
            ):
                return True
            at = lowered.find(word, at + 1)
    return False
