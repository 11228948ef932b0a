"""Other words for a spec, as the stretches of its text that they replace.

An edit holds whole lines of the text that it was made for, with what stands before and after them.
So it can be found again in a text that was changed elsewhere since, and nothing but it changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from charter.errors import LedgerError
from charter.evolve.proposals.lines import Stretch, changed_lines
from charter.evolve.proposals.refused import Refused
from charter.ledger.body import canonical
from charter.source import digest_of

FORMAT = "charter-edits/1"
AROUND = 200
"""Characters kept of what stands on either side."""
MOST_EDITS = 200
MOST_CHARACTERS = 200_000
"""Of all stretches together, before and after."""

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """One stretch of the text, and what takes its place."""

    start: int
    """Characters before it in the text it was made for."""
    was: str
    now: str
    before: str
    """Up to AROUND characters that stand before it, and that no edit touches."""
    after: str
    alone: bool
    """Whether `was` stands only once in that text."""
    placed: bool
    """Whether it stands only once there with what is around it."""
    fresh: bool
    """Whether the new words, with what is around them, stand nowhere in that text."""

    @property
    def around(self) -> str:
        """The stretch with what stands on either side of it."""
        return self.before + self.was + self.after

    @property
    def held(self) -> str:
        """The new words with what stands on either side of them."""
        return self.before + self.now + self.after


def edits_between(old: str, new: str) -> tuple[Edit, ...]:
    """Return what has to be replaced in one text to make it the other, in order.

    Whole lines; where lines only came in, with a line that stands beside them. Raises Refused for
    more than a proposal holds.
    """
    lines = _LINE.findall(old), _LINE.findall(new)
    starts = [0]
    for line in lines[0]:
        starts.append(starts[-1] + len(line))
    stretches = _joined(_widened(*each, lines) for each in changed_lines(*lines))
    bounds = (
        [0, *(starts[end] for _, end, _, _ in stretches)],
        [
            *(starts[begin] for begin, _, _, _ in stretches),
            len(old),
        ],
    )
    found = []
    for at, (begin, end, from_, to) in enumerate(stretches):
        start, stop = starts[begin], starts[end]
        was, now = old[start:stop], "".join(lines[1][from_:to])
        before = old[max(bounds[0][at], start - AROUND) : start]
        after = old[stop : min(bounds[1][at + 1], stop + AROUND)]
        alone, placed = _times(old, was) == 1, _times(old, before + was + after) == 1
        fresh = before + now + after not in old
        found.append(Edit(start, was, now, before, after, alone, placed, fresh))
    if len(found) > MOST_EDITS or sum(len(e.was) + len(e.now) for e in found) > MOST_CHARACTERS:
        raise Refused("too much changes for one proposal", hint="propose each change by itself")
    return tuple(found)


def conformed(new: str, *, like: str) -> str:
    """Return a text with the line ends and the byte order mark of another.

    Only where the other has one kind of line ends and the text has none of that kind: an editor
    that changes all of them changes no rule.
    """
    if like.startswith("\ufeff") != new.startswith("\ufeff"):
        new = new.removeprefix("\ufeff") if new.startswith("\ufeff") else "\ufeff" + new
    crlf = like.count("\r\n")
    if crlf and crlf == like.count("\n") and "\r\n" not in new:
        return new.replace("\n", "\r\n")
    if not crlf and "\n" in like and new.count("\r\n") == new.count("\n"):
        return new.replace("\r\n", "\n")
    return new


def applied(text: str, edits: Sequence[Edit], *, base: str, rebase: bool = False) -> str:
    """Return a text with the edits made; all else stays as it is, character by character.

    `base` is the digest of the text that they were made for. In another text each stretch must
    stand once and only once, where it stood; with `rebase` elsewhere too. Raises Refused for all
    else.
    """
    starts = [
        each.start if digest_of(text) == base else _place(text, each, number, rebase=rebase)
        for number, each in enumerate(edits, start=1)
    ]
    at, pieces = 0, []
    for start, each in zip(starts, edits, strict=True):
        if start < at or text[start : start + len(each.was)] != each.was:
            raise Refused(
                "the stretches no longer follow each other", hint="propose new words for it"
            )
        pieces += [text[at:start], each.now]
        at = start + len(each.was)
    return "".join((*pieces, text[at:]))


def stands(text: str, edits: Sequence[Edit]) -> bool:
    """Whether a text has the new words already."""
    return all(each.held in text and (each.fresh or each.around not in text) for each in edits)


def edits_json(edits: Sequence[Edit], *, base: str) -> str:
    """Return edits as canonical JSON, with the digests of the text and of each stretch."""
    rows = [
        {
            "start": each.start,
            "was": each.was,
            "digest": digest_of(each.was),
            "now": each.now,
            "before": each.before,
            "after": each.after,
            "alone": each.alone,
            "placed": each.placed,
            "fresh": each.fresh,
        }
        for each in edits
    ]
    return canonical({"format": FORMAT, "base": base, "edits": rows})


def read_edits(text: str) -> tuple[str, tuple[Edit, ...]]:
    """Return the digest of the base and the edits. Raises LedgerError for what is none."""
    try:
        found = json.loads(text)
        edits = tuple(_edit(row) for row in found["edits"])
        base, known = str(found["base"]), found["format"] == FORMAT
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise LedgerError("the words of a proposal cannot be read", hint="word it anew") from cause
    if not known:
        raise LedgerError(f"the words of a proposal are no {FORMAT}", hint="word it anew")
    if any(one.start + len(one.was) > other.start for one, other in pairwise(edits)):
        raise LedgerError("the words of the proposal overlap", hint="word it anew")
    return base, edits


def _edit(row: dict[str, object]) -> Edit:
    start, was = row["start"], str(row["was"])
    if not isinstance(start, int) or start < 0 or digest_of(was) != row["digest"]:
        raise ValueError(start)
    now, before, after = (str(row[key]) for key in ("now", "before", "after"))
    alone, placed, fresh = (row[key] is True for key in ("alone", "placed", "fresh"))
    return Edit(start, was, now, before, after, alone, placed, fresh)


def _place(text: str, edit: Edit, number: int, *, rebase: bool) -> int:
    """Return where a stretch stands in a text that is not the one it was found in."""
    moved = _moved(text, edit)
    where = f"stretch {number} ({_shown(edit)})"
    if edit.fresh and edit.held in text:
        raise Refused(f"{where} has its new words already", hint="propose the rest by itself")
    if moved is None:
        many = _times(text, edit.was) > 1
        what = "is no longer to be told from its like" if many else "has changed since"
        raise Refused(f"{where} {what}", hint="propose new words for it: charter propose word")
    if moved != edit.start and not rebase:
        raise Refused(f"{where} stands elsewhere now", hint="--rebase, after a look at the text")
    return moved


def _moved(text: str, edit: Edit) -> int | None:
    """Return where a stretch stands now; None where it does not, or may stand in several places."""
    at, added = None, edit.was in edit.now and edit.now in text
    if edit.placed and _times(text, edit.around) == 1:
        at = text.index(edit.around) + len(edit.before)
    elif edit.alone and edit.was.strip() and _times(text, edit.was) == 1 and not added:
        at = text.index(edit.was)
    if at is None:
        return None
    end = at + len(edit.was)
    begun = not at or text[at - 1] == "\n"
    ended = edit.was.endswith("\n") or text[end : end + 1] in ("", "\n")
    return at if begun and ended else None  # the end of a longer line is another line


def _times(text: str, part: str) -> int:
    """Return how often a part begins in a text, up to 2; 2 for an empty one."""
    first = text.find(part) if part else -1
    if not part:
        return 2
    return 0 if first < 0 else 1 + (text.find(part, first + 1) >= 0)


def _shown(edit: Edit) -> str:
    words = " ".join((edit.was or edit.now).split())
    return repr(words if len(words) <= 60 else f"{words[:58]} …")


def _widened(
    begin: int, end: int, from_: int, to: int, lines: tuple[Sequence[str], Sequence[str]]
) -> Stretch:
    """Take a neighbouring line in where lines only came in: nothing else could be looked for."""
    if begin < end:
        return begin, end, from_, to
    if begin:
        return begin - 1, end, from_ - 1, to
    return (begin, end + 1, from_, to + 1) if end < len(lines[0]) else (begin, end, from_, to)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for each in stretches:
        if found and each[0] <= found[-1][1]:
            found[-1] = found[-1][0], each[1], found[-1][2], each[3]
        else:
            found.append(each)
    return found
