"""Other conversations without delimiters: transcripts, and the formats models are trained on."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PEOPLE = "User|Human|Customer|Client"
_MACHINES = "Assistant|AI|Bot|Chatbot|ChatGPT|GPT|Claude|Gemini|Copilot|Model|Agent"
_NAMED = re.compile(rf"^[*#\[ ]{{0,4}}(?:({_PEOPLE})|({_MACHINES})|System)\b", re.MULTILINE)
SPEAKER = rf"[*#\[ ]{{0,4}}(?:{_PEOPLE}|{_MACHINES}|System)[*\] ]{{0,4}}:"
_TURN = re.compile(f"^{SPEAKER}", re.MULTILINE)

_ROLE = r"(?:system|developer|user|assistant|tool|model)"
_TOKEN = re.compile(
    rf"<\|[\w ]{{1,40}}\|>(?=\s{{0,2}}+{_ROLE}\b|[ \t]{{0,8}}+\n|\w|<)"
    rf"|<start_of_turn>\s{{0,2}}+{_ROLE}\b|\[/?INST\]|<</?SYS>>"
    rf"|\[{_ROLE}\]\(#\w{{1,40}}\)",
    re.IGNORECASE,
)


def transcript_turns(text: str) -> Iterator[tuple[int, int]]:
    """Find lines that begin with the names of a person and of a machine, and all that follows.

    `System` alone is no speaker: it also says what somebody's computer runs. Errs on scripts the
    author wrote to be followed, and on the words below them.
    """
    first = None
    sides: set[bool] = set()
    for found in _TURN.finditer(text):
        first = found.start() if first is None else first
        named = _NAMED.match(text, found.start())
        if named and (named[1] or named[2]):
            sides.add(named[2] is None)
        if len(sides) > 1:
            yield first, len(text)
            return


def role_markup(text: str) -> Iterator[tuple[int, int]]:
    """Find a token that marks the speaker in some model's input format, and all that follows.

    Such tokens mean nothing here, and lift nothing. One that stands among words, as in "what does
    X mean", is spoken of. Errs on examples of the format.
    """
    if "<" in text or "[" in text:
        found = _TOKEN.search(text)
        if found:
            yield found.start(), len(text)
