"""What a clause does, by its words: forbid, permit, or neither.

Two questions that layering and compiling ask of clauses. The answers rest on word lists, as
strength does: they read what is said in so many words and cannot weigh what it comes to.
"""

from __future__ import annotations

import re

from charter.spec.spec import Strength
from charter.spec.strength import lowered, strength_of

_FORBIDS = re.compile(
    r"\b(?:must|should|shall|may|ought|will|can)(?: [a-z]{2,12}ly)? (?:not|never)\b"
    r"|\b(?:mustn't|shouldn't|cannot|can't|never|avoids?|avoiding|refrains?|declines?|refuses?)\b"
    r"|\b(?:do not|don't)\b(?! (?:have|need) to\b)"
    r"|\b(?:is|are) (?:[a-z]{2,12}ly )?(?:prohibited|forbidden|not allowed|not permitted)\b"
    r"|\b(?:may|must|should) only\b|\bno longer\b"
)
_NOT_REFUSING = re.compile(
    r"(?:\b(?:not|never|cannot)|n't)(?: [a-z]{2,12}ly)?"
    r" (?:refus|declin|withhold|hesitat|refrain|avoid)[a-z]{0,5}\b"
)
_PERMITS = re.compile(
    r"\bneed not\b|\bneedn't\b"
    r"|\b(?:do|does|should|must|will|shall) not (?:have|need) to\b"
    r"|\b(?:don't|doesn't) (?:have|need) to\b"
    r"|\b(?:is|are) (?:also |always |then )?(?:exempt|excused|allowed|permitted|entitled|welcome)\b"
    r"|\b(?:assistant|model|it) is free to\b"
    r"|\b(?:is|are) not (?:required|obliged|obligated|expected|bound)\b"
    r"|\b(?:do|does|shall|should|must|will|need) not apply\b|\b(?:don't|doesn't) apply\b"
    r"|\bno longer (?:appl|bind|hold)|\b(?:ceases?|stops?) to (?:apply|bind|hold)\b"
)
_LIFTS = re.compile(
    r"\b(?:ignore|disregard|override|overrule|set aside|suspend|waive|skip|relax|lift|drop)\b"
    r"(?: [a-z]{1,20}){0,3} (?:rules?|sections?|clauses?|restrictions?|requirements?|prohibitions?"
    r"|boundary|boundaries)\b"
)
_RULE = r"(?:this|that|these|those|the|its)(?: [a-z]{1,12})? (?:rule|section|clause|restriction)"
_BIND = (
    r"(?:appl(?:y|ied)|enforced?|follow(?:ed)?|observed?|keep|kept|hono[u]?r(?:ed)?|uph[eo]ld"
    r"|heed(?:ed)?|read|treat(?:ed)?|consider(?:ed)?|regard(?:ed)?|invoked?|bound)"
)
_UNBINDS = re.compile(
    rf"\b(?:not|never)(?: [a-z]{{2,12}}ly)? {_BIND}\b(?: [a-z']{{1,20}}){{0,5}} {_RULE}"
    rf"|\b{_RULE}s?(?: [a-z]{{1,20}}){{0,3}} (?:not|never)(?: be)? {_BIND}\b"
)
"""A prohibition of keeping a prohibition: `must not apply this section to partners`."""
_CAN = re.compile(r"\b(?:can|could|(?:is|are) able to)\b(?! not\b| only\b)")
_DEMANDS = re.compile(r"[,;:()]| (?:and|but|yet|to whom|for whom|though|however|while|whereas) ")
_ASKS = re.compile(r"\b(?:must|should|shall|ought|always)\b")
_PARTS = re.compile(r"[,;:()]| (?:but|though|although|however|while|whereas) ")


def forbids(text: str) -> bool:
    """Whether a clause forbids something or holds the assistant back from it."""
    return _FORBIDS.search(lowered(text)) is not None


def restrains(text: str) -> bool:
    """Whether a clause only forbids, and something other than to refuse.

    What may not be refused has to be done: a demand in the clothes of a prohibition. So has what
    another part of the clause asks for (`must not lie, and must give addresses`).
    """
    if not forbids(text):
        return False
    plain = _NOT_REFUSING.sub(" give", lowered(text))
    if _FORBIDS.search(plain) is None:
        return False
    parts = _DEMANDS.split(plain)
    return not any(_ASKS.search(part) and _FORBIDS.search(part) is None for part in parts)


def permits(text: str, strength: Strength) -> bool:
    """Whether a clause grants something, or takes something back that was asked for.

    True for every clause of strength may, for one with a part that is a permission of its own
    (`must decline, but may hint`), and for words such as `need not` and `does not apply`.
    """
    if strength is Strength.MAY:
        return True
    plain = lowered(text)
    if _PERMITS.search(plain) or _UNBINDS.search(plain):
        return True
    if _LIFTS.search(plain) and not forbids(text):
        return True
    if _CAN.search(plain) and strength_of(text) is None:
        return True
    return any(strength_of(part.strip()) is Strength.MAY for part in _PARTS.split(plain))
