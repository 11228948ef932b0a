"""Pasted text without delimiters: named heuristics that doubt whose words they are.

Each looks at the words of a message outside of quotations, code and markup, and yields ranges that
may be somebody else's. The confidence of each is what its author states, not a measured
probability. What a doubt changes is the reading `possibly_quoted`.
Source: Model Spec, section `letter_and_spirit`, on implicitly quoted content.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from charter.policy.conversation import Doubt
from charter.policy.labels.blocks import ODD_FENCES
from charter.policy.labels.excise import Doubted
from charter.policy.labels.quotations import UNBALANCED as UNBALANCED_QUOTATION
from charter.policy.labels.tags import BETWEEN, UNBALANCED

MAX_FOUND = 50
"""Ranges taken of one heuristic in one message; the last one then reaches to the end."""

EXAMINED = frozenset({"developer", "user"})
"""Roles whose words are examined: users paste, and developers fill templates. System messages are
written by the operator of the model."""

STRUCTURAL = (BETWEEN, UNBALANCED, UNBALANCED_QUOTATION, ODD_FENCES)
"""Doubts that delimiters leave open, in messages of every role."""


class Heuristic(NamedTuple):
    """One way to tell pasted text."""

    doubt: Doubt
    find: Callable[[str], Iterator[tuple[int, int]]]
    by_lines: bool = True
    """Whether it looks at how lines begin."""
    users_only: bool = False
    """Whether developers write such words as their own."""


_FIELD = r"(?:From|To|Cc|Bcc|Subject|Date|Sent|Reply-To|Von|An|Betreff|Datum|De|Objet|Asunto): ?\S"
_HEADER = re.compile(rf"^{_FIELD}", re.MULTILINE)
_REPLY = re.compile(
    r"^(?:-{2,20} ?(?:Original|Forwarded) [Mm]essage|Begin forwarded message:"
    r"|(?:On|Am) [^\n]{5,120} (?:wrote|schrieb)[^\n]{0,80}:[ \t]*$)",
    re.MULTILINE,
)
_SPEAKER = (
    r"[*#\[ ]{0,4}(?:User|Human|Assistant|AI|System|Bot|ChatGPT|Claude|Customer|Client|Agent)"
    r"[*\] ]{0,4}:"
)
_TURN = re.compile(rf"^{_SPEAKER}", re.MULTILINE)
_DECORATION = "*#[] :"
_MARKUP = ("<|im_start|>", "<|start_header_id|>", "<|system|>", "<|user|>", "[INST]", "<<SYS>>")
_TRACE = re.compile(
    r"^(?:Traceback \(most recent call last\)|Exception in thread|[ \t]{1,8}at [\w.$<>]{1,200}\()",
    re.MULTILINE,
)
_LOG = re.compile(
    r"^(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\[?\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d"
    r"|\[?(?:INFO|ERROR|WARN|WARNING|DEBUG|TRACE|FATAL)\b)",
    re.MULTILINE,
)
_TASK = re.compile(
    r"summari[sz]e|translate|proofread|rewrite|rephrase|paraphrase|review|explain|classify|analy[sz]e"
    r"|edit|correct|improve|extract|shorten|reply to|respond to|tl;?dr|here is|here's|below"
)
_SALUTATION = re.compile(r"^(?:Dear|Hi|Hello|Hey) [^\n]{1,60},[ \t]*$", re.MULTILINE)
_SIGN_OFF = re.compile(
    r"^(?:(?:Best|Kind|Warm|With kind|With best) regards|Regards|Sincerely|Yours \w{1,12}|Best"
    r"|Cheers|Many thanks|Thanks)[^\n]{0,20},?[ \t]*$(?:\n[^\n]{1,60})?",
    re.MULTILINE,
)
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
_LINE_START = re.compile(
    r"\n(?:[ \t]{1,8}at [\w.$<>]|--|Traceback \(|Exception in|Begin forw"
    r"|(?:On|Am) [^\n]{5,120} (?:wrote|schrieb)|(?:Dear|Hi|Hello|Hey) [^\n]{1,60},[ \t]*$"
    r"|\[?\d\d|[A-Z][a-z]{2} [ \d]\d \d|\[?(?:INFO|ERROR|WARN|DEBUG|TRACE|FATAL)"
    rf"|{_SPEAKER}|{_FIELD})",
    re.MULTILINE,
)
"""How some line begins wherever a heuristic by lines finds anything: it spares asking each."""
_FIRST_LINE = 200
"""Characters of the first line that may decide how it begins."""
_LONG_PASTE = 200
"""Characters after an introduction from which on it introduces a paste."""
_LONG_MESSAGE = 600
"""Characters from which on an instruction may have gone unnoticed."""
_BEFORE = 300
"""Characters of other words that stand before such an instruction."""


def email_headers(text: str) -> Iterator[tuple[int, int]]:
    """Find two header lines of an e-mail within three lines, and all that follows.

    Errs where the author's own words come after the mail, and on lists of addresses.
    """
    before = None
    for found in _HEADER.finditer(text):
        if before is not None and text.count("\n", before, found.start()) <= 3:
            yield before, len(text)
            return
        before = found.start()


def reply_marker(text: str) -> Iterator[tuple[int, int]]:
    """Find the line a mail program puts above a forwarded or answered mail, and all that follows.

    Errs where the author's own words come after the mail.
    """
    found = _REPLY.search(text)
    if found:
        yield found.start(), len(text)


def transcript_turns(text: str) -> Iterator[tuple[int, int]]:
    """Find lines that begin with the names of different speakers, and all that follows.

    Errs on scripts the author wrote to be followed, and on the words below them.
    """
    first = None
    for found in _TURN.finditer(text):
        if first is None:
            first = found
        elif found[0].strip(_DECORATION) != first[0].strip(_DECORATION):
            yield first.start(), len(text)
            return


def role_markup(text: str) -> Iterator[tuple[int, int]]:
    """Find a token that marks the speaker in some model's input format, and all that follows.

    Such tokens mean nothing here. Errs on questions about the format.
    """
    if "<|" not in text and "[INST]" not in text and "<<SYS>>" not in text:
        return
    places = [text.find(token) for token in _MARKUP if token in text]
    if places:
        yield min(places), len(text)


def stack_trace(text: str) -> Iterator[tuple[int, int]]:
    """Find the paragraphs of stack traces.

    Errs on words of the author's in the same paragraph.
    """
    yield from _paragraphs(text, _TRACE)


def log_lines(text: str) -> Iterator[tuple[int, int]]:
    """Find three or more lines in a row that begin with a time or a level of severity.

    Errs on timetables.
    """
    run: list[int] = []
    for found in _LOG.finditer(text):
        if run and text.count("\n", run[-1], found.start()) > 1:
            if len(run) > 2:
                yield run[0], _line_end(text, run[-1])
            run.clear()
        run.append(found.start())
    if len(run) > 2:
        yield run[0], _line_end(text, run[-1])


def introduced_paste(text: str) -> Iterator[tuple[int, int]]:
    """Find a line that asks to do something with a text and ends in a colon, then a long text.

    Errs where the author's own words come after the text, or the text is a list of wishes.
    """
    colon = text.find(":\n")
    while colon >= 0:
        line = text[max(text.rfind("\n", 0, colon) + 1, colon - 400) : colon]
        start = colon + 1
        if len(text) - start >= _LONG_PASTE and _TASK.search(line.lower()):
            yield start, len(text)
            return
        colon = text.find(":\n", start)


def letter(text: str) -> Iterator[tuple[int, int]]:
    """Find what is between a salutation on a line of its own and the line after a closing formula.

    Errs on letters to the assistant.
    """
    opened = _SALUTATION.search(text)
    closed = _SIGN_OFF.search(text, opened.end()) if opened else None
    if opened and closed:
        yield opened.start(), closed.end()


def embedded_instruction(text: str) -> Iterator[tuple[int, int]]:
    """Find a paragraph that speaks to an assistant, after much else, in a long message.

    Errs on texts about such instructions.
    """
    if len(text) < _LONG_MESSAGE:
        return
    lower = text.lower()
    if len(lower) == len(text) and any(hint in lower for hint in _HINTS):
        yield from _paragraphs(lower, _ADDRESSED, _BEFORE)


HEURISTICS = (
    Heuristic(Doubt("role_markup", 85), role_markup, by_lines=False),
    Heuristic(Doubt("reply_marker", 80), reply_marker),
    Heuristic(Doubt("email_headers", 80), email_headers),
    Heuristic(Doubt("stack_trace", 80), stack_trace),
    Heuristic(Doubt("transcript_turns", 70), transcript_turns),
    Heuristic(Doubt("letter", 65), letter),
    Heuristic(Doubt("log_lines", 65), log_lines),
    Heuristic(
        Doubt("embedded_instruction", 60), embedded_instruction, by_lines=False, users_only=True
    ),
    Heuristic(Doubt("introduced_paste", 55), introduced_paste, by_lines=False, users_only=True),
)
"""Most confident first. Where several doubt the same words, the most confident names the doubt."""

_OTHERS = tuple(heuristic for heuristic in HEURISTICS if not heuristic.by_lines)


def examine(text: str, role: str) -> list[Doubted]:
    """Return the doubted ranges of a message's own words; none for roles that are not examined."""
    found: list[Doubted] = []
    if role not in EXAMINED:
        return found
    by_lines = _LINE_START.search(text) or _LINE_START.match("\n" + text[:_FIRST_LINE])
    for heuristic in HEURISTICS if by_lines else _OTHERS:
        if heuristic.users_only and role != "user":
            continue
        for count, (start, end) in enumerate(heuristic.find(text), 1):
            full = count == MAX_FOUND
            found.append(Doubted(start, len(text) if full else end, heuristic.doubt))
            if full:
                break
    return found


def _paragraphs(text: str, pattern: re.Pattern[str], after: int = 0) -> Iterator[tuple[int, int]]:
    """Yield the paragraphs in which a pattern occurs, `after` so many characters."""
    found = pattern.search(text, after)
    while found is not None:
        start = text.rfind("\n\n", 0, found.start()) + 2
        end = text.find("\n\n", found.end())
        end = len(text) if end < 0 else end
        yield (start if start > 1 else 0), end
        found = pattern.search(text, end)


def _line_end(text: str, position: int) -> int:
    end = text.find("\n", position)
    return len(text) if end < 0 else end
