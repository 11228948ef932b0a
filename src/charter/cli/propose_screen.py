"""Proposals as lines of text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.edit import read_edits
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.pull_request import figure
from charter.evolve.proposals.tries import Try
from charter.evolve.proposals.validation import statement_lines
from charter.evolve.proposals.wording import read_facts
from charter.records.proposal import ProposalMoved, ProposalVoted

FORMAT = "charter-proposals/1"
_SHOWN = 20


def row(state: ProposalState) -> str:
    """Return a proposal in one line."""
    made = state.made
    late = "  OVERRIDDEN" if findings_of(state).get("overridden") else ""
    late += "  NOT YET IN THE TEXT" if state.unwritten else ""
    where = f"{made.spec_name}  {made.kind}  {state.state}"
    return f"{state.id}  {where}  {made.at}  {made.by}  {made.title}{late}"


def lines(state: ProposalState) -> Iterator[str]:
    """Yield everything of a proposal, for people. Raises LedgerError."""
    made, words, facts = state.made, state.words, read_facts(state.words.facts)
    yield f"{state.id}: {state.state}"
    yield f"  {made.title}"
    yield f"  {made.kind} of {made.spec_name}, by {made.by} at {made.at}: {made.reason}"
    for each in made.origins:
        yield f"  from {each.kind} {each.id}" + (f": {each.note}" if each.note else "")
    yield f"  wording {words.number} by {words.by} at {words.at}, of {facts['old']}"
    yield f"  the text with it: {words.result}"
    for line in _differences(state):
        yield f"    {line}"
    yield from (f"  {line}" for line in _known(facts))
    for each in facts["questions"]:
        yield f"  open: {each}"
    yield from _acts(state)


def _differences(state: ProposalState) -> Iterator[str]:
    for edit in read_edits(state.words.edits)[1]:
        for sign, text in (("-", edit.was), ("+", edit.now)):
            found = [each for each in text.splitlines() if each.strip()]
            yield from (f"{sign} {each[:300]}" for each in found[:_SHOWN])
            if len(found) > _SHOWN:
                yield f"{sign} … {len(found) - _SHOWN} more lines"


def _known(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from facts["sentences"]
    for part in facts["needs"]:
        over = part["section"] or ("the whole" if part["authority"] else "any section")
        yield f"has to agree: {part['people']}, each {' or '.join(part['roles'])} of {over}"
    stale = facts["stale"]
    for item in stale["first"][:_SHOWN]:
        yield f"stale: {item['kind']} {item['id']}: {item['why']}"
    if stale["count"] > _SHOWN:
        yield f"stale: {stale['count']} in all (--json has them)"
    for each in facts["agreement"][:_SHOWN]:
        what = "agree" if each["what"] == "agree" else "agreement with the spec's order"
        said = f"{each['where']}: {what} {figure(each)}, {each['people']} people"
        yield f"people said of it as it stands: {said}, {each['source']} ({each['channel']})"
    for each in facts["evaluations"][:_SHOWN]:
        yield f"models on {each['section']}: {figure(each)}, {each['model']}, run {each['run']}"
    for what, key in (("what people say of", "agreement"), ("how models do on", "evaluations")):
        unknown = facts[f"{key}_unknown"]
        if unknown:
            more = f" and {len(unknown) - 5} more" if len(unknown) > 5 else ""
            yield f"not known: {what} {', '.join(unknown[:5])}{more}"


def _acts(state: ProposalState) -> Iterator[str]:
    acts: list[ProposalMoved | ProposalVoted] = [*state.moves, *state.votes]
    for each in sorted(acts, key=lambda each: each.at):
        if isinstance(each, ProposalVoted):
            yield f"  {each.verdict} by {each.by} ({each.role}) at {each.at}: {each.reason}"
            continue
        survey = f", survey {each.survey}" if each.survey else ""
        yield f"  {each.state} by {each.by} ({each.role}) at {each.at}{survey}: {each.reason}"
    found = findings_of(state)
    if found.get("overridden"):
        last = state.moves[-1]
        yield f"  OVERRIDDEN by {last.by}: adopted without its validation: {last.reason}"
    for line in statement_lines(found.get("validation") or {}):
        yield f"  validation: {line}"
    if state.unwritten:
        yield f"  NOT YET IN THE TEXT: `charter propose adopt {state.id} SPEC` writes it"
    if state.applied:
        yield f"  in the spec since {state.applied.at}: {state.applied.after}"


def _asked(each: Try) -> dict[str, Any]:
    return {
        "survey": each.survey,
        "at": each.at,
        "number": each.number,
        "confidence": f"{each.confidence:.6f}",
        "about_these_words": each.current,
    }


def proposal_json(state: ProposalState, asked: Sequence[Try] | None = None) -> dict[str, Any]:
    """Return everything of a proposal as JSON values; `asked` are the surveys to validate it."""
    made, words, applied = state.made, state.words, state.applied
    return {
        "format": FORMAT,
        "id": state.id,
        "state": state.state,
        "title": made.title,
        "kind": made.kind,
        "reason": made.reason,
        "made": {"by": made.by, "at": made.at},
        "spec": {"name": made.spec_name, "version": made.spec_version, "digest": made.spec},
        "origins": [{"kind": e.kind, "id": e.id, "note": e.note} for e in made.origins],
        "wording": {
            "number": words.number,
            "by": words.by,
            "at": words.at,
            "result": words.result,
            "edits": [
                {"start": e.start, "was": e.was, "now": e.now} for e in read_edits(words.edits)[1]
            ],
            "facts": dict(read_facts(words.facts)),
        },
        "votes": [
            {"by": e.by, "role": e.role, "verdict": e.verdict, "at": e.at, "reason": e.reason}
            for e in state.votes
        ],
        "moves": [
            {
                "state": each.state,
                "by": each.by,
                "role": each.role,
                "at": each.at,
                "reason": each.reason,
                "survey": each.survey or None,
                "wording": each.wording,
            }
            for each in state.moves
        ],
        "validated_by": None if asked is None else [_asked(each) for each in asked],
        "adoption": dict(findings_of(state)) or None,
        "applied": applied
        and {"at": applied.at, "by": applied.by, "before": applied.before, "after": applied.after},
    }
