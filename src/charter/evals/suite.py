"""Spec -> Suite: scenario files become scenarios, each tied to a clause of the spec."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from charter.errors import CharterError, SpecError
from charter.evals.grader import Grader, check_arguments, graders
from charter.evals.scenario import IMPLIED, Check, Scenario
from charter.ledger.ledger import canonical
from charter.models.provider import ChatMessage, Tool
from charter.source import Source, Span, digest_of
from charter.spec.changes.marks import targets, words
from charter.spec.expectation import FAMILIES, FIELDS, STATUSES, USES, Outcome, is_undecided
from charter.spec.spec import Example, Section, Spec
from charter.syntax.conversation import Message


@dataclass(frozen=True, slots=True)
class Suite:
    """What a spec's adherence is measured with, tied to the text it was compiled from."""

    spec: Spec
    scenarios: tuple[Scenario, ...]
    digest: str

    @property
    def sections(self) -> tuple[Section, ...]:
        """The sections that have scenarios, in document order."""
        tested = {scenario.section for scenario in self.scenarios}
        return tuple(section for section in self.spec.sections if section.id in tested)


def compile_suite(
    spec: Spec, *, examples: bool = False, drafts: bool = False, training: bool = False
) -> Suite:
    """Compile the scenarios of a spec; with `examples`, also its own example conversations.

    An example without an `~~~expect` fence can only be judged: it comes out *not judged*.
    Drafts (`status=draft`) and scenarios for training (`use=train`) measure nothing: they are
    read and checked like the others, and left out unless asked for.
    Raises SpecError at the first scenario that cannot be used, naming file and line.
    """
    known = graders()
    scenarios = list(_from_files(spec, known))
    if examples:
        scenarios += _from_examples(spec, known)
    _refuse_duplicates(scenarios)
    left_out = len(scenarios)
    scenarios = [
        scenario
        for scenario in scenarios
        if (drafts or not scenario.draft) and (training or scenario.use != "train")
    ]
    left_out -= len(scenarios)
    if not scenarios:
        others = f" but {left_out} that are drafts or for training" if left_out else ""
        raise SpecError(
            f"{spec.source.path} has no scenarios{others}",
            hint="put scenario files into scenarios/ beside it, or add --examples",
        )
    order = {section.id: place for place, section in enumerate(spec.sections)}
    scenarios.sort(key=lambda scenario: order[scenario.section])
    return Suite(spec, tuple(scenarios), _digest(scenarios))


def select(suite: Suite, sections: Iterable[str]) -> Suite:
    """Keep the scenarios of some sections and of the sections below them.

    Raises UnknownClause for an id that is no section, SpecError when none is left.
    """
    named = tuple(sections)
    for section_id in named:
        suite.spec.section(section_id)
    wanted = set(named)
    for section in suite.spec.sections:  # parents come first, so one pass reaches all levels
        if section.parent in wanted:
            wanted.add(section.id)
    kept = tuple(scenario for scenario in suite.scenarios if scenario.section in wanted)
    if not kept:
        raise SpecError(f"no scenario tests {', '.join(named)}")
    return Suite(suite.spec, kept, _digest(kept))


def stratify(suite: Suite, per_section: int) -> Suite:
    """Keep at most `per_section` scenarios of each section, families taken in turn.

    The choice depends on the ids alone, so everyone measures the same part.
    """
    kept: list[Scenario] = []
    for section in suite.sections:
        mine = [scenario for scenario in suite.scenarios if scenario.section == section.id]
        kept += _in_turn(mine)[:per_section]
    ids = {scenario.id for scenario in kept}
    chosen = tuple(scenario for scenario in suite.scenarios if scenario.id in ids)
    return Suite(suite.spec, chosen, _digest(chosen))


def _in_turn(scenarios: list[Scenario]) -> list[Scenario]:
    """Order scenarios: decidable before others, then one of each family after another."""
    ranked: list[tuple[bool, int, int, Scenario]] = []
    for decidable in (True, False):
        for family_rank, family in enumerate(FAMILIES):
            same = [s for s in scenarios if s.family == family and s.decidable == decidable]
            same.sort(key=lambda scenario: digest_of(scenario.id))
            ranked += [(not decidable, turn, family_rank, s) for turn, s in enumerate(same)]
    ranked.sort(key=lambda entry: entry[:3])
    return [entry[3] for entry in ranked]


def _from_files(spec: Spec, known: Mapping[str, Grader]) -> Iterator[Scenario]:
    tools = _tools(spec.scenario_tools)
    for group in spec.scenario_sets:
        reader = _Reader(spec, group.source, tools, known)
        for problem in group.problems:
            raise reader.error(problem.message, problem.span)
        if not spec.has_section(group.section):
            raise reader.error(f"tests section {group.section!r}, which the spec lacks", Span(0, 0))
        for example in group.scenarios:
            yield reader.read(example, group.section)


def _from_examples(spec: Spec, known: Mapping[str, Grader]) -> Iterator[Scenario]:
    reader = _Reader(spec, spec.source, _tools(spec.scenario_tools), known)
    for example in spec.examples:
        if example.expectation is not None or _answerable(example):
            yield reader.read_example(example)


def _answerable(example: Example) -> bool:
    """Whether a model could be asked: one comparison of answers to a message to answer."""
    asked = bool(example.messages) and example.messages[-1].role != "assistant"
    return asked and bool(example.responses) and example.comparisons == 1


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the scenarios of one file."""

    spec: Spec
    source: Source
    tools: Mapping[str, Tool]
    known: Mapping[str, Grader]

    def read(self, example: Example, section_id: str) -> Scenario:
        """Read a captioned conversation with its expectation. Raises SpecError."""
        attributes = dict(example.attributes)
        for problem in example.problems:
            raise self.error(problem.message, problem.span)
        if example.expectation is None:
            raise self.error("scenario has no ~~~expect fence", example.span)
        local_id = example.id.partition("/")[2]
        if local_id.startswith("e-"):
            raise self.error("scenario needs an id: add {#id} to its caption", example.caption_span)
        if example.responses:
            raise self.error("a scenario ends with the message to answer", example.span)
        family = attributes.get("family", "")
        if family not in FAMILIES:
            what = f"family must be one of {', '.join(FAMILIES)}, not {family!r}"
            raise self.error(what, example.caption_span)
        clause = attributes.get("clause")
        return self._scenario(
            example, local_id=local_id, section_id=section_id, family=family, clause=clause
        )

    def read_example(self, example: Example) -> Scenario:
        """Read one of the spec's own examples; its grades become the rubric."""
        graded = "; ".join(f"{r.grade}: {r.reason or r.message.content}" for r in example.responses)
        family = dict(example.attributes).get("family", "bounds")
        local_id = example.id.replace("/", "_").replace("-", "_")
        return self._scenario(
            example,
            local_id=local_id,
            section_id=example.section,
            family=family,
            graded=graded or None,
        )

    def _scenario(  # noqa: PLR0913 - the parts of one scenario, all different
        self,
        example: Example,
        *,
        local_id: str,
        section_id: str,
        family: str,
        clause: str | None = None,
        graded: str | None = None,
    ) -> Scenario:
        section = self.spec.section(section_id)
        fields = example.expectation.fields if example.expectation else {}
        outcome, checks, rubric = self._expectation(example, fields)
        rubric = rubric if example.expectation else graded
        if rubric is None and not checks:
            raise self.error("nothing decides this scenario: add checks or a rubric", example.span)
        clause_id = self._clause_id(example, section, clause)
        status = self._word(example, "status", STATUSES)
        if is_undecided(rubric) and status != "draft":
            what = "nobody has decided what is expected: write the outcome and the rubric"
            raise self.error(what, example.caption_span)
        return Scenario(
            id=local_id,
            section=section_id,
            clause=clause_id,
            clause_text=self.spec.clause(clause_id).text if clause_id else None,
            authority=section.authority,
            family=family,
            caption=example.caption,
            messages=self._messages(example),
            tools=tuple(self._tools_named(example, fields)),
            outcome=outcome,
            checks=checks,
            rubric=rubric,
            location=self.source.locate(example.span),
            source=dict(example.attributes).get("source", ""),
            use=self._word(example, "use", USES),
            draft=status == "draft",
        )

    def _messages(self, example: Example) -> tuple[ChatMessage, ...]:
        messages = tuple(chat_message(message) for message in example.messages)
        if not messages or messages[-1].role == "assistant":
            raise self.error("conversation must end with a message to answer", example.body_span)
        return messages

    def _clause_id(self, example: Example, section: Section, marker: str | None) -> str | None:
        clause_id = f"{section.id}/{marker}" if marker else None
        if clause_id is not None and all(known.id != clause_id for known in section.clauses):
            what = f"section {section.id!r} has no clause marked [^{marker}]"
            raise self.error(what, example.caption_span)
        return clause_id

    def _word(self, example: Example, key: str, allowed: Sequence[str]) -> str:
        """Return an attribute that takes one of a few words; the first where it is missing."""
        word = dict(example.attributes).get(key, allowed[0])
        if word not in allowed:
            what = f"{key} must be {' or '.join(allowed)}, not {word!r}"
            raise self.error(what, example.caption_span)
        return word

    def _expectation(
        self, example: Example, fields: Mapping[str, object]
    ) -> tuple[Outcome, tuple[Check, ...], str | None]:
        for key in sorted(set(fields) - FIELDS):
            raise self.error(f"expect has no field {key!r}", example.span)
        try:
            outcome = Outcome(str(fields.get("outcome", "any")))
        except ValueError as cause:
            what = f"outcome must be one of {', '.join(Outcome)}, not {fields.get('outcome')!r}"
            raise self.error(what, example.span) from cause
        listed = fields.get("checks", [])
        if not isinstance(listed, list):
            raise self.error("checks must be a list", example.span)
        checks = tuple(self._check(example, item) for item in listed)
        implied = IMPLIED.get(outcome)
        rubric = fields.get("rubric")
        if not isinstance(rubric, str | None):
            raise self.error("rubric must be text", example.span)
        if rubric is not None and not rubric.strip():
            raise self.error("rubric is empty: write what a good answer does", example.span)
        return outcome, (implied, *checks) if implied else checks, rubric

    def _check(self, example: Example, item: object) -> Check:
        if not isinstance(item, dict) or len(item) != 1:
            raise self.error(f"a check is `name: {{arguments}}`, not {item!r}", example.span)
        ((name, arguments),) = item.items()
        arguments = {} if arguments is None else arguments
        if not isinstance(arguments, dict):
            raise self.error(f"arguments of {name!r} must be a mapping", example.span)
        try:
            check_arguments(str(name), arguments, self.known)
        except CharterError as cause:
            raise self.error(f"check {name!r}: {cause.message}", example.span) from cause
        return Check(str(name), arguments)

    def _tools_named(self, example: Example, fields: Mapping[str, object]) -> Iterator[Tool]:
        names = fields.get("tools", [])
        if not isinstance(names, list):
            raise self.error("tools must be a list of names", example.span)
        for name in names:
            if not isinstance(name, str) or name not in self.tools:
                what = f"tool {name!r} is not defined in scenarios/tools.yaml"
                raise self.error(what, example.span)
            yield self.tools[name]

    def error(self, message: str, span: Span) -> SpecError:
        """Return the error that names this file and line."""
        return SpecError(message, place=self.source.locate(span))


def chat_message(message: Message) -> ChatMessage:
    """Return the message as a model gets it; settings are put back in front of the text."""
    content = message.content
    if message.settings:
        lines = "\n".join(f"{key}: {value}" for key, value in message.settings)
        content = f"<settings>\n{lines}\n</settings>\n{content}".rstrip("\n")
    tool = message.attribute("recipient" if message.role == "assistant" else "name")
    return ChatMessage(message.role, content, tool)


def _tools(fields: Mapping[str, object]) -> Mapping[str, Tool]:
    found = {}
    for name, value in fields.items():
        if not isinstance(value, dict) or not isinstance(value.get("parameters"), dict):
            raise SpecError(
                f"scenarios/tools.yaml: tool {name!r} needs `description` and `parameters`"
            )
        found[name] = Tool(name, str(value.get("description", "")), value["parameters"])
    return found


def _refuse_duplicates(scenarios: list[Scenario]) -> None:
    seen: dict[str, Scenario] = {}
    for scenario in scenarios:
        first = seen.setdefault(scenario.id, scenario)
        if first is not scenario:
            raise SpecError(
                f"scenario id {scenario.id!r} is taken by {first.location}",
                place=scenario.location,
            )


def _digest(scenarios: Iterable[Scenario]) -> str:
    """Digest everything that a score depends on, file places left out."""
    return digest_of(canonical([_content(scenario) for scenario in scenarios]))


def digest_of_scenario(scenario: Scenario) -> str:
    """Digest what one score depends on apart from the rules: what is asked, what is expected."""
    content = _content(scenario)
    for rule in ("section", "clause", "clause_text", "authority", "caption", "family", "source"):
        del content[rule]
    return digest_of(canonical(content))


def basis_of(spec: Spec, section_id: str, clause_id: str | None) -> str:
    """Digest the rules that a score rests on: those of the clause tested, else of the section.

    Their words, links, strength and authority count. Their ids, place, title and examples do not,
    nor how the same words are written: the same that `charter diff` calls a change of wording.
    """
    section = spec.section(section_id)
    clauses = [c for c in section.clauses if clause_id in (None, c.id)]
    rules = [[words(c.text) or c.text, targets(c.text), c.strength.value] for c in clauses]
    return digest_of(canonical([section.authority, rules]))


def _content(scenario: Scenario) -> dict[str, Any]:
    content = asdict(scenario)
    for beside in ("location", "use", "draft"):
        del content[beside]
    for check in content["checks"]:
        del check["written"]
    return content
