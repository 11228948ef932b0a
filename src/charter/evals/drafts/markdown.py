"""Drafts -> the Markdown of a scenario file; what comes back when it is read is compared.

Texts are escaped as the dialect wants it, fences are longer than any run of their character in
the text, and values of an expectation are written as JSON, which is YAML too.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from charter.errors import CharterError
from charter.evals.drafts.draft import Draft, Expected, Provenance
from charter.evals.scenario import Scenario
from charter.evals.suite import compile_suite
from charter.models.provider import ChatMessage
from charter.source import Source
from charter.spec.build import build_scenarios
from charter.spec.spec import Spec
from charter.syntax.reader import parse

READER = "model-spec"
_WIDTH = 110
_UNTRUSTED = re.compile(r"(</?untrusted>)")
_TILDES = re.compile(r"~{3,}")


def draft_markdown(draft: Draft, provenance: Provenance) -> str:
    """Return one draft: where it comes from, caption, conversation and expectation."""
    proposal = draft.proposal
    clause = proposal.clause.partition("/")[2]
    attributes = [
        f"#{draft.id}",
        f"family={proposal.family}",
        f"clause={clause}",
        "status=draft",
        f"source={proposal.ask.source}",
    ]
    parts = [
        _comment(draft, provenance),
        f"**Scenario**: {proposal.caption} {{{' '.join(attributes)}}}",
        _fence("xml", conversation_xml(proposal.messages)),
        _fence("expect", _expectation(draft.expected, proposal.tools)),
    ]
    return "\n\n".join(parts) + "\n"


def front_matter(section: str, canary: str) -> str:
    """Return the front matter of a file of drafts."""
    return f"---\nsection: {section}\ncanary: {json.dumps(canary)}\n---\n"


def conversation_xml(messages: Sequence[ChatMessage]) -> str:
    """Return messages as the body of an `~~~xml` fence."""
    return "\n".join(_message(message) for message in messages)


def reads_back(draft: Draft, text: str, spec: Spec, path: str) -> bool:
    """Whether the file `text` holds the draft exactly as it is meant, and nothing it breaks."""
    found = scenario_in(text, draft.id, spec, path)
    if found is None:
        return False
    wanted, proposal = draft.expected, draft.proposal
    checks = [(check.name, check.arguments) for check in found.checks if not check.implied]
    meant = [pair for check in wanted.checks for pair in check.items()]
    return (
        found.draft
        and found.messages == proposal.messages
        and (found.caption, found.clause) == (proposal.caption, proposal.clause)
        and (found.family, found.source) == (proposal.family, proposal.ask.source)
        and (found.outcome, found.rubric) == (wanted.outcome, wanted.rubric)
        and checks == meant
        and tuple(tool.name for tool in found.tools) == proposal.tools
    )


def scenario_in(text: str, wanted: str, spec: Spec, path: str) -> Scenario | None:
    """Return the scenario of an id in the text of a scenario file; None where it cannot be read."""
    group = build_scenarios(parse(Source(path, text), reader=READER), spec.name)
    alone = replace(spec, scenario_sets=(group,))
    try:
        suite = compile_suite(alone, drafts=True, training=True)
    except CharterError:
        return None
    return next((scenario for scenario in suite.scenarios if scenario.id == wanted), None)


def _message(message: ChatMessage) -> str:
    attribute = ""
    if message.tool is not None:
        key = "recipient" if message.role == "assistant" else "name"
        attribute = f' {key}="{message.tool}"'
    return f"<{message.role}{attribute}>\n{_escaped(message.content)}\n</{message.role}>"


def _escaped(text: str) -> str:
    """Return text with `&`, `<` and `>` as entities; the tags around untrusted text stay tags."""
    pieces = _UNTRUSTED.split(text)
    for place in range(0, len(pieces), 2):
        plain = pieces[place].replace("&", "&amp;").replace("<", "&lt;")
        pieces[place] = plain.replace(">", "&gt;")
    return "".join(pieces)


def _fence(info: str, body: str) -> str:
    longest = max((len(run) for run in _TILDES.findall(body)), default=2)
    mark = "~" * max(3, longest + 1)
    return f"{mark}{info}\n{body}\n{mark}"


def _expectation(expected: Expected, tools: Sequence[str]) -> str:
    lines = [f"outcome: {expected.outcome}"]
    if tools:
        lines.append(f"tools: {_json(list(tools))}")
    if expected.checks:
        lines.append("checks:")
        lines += [f"  - {_check(check)}" for check in expected.checks]
    if expected.rubric is not None:
        lines += _rubric(expected.rubric)
    return "\n".join(lines)


def _check(check: Mapping[str, Mapping[str, object]]) -> str:
    ((name, arguments),) = check.items()
    return f"{name}: {_json(arguments)}"


def _rubric(rubric: str) -> Iterator[str]:
    """Yield a rubric as folded lines, which are read back as one."""
    wrapped = textwrap.wrap(rubric, _WIDTH, break_long_words=False, break_on_hyphens=False)
    if "~~~" in rubric or " ".join(wrapped) != rubric:
        yield f"rubric: {_json(rubric)}"
        return
    yield "rubric: >-"
    for line in wrapped:
        yield f"  {line}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _comment(draft: Draft, provenance: Provenance) -> str:
    said = [
        f"draft of {provenance.date}, {draft.proposal.ask.kind}",
        f"model {provenance.model}",
        f"prompt {provenance.prompt}",
        f"outcome decided by {draft.decided}",
    ]
    if draft.nearest is not None:
        near = f"{draft.nearest.id} at {draft.nearest.similarity:.2f}"
        said.append(
            f"nearest {near} by {provenance.similarity}, same from {provenance.threshold:.2f}"
        )
    told = "; ".join("".join(c if c.isprintable() else " " for c in part) for part in said)
    return f"<!-- {told.replace('--', '- -').replace('>', ')')} -->"
