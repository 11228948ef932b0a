r"""The pieces that the accepted subset of RE2 is written in: see `patterns`."""

from __future__ import annotations

import re

REPEAT = re.compile(r"[*+?]|\{([0-9]{1,4})(?:(,)([0-9]{1,4})?)?\}")
GROUP = re.compile(r"\((?:\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|[is]{0,2}:)|(?!\?))")
FLAGS = re.compile(r"\(\?[is]{1,2}\)")
CLASS_ESCAPE = re.compile(
    r"\\(?:[dDwWsStnrfv]|[pP](?:[A-Z]|\{\^?[A-Za-z_]{1,40}\})"
    r"|x(?:[0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})|[!-/:-@\[-`{-~])"
)
CLASS = re.compile(r"\[\^?\]?(?:\[:\^?[a-z]+:\]|\\.|[^\]\\\[]|\[(?!:))*\]", re.DOTALL)
