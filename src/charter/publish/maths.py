r"""LaTeX in prose -> MathML, when the site is built: browsers draw it, and nothing is loaded.

`\\( x \\)` and `\\[ x \\]`, as the public Model Spec writes them, and the same with one backslash.
Brackets that Markdown merely escapes, such as `\[name\]`, are no formula.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec

from markupsafe import Markup, escape

from charter.syntax.visible import reveal

MAX_FORMULA = 500
"""Characters; a longer formula stays text."""

FORMULA = re.compile(
    r"\\{1,3}(?:"
    r"\((?P<inline>(?:[^\\\n]|\\[^()\[\]\\\n]){1,500}?)\\{1,3}\)"
    r"|\[(?P<display>(?:[^\\\n]|\n(?!\s{0,80}\n)|\\[^()\[\]\\\n]){1,500}?)\\{1,3}\])"
)
_WORD = re.compile(r"(?<![\\A-Za-z{])[A-Za-z]{4,}")
_SIGNS = re.compile(r"[=+^_<>*/\\]|\d\s?-")
_SAFE = re.compile(
    r"(?:</?(?:math|m[a-z]{1,12})(?: (?!on|style|href|src)[a-z]+=\"[^\"<>&]*\")*/?>"
    r"|[^<>&]|&#?[A-Za-z0-9]{1,10};)*"
)
"""Elements of MathML, with attributes that hold nothing but plain text."""
_SPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'


def is_formula(formula: str, *, block: bool) -> bool:
    """Whether it reads as mathematics, and not as words in brackets."""
    if reveal(formula) != formula or not any(map(str.isalnum, formula)):
        return False
    return not _WORD.search(formula) and (not block or bool(_SIGNS.search(formula)))


def undrawn(text: str) -> bool:
    """Whether a text has formulas that stay text because the library is not installed."""
    if find_spec("latex2mathml") is not None:
        return False
    return any(
        is_formula(each["inline"] or each["display"] or "", block=each["display"] is not None)
        for each in FORMULA.finditer(text)
    )


@lru_cache(maxsize=4096)
def mathml(formula: str, *, block: bool) -> Markup | None:
    """Return a formula as MathML; None where it cannot be read, so that it stays text."""
    formula = " ".join(formula.split())
    if not 0 < len(formula) <= MAX_FORMULA or not is_formula(formula, block=block):
        return None
    try:
        from latex2mathml.converter import convert  # noqa: PLC0415 - an extra

        made = convert(formula, display="block" if block else "inline")
    except Exception:  # noqa: BLE001 - the library raises whatever comes up
        return None  # nor is the library always there
    if not _SAFE.fullmatch(made):
        return None
    made = made.replace(_SPACE, "", 1)
    return Markup(made.replace("<math ", f'<math alttext="{escape(formula)}" ', 1))  # noqa: S704 - matched
