"""When the words of a proposal may go into the spec, and the text that then comes out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charter.evolve.proposals.agreement import agreement, may_override, needed, role_to_move
from charter.evolve.proposals.edit import read_edits, stands
from charter.evolve.proposals.fold import NEXT, ProposalState
from charter.evolve.proposals.moves import why_no_move
from charter.evolve.proposals.refused import Refused
from charter.evolve.proposals.tries import Try, confidence, percent
from charter.evolve.proposals.validation import Validation, validation_json
from charter.evolve.proposals.wording import of_edits, read_facts, reworded
from charter.govern.roles import OVERRIDE, Roles
from charter.ledger.body import canonical
from charter.records.proposal import ADOPTED, ProposalMoved
from charter.spec.changes.diff import diff
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Spec

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,59}")
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^version:[^\r\n]*", re.MULTILINE)


def against(  # noqa: PLR0913 - what an adoption hangs on
    state: ProposalState,
    roles: Roles,
    found: Validation | None,
    *,
    by: str,
    override: bool,
    at: str,
) -> tuple[str, ...]:
    """Return everything that keeps somebody from adopting a proposal, one line each.

    `found` is what its validation came to; None where that is not known. With `override` it need
    not hold, for whoever has that role; approvals are needed all the same.
    """
    if ADOPTED not in NEXT[state.state]:
        return (f"it is {state.state}: only what was validated is adopted",)
    reasons = []
    if override:
        if not may_override(state, by, roles, at=at):
            what = f"has not the role {OVERRIDE} over all that changes"
            reasons.append(f"{by} proposed it, or {what}")
    else:
        why = why_no_move(state, ADOPTED, by, roles, at=at)
        reasons += [why] if why else []
        lacking = ("it is not known what its validation came to",)
        which = "the validation"
        if found is not None and found.number > 1:
            sure = percent(confidence(found.number))
            which += f" (survey number {found.number}, held against bounds of {sure} intervals)"
        reasons += lacking if found is None else [f"{which}: {e}" for e in found.reasons]
    return (*reasons, *agreement(state, roles, at=at).against)


def adopting(  # noqa: PLR0913 - the record, each part by name
    state: ProposalState,
    roles: Roles,
    found: Validation | None,
    *,
    asked: tuple[Try, ...],
    by: str,
    reason: str,
    override: bool,
    at: str,
) -> ProposalMoved:
    """Return the record of an adoption that nothing speaks against; `asked` are all `tries`."""
    role = OVERRIDE if override else role_to_move(state, by, roles, at=at)
    findings = {
        "validation": None if found is None else validation_json(found),
        "asked": [each.survey for each in asked],
        "overridden": override,
        "roles": roles.digest,
    }
    return ProposalMoved(
        state.id,
        state.numbers[1] + 1,
        at,
        by,
        role,
        ADOPTED,
        state.words.number,
        reason,
        "",
        canonical(findings),
    )


def findings_of(state: ProposalState) -> Mapping[str, Any]:
    """Return what was found when a proposal was adopted; empty where it is not."""
    last = state.moves[-1] if state.moves else None
    if last is None or last.state != ADOPTED:
        return {}
    try:
        found = json.loads(last.findings or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The text that an adoption makes of a spec."""

    text: str
    there: bool
    """Whether the new words stood in the text already."""


def outcome(
    state: ProposalState,
    spec: Spec,
    *,
    below: Effective | None = None,
    rebase: bool = False,
    version: str | None = None,
) -> Outcome:
    """Return the text with the new words; outside of them nothing changes, but for a version.

    `below` is what an overlay stands on. What the words change is found out anew, whatever the
    record says. Raises Refused where a stretch has changed, or where the words now change something
    else than people agreed to; SpecError where the text is no policy then.
    """
    base, edits = read_edits(state.words.edits)
    text = spec.source.text
    if stands(text, edits):
        return Outcome(with_version(spec, version) if version else text, there=True)
    found = of_edits(spec, edits, base=base, below=below, rebase=rebase)
    made, agreed = found.new.source.text, [list(each) for each in found.touched]
    if agreed != read_facts(state.words.facts).get("touched") or found.needs != needed(state):
        raise Refused(
            "in this text the words change other sections than people agreed to",
            hint="word it anew",
        )
    if version:
        made = with_version(reworded(spec, made), version)
    return Outcome(made, there=False)


def with_version(spec: Spec, version: str) -> str:
    """Return a spec's text with a version in its front matter. Raises Refused."""
    if not _VERSION.fullmatch(version):
        raise Refused(f"{version!r:.80} is no version", hint="such as 1.2.0 or 2026-11-22")
    text = spec.source.text
    front = _FRONT.match(text)
    if front is None:
        raise Refused("the spec has no front matter for a version", hint="leave --version out")
    line = f'version: "{version}"'
    found = _FIELD.search(text, front.start(1), front.end(1))
    end = "\r\n" if "\r\n" in front[0] else "\n"
    at, to, line = (
        (found.start(), found.end(), line) if found else (front.end(1),) * 2 + (line + end,)
    )
    made = text[:at] + line + text[to:]
    again = reworded(spec, made)
    if again.version != version or diff(spec, again).substance:
        raise Refused("the version cannot be set in this front matter", hint="set it by hand")
    return made
