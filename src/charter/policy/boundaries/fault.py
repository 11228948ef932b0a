"""What is wrong with a condition, in one line that says what was expected instead.

The runtime names the operator and the types it met; this adds the types that it takes, the stages
that know a variable, and the name that was probably meant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches

_OVERLOAD = re.compile(r"found no matching overload for '([^']{1,40})' applied to '")
_UNDECLARED = re.compile(r"undeclared reference to '([^']{1,200})'")
_EXPECTING = re.compile(r" expecting (?:\{[^}]{0,400}\}|<EOF>)")

_ONE_TYPE = "both sides must be of one type"
_ORDERED = "both sides must be numbers of one type, or both text"
_BOOL = "each side must be true or false (bool)"
_TEXTS = "it takes text (string) and text"
_NUMBERS = "both sides must be numbers of one type"
_EXPECTED: Mapping[str, str] = {
    "_==_": _ONE_TYPE,
    "_!=_": _ONE_TYPE,
    "_<_": _ORDERED,
    "_<=_": _ORDERED,
    "_>_": _ORDERED,
    "_>=_": _ORDERED,
    "_&&_": _BOOL,
    "_||_": _BOOL,
    "!_": "it must be true or false (bool)",
    "_?_:_": "the test must be true or false (bool), and both results of one type",
    "@in": "the right side must be a list of such values, or a map with such keys",
    "contains": _TEXTS,
    "startsWith": _TEXTS,
    "endsWith": _TEXTS,
    "matches": _TEXTS,
    "size": "it must be text (string), a list or a map",
    "_[_]": "only a list has entries by number (int), and a map by key",
    "_+_": "both sides must be numbers of one type, both text, or both lists",
    "_-_": _NUMBERS,
    "_*_": _NUMBERS,
    "_/_": _NUMBERS,
    "_%_": "both sides must be whole numbers (int)",
    "-_": "it must be a number",
}
FUNCTIONS = ("contains", "startsWith", "endsWith", "matches", "size", "lowerAscii", "split")


def explained(message: str, names: Sequence[str], elsewhere: Mapping[str, Sequence[str]]) -> str:
    """Return the runtime's message with what was expected.

    `names` are the variables that are known, `elsewhere` others with the stages that know them.
    """
    overload = _OVERLOAD.match(message)
    if overload:
        wanted = _EXPECTED.get(overload[1])
        return f"{message}: {wanted}" if wanted else message
    undeclared = _UNDECLARED.match(message)
    if undeclared:
        return message + _meant(undeclared[1], names, elsewhere)
    if message.startswith("Syntax error"):
        return _syntax(message)
    return message


def _meant(name: str, names: Sequence[str], elsewhere: Mapping[str, Sequence[str]]) -> str:
    if name in elsewhere:
        return f": it is a variable of {', '.join(elsewhere[name])} only"
    if name in FUNCTIONS:
        return f": it stands behind its text, as in text.{name}(…)"
    near = get_close_matches(name, (*names, *FUNCTIONS), 1)
    return f": did you mean {near[0]!r}?" if near else ""


def _syntax(message: str) -> str:
    """Leave out the list of all that could stand there; say what usually was meant."""
    short = _EXPECTING.sub("", message)
    if "'<EOF>'" in short:
        return "Syntax error: the condition ends too early"
    if "input 'and'" in short or "input 'or'" in short:
        return f"{short}: write && for and, || for or"
    if "at: '=" in short:
        return f"{short}: write == to compare"
    return short
