"""What an approval is bound to."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from charter.gateway.binding import approval_id, arguments_digest, binding, conversation_digest

SCALARS = st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
PARTS = {
    "arguments": "a",
    "policy": "p",
    "conversation": "c",
    "tool": "t",
    "principal": "who",
    "stage": "tool_call",
}


@given(st.dictionaries(st.text(max_size=4), JSON), st.dictionaries(st.text(max_size=4), JSON))
def test_arguments_have_one_digest_exactly_when_they_say_the_same(one, other):
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    assert (arguments_digest(one) == arguments_digest(other)) == same
    shuffled = dict(reversed(one.items()))
    assert arguments_digest(shuffled) == arguments_digest(one)


def test_any_part_makes_another_binding():
    plain = binding(**PARTS)
    assert plain == binding(**PARTS)
    others = [binding(**PARTS | {name: value + "x"}) for name, value in PARTS.items()]
    others.append(binding(**PARTS, nth=2))
    swapped = PARTS | {"tool": PARTS["principal"], "principal": PARTS["tool"]}
    assert len({plain, *others, binding(**swapped)}) == len(PARTS) + 3


def test_a_conversation_is_what_is_asked_under_a_policy_in_a_name():
    body = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.5}
    plain = conversation_digest(body, "policy", "ann")
    assert conversation_digest(body | {"stream": True, "temperature": 1}, "policy", "ann") == plain
    changed = [
        conversation_digest(body, "other", "ann"),
        conversation_digest(body, "policy", "bob"),
        conversation_digest(body | {"model": "n"}, "policy", "ann"),
        conversation_digest(body | {"tools": []}, "policy", "ann"),
        conversation_digest(body | {"metadata": {"charter": {}}}, "policy", "ann"),
        conversation_digest(body | {"messages": []}, "policy", "ann"),
        conversation_digest(body | {"web_search_options": {}}, "policy", "ann"),
        conversation_digest(body | {"documents": ["one"]}, "policy", "ann"),
        conversation_digest(body, "policy", "ann", application="bank"),
        conversation_digest(body, "policy", "ann", api="openai-chat"),
    ]
    assert len({plain, *changed}) == 11


def test_ids_tell_attempts_apart():
    bound = binding(**PARTS)
    first, second = approval_id(bound, 1), approval_id(bound, 2)
    assert first.startswith("apr_")
    assert first.endswith("_1")
    assert len(first) == 4 + 32 + 2
    assert first[:-1] == second[:-1]
    assert first != second
