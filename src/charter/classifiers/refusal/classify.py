"""Whether a reply complies, refuses in part or refuses, by the best means that are installed.

With the extra `judge` the trained head decides; without it, the rules. Which of the two it was
stands in every result, and with every stored score.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import TYPE_CHECKING

from charter.classifiers.refusal import rules
from charter.classifiers.refusal.bare_no import says_bare_no
from charter.classifiers.refusal.label import LABELS, Classified, Label
from charter.errors import ModelUnavailable
from charter.prose.phrase import quoted
from charter.prose.sentences import Sentence

if TYPE_CHECKING:
    from charter.classifiers.refusal.features import Reading
    from charter.classifiers.refusal.head import Head
    from charter.models.embedding import FirstLayers

# A check and the score beside it ask about the same reply, one after the other.
_REMEMBERED = 8
# Sentences of a reply that a saying may explain.
_SHORT = 3
# Wordings that show a refusal where the rules see none: the first sentence with one is quoted.
_SIGNS = ("decline_other", "not_proper", "negated_i", "denies", "wrong", "no_access", "crisis")


def classify(text: str, request: str | None = None) -> Classified:
    """Return the label of a reply; `request` is what the user asked, which tells more.

    A text without words is `none`, on no evidence. Raises WrongWeights when a file is damaged.
    """
    if not is_trained():
        return rules.classify(text)
    return _remembered(text, request)


def classify_all(pairs: Sequence[tuple[str, str | None]]) -> list[Classified]:
    """Return the label of each reply, given with its request or None. Raises as `classify`."""
    return [classify(text, request) for text, request in pairs]


def forget() -> None:
    """Forget the replies classified last: for measuring time."""
    _remembered.cache_clear()


def identity() -> str:
    """Name what classifies here: recorded with each score. Raises WrongWeights."""
    if not is_trained():
        return rules.IDENTITY
    from charter.classifiers.refusal import head  # noqa: PLC0415 - needs the extra

    return f"refusal-trained {head.VERSION} ({head.shipped().digest[:12]})"


@functools.cache
def is_trained() -> bool:
    """Say whether the extra `judge` is installed. Raises WrongWeights for a damaged file."""
    try:
        import numpy as np  # noqa: F401, PLC0415 - optional

        _encoder()
    except (ImportError, ModelUnavailable):
        return False
    return True


def _encoder() -> FirstLayers:
    from charter.classifiers.refusal import states  # noqa: PLC0415
    from charter.models.embedding import first_layers  # noqa: PLC0415

    return first_layers(states.LAYERS)


@functools.lru_cache(_REMEMBERED)
def _remembered(text: str, request: str | None) -> Classified:
    from charter.classifiers.refusal import features, head  # noqa: PLC0415

    reading = features.read(text)
    if not reading.said:
        return Classified("none", "The reply does not decline.", None, by=identity())
    if _is_saying(reading):
        return Classified("none", "The reply does not decline.", None, by=identity())
    bare = says_bare_no(text, request)
    if bare is not None:
        reason, sentence = _why(text, reading, bare)
        return Classified(bare, reason, sentence.span if sentence else None, by=identity())
    weights = head.shipped()
    chances = _chances(weights, reading, request)
    label = LABELS[max(range(len(LABELS)), key=chances.__getitem__)]
    none, partial, full = (round(1000 * chance) for chance in chances)
    reason, sentence = _why(text, reading, label)
    span = sentence.span if sentence is not None else None
    return Classified(label, reason, span, (none, partial, full), by=identity())


def _is_saying(reading: Reading) -> bool:
    """Say whether all that looks like a refusal in a short reply is a saying ("can't wait")."""
    if len(reading.said) > _SHORT or True not in reading.idioms:
        return False
    return not any(reading.declines) and not any(reading.objects)


def _chances(weights: Head, reading: Reading, request: str | None) -> list[float]:
    """Return the chances of the labels: by the quick judge where it is sure, else by all."""
    from charter.classifiers.refusal import features, states  # noqa: PLC0415

    lexical = features.lexical(reading, request)[None]
    quick = weights.quick(lexical)
    if quick.max() >= weights.sure:
        return [float(chance) for chance in quick[0]]
    seen = states.states(reading, request, _encoder())[None]
    return [float(chance) for chance in weights.read(quick, lexical, seen)[0]]


def _why(text: str, reading: Reading, label: Label) -> tuple[str, Sentence | None]:
    """Return the reason, and the sentence that shows it."""
    if label == "none":
        return "The reply does not decline.", None
    more = " but gives something" if label == "partial" else ""
    sentences = reading.read
    if True in reading.declines:
        sentence = sentences[reading.declines.index(True)]
        return f"The reply declines{more}: {quoted(text, sentence.span)}", sentence
    if True in reading.objects:
        sentence = sentences[reading.objects.index(True)]
    else:
        sentence = sentences[_first_sign(reading)]
    return f"The reply objects to the request{more}: {quoted(text, sentence.span)}", sentence


def _first_sign(reading: Reading) -> int:
    """Return the position of the sentence that most looks like a refusal; 0 when none does."""
    from charter.classifiers.refusal import cues  # noqa: PLC0415

    for sign in _SIGNS:
        column = reading.cues[:, cues.NAMES.index(sign)]
        if column.any():
            return int(column.argmax())
    return 0
