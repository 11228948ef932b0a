"""What of people's voices stands on a site already, and who could be singled out by all of it.

Each edition of results stays on the site for good, so that the next build sees all that readers
may have kept. Whatever one table less another would tell of too few people is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from charter.errors import ConfigError
from charter.evolve.results.bases import exposures_among
from charter.evolve.results.cells import Exposed
from charter.evolve.results.export import MOST_BYTES, read_results, results_json
from charter.evolve.results.results import ChannelResult, ComparisonResult, Results, StatementResult
from charter.publish.voices import EARLIER, name_of
from charter.publish.write import MANIFEST, listed
from charter.records.survey import CHANNELS

MOST_EARLIER = 300
"""Editions that one site keeps: each is compared with each of its survey."""

_NAME = re.compile(re.escape(EARLIER) + r"(?:specs-)?[0-9a-f]{32}\.json", re.ASCII)
_PEOPLE = re.compile(r"\b([0-9][0-9,]{0,15}) people\b")


def as_text(results: Results) -> str:
    """Return results as the JSON that a site has of them."""
    return json.dumps(results_json(results), indent=1, ensure_ascii=False) + "\n"


def public(results: Results) -> Results:
    """Return results as a site shows them: the digest is of the figures, not of the answers.

    Whoever knows the ids of people, such as 1 to n of a table, could try what the few of a hidden
    cell may have said until the digest of all answers fits. Findings count few people as figures
    do: not at all.
    """
    few = results.rules.smallest
    said = tuple(_PEOPLE.sub(lambda at: _or_few(at, few), each) for each in results.findings)
    results = replace(results, findings=said)
    bare = as_text(replace(results, digest=""))
    return replace(results, digest=f"sha256:{hashlib.sha256(bare.encode()).hexdigest()}")


def _or_few(at: re.Match[str], smallest: int) -> str:
    return at[0] if int(at[1].replace(",", "")) >= smallest else f"fewer than {smallest} people"


def earlier_address(results: Results) -> str:
    """Return where an edition stands for good: named by what it holds."""
    digest = hashlib.sha256(as_text(results).encode()).hexdigest()
    return f"{EARLIER}{digest[:32]}.json"


class Edition(NamedTuple):
    """Results as a build wrote them, which may have been one of an earlier version of Charter."""

    content: bytes
    results: Results


def editions(folder: Path) -> dict[str, Edition]:
    """Return every edition of results that was published in a folder, by address.

    Raises ConfigError where one of them is gone or was changed: then it is not known what readers
    have.
    """
    names = (name for name in kept(folder) if not name.startswith(f"{EARLIER}specs-"))
    return {name: Edition(content_of(folder, name), read_results(folder / name)) for name in names}


def content_of(folder: Path, name: str) -> bytes:
    """Return an edition as it was written. Raises ConfigError where it is gone or was changed.

    No more is read than an edition may have: of anything longer the digest is another one.
    """
    file = folder / name
    linked = any(each.is_symlink() for each in (file, file.parent, file.parent.parent))
    if linked or not file.is_file():
        raise ConfigError(
            f"{file} is gone: what was shown of people before is not known",
            hint="put it back, as an earlier build wrote it",
        )
    with file.open("rb") as stream:
        content = stream.read(MOST_BYTES + 1)
    if not name.endswith(f"{hashlib.sha256(content).hexdigest()[:32]}.json"):
        raise ConfigError(
            f"{file} is not what an earlier build wrote", hint="put it back as it was"
        )
    return content


def kept(folder: Path) -> list[str]:
    """Return the addresses of all editions that a site has.

    Raises ConfigError for one that no build gives: it might lead out of the site.
    """
    names = _kept(listed(folder) or {})
    for name in names:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"{folder}: {name[:200]!r} is no edition of results that a build wrote",
                hint=f"put {MANIFEST} back as a build wrote it",
            )
    return names


def _kept(files: Collection[str]) -> list[str]:
    return sorted(name for name in files if name.startswith(EARLIER))


def check_room(folder: Path, addresses: Collection[str]) -> None:
    """Raise ConfigError where a site would keep more editions than it can, with those to come."""
    before = kept(folder)
    new = set(addresses).difference(before)
    if len(before) + len(new) > MOST_EARLIER:
        raise ConfigError(
            f"{folder} keeps {len(before)} editions of results, and {len(new)} more would be over "
            f"{MOST_EARLIER}",
            hint=f"publish into a new folder, with --shown-before {folder / EARLIER}",
        )


def check_alone(folder: Path, known: Collection[str], files: Mapping[str, str]) -> None:
    """Raise ConfigError where a site has editions that this build did not look at.

    `files` are those of the site, looked at while no other build can write. Between the check of
    what few people could be told apart by and now, another build may have put results there.
    """
    if set(_kept(files)).difference(known):
        raise ConfigError(
            f"another build has put results into {folder} since this one began",
            hint="nothing was written: build again",
        )


def shown_before(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files of what was shown elsewhere, those in folders too.

    Raises ConfigError for a folder without any, and for too many.
    """
    found: list[Path] = []
    for place in places:
        inside = sorted(place.glob("*.json")) if place.is_dir() else [place]
        if not inside:
            raise ConfigError(f"--shown-before: {place} has no results", hint="name a file")
        found += inside
    if len(found) > MOST_EARLIER:
        raise ConfigError(
            f"--shown-before: {len(found)} editions; at most {MOST_EARLIER} are compared",
            hint="name those of the surveys that are shown",
        )
    return tuple(found)


def singled_out(results: Sequence[Results], before: Sequence[Results] = ()) -> tuple[Exposed, ...]:
    """Return whoever could be singled out by what is to be published and what was.

    By each table, by one table less another, by one edition less any earlier one, and by answers
    that few changed. Raises ConfigError for tables whose parts overlap in more ways than can be
    looked at.
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
    shown = (
        *(of.agreed, of.disagreed, of.passed, of.plain, of.weighted),
        *(of.unnoted, of.unnoted_weighted, of.split),
    )
    if of.seen is None and any(each is not None for each in shown):
        return True
    return any(view.seen is None and view.shares is not None for view in of.groups)
