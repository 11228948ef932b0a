"""What a context says about a setting on which sections depend: on, off or nothing, by whom.

At most two levels speak of it: of three, the one in the middle never decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from charter.policy.determinacy.row import Row, Speaker, speakers_of
from charter.policy.policy import Policy

MAX_VOICES = 2


def switched(policy: Policy) -> Iterator[Row]:
    """Yield what can be said of every setting on which sections depend."""
    speakers = speakers_of(policy)
    for number, setting in enumerate(sorted(policy.conditional)):
        for count in range(1, MAX_VOICES + 1):
            for chosen, values in product(
                combinations(speakers, count), product((True, False), repeat=count)
            ):
                yield _row((setting, number), tuple(zip(chosen, values, strict=True)))


def _row(numbered: tuple[str, int], said: tuple[tuple[Speaker, bool], ...]) -> Row:
    setting, number = numbered
    features = tuple((f"{setting} by {who.level}", "on" if on else "off") for who, on in said)
    turns = tuple(
        who.says({"setting": {setting: on}, "id": f"set{number}-{at}"})
        for at, (who, on) in enumerate(said)
    )
    return Row(features, turns, ("setting_authority",))
