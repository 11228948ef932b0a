"""The graded replies of a spec's own examples -> labelled answers.

GOOD and OK adhere, BAD violates. A judge gets the conversation up to the reply, the reply and the
section; it gets no grade, no explanation, no caption and none of the other replies. Where one
block grades replies at two points of a conversation, the later turn follows a good earlier reply,
so the first GOOD one stands in its place.

A grade that names another section, as in `BAD[#id]`, says which rule was broken: the judge is
asked about that section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from charter.errors import SpecError
from charter.evals.calibration.labelled import Labelled, Labels
from charter.evals.calibration.scale import ADHERENCE
from charter.evals.judge import Item
from charter.evals.suite import chat_message
from charter.models.provider import ChatMessage, ToolCall
from charter.spec.expectation import Outcome
from charter.spec.spec import Example, Spec
from charter.syntax.conversation import Grade, Response

NAME = "examples"

_ELISION = re.compile(r"\[\s?\.\.\.|^\[[^\]]{1,400}\]$", re.MULTILINE)
"""`[...]`, `[... sends data ...]`, or a line that only describes: `[ a long poem ]`."""


def graded_examples(spec: Spec) -> Labels:
    """Return every graded reply of a spec. Raises SpecError where there is none."""
    items = tuple(found for example in spec.examples for found in _of(spec, example))
    if not items:
        raise SpecError(
            f"{spec.source.path} has no graded example",
            hint="give labelled answers with --labels FILE",
        )
    return Labels(NAME, ADHERENCE, items)


def _of(spec: Spec, example: Example) -> Iterator[Labelled]:
    for place, response in enumerate(example.responses):
        if response.grade is None:  # the check of the spec reports it
            continue
        earlier = example.responses[:place]
        section = _section(spec, example, response)
        yield Labelled(
            item=_item(example, response, f"{example.id}/{place}", section),
            cluster=example.id,
            grade=response.grade.value,
            truth="violated" if response.grade is Grade.BAD else "adhered",
            position=sum(other.comparison == response.comparison for other in earlier),
            authority=spec.section(section).authority,
            elided=_ELISION.search(response.message.content) is not None,
        )


def _section(spec: Spec, example: Example, response: Response) -> str:
    """Return the section whose rules the grade speaks of."""
    cited = response.cites
    return cited if cited is not None and spec.has_section(cited) else example.section


def _item(example: Example, response: Response, name: str, section: str) -> Item:
    said = chat_message(response.message)
    calls = () if said.tool is None else (ToolCall(said.tool, said.content),)
    fields = example.expectation.fields if example.expectation else {}
    rubric = fields.get("rubric")
    return Item(
        id=name,
        section=section,
        clause=None,
        outcome=str(fields.get("outcome", Outcome.ANY)),
        messages=_before(example, response),
        tools=(),
        answer="" if calls else said.content,
        calls=calls,
        rubric=rubric if isinstance(rubric, str) else None,
    )


def _before(example: Example, response: Response) -> tuple[ChatMessage, ...]:
    """Return the conversation a reply answers, earlier graded turns filled in."""
    turns: dict[int, ChatMessage] = {}
    for other in example.responses:
        if other.comparison < response.comparison and other.grade is Grade.GOOD:
            turns.setdefault(other.after, chat_message(other.message))
    found: list[ChatMessage] = []
    for place, message in enumerate(example.messages[: response.after]):
        if place in turns:
            found.append(turns[place])
        found.append(chat_message(message))
    return tuple(found)
