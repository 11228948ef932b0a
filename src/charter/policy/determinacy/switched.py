"""What a context says about a setting on which sections depend: on, off or nothing, by whom.

At most two levels speak of it: of three, the one in the middle never decides.
"""

from __future__ import annotations

from itertools import combinations, product

from charter.policy.determinacy.row import (
    Group,
    Row,
    Speaker,
    levels_of,
    said_more,
    speakers_of,
)
from charter.policy.policy import Policy

MAX_VOICES = 2


def name_of(setting: str) -> str:
    """Return the name of the group of a setting."""
    return f"setting {setting}"


def switched(policy: Policy, setting: str) -> Group:
    """Return the group of one setting."""
    speakers = speakers_of(policy)
    number = sorted(policy.conditional).index(setting)
    rows = [
        _row(policy, (setting, number), tuple(zip(chosen, values, strict=True)))
        for count in range(MAX_VOICES + 1)
        for chosen in combinations(speakers, count)
        for values in product((True, False), repeat=count)
    ]
    return Group(name_of(setting), tuple(rows), (), said_more(policy, rows, range(1, len(rows))))


def _row(policy: Policy, numbered: tuple[str, int], said: tuple[tuple[Speaker, bool], ...]) -> Row:
    setting, number = numbered
    features = tuple((f"{setting} by {who.level}", "on" if on else "off") for who, on in said)
    turns = tuple(
        who.says({"setting": {setting: on}, "id": f"set{number}-{at}"})
        for at, (who, on) in enumerate(said)
    )
    return Row(features, turns, ("setting_authority",), levels_of(policy, turns))
