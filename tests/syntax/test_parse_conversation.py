"""Conversations as a spec writes them, well-formed and not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.source import Span
from charter.syntax.conversation import Conversation, Grade
from charter.syntax.parse_conversation import parse_conversation


def read(text: str) -> Conversation:
    return parse_conversation(text, Span(0, len(text)))


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in read(text).problems]


def graded(comment: str) -> str:
    return f"<comparison>\n<assistant> <!-- {comment} -->\nHi\n</assistant>\n</comparison>\n"


def test_messages_are_read_in_order() -> None:
    text = '<system>\nA\n</system>\n<user>\nB\n\nC\n</user>\n<tool name="x">\n{}\n</tool>\n'
    found = read(text)
    assert [(m.role, m.content) for m in found.messages] == [
        ("system", "A"),
        ("user", "B\n\nC"),
        ("tool", "{}"),
    ]
    assert found.messages[2].attribute("name") == "x"
    assert found.messages[2].attribute("other") is None
    assert found.messages[1].span.of(text) == "<user>\nB\n\nC\n</user>"
    assert found.problems == ()


@pytest.mark.parametrize(
    ("comment", "grade", "cites", "reason"),
    [
        ("GOOD", Grade.GOOD, None, None),
        ("OK: fine", Grade.OK, None, "fine"),
        ("BAD[#be_kind]: rude", Grade.BAD, "be_kind", "rude"),
        ("BAD[#be_kind]", Grade.BAD, "be_kind", None),
        ("GOOD, given doubt", Grade.GOOD, None, "given doubt"),
        ("GOOD, 'a, b' in Korean: yes", Grade.GOOD, None, "'a, b' in Korean: yes"),
        ("BAD: see [?](#other), why", Grade.BAD, None, "see [?](#other), why"),
        ("GOOD:", Grade.GOOD, None, None),
    ],
)
def test_grade_is_read(comment: str, grade: Grade, cites: str | None, reason: str | None) -> None:
    (response,) = read(graded(comment)).responses
    assert (response.grade, response.cites, response.reason) == (grade, cites, reason)
    assert response.message.content == "Hi"


@pytest.mark.parametrize("comment", ["FINE", "good", "GOODISH", "GOOD enough", ""])
def test_unknown_grade_is_a_problem(comment: str) -> None:
    found = read(graded(comment))
    assert found.responses[0].grade is None
    assert [problem.kind for problem in found.problems] == ["unknown-grade"]


def test_comparisons_are_counted_and_placed() -> None:
    text = f"<user>\nA\n</user>\n{graded('GOOD')}<user>\nB\n</user>\n{graded('BAD')}"
    found = read(text)
    assert found.comparisons == 2
    assert [(r.comparison, r.after) for r in found.responses] == [(0, 1), (1, 2)]


def test_settings_are_no_content() -> None:
    (message,) = read(
        "<system>\n<settings>\nunder_18: true\nx : a:b\n</settings>\nHi\n</system>"
    ).messages
    assert message.settings == (("under_18", "true"), ("x", "a:b"))
    assert message.content == "Hi"


def test_untrusted_text_is_placed_in_the_content() -> None:
    (message,) = read("<user>\nA &lt; <untrusted>\nB &amp;\n</untrusted>\nC\n</user>").messages
    assert message.content == "A < <untrusted>\nB &\n</untrusted>\nC"
    assert [span.of(message.content) for span in message.untrusted] == ["\nB &\n"]


def test_unclosed_untrusted_text_reaches_to_the_end() -> None:
    (message,) = read("<user>A<untrusted>B</user>").messages
    assert [span.of(message.content) for span in message.untrusted] == ["B"]


@pytest.mark.parametrize(
    ("raw", "content"),
    [
        ("&lt;b&gt; &amp;lt; &quot;&apos;", "<b> &lt; \"'"),
        ("&nbsp; &", "&nbsp; &"),
        ("\na\n", "a"),
        ("\n\na\n\n", "\na\n"),
        ("\r\na\r\n", "a"),
        ("\ra\r", "a"),
        ("a", "a"),
        ("", ""),
        ("\n", ""),
    ],
)
def test_content_is_unescaped_without_layout(raw: str, content: str) -> None:
    assert read(f"<user>{raw}</user>").messages[0].content == content


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("<user>\nA\n", ["unclosed-tag"]),
        ("<comparison>\n", ["unclosed-tag"]),
        ("<user>\nA\n<assistant>\nB\n</assistant>\n", ["misplaced-tag"]),
        ("</user>\n", ["misplaced-tag"]),
        ("<user>\nA\n</assistant>\n</user>\n", ["misplaced-tag", "raw-angle-bracket"]),
        ("<comparison>\n<comparison>\n</comparison>\n", ["misplaced-tag"]),
        ("</comparison>\n", ["misplaced-tag"]),
        ("<comparison>\n<user>\nA\n</user>\n</comparison>\n", ["misplaced-tag"]),
        ("<comparison>\n<assistant>\nA\n</assistant>\n</comparison>\n", ["missing-grade"]),
        ("<assistant> <!-- GOOD -->\nA\n</assistant>\n", ["grade-outside-comparison"]),
        ("<user>\na < b\n</user>\n", ["raw-angle-bracket"]),
        ("text\n", ["text-outside-message"]),
        ("<user>A</user>*<user>B</user>", ["text-outside-message"]),
        ("[...]\n<user>\nA\n</user>\n[... more ...]\n", []),
        ("", []),
    ],
)
def test_what_is_malformed_is_a_problem(text: str, problems: list[str]) -> None:
    assert kinds(text) == problems


def test_unclosed_message_keeps_its_text() -> None:
    assert [m.content for m in read("<user>\nA\n<assistant>\nB").messages] == ["A", "B"]


def test_only_the_span_is_read() -> None:
    text = "<user>\nA\n</user>\n<user>\nB\n</user>\n"
    found = parse_conversation(text, Span(17, len(text)))
    assert [message.content for message in found.messages] == ["B"]
    assert found.messages[0].span.of(text).startswith("<user>")


FRAGMENTS = st.sampled_from(
    ["<user>", "</user>", "<assistant>", "</assistant>", "<comparison>", "</comparison>",
     " <!-- GOOD -->", " <!-- -->", "<settings>\na: b\n</settings>", "<untrusted>", "</untrusted>",
     "&lt;", "&amp;lt;", "\n", "\r", "[...", "]", 'x="y"', "<tool name=", "text", "é", "\ud800"]
)  # fmt: skip


@given(st.lists(FRAGMENTS).map("".join))
def test_any_body_is_read(text: str) -> None:
    found = read(text)
    messages = [*found.messages, *(response.message for response in found.responses)]
    for message in messages:
        assert 0 <= message.span.start < message.span.end <= len(text)
        assert all(span.end <= len(message.content) for span in message.untrusted)
    assert all(response.after <= len(found.messages) for response in found.responses)
    assert all(response.comparison < max(found.comparisons, 1) for response in found.responses)
