"""Two specs beside the people of a survey, as a site keeps them: editions, and who is singled out.

The same rule holds as for results (`voices_before`): each edition stays, and no two of them may
tell of too few people.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from charter.errors import ConfigError
from charter.evolve.results.cells import Exposed
from charter.evolve.results.results import Figure
from charter.evolve.results.two_specs import SpecDifference, SpecsCompared
from charter.evolve.results.two_specs_file import read_specs, specs_json
from charter.publish.voices import EARLIER
from charter.publish.voices_before import content_of, kept

PREFIX = f"{EARLIER}specs-"
_HAIR = 1e-5
"""By how much figures may differ that were rounded to be written."""


def as_text(of: SpecsCompared) -> str:
    """Return a comparison as the JSON that a site has of it."""
    return json.dumps(specs_json(of), indent=1, ensure_ascii=False) + "\n"


def earlier_address(of: SpecsCompared) -> str:
    """Return where an edition stands for good: named by what it holds."""
    return f"{PREFIX}{hashlib.sha256(as_text(of).encode()).hexdigest()[:32]}.json"


class SpecsEdition(NamedTuple):
    """A comparison as a build wrote it."""

    content: bytes
    compared: SpecsCompared


def spec_editions(folder: Path) -> dict[str, SpecsEdition]:
    """Return every edition that was published in a folder, by address.

    Raises ConfigError where one of them is gone or was changed.
    """
    names = (name for name in kept(folder) if name.startswith(PREFIX))
    return {
        name: SpecsEdition(content_of(folder, name), read_specs(folder / name)) for name in names
    }


def specs_singled_out(
    shown: Sequence[SpecsCompared], before: Sequence[SpecsCompared]
) -> tuple[Exposed, ...]:
    """Return which rows of comparisons tell of few people, beside each other and earlier ones.

    Agreement of people with a text is the same figure whatever other text stands beside it: two
    comparisons of one survey are held against each other by each text that both have.
    """
    found = (
        each
        for at, of in enumerate(shown)
        for other in (*shown[:at], *before)
        if _asked(of) == _asked(other)
        for each in _changed(other, of, max(of.smallest, other.smallest))
    )
    return tuple(dict.fromkeys(found))


def _asked(of: SpecsCompared) -> tuple[str, str]:
    return of.survey, "" if of.survey else of.source


def _changed(older: SpecsCompared, newer: SpecsCompared, smallest: int) -> Iterator[Exposed]:
    texts = {older.first, older.second} & {newer.first, newer.second}
    if not texts:
        return
    known = {(each.channel, each.scope, each.about): each for each in older.rows}
    for row in newer.rows:
        was = known.get((row.channel, row.scope, row.about))
        if was is None:
            continue
        then, now = _by_text(older, was), _by_text(newer, row)
        turned = row.items == was.items and any(_differ(then[text], now[text]) for text in texts)
        people = abs(row.people - was.people) or int(turned)
        if 0 < people < smallest:
            about = row.about or "all items"
            where = f"{row.channel}/{row.scope}/{about} by two specs"
            yield Exposed(where, people, "answers since an earlier edition")


def _by_text(of: SpecsCompared, row: SpecDifference) -> dict[str, Figure]:
    return {of.first: row.first, of.second: row.second}


def _differ(one: Figure, other: Figure) -> bool:
    return abs(one.value - other.value) > _HAIR


def check_specs(every: Sequence[SpecsCompared]) -> None:
    """Raise ConfigError where the same specs stand beside a survey twice, turned round too."""
    pairs = {(*_asked(each), frozenset((each.first, each.second))) for each in every}
    if len(pairs) < len(every):
        raise ConfigError("--voices: two specs were compared twice", hint="name each once")
