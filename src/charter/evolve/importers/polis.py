"""Votes of a Polis conversation: the folder of its export.

Of several votes of one person on one statement the last one counts, by its time. The signs of
votes are compared with the counts of comments.csv: where they are the opposite ones, nothing is
read unless `--flip-signs` says so. Nor is a table of participants alone whose gaps were filled
with 0. Statements that a moderator took out are kept and withheld from figures of groups. The
groups of the export are kept beside: they are one algorithm's view.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from charter.errors import ConfigError
from charter.evolve.importer import Imported, Wanted, check_wanted
from charter.evolve.intake.gathering import Gathering, clean
from charter.evolve.intake.labels import read_labels
from charter.evolve.intake.place import finding, some
from charter.evolve.intake.polis_files import Export, Participant, read_export
from charter.evolve.intake.polis_votes import (
    Agreement,
    Compared,
    Resolved,
    agreement,
    compare_wide,
    filled_with_zero,
    resolve_votes,
)
from charter.evolve.voices import Asked

_MODERATED_OUT = -1


def read(wanted: Wanted) -> Imported:
    """Return a conversation. Raises ConfigError, also where signs are the opposite ones."""
    check_wanted(wanted, reads=frozenset({"labels", "flip_signs"}))
    export = read_export(Path(wanted.path))
    _refuse_filled(export)
    resolved = _resolved(export)
    fit = _fit(export, resolved)
    sign = _sign(fit, wanted, export)
    found = Gathering(_source(wanted, export), wanted.channel, wanted.clauses)
    for comment in export.comments.values():
        withheld = comment.moderated == _MODERATED_OUT
        found.ask(Asked(comment.id, "statement", comment.text, withheld=withheld))
    found.votes = resolved.votes
    if sign < 0:
        found.votes = {cell: -value for cell, value in resolved.votes.items()}
    for who in sorted({*(export.participants or {}), *(who for who, _ in found.votes)}):
        found.person(who)
    _published(found, export, wanted)
    _say_votes(found, export, resolved)
    _say_signs(found, fit, sign, export)
    facts = _facts(found, export, resolved, fit, sign)
    if export.participants is not None:
        compared = compare_wide(resolved.votes, export.participants)
        _say_wide(found, compared, export)
        facts["participants_votes"] = {
            "differing": len(compared.differing),
            "only_in_it": len(compared.only_wide),
            "only_in_votes": len(compared.only_long),
            "wrong_totals": len(compared.wrong_totals),
        }
    return Imported(found.voices(), facts)


def _resolved(export: Export) -> Resolved:
    if export.events is not None:
        alone = resolve_votes(export.events, None)
        table = export.participants
        if not alone.open or table is None or compare_wide(alone.votes, table).flipped:
            return alone  # a table with the opposite sign settles nothing
        return resolve_votes(export.events, table)
    wide: dict[str, Participant] = dict(export.participants or {})
    votes = {(who, item): v for who, each in wide.items() for item, v in each.votes.items()}
    return Resolved(votes, 0, [], [])


def _refuse_filled(export: Export) -> None:
    """Raise ConfigError where the table is all there is, and its gaps were filled with 0."""
    wide = export.participants
    if export.events is not None or not wide:
        return
    filled = filled_with_zero(wide)
    if filled > len(wide) / 2:
        raise ConfigError(
            f"{export.folder}: participants-votes.csv has 0 where nobody voted: in {filled:,} of "
            f"{len(wide):,} rows there are more votes than its n-votes, and those too many are 0",
            hint="what nobody saw has to stay empty: export it again, or add votes.csv",
        )


def _fit(export: Export, resolved: Resolved) -> Agreement:
    every: Iterator[tuple[str, int]]
    if export.events is None:
        every = ((item, value) for (_, item), value in resolved.votes.items())
    else:
        every = ((each.comment, each.value) for each in export.events)
    return agreement(export.comments, every, resolved.votes)


def _sign(fit: Agreement, wanted: Wanted, export: Export) -> int:
    """Return what votes are multiplied with. Raises ConfigError where the counts speak against."""
    inverted = fit.inverted
    if inverted and not wanted.flip_signs:
        raise ConfigError(
            f"{export.folder}: the votes have the opposite sign of the counts in comments.csv "
            f"(off by {fit.distance:,} votes as they are, by {fit.distance_flipped:,} flipped)",
            hint="--flip-signs reads them so",
        )
    if wanted.flip_signs and inverted is False:
        raise ConfigError(
            f"{export.folder}: --flip-signs, but the votes have the sign of the counts in "
            f"comments.csv (off by {fit.distance:,} votes, by {fit.distance_flipped:,} flipped)",
            hint="leave it out",
        )
    return -1 if wanted.flip_signs else 1


def _source(wanted: Wanted, export: Export) -> str:
    if wanted.source:
        return wanted.source
    topic, url = (clean(export.summary.get(each, ""))[:300] for each in ("topic", "url"))
    said = f": {topic}" if topic else ""
    return f"Polis export{said}{f' ({url})' if url else ''}"


def _published(found: Gathering, export: Export, wanted: Wanted) -> None:
    if wanted.labels is not None:
        found.published, findings = read_labels(wanted.labels, found.people)
        found.findings += findings
        return
    for who, each in (export.participants or {}).items():
        if each.group:
            found.published[who] = each.group


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _say_votes(found: Gathering, export: Export, resolved: Resolved) -> None:
    votes = str(export.folder / "votes.csv")
    if export.events is None:
        what = "votes are those of participants-votes.csv: how often people changed is not known"
        found.findings.append(finding("no-events", str(export.folder), what, severe=False))
    if resolved.revoted:
        what = f"{_times(resolved.revoted)} somebody voted again: the last vote counts, by its time"
        found.findings.append(finding("re-votes", votes, what, severe=False))
    if resolved.settled:
        what = (
            f"{_times(len(resolved.settled))} different votes at one time, settled by "
            "participants-votes.csv"
        )
        found.findings.append(finding("same-time", votes, what, about=resolved.settled))
    if resolved.open:
        what = f"{_times(len(resolved.open))} different votes at one time: left out"
        found.findings.append(finding("same-time", votes, what, about=resolved.open))
    strange = sorted({item for _, item in found.votes} - set(export.comments))
    if strange:
        what = f"votes on statements that comments.csv does not have: {some(strange)}"
        found.findings.append(finding("unknown-statement", votes, what, hint="withheld"))
    for item in strange:
        found.ask(Asked(item, "statement", "", withheld=True))


def _say_signs(found: Gathering, fit: Agreement, sign: int, export: Export) -> None:
    comments = str(export.folder / "comments.csv")
    if sign < 0:
        what = "signs were flipped, as --flip-signs said"
        found.findings.append(finding("flipped-signs", comments, what))
    if fit.inverted is None:
        what = "the counts cannot tell whether 1 agrees or disagrees"
        found.findings.append(finding("signs-unknown", comments, what))
    every, last = (fit.every, fit.last) if sign > 0 else (fit.every_flipped, fit.last_flipped)
    if max(every, last) < fit.statements:
        what = (
            f"counts of agree and disagree are those published for {max(every, last):,} of "
            f"{fit.statements:,} statements; not for {some(list(fit.differing)) or 'some'}"
        )
        found.findings.append(finding("counts-differ", comments, what))
    elif last < every:
        what = (
            "its counts have every vote, re-votes too: with the last votes alone, "
            f"{every - last:,} of {fit.statements:,} statements have fewer"
        )
        found.findings.append(finding("counts-every-vote", comments, what, severe=False))


def _say_wide(found: Gathering, compared: Compared, export: Export) -> None:
    where = str(export.folder / "participants-votes.csv")

    def say(rule: str, keys: list[str], what: str) -> None:
        if keys:
            text = f"{len(keys):,} {what}; votes.csv counts"
            found.findings.append(finding(rule, where, text, about=keys))

    if compared.flipped:
        what = "its votes have the opposite sign of those in votes.csv, which counts"
        found.findings.append(finding("participants-flipped", where, what))
    say("participants-differ", compared.differing, "votes are others in votes.csv")
    say("participants-differ", compared.only_wide, "votes are not in votes.csv")
    say("participants-differ", compared.only_long, "votes are only in votes.csv")
    say("participants-totals", compared.wrong_totals, "participants have other totals than votes")


def _facts(
    found: Gathering, export: Export, resolved: Resolved, fit: Agreement, sign: int
) -> dict[str, Any]:
    """Return the counts, and add a finding for each total of summary.csv that is another."""
    counted = {
        "voters": len({who for who, _ in found.votes}),
        "comments": len(export.comments),
        "commenters": len({each.author for each in export.comments.values()}),
        "groups": len({each.group for each in (export.participants or {}).values()} - {""}),
    }
    totals = {}
    where = str(export.folder / "summary.csv")
    for name, count in counted.items():
        published = export.summary.get(name, "").strip()
        totals[name] = {"published": published, "found": count}
        if published and published != str(count):
            what = f"{name}: {published[:40]} are published, {count:,} are there"
            found.findings.append(finding("totals-differ", where, what))
    return {
        "totals": totals,
        "events": len(resolved.votes) if export.events is None else len(export.events),
        "votes": len(found.votes),
        "revoted": resolved.revoted,
        "same_time_settled": len(resolved.settled),
        "same_time_left_out": len(resolved.open),
        "withheld": sum(each.withheld for each in found.asked.values()),
        "signs": "flipped" if sign < 0 else "as they are",
        "statements": fit.statements,
        "equal_with_every_vote": fit.every if sign > 0 else fit.every_flipped,
        "equal_with_last_votes": fit.last if sign > 0 else fit.last_flipped,
        "differing_statements": list(fit.differing),
    }
