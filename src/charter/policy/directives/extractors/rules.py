"""Plain English instructions, by rules over text alone: no model, and no guess about meaning.

What it finds
    Prohibitions and duties, permissions, conditional instructions; language, format, length,
    persona, name and topic of the answers, with a value; attempts to set rules aside; delegations
    to files.

How
    Every passage is cut into sentences and items. A sentence that begins with a verb such as
    `Avoid`, or says what the assistant must, may, will or does, instructs. In messages of users
    plain requests are tasks: only what restricts or shapes the answer counts.

Limits
    English only. It does not know what conflicts with what, beyond two values of one subject. An
    attempt to override that names no section sets nothing aside.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from charter.policy.directive import Act
from charter.policy.directives.extractor import About, Proposed
from charter.policy.directives.prose.powers import delegation, overridden, override_attempt
from charter.policy.directives.prose.segment import Segment, segments
from charter.policy.directives.prose.subjects import subjects
from charter.policy.directives.prose.verbs import ADVERBS, NOUN_AFTER, SPOKEN_OF, THINGS_SAID, VERBS

IDENTITY = "rules 1"

CONFIDENCE = {
    "prohibit": 90,
    "require": 80,
    "imperative": 75,
    "conditional": 75,
    "describe": 65,
    "permit": 60,
    "override": 90,
    "override-attempt": 85,
    "delegate": 80,
}
"""By pattern, in percent; those of subjects stand with them. Stated, not measured."""

_I = re.IGNORECASE
_NO = re.compile(
    r"(?:(?:please|and|but|also|so|again|important:?|remember:?|just|you),? ){0,3}"
    r"(?:do not|don'?t|never|avoid|refrain from|under no circumstances|at no (?:time|point)|"
    r"in no case|no longer|stop \w{1,20}ing|omit|not to)\b",
    _I,
)
_SUBJECT_NO = re.compile(
    rf"\b(?:{SPOKEN_OF}|{THINGS_SAID}) (?:(?:also|still|absolutely|therefore|then) )?"
    r"(?:(?:may|must|should|shall|can|could|will|would|are|is|do|does|have|has|need|are allowed)"
    r"(?: (?:also|absolutely|strictly|under no circumstances))? ?(?:not|never|n't)\b|cannot|"
    r"can'?t|won'?t|don'?t|doesn'?t|mustn'?t|shouldn'?t|aren'?t|isn'?t|never|avoids?|refrains?)\b",
    _I,
)
_PASSIVE_NO = re.compile(
    r"\b(?:is|are) (?:strictly |absolutely |expressly )?(?:prohibited|forbidden|off[- ]limits|"
    r"not (?:allowed|permitted|acceptable|to be))\b|\b(?:must|should|may|shall) (?:not|never)\b|"
    r"\bno \w{1,30}(?: \w{1,30})? (?:is|are) (?:allowed|permitted)\b|"
    r"\byour [^.;:]{1,40}?(?:is|are) never\b",
    _I,
)
_DUTY = re.compile(
    rf"\b(?:{SPOKEN_OF}|{THINGS_SAID}) (?:(?:also|then|always|only|now|still|therefore) )?"
    r"(?:must|should|shall|will|need to|needs to|have to|has to|are to|is to|ought to|"
    r"are required to|is required to|are expected to|are (?:here|designed|tasked|meant) to|"
    r"is (?:designed|tasked|meant|tailored) to|always|only|strictly)\b",
    _I,
)
_PURPOSE = re.compile(
    r"\b(?:your|the assistant's|its) (?:(?:main|primary|only|sole|core|ultimate|first|overall) )?"
    r"(?:task|job|role|goal|purpose|function|mission|objective|duty|responsibility|aim|focus)s?"
    r"(?: here)? (?:is|are|will be)\b",
    _I,
)
_PASSIVE_DUTY = re.compile(
    r"^[^,.;:]{2,120}?\b(?:must|should|shall|is required to|are required to) "
    r"(?:always |only |also )?\w{2,20}\b",
    _I,
)
_NEED = re.compile(r"\b(?:make sure|be sure|ensure|remember)\b(?: that| to)?\b", _I)
_MAY = re.compile(
    rf"(?:^|[,:] ){SPOKEN_OF} (?:(?:may|can|could)|(?:are|is) (?:allowed|permitted|free|able) to)"
    r"(?: (?:also|then|only|still|always))? (\w{2,20})\b",
    _I,
)
_DESCRIBED = re.compile(
    r"(?:(?:and|but|so|also|overall|generally|as such),? ){0,2}"
    r"(?:you(?:'re| are| (?:also |often |usually |always |then |first |really |strongly ){0,2}"
    r"(?:have|like|love|hate|prefer|want|enjoy|believe|think|know|excel|specialize|specialise|"
    r"value|VERB)\b)|your (?:[\w'-]{1,20} ){1,5}(?:is|are)\b|"
    r"(?:each|every|all|any)(?: of)? (?:your )?(?:[\w-]{1,20} ){0,2}"
    r"(?:responses?|repl(?:y|ies)|answers?|messages?|outputs?) )".replace(
        "VERB", "|".join(sorted(VERBS))
    ),
    _I,
)
_IF = re.compile(
    r"(?:(?:but|and|also|so|then|finally|only|however|important),? ){0,2}"
    r"(?:if|when|whenever|unless|once|in case|in the event|should the user|should a user|"
    r"before|after|until|given (?:a|an|any|the)|for (?:each|every|any|all)|every time|each time|"
    r"any time|as soon as|upon|while|as long as|in (?:the|your|each|every|all)|at the (?:end|start|"
    r"beginning)|to (?:do|make|help|avoid|ensure|prevent|get|keep)|with (?:each|every)|by default|"
    r"for the (?:rest|remainder)|from now on|from here on)\b",
    _I,
)
_THEN_YOU = re.compile(
    rf"[,:]? (?:then |also )?(?:please )?(?:{SPOKEN_OF} [a-z]{{2,15}}|your (?:\w{{1,12}} ){{1,2}}"
    r"(?:must|should|shall|will|may|is|are))\b",
    _I,
)
_CONDITION = re.compile(r"\b(?:if|when|whenever|unless|in case|should the user)\b", _I)
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]{0,30}")
_ASKED = re.compile(r"\?[\"')\]\s]{0,4}$")
_POLITE = re.compile(r"(?:can|could|would|will) you (?:please |just |also ){0,2}", _I)
_STANDING = re.compile(
    r"\b(?:from now on|for the (?:rest|remainder) of|in (?:all|every|each|future) (?:your )?"
    r"(?:repl|respon|answer|message)|at all times|^you (?:must|should|need to|have to|may not|"
    r"are not allowed)|always|never|only (?:answer|respond|reply|use|write))",
    _I,
)
_SHAPING = re.compile(
    r"(?:(?:please|and|but|also|just|only|now|instead),? ){0,3}(?:use|keep|limit|respond|"
    r"reply|speak|pretend|act|stay|stick|include|exclude|remember|skip|think)\b",
    _I,
)
_MANDATORY = re.compile(r"\b(?:required|mandatory|must|always|never|rules?|constraints?)\b", _I)
"""In a label, these make an instruction of what follows."""
_PEOPLE = frozenset({"user", "metadata"})


def extract(text: str, about: About, known: Collection[str]) -> Iterator[Proposed]:
    """Yield what the text instructs."""
    strict = about.source.partition(":")[0] in _PEOPLE
    for segment in segments(text):
        yield from _proposed(segment, known, strict=strict)


def _proposed(segment: Segment, known: Collection[str], *, strict: bool) -> Iterator[Proposed]:
    """Yield the proposals of one segment. `strict`: requests are tasks, not instructions."""
    words, asked = segment.words, _ASKED.search(segment.words) is not None
    polite = _POLITE.match(words)
    if strict and polite is not None and asked:  # `Could you please not …?`
        words, asked = words[polite.end() :], False
        segment = segment._replace(words=words)

    def make(act: Act, pattern: str, confidence: int = 0) -> Proposed:
        sure = confidence or CONFIDENCE[pattern]
        return Proposed(segment.start, segment.end, act, pattern, sure)

    whole = f"{segment.label}: {words}" if segment.label else words  # `Ignore these rules: …`
    targets = overridden(whole, known)
    if targets and not asked:
        yield make(Act.OVERRIDE, "override")._replace(targets=targets, explicit=True)
        return
    if override_attempt(whole):
        yield make(Act.INSTRUCT, "override-attempt")._replace(subject="override_attempt")
        return
    lifted = None if asked else delegation(words)
    if lifted is not None:
        yield make(Act.DELEGATE, "delegate")._replace(to=lifted.to, only=lifted.only)
        return
    pattern = None if asked else _pattern(segment, strict=strict)
    conditional = _CONDITION.search(words) is not None
    if not (conditional or asked) and (pattern is not None or not strict or _shapes(words)):
        found = [*subjects(words, denied=pattern == "prohibit", instructs=pattern is not None)]
        for each in found:
            proposed = make(Act.INSTRUCT, each.pattern, each.confidence)
            yield proposed._replace(subject=each.subject, value=each.value)
        if found:
            return
    if pattern is not None:
        yield make(Act.INSTRUCT, pattern)


def _pattern(segment: Segment, *, strict: bool) -> str | None:
    """Return the pattern by which a segment instructs, or None."""
    words = segment.words
    if _NO.match(words) or (strict and words.startswith("not ")):  # `Could you not …?`
        return "prohibit"
    if strict:
        return _users_pattern(words)
    if _IF.match(words):
        return "conditional" if _has_consequence(words) else None
    for pattern, look in _LOOKS:
        if look(words):
            return pattern
    if _is_imperative(segment):
        return "imperative"
    return "require" if segment.opens and _MANDATORY.search(segment.label) else None


def _users_pattern(words: str) -> str | None:
    """Return the pattern of a sentence in a user's message: what restricts, not what asks."""
    if _SHAPING.match(words):
        return "imperative"
    if _STANDING.search(words) is None:
        return None
    if _SUBJECT_NO.search(words):
        return "prohibit"
    return "require" if _DUTY.search(words) or _has_consequence(words) else None


def _shapes(words: str) -> bool:
    """Whether a user's sentence can say how to answer: it is an imperative, or says `you are`."""
    return _begins_with_verb(words) or _YOU.match(words) is not None


_YOU = re.compile(
    r"(?:(?:now|from now on|actually),? )?(?:you are|you're|in \w+,? please|your)\b", _I
)


def _has_consequence(words: str) -> bool:
    """Whether something is told after the condition."""
    for rest in words.split(",")[1:]:
        if _begins_with_verb(rest.strip()) or _NO.match(rest.strip()):
            return True
    return bool(
        _DUTY.search(words)
        or _SUBJECT_NO.search(words)
        or _MAY.search(words)
        or _THEN_YOU.search(words, 8)
    )


def _begins_with_verb(words: str) -> bool:
    """Whether the first word that is no adverb is a verb that can begin an instruction."""
    found = [each[0] for each in _first_words(words)]
    at = 0
    while at < len(found) - 1 and found[at].lower() in ADVERBS:
        at += 1
    if at >= len(found) or found[at].lower() not in VERBS:
        return False
    return at + 1 >= len(found) or found[at + 1].lower() not in NOUN_AFTER or found[at] == "be"


def _first_words(words: str) -> Iterator[re.Match[str]]:
    for count, found in enumerate(_WORD.finditer(words)):
        if count == 6:
            return
        yield found


def _is_imperative(segment: Segment) -> bool:
    """Whether a segment is an imperative, and no heading that begins with such a word."""
    words = segment.words
    if not _begins_with_verb(words) or words.endswith("]"):
        return False
    parts = words.split(" ", 6)
    if len(parts) > 5 or words[-1:] in ".!":
        return True
    if len(parts) < 3:
        return False
    capitals = sum(part[:1].isupper() for part in parts)
    return capitals <= 1 or words.isupper()


_LOOKS = (
    ("prohibit", lambda words: _SUBJECT_NO.search(words) or _PASSIVE_NO.search(words)),
    ("require", lambda words: _DUTY.search(words) or _PURPOSE.search(words)),
    ("require", _NEED.search),
    ("permit", _MAY.search),
    ("require", _PASSIVE_DUTY.match),
    ("describe", _DESCRIBED.match),
)
"""In this order; the first that holds names the pattern."""
