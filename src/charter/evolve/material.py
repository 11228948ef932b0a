"""Spec -> what can be trained on: graded answers and scenarios, and all that is left out, with why.

Nothing held out gets through: see `held_out`. What is not whole does not either: texts with an
elision such as `[...]` say what an answer would be like, and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from charter.errors import SpecError
from charter.evolve.held_out import HeldOut, is_draft, is_training
from charter.source import Source
from charter.spec.expectation import FIELDS, Outcome, is_undecided
from charter.spec.spec import Example, ScenarioSet, Spec
from charter.syntax.conversation import Grade, Message, Response

UNKNOWN = "unknown"
_ELISION = re.compile(r"\[(?:\.\.\.|\u2026)[^\[\]]{0,2000}\]")
_DIRECTION = re.compile(r"\s{0,40}\[[^\W\d][^\[\]\n ]{0,80} [^\[\]\n]{1,400}\](?![(\[:])")
"""As in `[in a low voice]`; a link of Markdown, `[a b](c)`, is none."""


class Origin(NamedTuple):
    """Where a record comes from."""

    id: str
    section: str
    authority: str
    """Empty where the section has none."""
    clauses: tuple[str, ...]


class Answer(NamedTuple):
    """One graded answer."""

    message: Message
    grade: Grade
    reason: str
    """Of its author; empty where none is given."""


class Graded(NamedTuple):
    """One comparison: what was said before it, and the answers in it."""

    origin: Origin
    comparison: int
    prompt: tuple[Message, ...]
    answers: tuple[Answer, ...]
    rules: tuple[str, ...] = ()
    """Texts of the clauses that it is about."""


class Rubric(NamedTuple):
    """One accepted scenario for training."""

    origin: Origin
    prompt: tuple[Message, ...]
    family: str
    outcome: Outcome
    checks: tuple[tuple[str, Mapping[str, object]], ...]
    rubric: str
    tools: tuple[str, ...]


class LeftOut(NamedTuple):
    """What is not exported, and why."""

    id: str
    reason: str
    """The same words for the same cause, but for the id of a scenario at its end."""


@dataclass(frozen=True, slots=True)
class Material:
    """All that can be exported from a spec."""

    spec: str
    title: str
    version: str
    digest: str
    licence: str
    graded: tuple[Graded, ...]
    rubrics: tuple[Rubric, ...]
    left_out: tuple[LeftOut, ...]
    held_out: int
    """Scenarios that measure."""
    drafts: int


def gather_material(
    spec: Spec, held_out: Sequence[ScenarioSet] = (), *, overlays: Sequence[Spec] = ()
) -> Material:
    """Gather what can be trained on; `held_out` are further scenario files that measure.

    `overlays` are those that were laid over the spec: their licences count too. Raises SpecError
    for a scenario for training that cannot be used.
    """
    groups = (*spec.scenario_sets, *held_out)
    kept_out = HeldOut(groups)
    left: list[LeftOut] = []
    canaries = tuple(str(g.metadata["canary"]) for g in groups if g.metadata.get("canary"))
    graded = tuple(_examples(spec, kept_out, canaries, left))
    rubrics = tuple(_scenarios(spec, kept_out, canaries, left))
    return Material(
        spec=spec.name,
        title=spec.title,
        version=spec.version or "",
        digest=spec.digest,
        licence=_joined([licence_of(each) for each in (spec, *overlays)]),
        graded=graded,
        rubrics=rubrics,
        left_out=tuple(left),
        held_out=len(kept_out),
        drafts=sum(is_draft(each) for group in groups for each in group.scenarios),
    )


def licence_of(spec: Spec) -> str:
    """Return the licence that front matter names, else `unknown`."""
    for key in ("license", "licence"):
        value = spec.metadata.get(key)
        if isinstance(value, str) and value.strip():
            return " ".join(value.split())[:200]
    return UNKNOWN


def _joined(licences: Sequence[str]) -> str:
    """Return the licence of texts that records mix: all hold, and one unknown makes it unknown."""
    known = list(dict.fromkeys(licences))
    return UNKNOWN if UNKNOWN in known else " AND ".join(known)


def _examples(
    spec: Spec, held_out: HeldOut, canaries: Sequence[str], left: list[LeftOut]
) -> Iterator[Graded]:
    for example in spec.examples:
        origin = _origin(spec, example, example.section)
        if example.problems:
            left.append(LeftOut(example.id, "its text could not be read in full"))
            continue
        if not example.responses:
            left.append(LeftOut(example.id, "no graded answer"))
            continue
        for number in range(example.comparisons):
            found = _comparison(example, number, origin, left)
            if found is None:
                continue
            why = held_out.why(found.prompt, (example.id,)) or _unusable(found, canaries)
            if why is not None:
                left.append(LeftOut(example.id, why))
                continue
            rules = tuple(spec.clause(clause).text for clause in origin.clauses)
            yield _whole(found._replace(rules=rules), held_out, canaries, left)


def _comparison(
    example: Example, number: int, origin: Origin, left: list[LeftOut]
) -> Graded | None:
    """Return one comparison with what was said before it, its predecessors' answers included."""
    mine = [response for response in example.responses if response.comparison == number]
    if not mine:
        left.append(LeftOut(example.id, "no graded answer"))
        return None
    prompt: list[Message] = []
    at = 0
    for earlier in range(number):
        before = [response for response in example.responses if response.comparison == earlier]
        good = [response for response in before if response.grade is Grade.GOOD]
        if len(good) != 1:
            left.append(LeftOut(example.id, "it goes on from more than one good answer, or none"))
            return None
        prompt += [*example.messages[at : good[0].after], good[0].message]
        at = good[0].after
    prompt += example.messages[at : mine[0].after]
    answers = tuple(_answers(example, mine, left))
    return Graded(origin, number, tuple(prompt), answers) if answers else None


def _answers(
    example: Example, responses: Sequence[Response], left: list[LeftOut]
) -> Iterator[Answer]:
    for response in responses:
        if response.grade is None:
            left.append(LeftOut(example.id, "an answer without a grade"))
        else:
            yield Answer(response.message, response.grade, response.reason or "")


def _unusable(graded: Graded, canaries: Sequence[str]) -> str | None:
    """Say why nothing can be made of a comparison."""
    if not graded.prompt:
        return "nothing is said before the answer"
    if graded.prompt[-1].role == "assistant":
        return "the assistant spoke last"
    if any(_ELISION.search(message.content) for message in graded.prompt):
        return "its conversation has an elision"
    return _marked((message.content for message in graded.prompt), canaries)


def _marked(texts: Iterable[str], canaries: Sequence[str]) -> str | None:
    """Say so where a text holds a canary."""
    found = any(canary in text for text in texts for canary in canaries)
    return "it has the canary in it" if found else None


def _whole(
    graded: Graded, held_out: HeldOut, canaries: Sequence[str], left: list[LeftOut]
) -> Graded:
    """Return a comparison without the answers that are not whole, or not to be trained on."""
    kept = []
    for answer in graded.answers:
        texts = (answer.message.content, answer.reason)
        why = _not_whole(answer.message.content) or _marked(texts, canaries)
        why = why or held_out.shared(texts)
        if why is None:
            kept.append(answer)
        else:
            left.append(LeftOut(graded.origin.id, why))
    return graded._replace(answers=tuple(kept))


def _not_whole(answer: str) -> str | None:
    """Say why an answer is not the text that an assistant would write."""
    if not answer.strip():
        return "an answer is empty"
    if _ELISION.search(answer):
        return "an answer has an elision"
    if _DIRECTION.match(answer):
        return "an answer begins with a stage direction"
    return None


def _scenarios(
    spec: Spec, held_out: HeldOut, canaries: Sequence[str], left: list[LeftOut]
) -> Iterator[Rubric]:
    for group in spec.scenario_sets:
        for scenario in group.scenarios:
            if not is_training(scenario):
                continue
            found = _rubric(spec, group, scenario)
            source = dict(scenario.attributes).get("source")
            made_from = (found.origin.id, *((source,) if source else ()))
            graded_by = (found.rubric, *(str(arguments) for _, arguments in found.checks))
            why = (
                held_out.why(found.prompt, made_from)
                or held_out.shared(graded_by)
                or _marked((*(said.content for said in found.prompt), *graded_by), canaries)
            )
            if why is not None:
                left.append(LeftOut(found.origin.id, why))
            else:
                yield found


def _rubric(spec: Spec, group: ScenarioSet, scenario: Example) -> Rubric:
    fields = scenario.expectation.fields if scenario.expectation else {}
    name = scenario.id.partition("/")[2]
    problem = next((each.message for each in scenario.problems), None)
    if problem is None and not spec.has_section(group.section):
        problem = f"tests section {group.section!r}, which the spec lacks"
    if problem is None and (not scenario.messages or scenario.messages[-1].role == "assistant"):
        problem = "conversation must end with a message to answer"
    if problem is None and set(fields) - FIELDS:
        problem = f"expect has no field {min(set(fields) - FIELDS)!r}"
    if problem is not None:
        raise _error(group.source, scenario, problem)
    if is_undecided(fields.get("rubric")):
        raise _error(group.source, scenario, "nobody has decided what is expected")
    outcome = _outcome(group.source, scenario, fields.get("outcome", "any"))
    rubric = fields.get("rubric", "")
    tools = fields.get("tools", [])
    if not isinstance(rubric, str) or not isinstance(tools, list):
        raise _error(group.source, scenario, "rubric must be text, and tools a list")
    return Rubric(
        origin=_origin(spec, scenario, group.section)._replace(id=name),
        prompt=scenario.messages,
        family=dict(scenario.attributes).get("family", ""),
        outcome=outcome,
        checks=tuple(_checks(group.source, scenario, fields.get("checks", []))),
        rubric=rubric,
        tools=tuple(map(str, tools)),
    )


def _outcome(source: Source, scenario: Example, value: object) -> Outcome:
    try:
        return Outcome(str(value))
    except ValueError:
        what = f"outcome must be one of {', '.join(Outcome)}, not {value!r}"
        raise _error(source, scenario, what) from None


def _checks(
    source: Source, scenario: Example, listed: object
) -> Iterator[tuple[str, Mapping[str, object]]]:
    if not isinstance(listed, list):
        raise _error(source, scenario, "checks must be a list")
    for item in listed:
        if not isinstance(item, dict) or len(item) != 1:
            raise _error(source, scenario, f"a check is `name: {{arguments}}`, not {item!r:.80}")
        ((name, arguments),) = item.items()
        yield str(name), arguments if isinstance(arguments, dict) else {}


def _origin(spec: Spec, example: Example, section_id: str) -> Origin:
    section = spec.index.get(section_id)
    named = dict(example.attributes).get("clause")
    clauses = tuple(clause.id for clause in section.clauses) if section else ()
    wanted = f"{section_id}/{named}"
    chosen = (wanted,) if named and wanted in clauses else clauses
    authority = section.authority if section else None
    return Origin(example.id, section_id, authority or "", chosen)


def _error(source: Source, scenario: Example, what: str) -> SpecError:
    return SpecError(what, place=source.locate(scenario.caption_span))
