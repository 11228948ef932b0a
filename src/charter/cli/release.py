"""`charter release`: make a version of a spec official."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from charter.cli import release_ask
from charter.cli.free_text import FREE_TEXT
from charter.cli.reason import reason_of
from charter.cli.release_evidence import thresholds_of
from charter.cli.release_ledger import (
    acting,
    acting_options,
    found,
    keep,
    key_of,
    key_option,
    opened_releases,
    refuse,
    verifier_of,
)
from charter.cli.release_screen import request_json, request_lines, row
from charter.cli.release_standing import files_of, objectives_of, standing_options
from charter.cli.screen import note, plain, write_json
from charter.cli.vault_options import config_option, ledger_place, now
from charter.govern.releases.facts import facts_of, needs_of, root_of
from charter.govern.releases.fold import (
    APPROVE,
    DENIED,
    DENY,
    OUTDATED,
    RELEASED,
    WITHDRAWN,
    Releases,
    ReleaseState,
)
from charter.govern.releases.gate import BREACHED, named, standing
from charter.govern.releases.outcome import Ending, record_outcome
from charter.govern.releases.publish import released
from charter.govern.releases.statement import check
from charter.govern.releases.tally import hindrances, may_override, person_of
from charter.govern.roles import APPROVER, ON_CALL, OVERRIDE, OWNER, Person, Roles
from charter.ledger.ledger import Ledger
from charter.records.release import ReleaseOverridden, ReleaseVoted, ReleaseWithdrawn

_ID = click.argument("request", metavar="ID")
_OVER = {
    DENIED: "it was denied: ask again",
    RELEASED: "it is released already",
    WITHDRAWN: "it was withdrawn: ask again",
    OUTDATED: "another version was released or withdrawn since it was asked for: ask again",
}
_WITHDRAW = (OWNER, APPROVER, ON_CALL, OVERRIDE)


@click.group("release")
def command() -> None:
    """Make a version of a spec official: ask, approve, publish.

    A release is a signed statement in the ledger. It is refused, with every reason, where
    evidence is missing or speaks against it; a named role may override that with a reason, which
    shows from then on. A gateway can be told to serve released policies only.
    """


command.add_command(release_ask.command)


@command.command("approve")
@_ID
@click.option(
    "--note", "said", type=FREE_TEXT, default="", help="A word on it; it stays in the ledger."
)
@acting_options
def approve_command(**given: Any) -> None:
    """Approve a version that somebody else asked for."""
    _vote(given, APPROVE, given["said"])


@command.command("deny")
@_ID
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@acting_options
def deny_command(**given: Any) -> None:
    """Deny a version: it takes a new request."""
    _vote(given, DENY, reason_of(given))


def _vote(given: dict[str, Any], verdict: str, said: str) -> None:
    at = now()
    person, roles = acting(given, at)
    with opened_releases(given) as (ledger, releases):
        state = _open(releases, given["request"])
        role = _role_to_agree(state, person, roles, at)
        vote = ReleaseVoted(state.id, at, person.id, role, verdict, " ".join(said.split())[:2000])
        if any(person_of(roles, each.by) == person_of(roles, person.id) for each in state.votes):
            refuse(state.id, [f"{person.id} has decided already"])
        _record(ledger, releases, state, vote)
        _tell(releases, state.id, roles, at)


def _role_to_agree(state: ReleaseState, person: Person, roles: Roles, at: str) -> str:
    """Return the role by which somebody decides. Exits where there is none."""
    if person_of(roles, state.asked.by) == person_of(roles, person.id):
        refuse(state.id, [f"{person.id} asked for it: somebody else has to agree"])
    held = (part.met_by(person.id, roles, at) for part in needs_of(state.asked).parts)
    role = next(filter(None, held), None)
    if role is None:
        among = " or ".join(state.asked.roles)
        refuse(state.id, [f"{person.id} is no {among} of anything that changed"])
    return role


@command.command("override")
@_ID
@click.option("--role", default=OVERRIDE, show_default=True, help="The role by which it is done.")
@click.option("--reason", required=True, help="Why; it stays wherever the release is shown.")
@acting_options
def override_command(**given: Any) -> None:
    """Set aside everything that speaks against a version. Approvals are needed all the same."""
    at, reason = now(), reason_of(given)
    person, roles = acting(given, at)
    with opened_releases(given) as (ledger, releases):
        state = _open(releases, given["request"])
        if given["role"] != OVERRIDE:
            refuse(state.id, [f"only the role {OVERRIDE} may do this"])
        if not state.open_refusals:
            refuse(state.id, ["nothing speaks against it"])
        if not may_override(person.id, state, needs_of(state.asked), roles, at):
            who = f"{person.id} asked for it, or has not the role {OVERRIDE} over all that changed"
            refuse(state.id, [who])
        aside = tuple(dict.fromkeys(named(each) for each in state.open_refusals))
        record = ReleaseOverridden(state.id, at, person.id, OVERRIDE, reason, aside)
        keep(ledger, record, wanted=state.id, otherwise="somebody overrode it meanwhile")
        releases.poll(ledger)
        _tell(releases, state.id, roles, at)


@command.command("publish")
@_ID
@key_option
@standing_options
@acting_options
def publish_command(**given: Any) -> None:
    """Sign the statement that a version is official, and record it.

    Votes are counted by the roles that hold now; thresholds, objectives and open breaches are
    looked at again. Exits with 1 and every reason where it may not be.
    """
    at = now()
    person, roles = acting(given, at)
    with opened_releases(given) as (ledger, releases):
        state = _open(releases, given["request"])
        needs = needs_of(state.asked)
        against = (
            *hindrances(state, needs, roles, at=at),
            *_since(state, given, ledger, roles, at),
        )
        if against:
            refuse(state.id, against)
        made = released(state, needs, roles, releases, key_of(given, ledger), by=person.id, at=at)
        _record(ledger, releases, state, made)
    click.echo(plain(f"{state.id}: released as #{made.number} of {made.run} by {person.id}"))
    if state.override:
        note(plain(f"overridden by {state.override.by}: {state.override.reason}"))


def _since(
    state: ReleaseState, given: dict[str, Any], ledger: Ledger, roles: Roles, at: str
) -> Iterator[str]:
    """Yield what came to speak against a request since it was made, or is not looked at again."""
    thresholds = thresholds_of(given, roles, at)
    objectives = objectives_of(given, ledger, root_of(state.asked), at)
    known = {named(each) for each in state.asked.refusals}
    for each in standing(thresholds, objectives, first=not state.asked.before):
        if named(each) not in known:
            yield f"{named(each)}: {each.what}; it was not so when it was asked for: ask again"
    facts, named_now = facts_of(state.asked), files_of(given)
    for what, was in facts.get("standing", {}).items():
        if named_now.get(what, was) != was:
            yield f"--{what} names another than it was asked for with: ask again"
    evidence = facts["evidence"]
    for kind, now_there in (("thresholds", thresholds), ("objectives", objectives)):
        seen = {each.name for each in now_there}
        if any(each["name"] not in seen for each in evidence[kind] if each["state"] != BREACHED):
            yield f"{kind} were looked at when it was asked for: name them with --{kind} again"


@command.command("withdraw")
@_ID
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@acting_options
def withdraw_command(**given: Any) -> None:
    """Take back a request, or make a released version official no more."""
    at, reason = now(), reason_of(given)
    person, roles = acting(given, at)
    with opened_releases(given) as (ledger, releases):
        state = found(releases, given["request"])
        if state.withdrawn:
            refuse(state.id, ["it was withdrawn already"])
        held = (role for role in _WITHDRAW if person.id in roles.anywhere(role, at=at))
        role = next(held, "")
        own = person_of(roles, state.asked.by) == person_of(roles, person.id)
        if not role and (state.released or not own):
            refuse(state.id, [f"{person.id} is none of {', '.join(_WITHDRAW)}"])
        record = ReleaseWithdrawn(state.id, at, person.id, role, reason)
        _record(ledger, releases, state, record)
        head = releases.head(state.asked.spec_name)
    click.echo(plain(f"{state.id}: withdrawn by {person.id}"))
    if state.released:
        left = f"#{head.released.number} ({head.id})" if head and head.released else "none"
        note(plain(f"official now: {left}"))


@command.command("list")
@click.option("--spec", metavar="NAME", help="Releases of this spec only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@ledger_place
@config_option
def list_command(**given: Any) -> None:
    """List requests and releases, oldest first."""
    with opened_releases(given) as (_, releases):
        states = [each for each in releases.all() if given["spec"] in (None, each.asked.spec_name)]
        if given["as_json"]:
            rows = [request_json(each, releases.status(each)) for each in states]
            write_json({"releases": [{k: v for k, v in r.items() if k != "facts"} for r in rows]})
            return
        for each in states:
            click.echo(plain(row(each, releases.status(each))))
    if not states:
        note("nobody has asked for a release yet")


@command.command("show")
@_ID
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with everything found.")
@click.option("--statement", is_flag=True, help="Print the signed statement, and nothing else.")
@key_option
@ledger_place
@config_option
def show_command(**given: Any) -> None:
    """Show a request: what changed, what was found, who agreed, and its statement."""
    with opened_releases(given) as (_, releases):
        state = found(releases, given["request"])
        status = releases.status(state)
    key = verifier_of(given)
    checked = check(state.released, [key.key]) if key and state.released else None
    if given["statement"]:
        if state.released is None:
            refuse(state.id, ["it is not released"])
        click.echo(state.released.note, nl=False)
    elif given["as_json"]:
        write_json(request_json(state, status, checked))
    else:
        click.echo(plain("\n".join(request_lines(state, status))))
        if state.released:
            worth = "not checked: the key is not here" if checked is None else checked.reason
            click.echo(plain(f"  signature: {worth or 'holds'}"))


def _open(releases: Releases, wanted: str) -> ReleaseState:
    """Return a request on which somebody may still act. Exits where nobody may."""
    state = found(releases, wanted)
    over = _OVER.get(releases.status(state))
    if over:
        refuse(state.id, [over])
    return state


def _record(ledger: Ledger, releases: Releases, state: ReleaseState, made: Ending) -> None:
    """Record a decision. Exits where somebody else was quicker, and says how it ended."""
    why = record_outcome(ledger, releases, state, made)
    if why:
        refuse(state.id, [why])


def _tell(releases: Releases, request: str, roles: Roles, at: str) -> None:
    """Say how a request stands now, and what it still takes."""
    state = releases.get(request)
    if state is None:
        return
    left = hindrances(state, needs_of(state.asked), roles, at=at)
    click.echo(plain(f"{state.id}: {releases.status(state)}"))
    for each in left:
        click.echo(plain(f"  {each}"))
    if not left:
        click.echo(plain(f"  ready: charter release publish {state.id}"))
