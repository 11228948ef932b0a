"""Records -> training and validation, by digest, with a share of each section in both.

All records of one source stay together: a pair of answers to one conversation must not be torn
apart. The choice depends on the ids of the sources alone, so a new example moves few others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from charter.source import digest_of


class Parts(NamedTuple):
    """Records in two parts, each in the order given."""

    train: list[Mapping[str, Any]]
    validation: list[Mapping[str, Any]]


def split(records: Sequence[Mapping[str, Any]], share: float) -> Parts:
    """Put about `share` (between 0 and 1) of the sources of each section into validation.

    What a section is owed and cannot give as a whole source is carried over to the next, so that
    the whole comes within one source of the share.
    """
    by_section: dict[str, set[str]] = {}
    for record in records:
        by_section.setdefault(record["section"], set()).add(record["source"])
    chosen: set[tuple[str, str]] = set()
    owed = 0.0
    for section, sources in by_section.items():
        owed += share * len(sources)
        count = min(round(owed), len(sources) - 1) if len(sources) > 1 else int(owed >= 1)
        count = max(count, 0)
        owed -= count
        ranked = sorted(sources, key=lambda source: digest_of(f"{section}/{source}"))
        chosen |= {(section, source) for source in ranked[:count]}
    validation = [r for r in records if (r["section"], r["source"]) in chosen]
    train = [r for r in records if (r["section"], r["source"]) not in chosen]
    return Parts(train, validation)
