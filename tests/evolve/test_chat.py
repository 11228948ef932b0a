"""Messages in the roles that chat templates know."""

from charter.evolve.chat import chat
from charter.source import Span
from charter.syntax.parse_conversation import parse_conversation


def chatted(xml):
    return chat(parse_conversation(xml, Span(0, len(xml))).messages)


def test_developers_and_the_operator_become_one_system_message():
    found = chatted("<system>\nA\n</system>\n<developer>\nB\n</developer>\n<user>\nC\n</user>")
    assert found == [{"role": "system", "content": "A\n\nB"}, {"role": "user", "content": "C"}]


def test_a_later_developer_message_stays_where_it_is():
    found = chatted("<user>\nA\n</user>\n<developer>\nB\n</developer>\n<user>\nC\n</user>")
    assert [message["role"] for message in found] == ["user", "system", "user"]


def test_a_call_is_a_text_and_its_answer_a_tool_message():
    found = chatted(
        '<user>\nA\n</user>\n<assistant recipient="f">\n{"x": 1}\n</assistant>\n'
        '<tool name="f">\n2\n</tool>'
    )
    call = '<tool_call>\n{"name": "f", "arguments": {"x": 1}}\n</tool_call>'
    assert found[1:] == [
        {"role": "assistant", "content": call},
        {"role": "tool", "content": "2"},
    ]


def test_arguments_that_are_no_object_stay_text():
    (call,) = chatted('<assistant recipient="python">\nprint(1)\n</assistant>')
    assert '"arguments": "print(1)"' in call["content"]


def test_settings_stand_in_front():
    (message,) = chatted("<developer>\n<settings>\nmax: 3\n</settings>\nHi.\n</developer>")
    assert message["content"] == "<settings>\nmax: 3\n</settings>\nHi."
