"""Which ranges of a text `redact` removes.

A boundary removes what the patterns in its condition find in the text; one without such patterns,
or whose patterns find nothing in it as it is written, removes all of it. A check removes what it
names, or all. Where a text can be decided while it streams, the ranges are those of the stream.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.gateway.judging.finding import Why
from charter.gateway.judging.plan import Planned
from charter.gateway.judging.tables import Tables, all_ranges
from charter.gateway.look import Looked
from charter.gateway.stream.redact import joined, redactions
from charter.policy.decision import Effect

Ranges = tuple[tuple[int, int], ...]


def removed(
    tables: Tables,
    why: Iterable[Why],
    looked: Iterable[Looked],
    text: str,
    planned: Planned | None = None,
) -> Ranges:
    """Return the ranges of a text to be removed, sorted and apart. Raises RuntimeError.

    `planned` for output: there a range does not depend on how the text arrived.
    """
    outcomes = {each.id: outcome for each, _, outcome in looked}
    found: list[tuple[int, int]] = []
    for each in why:
        if each.effect is not Effect.REDACT:
            continue
        is_check = each.check in outcomes
        ranges: Iterable[tuple[int, int]] = ()
        if planned is not None:
            name = f"{'check' if is_check else 'boundary'}:{each.check}"
            patterns = planned.removing.get(name)
            ranges = () if patterns is None else redactions(patterns, text)
        if not ranges and is_check:
            ranges = outcomes[each.check].ranges
        elif not ranges and each.check in tables.boundaries:
            ranges = all_ranges(tables.searches(each.check), text)
        inside = [(max(0, start), min(end, len(text))) for start, end in ranges]
        found += [one for one in inside if one[0] < one[1]] or [(0, len(text))]
    return joined(found)
