"""What of people's voices stands on a site already, and who could be singled out by all of it.

Each edition of results stays on the site for good, so that the next build sees all that readers
may have kept. Whatever one table less another would tell of too few people is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from charter.errors import ConfigError
from charter.evolve.results.bases import exposures_among
from charter.evolve.results.cells import Exposed
from charter.evolve.results.export import read_results, results_json
from charter.evolve.results.results import ChannelResult, ComparisonResult, Results, StatementResult
from charter.publish.voices import EARLIER, name_of
from charter.publish.write import listed
from charter.records.survey import CHANNELS

MOST_EARLIER = 300
"""Editions that one site keeps: each is compared with each of its survey."""


def as_text(results: Results) -> str:
    """Return results as the JSON that a site has of them."""
    return json.dumps(results_json(results), indent=1, ensure_ascii=False) + "\n"


def earlier_address(results: Results) -> str:
    """Return where an edition stands for good: named by what it holds."""
    digest = hashlib.sha256(as_text(results).encode()).hexdigest()
    return f"{EARLIER}{digest[:32]}.json"


def editions(folder: Path) -> dict[str, Results]:
    """Return every edition of results that was published in a folder, by address.

    Raises ConfigError where one of them is gone or was changed: then it is not known what readers
    have.
    """
    names = [name for name in listed(folder) or {} if name.startswith(EARLIER)]
    if len(names) > MOST_EARLIER:
        raise ConfigError(
            f"{folder} has {len(names)} editions of results; at most {MOST_EARLIER} are compared",
            hint="publish less often, or fewer surveys on one site",
        )
    return {name: _edition(folder, name) for name in sorted(names)}


def _edition(folder: Path, name: str) -> Results:
    file = folder / name
    if not file.is_file() or file.is_symlink():
        raise ConfigError(
            f"{file} is gone: what was shown of people before is not known",
            hint="put it back, as an earlier build wrote it",
        )
    found = read_results(file)
    if earlier_address(found) != name:
        raise ConfigError(
            f"{file} is not what an earlier build wrote", hint="put it back as it was"
        )
    return found


def singled_out(results: Sequence[Results], before: Sequence[Results] = ()) -> tuple[Exposed, ...]:
    """Return whoever could be singled out by what is to be published and what was.

    By each table, by one table less another, and by one edition less any earlier one. Raises
    ConfigError for tables whose parts overlap in more ways than can be looked at.
    """
    try:
        return exposures_among(results, before=before)
    except ValueError as cause:
        hint = "make it anew with `charter survey results --out`"
        raise ConfigError(f"--voices: {cause}", hint=hint) from cause


def check_results(results: Sequence[Results]) -> None:
    """Raise ConfigError for results that no site may show: made by hand, or the same ones twice."""
    seen: set[str] = set()
    for each in results:
        name = name_of(each)
        if name in seen:
            raise ConfigError(f"{name[:200]}: results of it were named twice", hint="name it once")
        seen.add(name)
        if each.rules.smallest < 2:
            raise ConfigError(f"{name[:200]}: its smallest cell is one person", hint="raise it")
        channels = [channel.channel for channel in each.channels]
        if len({*channels}) < len(channels) or not {*channels} <= {*CHANNELS}:
            raise ConfigError(f"{name[:200]}: its channels are not open and panel, once each")
        if any(map(_twice, each.channels)):
            raise ConfigError(
                f"{name[:200]}: a question or a trait stands in it twice",
                hint="make it anew with `charter survey results --out`",
            )
        for channel in each.channels:
            where = next(_unfounded(channel), "")
            if where:
                raise ConfigError(
                    f"{name[:200]}: {where} has a figure, but not of how many people",
                    hint="make it anew with `charter survey results --out`",
                )


def _twice(of: ChannelResult) -> bool:
    """Whether something stands in a channel twice: of the two, checks might see one only."""
    named: tuple[Sequence[object], ...] = (
        [
            *(each.item for each in of.statements),
            *(each.item for each in of.comparisons),
            *(each.item for each in of.rubrics),
        ],
        [(each.trait, each.option) for each in of.heard],
        [each.clause for each in of.clauses],
    )
    return any(len(set(every)) < len(every) for every in named)


def _unfounded(of: ChannelResult) -> Iterator[str]:
    """Yield where a figure stands without the number of its people: no check could see it."""
    for statement in of.statements:
        if _statement_unfounded(statement):
            yield f"{of.channel}/{statement.item}"
    for comparison in of.comparisons:
        yield from _comparison_unfounded(f"{of.channel}/{comparison.item}", comparison)
    for rubric in of.rubrics:
        shown = (rubric.mean, rubric.for_it, rubric.against_it)
        if rubric.people is None and any(each is not None for each in shown):
            yield f"{of.channel}/{rubric.item}"


def _comparison_unfounded(name: str, of: ComparisonResult) -> Iterator[str]:
    if of.asked_unacceptable is None and of.unacceptable:
        yield f"{name}/unacceptable"
    for scope in of.scopes:
        if scope.people is None and (scope.borda or scope.winner):
            yield f"{name}/{scope.scope}"
        for pair in scope.pairs:
            if pair.people is None and pair.share is not None:
                yield f"{name}/{scope.scope}/{pair.better}{pair.worse}"


def _statement_unfounded(of: StatementResult) -> bool:
    shown = (of.agreed, of.disagreed, of.passed, of.plain, of.weighted, of.unnoted, of.split)
    if of.seen is None and any(each is not None for each in shown):
        return True
    return any(view.seen is None and view.shares is not None for view in of.groups)
