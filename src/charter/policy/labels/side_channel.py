"""What the sender of a request says of its texts beside them: offsets beat delimiters.

A message or a part may carry `"charter": {"untrusted": [[start, end], ...], "settings": {...}}`.
Offsets are characters (Unicode code points) of the text of that message or part, half-open, and
`true` stands for all of it. What cannot be understood makes the whole text untrusted, with a
problem: a slip must not lift data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import Intake
from charter.policy.labels.payload import SCALARS, kind_of, shown

SIDE_CHANNEL = "charter"
"""The member of a message or part."""


def annotate(intake: Intake, draft: Draft, owner: Mapping[str, Any], start: int = 0) -> None:
    """Apply the side channel of a message, or of the part whose text begins at `start`."""
    said = owner.get(SIDE_CHANNEL)
    if said is None:
        return
    if not isinstance(said, Mapping) or not said.keys() <= {"untrusted", "settings"}:
        _distrust(intake, draft, start, f"expected `untrusted` and `settings`: {shown(said)}")
        return
    ranges = said.get("untrusted")
    if ranges is True:
        draft.untrusted.append((start, draft.length))
    elif ranges is not None and ranges is not False:
        _untrust(intake, draft, start, ranges)
    _set(intake, draft, said.get("settings"))


def distrust_split(intake: Intake, draft: Draft, owner: Mapping[str, Any]) -> None:
    """Apply the side channel of a message to one of the pieces that tool results cut it into.

    Offsets into such a message would be ambiguous, so the piece counts as untrusted.
    """
    said = owner.get(SIDE_CHANNEL)
    if isinstance(said, Mapping) and isinstance(said.get("untrusted"), list | tuple):
        _distrust(intake, draft, 0, "offsets into a message with tool results; put them on parts")
        _set(intake, draft, said.get("settings"))
    else:
        annotate(intake, draft, owner)


def _untrust(intake: Intake, draft: Draft, start: int, ranges: object) -> None:
    limit = draft.length - start
    if not isinstance(ranges, list | tuple) or not all(_is_range(r, limit) for r in ranges):
        what = f"expected ranges [start, end] within {limit} characters: {shown(ranges)}"
        _distrust(intake, draft, start, what)
        return
    draft.untrusted += [(start + first, start + last) for first, last in ranges]


def _distrust(intake: Intake, draft: Draft, start: int, what: str) -> None:
    text = f"{SIDE_CHANNEL}: {what}; the text counts as untrusted"
    intake.problem("bad-side-channel", text)
    draft.untrusted.append((start, draft.length))


def _set(intake: Intake, draft: Draft, settings: object) -> None:
    if settings is None:
        return
    if not isinstance(settings, Mapping):
        what = f"settings: expected an object, not {kind_of(settings)}"
        intake.problem("bad-setting", what)
        return
    for key, value in settings.items():
        if isinstance(key, str) and isinstance(value, SCALARS):
            draft.settings.append((key, value))
        else:
            intake.problem("bad-setting", f"setting {shown(key)}: expected a single value")


def _is_range(value: object, limit: int) -> bool:
    if not isinstance(value, list | tuple) or len(value) != 2:
        return False
    start, end = value
    return type(start) is int and type(end) is int and 0 <= start <= end <= limit
