"""What a context says about a setting on which sections depend: each level, on, off or nothing."""

from __future__ import annotations

from itertools import product

from charter.policy.determinacy.row import Group, Row, levels_of, said_more, speakers_of
from charter.policy.policy import Policy

_VALUES = (("", None), ("on", True), ("off", False))


def switched(policy: Policy, setting: str) -> Group:
    """Return the group of one setting."""
    speakers = speakers_of(policy)
    rows = []
    for chosen in product(_VALUES, repeat=len(speakers)):
        said = [(who, word, value) for who, (word, value) in zip(speakers, chosen, strict=True)]
        turns = tuple(
            who.says({"setting": {setting: value}, "id": f"set-{setting}-{who.level}"[:64].lower()})
            for who, word, value in said
            if word
        )
        features = tuple((f"{setting} by {who.level}", word) for who, word, _ in said if word)
        rows.append(Row(features, turns, ("setting_authority",), levels_of(policy, turns)))
    rows.sort(key=lambda row: row.weight)
    ordered = tuple(rows)
    return Group(f"setting {setting}", ordered, (), said_more(policy, ordered, range(1, len(rows))))
