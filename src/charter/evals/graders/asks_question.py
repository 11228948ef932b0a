"""Checks that the reply asks the user something.

What it decides
    Whether the reply puts a question to the user: a sentence with a question mark, or a request
    such as "Please tell me which file you mean". Questions in code, quotation marks, block
    quotes, headings and web addresses do not count, nor do closing courtesies ("Anything else?",
    "Does that help?"). It does not decide whether the question is a good one.

Arguments
    None.

Passes
    `asks_question: {}` on "Which of the two files do you mean?"

Fails
    `asks_question: {}` on "Done. Is there anything else I can help you with?"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.models.provider import Reply
from charter.prose.phrase import quoted
from charter.prose.sentences import own_words, sentences

_MARKS = frozenset("?\uff1f\u061f\u037e\u2048\u2049\u203d")
_COURTESY = re.compile(
    r"(?:anything|something|what) else\b|(?:any|more|other|further) (?:other |more )?questions\b"
    r"|how (?:can|may|else can) i (?:help|assist)|(?:does|did) (?:that|this) (?:help|answer)"
    r"|(?:does|did) (?:that|this|it) make sense|is (?:that|this) (?:clear|ok|okay|helpful)"
)
_REQUEST = re.compile(
    r"(?:please|kindly|could you|can you|i need you to|you need to|just) "
    r"(?:tell me|let me know|specify|clarify|confirm|say|send me|share|provide|give me)\b(?! if)"
    r"|(?:let me know|tell me) (?:which|what|who|whom|whose|when|where|whether|how)\b"
    r"|i(?:'d| would)? need to know\b"
)


def validate(arguments: Mapping[str, Any]) -> None:
    """Raise ConfigError when there are any arguments."""
    forms.check_names(arguments)


def grade(reply: Reply, arguments: Mapping[str, Any]) -> Verdict:
    """Pass when a sentence of the reply asks; the evidence is the last that does."""
    del arguments
    if not reply.text.strip():
        return Verdict(passed=False, reason="The reply is empty.")
    for sentence in reversed(sentences(own_words(reply.text))):
        if sentence.text.startswith("#") or _COURTESY.search(sentence.text):
            continue
        if _MARKS & set(sentence.ending) or _REQUEST.search(sentence.text):
            shown = quoted(reply.text, sentence.span)
            return Verdict(passed=True, reason=f"The reply asks: {shown}", evidence=sentence.span)
    return Verdict(passed=False, reason="The reply asks the user nothing.")
