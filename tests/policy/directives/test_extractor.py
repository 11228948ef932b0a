"""The seam: what becomes of what an extractor proposes."""

from types import SimpleNamespace

import pytest

from charter.policy.conversation import Conversation, Kind, Message, Passage, Sensitivity
from charter.policy.directive import Act, Relation, Risk
from charter.policy.directives.collect import MAX_PROSE, directives_in
from charter.policy.directives.extractor import (
    MAX_PROPOSED,
    PROPOSABLE,
    Proposed,
    extractor,
    identities,
    proposals,
)
from charter.policy.fate import Place
from charter.policy.labels.label import label
from charter.policy.labels.wire import read

TEXT = "Be brief. Ignore be_formal. Bye."
PASSAGE = Passage(4, 100, 100 + len(TEXT), Kind.OWN, "user", "user", Sensitivity.PRIVATE)


def by(*found, identity="toy 3"):
    return SimpleNamespace(IDENTITY=identity, extract=lambda *_: list(found))


def made(proposed, passage=PASSAGE, text=TEXT):
    directives, unusable = proposals(by(proposed), text, passage)
    assert not unusable, unusable
    return directives[0]


def test_a_proposal_becomes_a_directive_of_its_passage():
    found = made(Proposed(0, 9, Act.INSTRUCT, "toy", 70, subject="length", value="brief"))
    assert (found.act, found.level, found.order, found.source) == ("instruct", "user", 4, "user")
    assert (found.subject, found.value, found.text) == ("length", "brief", "Be brief.")
    assert found.place == Place(4, 100, 109)
    assert found.origin == ("extractor", "toy 3", 70)
    assert found.id.startswith("d-")


def test_the_level_is_that_of_the_passage_and_nothing_else():
    assert "level" not in Proposed._fields
    quoted = PASSAGE._replace(authority="none", kind=Kind.QUOTE)
    assert made(Proposed(0, 9, Act.KEEP, "toy", 70, targets=("a",)), quoted).level == "none"


@pytest.mark.parametrize(
    ("proposed", "explicit"),
    [
        (Proposed(0, 9, Act.INSTRUCT, "toy", 70, explicit=True), False),
        (Proposed(0, 9, Act.OVERRIDE, "toy", 70, targets=("be_formal",), explicit=True), True),
        (Proposed(0, 9, Act.OVERRIDE, "toy", 70, targets=("be_formal",)), False),
        (Proposed(0, 9, Act.INSTRUCT, "toy", 70, conflicts=("be_formal",), explicit=True), True),
        (Proposed(0, 9, Act.SOFTEN, "toy", 70, targets=("be_formal",), explicit=True), False),
    ],
)
def test_only_what_names_what_it_sets_aside_is_explicit(proposed, explicit):
    assert made(proposed).explicit is explicit


def test_a_delegation_names_sources():
    found = made(Proposed(0, 9, Act.DELEGATE, "toy", 70, to=("attachment:*",), only=("style",)))
    assert found.delegation == (("attachment:*",), None, ("style",))


def test_how_it_relates_to_the_task_is_kept():
    proposed = Proposed(0, 9, Act.INSTRUCT, "toy", 70, relation="intended", risk="low")
    found = made(proposed)
    assert (found.relation, found.risk) == (Relation.INTENDED, Risk.LOW)


@pytest.mark.parametrize(
    "proposed",
    [
        Proposed(0, 999, Act.INSTRUCT, "toy", 70),
        Proposed(5, 5, Act.INSTRUCT, "toy", 70),
        Proposed(-1, 5, Act.INSTRUCT, "toy", 70),
        Proposed("0", 5, Act.INSTRUCT, "toy", 70),
        Proposed(0, 5, "obey", "toy", 70),
        Proposed(0, 5, Act.SCOPE, "toy", 70),
        Proposed(0, 5, Act.CLASH, "toy", 70),
        Proposed(0, 5, Act.DELEGATE, "toy", 70),
        Proposed(0, 5, Act.DELEGATE, "toy", 70, to=("*",)),
        Proposed(0, 5, Act.KEEP, "toy", 70, targets=("two words",)),
        Proposed(0, 5, Act.INSTRUCT, "toy", 70, subject="Two words"),
        Proposed(0, 5, Act.INSTRUCT, "toy", 70, subject="a", value=[1]),
        Proposed(0, 5, Act.INSTRUCT, "toy", "sure"),
        Proposed(0, 5, Act.INSTRUCT, "toy", 70, relation="friend"),
        "a text",
        None,
    ],
)
def test_a_proposal_that_makes_no_sense_is_unusable(proposed):
    directives, unusable = proposals(by(proposed), TEXT, PASSAGE)
    assert not directives
    assert unusable[0].message.startswith("toy 3: a proposal that cannot be used")
    assert unusable[0].span == PASSAGE.span


def test_confidence_stays_between_none_and_all():
    assert made(Proposed(0, 5, Act.INSTRUCT, "toy", 900)).origin.confidence == 100
    assert made(Proposed(0, 5, Act.INSTRUCT, "toy", -1)).origin.confidence == 0


def test_an_extractor_that_fails_is_reported():
    def fail(text, about, known):
        yield Proposed(0, 5, Act.INSTRUCT, "toy", 70)
        raise RuntimeError("no")

    found = proposals(SimpleNamespace(IDENTITY="toy 3", extract=fail), TEXT, PASSAGE)
    assert not found.directives
    assert found.unusable[0].message == "the extractor failed: RuntimeError: no"


def test_an_extractor_that_never_ends_is_stopped():
    def flood(text, about, known):
        while True:
            yield Proposed(0, 5, Act.INSTRUCT, "toy", 70)

    found = proposals(SimpleNamespace(IDENTITY="toy 3", extract=flood), TEXT, PASSAGE)
    assert len(found.directives) == MAX_PROPOSED
    assert "the rest are not read" in found.unusable[0].message


def test_a_range_longer_than_any_instruction_is_unusable():
    text = "x" * 9_000
    whole = Proposed(0, len(text), Act.INSTRUCT, "toy", 70)
    found = proposals(by(whole), text, PASSAGE._replace(end=PASSAGE.start + len(text)))
    assert "longer than" in found.unusable[0].message


def test_it_is_told_of_one_passage_only():
    seen = []

    def look(text, about, known):
        seen.append((text, about.kind, about.source, about.level, known))
        return ()

    messages = [
        {"role": "system", "content": 'Be brief. "Do not."'},
        {"role": "user", "content": "Hi."},
    ]
    conversation = label(read({"model": "m", "messages": messages}), settings=None)
    directives_in(
        conversation, extractor=SimpleNamespace(IDENTITY="toy 3", extract=look), known={"a"}
    )
    level = conversation.passages[0].authority
    assert seen[:2] == [
        ("Be brief. ", "own", level, level, {"a"}),
        ('"Do not."', "quote", f"quote:{level}", "none", {"a"}),
    ]
    assert seen[-1] == ("Hi.", "own", "user", "user", {"a"})


@pytest.mark.parametrize("kind", [Kind.CODE, Kind.JSON, Kind.YAML, Kind.XML, Kind.ASSISTANT])
def test_code_and_data_are_no_prose(kind):
    passage = Passage(0, 0, len(TEXT), kind, "user", "none", Sensitivity.PRIVATE)
    conversation = Conversation("chat", (Message("user", TEXT),), (passage,))
    assert not directives_in(conversation, extractor=extractor("rules")).directives


def test_prose_is_read_up_to_a_limit_for_each_level():
    text = "x" * MAX_PROSE
    messages = tuple(Message(role, text) for role in ("user", "user", "user", "system"))
    passages = tuple(
        Passage(at, 0, len(text), Kind.OWN, message.role, message.role, Sensitivity.PRIVATE)
        for at, message in enumerate(messages)
    )
    asked = []

    def look(text, about, known):
        asked.append(about.level)
        return ()

    found = directives_in(
        Conversation("chat", messages, passages),
        extractor=SimpleNamespace(IDENTITY="toy 3", extract=look),
    )
    assert asked == ["user", "system"]
    assert ["prose" in each.unusable.message for each in found.unusable] == [True]


def test_identities_are_told_once():
    found = [made(Proposed(0, 9, Act.INSTRUCT, "toy", 70)) for _ in range(2)]
    assert list(identities(found)) == ["toy 3"]


def test_unknown_extractors_are_none():
    with pytest.raises(KeyError):
        extractor("nobody")


def test_everything_but_scopes_and_clashes_can_be_proposed():
    assert set(Act) - PROPOSABLE == {Act.SCOPE, Act.CLASH}
