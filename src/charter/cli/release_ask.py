"""`charter release ask SPEC`: what a version changes, what speaks against it, who has to agree."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from charter.cli.check import nearest
from charter.cli.overlay_option import overlay_option
from charter.cli.release_evidence import GateFile, gates_of, runs_of, stale_of, thresholds_of
from charter.cli.release_ledger import (
    EXIT_NO,
    acting,
    acting_options,
    folder_of,
    keep,
    opened_releases,
    refuse,
)
from charter.cli.release_screen import request_json, request_lines
from charter.cli.release_standing import files_of, objectives_of, standing_options
from charter.cli.release_texts import FOLDER, keep_texts, texts_of
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import now, settings_of
from charter.errors import ConfigError
from charter.govern.releases.facts import Differences, differences, facts_json
from charter.govern.releases.fold import Releases, ReleaseState
from charter.govern.releases.gate import MOST, Evidence, Found, refusals
from charter.govern.releases.need import Needs, needs
from charter.govern.releases.touched import Touched, touched
from charter.govern.roles import Roles
from charter.govern.roles_findings import UNKNOWN, file_findings, role_findings
from charter.ledger.ledger import Ledger
from charter.lint.check import check
from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.policy import Policy
from charter.records.release import ReleaseAsked
from charter.source import Finding, Severity
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.spec import Spec

MOST_NAME = 200
_REQUEST = re.compile(r"rel_[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True, slots=True)
class Version:
    """The documents that are to become official, compiled."""

    documents: tuple[Spec, ...]
    effective: Effective
    policy: Policy
    readings: Mapping[str, str]


@click.command("ask")
@click.argument("spec")
@overlay_option
@click.option(
    "--line",
    metavar="NAME",
    help="Its line of releases; else the name of the spec, or of its last overlay.",
)
@click.option(
    "--since",
    "since",
    multiple=True,
    metavar="PATH",
    help="A document of the release before, where no copy was kept; repeatable, the base first.",
)
@click.option(
    "--run",
    "runs",
    multiple=True,
    metavar="RUN",
    help="An evaluation of this text: an id, or `latest`; repeatable.",
)
@click.option(
    "--runs",
    "runs_place",
    type=click.Path(path_type=Path),
    default=Path("runs"),
    show_default=True,
    help="Folder of `charter eval --out`, or the ledger file in it.",
)
@click.option(
    "--gate",
    "gate_files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="What `charter gate --format json` wrote; repeatable.",
)
@standing_options
@click.option(
    "--texts",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help=f"Where texts of releases are kept; else `{FOLDER}` beside the ledger.",
)
@click.option(
    "--id",
    "request",
    metavar="ID",
    help="Id of the request, such as rel_2026-01, for scripts; each is taken once.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be found, and record nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@acting_options
def command(**given: Any) -> None:
    """Ask for a version of SPEC to become official.

    Compares it with the release before, says what that makes stale, what speaks against it and who
    has to agree, and records all of that. Exits with 1 where something speaks against it: then it
    takes an override, or another request once that is mended.
    """
    at = now()
    if given["request"] is not None and not _REQUEST.fullmatch(given["request"]):
        raise ConfigError(f"--id {given['request']!r:.80} is none", hint="such as rel_2026-01")
    person, roles = acting(given, at)
    version = _version(given)
    dry = given["dry_run"]
    with opened_releases(given, create=not dry, rehearse=dry) as (ledger, releases):
        line = _line(given, version, releases)
        head = releases.head(line)
        asked = _asked(given, version, head, roles, ledger, (person.id, at, line))
        if not dry:
            keep_texts(_folder(given), version.documents)
            keep(ledger, asked, wanted=asked.run, otherwise="this id is taken: name another")
        releases.poll(ledger)
        state = releases.get(asked.run) or ReleaseState(asked)
        if given["as_json"]:
            write_json(request_json(state, releases.status(state)))
        else:
            click.echo(plain("\n".join(request_lines(state, releases.status(state), changes=True))))
    if asked.refusals:
        raise click.exceptions.Exit(EXIT_NO)


def _version(given: Mapping[str, Any]) -> Version:
    documents = (load(given["spec"]), *map(load, given["overlays"]))
    effective = layer(documents[0], *documents[1:])
    readings = dict(settings_of(dict(given)).request.readings)
    return Version(
        documents, effective, compile_policy(effective, readings=readings or None), readings
    )


def _line(given: Mapping[str, Any], version: Version, releases: Releases) -> str:
    """Return the line of a request, and say so where it is a new one beside others."""
    name = str(given["line"] or version.policy.name).strip()
    if not 0 < len(name) <= MOST_NAME or not name.isprintable():
        raise ConfigError(f"{name!r:.80} is no name of a line", hint="name one with --line")
    known = list(releases.heads())
    if known and name not in known:
        among = ", ".join(known[:5])
        note(plain(f"{name} is a new line of releases, beside {among}; --line names one of these"))
    return name


def _asked(  # noqa: PLR0913, PLR0917 - what a request is made of
    given: Mapping[str, Any],
    version: Version,
    head: ReleaseState | None,
    roles: Roles,
    ledger: Ledger,
    by: tuple[str, str, str],
) -> ReleaseAsked:
    """Return the request; `by` is who asks, when, and for which line.

    Exits where the version is official already.
    """
    policy, at = version.policy, by[1]
    digests = tuple(each.digest for each in version.documents)
    if head is not None and head.asked.policy == policy.digest and head.asked.documents == digests:
        number = head.released.number if head.released else 0
        refuse(by[2], [f"it is official already, as release {number} ({head.id})"])
    found, old = _before(given, version, head)
    changed = touched(old, policy, found.diffs)
    wanted = needs(changed, policy.ladder)
    gates = gates_of(given["gate_files"])
    evidence = Evidence(
        texts=frozenset({version.effective.digest, *(each.digest for each in found.changed)}),
        level=wanted.level,
        first=head is None,
        spec_errors=tuple(_spec_errors(version)),
        role_errors=tuple(_role_errors(version, roles, at)),
        runs=tuple(runs_of(given["runs"], given["runs_place"])),
        stale=found.scenarios,
        gates=tuple(each.state for each in gates),
        thresholds=thresholds_of(given, roles, at),
        objectives=objectives_of(given, ledger, _root(policy), at),
    )
    return ReleaseAsked(
        run=given["request"] or f"rel_{secrets.token_hex(16)}",
        at=at,
        by=by[0],
        spec_name=by[2],
        spec_version=version.effective.spec.version,
        policy=policy.digest,
        documents=digests,
        before=head.id if head else "",
        level=wanted.level,
        facts=_facts(given, version, found, changed, wanted, evidence, gates),
        refusals=refusals(evidence),
        needed=wanted.people,
        roles=wanted.roles,
        roles_digest=roles.digest,
    )


def _before(
    given: Mapping[str, Any], version: Version, head: ReleaseState | None
) -> tuple[Differences, Policy | None]:
    """Return what changed since the release before, and its policy; None for the first."""
    if head is None:
        return differences((), version.documents), None
    documents, readings = texts_of(head.asked, _folder(given), given["since"])
    old = compile_policy(layer(documents[0], *documents[1:]), readings=readings or None)
    return differences(documents, version.documents), old


def _facts(  # noqa: PLR0913, PLR0917 - what they are made of
    given: Mapping[str, Any],
    version: Version,
    found: Differences,
    changed: tuple[Touched, ...],
    wanted: Needs,
    evidence: Evidence,
    gates: Sequence[GateFile],
) -> str:
    return facts_json(
        found,
        documents=version.documents,
        changed=changed,
        needs=wanted,
        evidence=evidence,
        items=stale_of(found, given["runs_place"]),
        readings=version.readings,
        files={each.state.name: each.digest for each in gates},
        standing=files_of(given),
        root=_root(version.policy),
    )


def _root(policy: Policy) -> frozenset[str]:
    highest = policy.ladder.levels[0].name
    return frozenset(rule.id for rule in policy.rules if rule.authority == highest)


def _folder(given: Mapping[str, Any]) -> Path | None:
    folder: Path | None = given["texts"]
    beside = folder_of(dict(given))
    return folder if folder is not None else beside and beside / FOLDER


def _spec_errors(version: Version) -> list[Found]:
    """Return the errors that `charter check` finds in the documents."""
    found: list[Finding] = []
    for place, spec in enumerate(version.documents):
        below = layer(*version.documents[:place]) if place else None
        found += check(spec, nearest(spec.source.path), below=below).findings
    return [
        Found(each.rule, f"{each.location}: {each.message}")
        for each in found
        if each.severity is Severity.ERROR
    ][: 2 * MOST]


def _role_errors(version: Version, roles: Roles, at: str) -> list[Found]:
    """Return the errors of the roles over these documents; a file may be about other specs too."""
    found = [each for spec in version.documents for each in role_findings(roles, spec, at=at)]
    found += file_findings(roles, version.documents, at=at)
    return [
        Found(each.rule, each.message)
        for each in found
        if each.severity is Severity.ERROR and each.rule != UNKNOWN
    ]
