"""Pasted text without delimiters: named heuristics that doubt whose words they are.

Each looks at the words of a message outside of quotations, code and markup, and yields ranges that
may be somebody else's. The confidence of each is what its author states, not a measured
probability. What a doubt changes is the reading `possibly_quoted`.
Source: Model Spec, section `letter_and_spirit`, on implicitly quoted content.
"""

from __future__ import annotations

import re

from charter.policy.conversation import Doubt
from charter.policy.labels.blocks import ODD_FENCES, UNBALANCED_JSON
from charter.policy.labels.directional import UNBALANCED as UNBALANCED_QUOTATION
from charter.policy.labels.excise import Doubted
from charter.policy.labels.pasted.dumps import CODE, code_lines, log_lines, stack_trace
from charter.policy.labels.pasted.heuristic import Heuristic
from charter.policy.labels.pasted.introduced import (
    PASTE,
    TEXT,
    embedded_instruction,
    introduced_paste,
    introduced_text,
)
from charter.policy.labels.pasted.mail import (
    FIELD,
    REPLIED,
    SALUTED,
    email_headers,
    letter,
    reply_marker,
)
from charter.policy.labels.pasted.turns import SPEAKER, role_markup, transcript_turns
from charter.policy.labels.tags import BETWEEN, UNBALANCED

MAX_FOUND = 50
"""Ranges taken of one heuristic in one message; the last one then reaches to the end."""

EXAMINED = frozenset({"developer", "user"})
"""Roles whose words are examined: users paste, and developers fill templates. System messages are
written by the operator of the model."""

STRUCTURAL = (BETWEEN, UNBALANCED, UNBALANCED_JSON, UNBALANCED_QUOTATION, ODD_FENCES)
"""Doubts that delimiters leave open, in messages of every role."""

HEURISTICS = (
    Heuristic(Doubt("role_markup", 85), role_markup, by_lines=False),
    Heuristic(Doubt("reply_marker", 80), reply_marker),
    Heuristic(Doubt("email_headers", 80), email_headers),
    Heuristic(Doubt("stack_trace", 80), stack_trace),
    Heuristic(Doubt("transcript_turns", 70), transcript_turns),
    Heuristic(Doubt("letter", 65), letter),
    Heuristic(Doubt("log_lines", 65), log_lines),
    Heuristic(Doubt("code_lines", 60), code_lines),
    Heuristic(
        Doubt("embedded_instruction", 60), embedded_instruction, by_lines=False, users_only=True
    ),
    Heuristic(TEXT, introduced_text, by_lines=False),
    Heuristic(PASTE, introduced_paste, by_lines=False, users_only=True),
)
"""Most confident first. Where several doubt the same words, the most confident names the doubt."""

_OTHERS = tuple(heuristic for heuristic in HEURISTICS if not heuristic.by_lines)
_LINE_START = re.compile(
    rf"\n(?:[ \t]{{1,8}}at [\w.$<>]|--|Traceback \(|Exception in|Begin forw|{REPLIED}|{SALUTED}"
    r"|\[?\d\d|[A-Z][a-z]{2} [ \d]\d \d|\[?(?:INFO|ERROR|WARN|DEBUG|TRACE|FATAL)"
    rf"|{SPEAKER}|{FIELD}|[ \t]*+{CODE})",
    re.MULTILINE,
)
"""How some line begins wherever a heuristic by lines finds anything: it spares asking each."""
_FIRST_LINE = 200
"""Characters of the first line that may decide how it begins."""


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
