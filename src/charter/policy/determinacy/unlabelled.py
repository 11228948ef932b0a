"""Text without an authority: whether it binds at all is a reading of its own (R11)."""

from __future__ import annotations

from collections.abc import Iterator

from charter.policy.determinacy.row import Row, speakers_of
from charter.policy.policy import Policy


def unlabelled(policy: Policy, other: Policy) -> Iterator[Row]:
    """Yield what can be said of one section of each level that binds in `other` alone."""
    seen: set[str] = set()
    for rule in other.rules:
        if rule.id in policy.by_id or rule.authority in seen:
            continue
        seen.add(rule.authority)
        about = ("about", f"section {rule.id}, whose text has no authority")
        reads = ("unlabelled_text",)
        yield Row((about,), reads=reads, binding=rule.id)
        for at, speaker in enumerate(speakers_of(policy)):
            by = (("by", speaker.level),) if at else ()
            turns = (speaker.says({"override": [rule.id], "id": "said"}),)
            yield Row((about, ("overridden", "yes"), *by), turns, reads, binding=rule.id)
