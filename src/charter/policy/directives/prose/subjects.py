"""What an instruction is about, with a value: so that two that differ are known to conflict.

A value is normalised (`francais`, `in French` -> `fr`), because equal values must be equal texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LANGUAGES = (
    "af=afrikaans ar=arabic bg=bulgarian bn=bengali ca=catalan cs=czech cy=welsh da=danish "
    "de=german de=deutsch el=greek en=english es=spanish es=español et=estonian eu=basque "
    "fa=persian fa=farsi fi=finnish fr=french fr=français ga=irish gu=gujarati he=hebrew hi=hindi "
    "hr=croatian hu=hungarian hy=armenian id=indonesian is=icelandic it=italian ja=japanese "
    "ka=georgian kn=kannada ko=korean la=latin lt=lithuanian lv=latvian ml=malayalam mr=marathi "
    "ms=malay nl=dutch no=norwegian pa=punjabi pl=polish pt=portuguese ro=romanian ru=russian "
    "sk=slovak sl=slovenian sq=albanian sr=serbian sv=swedish sw=swahili ta=tamil te=telugu "
    "th=thai tl=tagalog tr=turkish uk=ukrainian ur=urdu vi=vietnamese zh=chinese zh=mandarin "
    "zu=zulu"
)
LANGUAGES = {name: code for code, name in (each.split("=") for each in _LANGUAGES.split())}
"""Names to codes of ISO 639-1."""
_LETTERS = re.compile(r"[^\W\d_]+")
_LANGUAGE = "|".join(sorted(LANGUAGES, key=len, reverse=True))

_SAYING = (
    r"(?:respond|reply|answer|write|speak|talk|communicate|converse|chat|output|translate|"
    r"say (?:it|that|everything)|explain|continue|text)"
)
_SPEAK = re.compile(
    rf"\b{_SAYING}(?:ing|s)?\b(?: (?:to|with) (?:me|us|them|the users?|users|everyone))?"
    rf"(?: (?:only|always|exclusively|strictly|solely|entirely|everything|back|it|this|that))?"
    rf"(?:,? (?:only|always))? in (?:(?:clear|plain|simple|proper|formal|informal|british|american"
    rf"|standard|only|the) ){{0,2}}({_LANGUAGE})\b|"
    rf"\b(?:responses?|repl(?:y|ies)|answers?|outputs?|messages?) (?:\w{{1,10}} ){{0,3}}in "
    rf"({_LANGUAGE})\b|"
    rf"^(?:(?:but|only|just|always|actually) )?(?:you )?(?:speak|use)(?: only)? ({_LANGUAGE})"
    rf"(?: only)?[.!]?$|"
    rf"\b(?:in )?({_LANGUAGE}),? (?:please|only)\b",
    re.IGNORECASE,
)
_LISTED_LANGUAGES = re.compile(
    rf"({_LANGUAGE})\b(?:,| or| and) (?:\w{{1,12}} )?({_LANGUAGE})\b", re.IGNORECASE
)

_FORMATS = {
    "json": "json",
    "yaml": "yaml",
    "xml": "xml",
    "html": "html",
    "csv": "csv",
    "latex": "latex",
    "plain text": "plain_text",
    "plaintext": "plain_text",
    "markdown": "markdown",
    "bullet points": "bullets",
    "bullet-points": "bullets",
    "bullet-point": "bullets",
    "bullet point": "bullets",
    "bulleted lists": "bullets",
    "bulleted list": "bullets",
    "bullets": "bullets",
    "numbered lists": "numbered",
    "numbered list": "numbered",
    "tables": "table",
    "table": "table",
    "haiku": "haiku",
    "haikus": "haiku",
    "verse": "verse",
    "rhyme": "verse",
    "prose": "prose",
    "full sentences": "sentences",
    "complete sentences": "sentences",
}
_FORMAT_WORDS = "|".join(sorted(map(re.escape, _FORMATS), key=len, reverse=True))
_FORM = re.compile(
    rf"\b(?:respond|reply|answer|write|output|return|format|present|structure|give|provide|put|"
    rf"produce|deliver|list|display|express|organi[sz]e)(?:s|ed|ting|ing)?\b"
    rf"(?: (?!not\b|never\b)[\w',-]{{1,20}}){{0,6}}? (?:in|as|with|using|into)"
    rf"(?: (?:valid|a|an|the|only|strict|proper|clean|raw|pure|form of|concise|short|simple))"
    rf"{{0,3}} ({_FORMAT_WORDS})\b|"
    rf"\b(?:output|return) (?:only |just )?(?:valid )?({_FORMAT_WORDS})\b(?!\(|\.\w)",
    re.IGNORECASE,
)

_FEATURES = {
    "emoji": "emojis",
    "emojis": "emojis",
    "smileys": "emojis",
    "emoticons": "emojis",
    "markdown": "markdown",
    "bullet points": "bullets",
    "bullets": "bullets",
    "lists": "lists",
    "numbered lists": "lists",
    "headings": "headings",
    "headers": "headings",
    "tables": "tables",
    "bold": "bold",
    "exclamation marks": "exclamation_marks",
    "exclamation points": "exclamation_marks",
    "jargon": "jargon",
    "jargons": "jargon",
    "slang": "slang",
    "profanity": "profanity",
    "swear words": "profanity",
    "links": "links",
    "code blocks": "code_blocks",
    "hashtags": "hashtags",
    "disclaimers": "disclaimers",
}
_FEATURE_WORDS = "|".join(sorted(_FEATURES, key=len, reverse=True))
_FEATURE = re.compile(
    r"\b(use|using|include|including|add|adding|insert|employ|apply|contain|without|no|avoid|"
    r"omit)\b"
    r"(?: (?:any|an?|the|some|of|all|many|excessive|too|plenty|lots|relevant|appropriate|"
    rf"technical|industry)){{0,3}} ({_FEATURE_WORDS})\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|never|don'?t|avoid|without|nor|cannot|can't)\b[^,.;:]{0,40}$", re.IGNORECASE
)
"""Right before what is found, it means the opposite."""
_DENYING = frozenset({"without", "no", "avoid", "omit"})

_COUNTED = "one two three four five six seven eight nine ten eleven twelve"
_NUMBERS = {word: number for number, word in enumerate(_COUNTED.split(), 1)} | {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
    "a hundred": 100,
}
_NUMBER = "|".join(_NUMBERS)
_LENGTH = re.compile(
    rf"\b(?:under|below|within|at most|up to|no more than|not more than|more than|fewer than|"
    rf"less than|no longer than|longer than|not exceed(?:ing)?|exceed(?:ing)?|max(?:imum)?(?: of)?"
    rf"|limit(?:ed)? (?:\w{{1,12}} ){{0,4}}to|exactly|in|to)"
    rf" (?:a (?:maximum|limit|total) of )?([0-9]{{1,6}}|{_NUMBER})(?: short| brief)?"
    rf"[ -](words?|sentences?|paragraphs?|lines?|characters?|tokens?|bullet points?|bullets)\b|"
    rf"\b([0-9]{{1,6}})[ -](word|sentence|paragraph|line|character)s?"
    rf" (?:max(?:imum)?|limit|or (?:less|fewer)|at most)\b",
    re.IGNORECASE,
)
_BRIEF = re.compile(
    r"\b(?:be|stay|remain|keep|kept|respond|reply|answer)\b(?: [\w',-]{1,20}){0,4}? "
    r"(brief|briefly|concise|concisely|short|succinct|terse|to the point)\b",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"\b(?:be|give|write|provide|in)\b(?: [\w',-]{1,20}){0,3}? (verbose|lengthy|exhaustive"
    r"|as (?:much|many) details? as possible)\b",
    re.IGNORECASE,
)

_STYLE = re.compile(r"\b(?:tone|style|voice|wording|register)\b", re.IGNORECASE)
_NAME = r"([A-Z][\w'.-]{0,30}(?: [A-Z][\w'.-]{0,30}){0,3})"
_PERSONA = re.compile(
    r"(?:^|[,;] )(?:(?i:now |from now on,? |you will |you must |you should |please |always ){0,2})"
    r"(?i:you are|you're|act as|act like|behave as|pretend (?:to be|you are|you're|that you are)|"
    r"role-?play as|imagine (?:you are|you're)|assume the role of|take (?:on )?the role of|"
    r"embody|you will be|you play|you act as|you will act as)"
    r"(?: (?i:now|currently|also|going to be|not just))? "
    rf"(?:((?i:an?|the|my|our) [^,.;:!?\n]{{2,80}})|{_NAME})",
)
_CALLED = re.compile(
    r"\b(?i:your name is|you are called|you're called|call yourself|introduce yourself as|"
    rf"you go by|refer to yourself as)(?: (?i:only|always))? {_NAME}"
)
_TOPIC = re.compile(
    r"\b(?:only (?:ever )?(?:answer|discuss|respond to|talk about|help (?:\w{1,10} )?with|assist "
    r"(?:\w{1,10} )?with|reply to|handle|engage with)|(?:limit|restrict) (?:yourself|your "
    r"(?:answers|responses|replies|help)) to|(?:answer|discuss|talk about|help with|assist with) "
    r"only|stick (?:strictly )?to|stay on)"
    r"(?: (?:questions?|topics?|requests?|queries|inquiries|matters|subjects|things|messages)"
    r"(?: that are)?(?: (?:about|on|regarding|concerning|of|for|related to|relating to|that relate"
    r" to|pertaining to))?)? ([^.;:!?\n]{2,100})",
    re.IGNORECASE,
)
_TRIM = re.compile(r"^(?:the|a|an|this|that|your|our|its)\s|\snow$", re.IGNORECASE)


class Found(NamedTuple):
    """One subject with its value."""

    pattern: str
    subject: str
    value: object
    confidence: int


def subjects(words: str, *, denied: bool, instructs: bool) -> Iterator[Found]:
    """Yield what a segment fixes. `denied`: whether it forbids rather than asks.

    `instructs`: whether it is known to instruct. How to speak (`style`) needs that, and has no
    value: two such wishes need not conflict.
    """
    looks = (_length,) if denied else (_language, _format, _length, _persona, _topic)
    found = [each for each in (look(words) for look in looks) if each is not None]
    found += _features(words, denied=denied)
    if instructs and not found and _STYLE.search(words):
        found.append(Found("style", "style", None, 65))
    yield from found


def _language(words: str) -> Found | None:
    if LANGUAGES.keys().isdisjoint(_LETTERS.findall(words.lower())):  # as nearly always
        return None
    found = _SPEAK.search(words)
    if found is None or _denied(words, found) or _LISTED_LANGUAGES.search(words):
        return None
    name = next(group for group in found.groups() if group)
    return Found("language", "language", LANGUAGES[name.lower()], 90)


def _format(words: str) -> Found | None:
    found = _FORM.search(words)
    if found is None or _denied(words, found):
        return None
    return Found("format", "format", _FORMATS[(found[1] or found[2]).lower()], 85)


def _length(words: str) -> Found | None:
    found = _LENGTH.search(words)
    if found is not None:
        number, unit = found[1] or found[3], (found[2] or found[4]).lower()
        count = _NUMBERS.get(number.lower()) or int(number)
        unit = "bullet" if unit.startswith("bullet") else unit.removesuffix("s")
        return Found("length", f"length_{unit}s".replace(" ", "_"), count, 85)
    if _BRIEF.search(words):
        return Found("length-brief", "verbosity", "brief", 75)
    return Found("length-long", "verbosity", "long", 70) if _LONG.search(words) else None


def _persona(words: str) -> Found | None:
    found = _PERSONA.search(words)
    named = _CALLED.search(words)
    if named is not None:
        return Found("name", "name", _plain(named[1]), 85)
    if found is None:
        return None
    value = _plain(found[1] or found[2])
    return Found("persona", "persona", value, 80) if value else None


def _topic(words: str) -> Found | None:
    found = _TOPIC.search(words)
    if found is None or _denied(words, found) or _LENGTH.search(words):
        return None
    value = _plain(found[1])
    if value in _VAGUE or value.startswith(_MANNER):
        return None
    return Found("topic", "topic", value, 80)


_VAGUE = frozenset({"", "topic", "track", "point", "task", "brand", "message"})
_MANNER = (
    "in ",
    "with ",
    "using ",
    "by ",
    "as ",
    "via ",
    "from ",
    "through ",
    "if ",
    "when ",
    "once ",
)
"""What follows these says how to answer, not on what."""


def _features(words: str, *, denied: bool) -> Iterator[Found]:
    for found in _FEATURE.finditer(words):
        name = _FEATURES[found[2].lower()]
        without = denied or found[1].lower() in _DENYING or _denied(words, found)
        yield Found("feature", name, "without" if without else "with", 85)


def _denied(words: str, found: re.Match[str]) -> bool:
    return _DENIED.search(words[max(0, found.start() - 60) : found.start()]) is not None


def _plain(words: str) -> str:
    """Return a value in one form: small letters, no article, at most 80 characters."""
    return _TRIM.sub("", " ".join(words.lower().split()).strip(" .,'\"*_()"))[:80].strip()
