"""Checks that the reply is not longer than a number of words.

What it decides
    How many words the reply has. A word is what stands between spaces and holds a letter or
    digit; a dash between words parts them, a hyphen does not; list labels and Markdown marks are
    no words. In scripts without spaces two characters count as one word.

Arguments
    `n`: the largest number of words allowed.

Passes
    `max_words: {n: 3}` on "- Well-known, I think"

Fails
    `max_words: {n: 3}` on "Yes, I think so": the evidence is what is too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.evals import arguments as forms
from charter.evals.grader import Verdict
from charter.evals.graders import min_words
from charter.models.provider import Reply
from charter.source import Span
