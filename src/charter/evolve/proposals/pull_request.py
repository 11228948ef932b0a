"""A proposal -> the text of a pull request: origins, figures, decisions, and what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from charter.evolve.proposals.adoption import findings_of
from charter.evolve.proposals.fold import ProposalState
from charter.evolve.proposals.validation import statement_lines
from charter.evolve.proposals.wording import read_facts
from charter.govern.incidents.escape import escaped

MOST = 50


def pull_request(state: ProposalState) -> str:
    """Return Markdown, in which what people wrote shows as words and does nothing."""
    facts = read_facts(state.words.facts)
    made, words = state.made, state.words
    what = f"A {made.kind} of `{_code(made.spec_name)}`, proposed by {escaped(made.by)}."
    texts = f"`{words.result}` comes out of `{facts['old']}`"
    parts = [
        f"# {escaped(made.title)}",
        f"{what} {escaped(made.reason)}",
        *_part("Origins", _origins(state)),
        *_part("What changes", _changes(facts)),
        *_part("What becomes stale", _stale(facts)),
        *_part("What people said of these clauses as they stand", _said(facts)),
        *_part("How models did on these sections", _past(facts)),
        *_part("Open questions", map(escaped, facts["questions"]), none="None is named."),
        *_part("Decisions", _decisions(state)),
        f"Proposal `{state.id}`, wording {words.number}: {texts}.",
    ]
    return "\n\n".join(parts) + "\n"


def figure(row: Mapping[str, Any]) -> str:
    """Return a figure of the facts with its interval, and whether it is about another text."""
    if row["value"] is None:
        return "too little is known"
    known = row["low"] is not None and row["high"] is not None
    bounds = f"95 %: {row['low']} to {row['high']}" if known else "no interval"
    other = {
        "another": "; of another version of the text",
        "unknown": "; of which text is not known",
    }
    return f"{row['value']} ({bounds}{other.get(row['text'], '')})"


def _part(title: str, lines: Iterable[str], *, none: str = "Nothing is known.") -> Iterator[str]:
    found = list(lines)
    yield f"## {title}"
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    yield "\n".join(f"- {each}" for each in (*found[:MOST], *more)) if found else none


def _origins(state: ProposalState) -> Iterator[str]:
    for each in state.made.origins:
        note = f": {escaped(each.note)}" if each.note else ""
        yield f"{each.kind} `{_code(each.id)}`{note}"


def _changes(facts: Mapping[str, Any]) -> Iterator[str]:
    yield from map(escaped, facts["sentences"])
    for each in facts["changes"]["first"]:
        where = (
            f"`{_code(each['id'] or each['section'])}`: " if each["id"] or each["section"] else ""
        )
        yield f"{where}{escaped(each['what'])} ({each['effect']})"


def _stale(facts: Mapping[str, Any]) -> Iterator[str]:
    for each in facts["stale"]["first"]:
        broken = ", broken" if each["broken"] else ""
        yield f"{each['kind']} `{_code(each['id'])}`{broken}: {escaped(each['why'])}"


def _said(facts: Mapping[str, Any]) -> Iterator[str]:
    for each in facts["agreement"]:
        what = "agree" if each["what"] == "agree" else "as the spec ranks"
        yield (
            f"`{_code(each['where'])}`, {escaped(each['source'])} ({escaped(each['channel'])}): "
            f"{what} {figure(each)}, {each['people']} people"
        )
    if facts["agreement_unknown"]:
        yield f"not known for {', '.join(f'`{_code(e)}`' for e in facts['agreement_unknown'][:20])}"


def _past(facts: Mapping[str, Any]) -> Iterator[str]:
    for each in facts["evaluations"]:
        yield (
            f"`{_code(each['section'])}`, {escaped(each['model'])}, run `{_code(each['run'])}`: "
            f"{figure(each)}, {each['scenarios']} scenarios"
        )
    unknown = facts["evaluations_unknown"]
    if unknown:
        yield f"not known for {', '.join(f'`{_code(each)}`' for each in unknown[:20])}"


def _decisions(state: ProposalState) -> Iterator[str]:
    for each in state.moves:
        survey = f", survey `{_code(each.survey)}`" if each.survey else ""
        yield f"{each.state}: {escaped(each.by)} ({each.role}){survey}: {escaped(each.reason)}"
    for vote in state.votes:
        yield f"{vote.verdict}: {escaped(vote.by)} ({vote.role}): {escaped(vote.reason)}"
    found = findings_of(state)
    if found.get("overridden"):
        yield "**adopted without its validation: overridden**"
    for line in statement_lines(found.get("validation") or {}):
        yield f"validation: {escaped(line)}"


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
