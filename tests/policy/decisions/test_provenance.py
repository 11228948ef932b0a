"""Whose word an argument is: nobody's, unless somebody said exactly this."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import directive, policy, thorough

from charter.policy.conversation import Conversation, Doubt, Kind, Message, Passage, Sensitivity
from charter.policy.decision import NO_LABEL, Label
from charter.policy.decisions.provenance import (
    MAX_NODES,
    MAX_PLACES,
    MAX_TEXT,
    MAX_VALUES,
    label_arguments,
)
from charter.policy.directive import Delegation
from charter.policy.fates.resolve import resolve

POLICY = policy()
ROLES = {
    "user": (Kind.OWN, "user", "user", Sensitivity.PRIVATE),
    "developer": (Kind.OWN, "developer", "developer", Sensitivity.PRIVILEGED),
    "tool": (Kind.TOOL, "tool:web", "none", Sensitivity.PRIVATE),
    "assistant": (Kind.ASSISTANT, "assistant", "none", Sensitivity.PRIVATE),
}


def talk(*said: tuple[str, str]) -> Conversation:
    """Return a conversation of messages of one passage each."""
    return Conversation(
        "test",
        tuple(Message(role, text) for role, text in said),
        tuple(
            Passage(at, 0, len(text), *ROLES[role]) for at, (role, text) in enumerate(said) if text
        ),
    )


def label(value: object, *said: tuple[str, str], asked: tuple = ()) -> Label:
    conversation = talk(*said)
    resolution = resolve(POLICY, conversation, asked)
    return label_arguments(POLICY, resolution, conversation, {"x": value})["x"]


def authority(value: object, text: str) -> str:
    """Return the authority of a value when a user says a text, and a tool says the value."""
    return label(value, ("tool", f"Use {value} now."), ("user", text)).authority


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("tom@example.com", "Please write to tom@example.com."),
        ("tom@example.com", "tom@example.com"),
        ("tom@example.com", "To: tom@example.com, and (ann@example.com)"),
        ("tom@example.com", "<tom@example.com>"),
        ("https://example.com/a?b=1#c", "Open https://example.com/a?b=1#c, please."),
        ("https://example.com", "Open https://example.com/ please"),
        ("/home/ann/notes.txt", "Read /home/ann/notes.txt!"),
        ("report.pdf", "the file report.pdf."),
        ("Anna", "Anna's birthday"),
        ("Straße 12, Köln", "Send it to Straße 12, Köln; thanks"),
        ("4711", "order #4711, please"),
        (4711, "order 4711"),
        (1250, "pay $1250 today"),
        (12.75, "pay 12.75 EUR"),
        ("-5000", "set it to -5000"),
        ("well-known", "a well-known fact"),
        ("apples", "apples,5 of them"),
        ("  two words\n", "say two words to her"),
        ("line one\nline two", "Write:\nline one\nline two\n"),
        (["tom@example.com", "ann@example.com"], "Write to tom@example.com and ann@example.com"),
        # keys that are plain names say nothing
        ({"to": "tom@example.com"}, "Write to tom@example.com"),
        ([{"to": {"e-mail": "tom@example.com"}}], "Write to tom@example.com"),
        ({"a" * 64: "tom@example.com"}, "Write to tom@example.com"),
    ],
)
def test_what_a_user_typed_is_the_user_s_word(value: object, text: str) -> None:
    assert authority(value, text) == "user"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # a part of something longer
        ("/home/ann", "Delete /home/ann/old/notes.txt"),
        ("/home/ann/", "Delete /home/ann/old/notes.txt"),
        ("home/ann", "Delete /home/ann"),
        ("example.com", "Write to eve@example.com"),
        ("eve@example.com", "Write to steve@example.com"),
        ("eve@example.co", "Write to eve@example.com"),
        ("eve@example", "Write to eve@example.com"),
        ("https://example.com/", "Open https://example.com/a"),
        ("https://example.com", "Open https://example.com:8080"),
        ("https://example.com", "Open https://example.com.evil.example"),
        ("https://example.com/a", "Open https://example.com/a?delete=1"),
        ("report", "Delete report.pdf"),
        ("build/", "Delete build/*"),
        ("5000", "set it to -5000"),
        ("5000", "5000-6000"),
        ("5000", "pay 15000"),
        (1250, "pay 1,250,000"),
        ("2500", "pay 2500,75"),
        (12.5, "pay 12.50"),
        ("4912345678", "+4912345678"),
        ("known", "well-known"),
        ("cafe", "cafe\u0301"),
        ("user", "user\u200dname"),
        ("secret", "a=secret&b"),
        # too short to tell
        ("eve", "Ask eve"),
        ("500", "pay 500"),
        (500, "pay 500"),
        ("", "anything"),
        ("   ", "a    b"),
        # written in another way
        ("Tom@Example.com", "Write to tom@example.com"),
        ("TOM@EXAMPLE.COM", "Write to tom@example.com"),
        ("tom@exаmple.com", "Write to tom@example.com"),
        ("tom@example.com\u200b", "Write to tom@example.com"),
        ("tom@example.com\u2028", "Write to tom@example.com"),
        ("tom@example.com\x1c", "Write to tom@example.com"),
        ("tom%40example.com", "Write to tom@example.com"),
        ("two  words", "say two words"),
        ("cafe\u0301 bar", "the caf\xe9 bar"),
        ("tom@example.com\r\nBcc: eve@evil.example", "Write to tom@example.com"),
        ("tom@example.com,eve@evil.example", "Write to tom@example.com"),
        ("https://evil.example/?q=tom@example.com", "Write to tom@example.com"),
        # of no authority in a part
        (["tom@example.com", "eve@evil.example"], "Write to tom@example.com"),
        ({"tom@example.com": "eve@evil.example"}, "Write to tom@example.com"),
        ({"to": "tom@example.com", "cc": "eve@evil.example"}, "Write to tom@example.com"),
        ({"a" * 65: "tom@example.com"}, "Write to tom@example.com"),
        ({"to me": "tom@example.com"}, "Write to tom@example.com"),
        ({"\u0430": "tom@example.com"}, "Write to tom@example.com"),
        ({"to\n": "tom@example.com"}, "Write to tom@example.com"),
        ({7: "tom@example.com"}, "Write to tom@example.com"),
        ({"tom@example.com": {}}, "Write to eve@example.com"),
        ({"tom": {}}, "Write to tom"),
        (["tom@example.com", None], "Write to tom@example.com"),
        (["tom@example.com", True], "Write to tom@example.com"),
        (["tom@example.com", [[]]], "Write to eve@example.com"),
        ([], "anything"),
        ({}, "anything"),
        (None, "None and null"),
        (True, "True and true"),
    ],
)
def test_what_is_not_certain_is_nobody_s_word(value: object, text: str) -> None:
    assert authority(value, text) == "none"


def test_encodings_of_what_a_user_said_are_not_what_they_said() -> None:
    said = "wire it to account 12345678, key Zm9vYmFyYmF6"
    for value in (
        base64.b64encode(b"12345678").decode(),
        quote("wire it to account"),
        "12345678"[::-1],
        "0x" + f"{12345678:x}",
        "1.2345678e7",
        "12 345 678",
    ):
        assert authority(value, said) == "none"


def test_what_several_said_has_the_highest_authority_and_all_sources() -> None:
    found = label(
        "tom@example.com",
        ("developer", "Mail goes to tom@example.com only."),
        ("user", "Write to tom@example.com"),
        ("assistant", "I will write to tom@example.com"),
        ("tool", "tom@example.com"),
    )
    assert found.authority == "developer"
    assert found.level == POLICY.ladder.rank("developer")
    assert found.sources == ("assistant", "developer", "tool:web", "user")
    assert found.sensitivity == "privileged"


def test_a_list_has_the_least_authority_of_its_parts() -> None:
    both = ["tom@example.com", "ann@example.com"]
    said = (("developer", "tom@example.com"), ("user", "ann@example.com"))
    assert label(both, *said).authority == "user"


@pytest.mark.parametrize("role", ["tool", "assistant"])
def test_what_tools_and_assistants_said_has_none(role: str) -> None:
    found = label("tom@example.com", (role, "tom@example.com"))
    assert (found.authority, found.level) == ("none", 0)
    assert found.sources == (ROLES[role][1],)


@pytest.mark.parametrize(
    ("to", "level", "only", "expected"),
    [
        ("tool:web", None, (), "user"),
        ("tool:*", None, (), "user"),
        ("tool:web", "guideline", (), "guideline"),
        ("tool:web", "root", (), "user"),
        ("tool:mail", None, (), "none"),
        ("tool:web", None, ("style",), "none"),
    ],
)
def test_a_source_that_was_lifted_as_a_whole_lends_its_level(
    to: str, level: str | None, only: tuple[str, ...], expected: str
) -> None:
    asked = (
        directive("d", act="delegate", delegation=Delegation((to,), level, only)),
        directive("i", "none", 1, source="tool:web", subject="style"),
    )
    found = label("tom@example.com", ("tool", "tom@example.com"), asked=asked)
    assert found.authority == expected


PART = {"to": ("tool:web",), "level": None, "only": ("style",)}
WHOLE = {"to": ("tool:web",), "level": None, "only": ()}


@pytest.mark.parametrize(
    ("delegated", "expected"),
    [
        ([("developer", PART, {}), ("user", WHOLE, {})], "user"),
        ([("developer", PART, {}), ("user", {**WHOLE, "level": "root"}, {})], "user"),
        ([("developer", WHOLE, {}), ("user", WHOLE, {})], "developer"),
        ([("developer", {**WHOLE, "level": "guideline"}, {}), ("user", WHOLE, {})], "guideline"),
        ([("developer", PART, {}), ("user", WHOLE, {"mistaken": "no verb"})], "none"),
    ],
)
def test_of_several_delegations_only_those_of_the_whole_count(
    delegated: list, expected: str
) -> None:
    asked = [
        directive(f"d{at}", who, at, act="delegate", delegation=Delegation(**fields), **more)
        for at, (who, fields, more) in enumerate(delegated)
    ]
    asked += [
        directive(name, "none", 5, source="tool:web", subject=name)
        for name in ("style", "language")
    ]
    found = label("tom@example.com", ("tool", "tom@example.com"), asked=tuple(asked))
    assert found.authority == expected


def test_passages_without_authority_in_a_user_s_message_lend_none() -> None:
    text = "Forward this: tom@example.com"
    own = Passage(0, 0, 14, *ROLES["user"])
    for rest in (
        Passage(0, 14, len(text), Kind.QUOTE, "quote:user", "none", Sensitivity.PRIVATE),
        Passage(0, 14, len(text), *ROLES["user"], Doubt("email-headers", 80)),
    ):
        conversation = Conversation("test", (Message("user", text),), (own, rest))
        resolution = resolve(POLICY, conversation)
        args = {"x": "tom@example.com", "y": "this: tom@example.com"}
        found = label_arguments(POLICY, resolution, conversation, args)
        assert {each.authority for each in found.values()} == {"none"}


def test_bounds_are_kept() -> None:
    conversation = talk(("user", "word " * (MAX_PLACES + 5) + "tom@example.com"))
    resolution = resolve(POLICY, conversation)

    def of(args: dict[str, object]) -> dict[str, Label]:
        return label_arguments(POLICY, resolution, conversation, args)

    many = of({"x": ["tom@example.com"] * MAX_VALUES, "y": "tom@example.com"})
    assert many["x"].authority == "user"
    assert many["y"] == NO_LABEL
    for args in ({"x": [1] * MAX_NODES}, {"x": "a" * (MAX_TEXT + 1)}):
        with pytest.raises(ValueError, match="too large"):
            of(args)
    cyclic: list[object] = []
    cyclic.append(cyclic)
    with pytest.raises(ValueError, match="too large"):
        of({"x": cyclic})


TEXT = st.text(alphabet="ab./@-, é1", max_size=24)
VALUE = st.recursive(
    TEXT | st.integers() | st.booleans() | st.none() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=5,
)


@thorough
@given(st.dictionaries(TEXT, VALUE, max_size=3), st.lists(TEXT, max_size=3), st.data())
def test_words_without_authority_never_give_any(
    args: dict[str, object], said: list[str], data: st.DataObject
) -> None:
    roles = [data.draw(st.sampled_from(["user", "developer"])) for _ in said]
    entitled = list(zip(roles, said, strict=True))
    injected = [(role, text) for role in ("tool", "assistant") for text in map(str, args.values())]
    alone, mixed = talk(*entitled), talk(*injected, *entitled, *injected)
    before = label_arguments(POLICY, resolve(POLICY, alone), alone, args)
    after = label_arguments(POLICY, resolve(POLICY, mixed), mixed, args)
    assert before.keys() == after.keys() == args.keys()
    for name, found in before.items():
        assert (after[name].authority, after[name].level) == (found.authority, found.level)
        assert set(found.sources) <= set(after[name].sources)


@thorough
@given(TEXT, st.text(alphabet="ab./@-é1", min_size=4, max_size=12), TEXT, st.booleans())
def test_a_value_next_to_a_letter_is_nobody_s(
    before: str, value: str, after: str, left: bool
) -> None:
    text = f"{before}x{value}{after}" if left else f"{before}{value}x{after}"
    if text.count(value) == 1:
        assert label(value, ("user", text)).authority == "none"
