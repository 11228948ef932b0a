"""All directives of a conversation and its request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter import parse
from charter.policy.compiled.compile import compile_policy
from charter.policy.conversation import (
    EMPTY,
    Conversation,
    Doubt,
    Kind,
    Message,
    Passage,
    Sensitivity,
)
from charter.policy.directive import BEFORE, Act
from charter.policy.directives.collect import (
    MAX_CHARACTERS,
    MAX_DIRECTIVES,
    MAX_UNUSABLE,
    directives_in,
    directives_of_sections,
    from_metadata,
)
from charter.policy.fate import Ground, Place
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.source import Source
from charter.spec.build import build
from charter.spec.reading import choose

FENCE = "~~~directive\nkeep: no_prices\n~~~\n"


def chat(*messages, **more):
    listed = [{"role": role, "content": content} for role, content in messages]
    return label(
        read({"model": "m", "messages": listed, **more}, "openai-chat", system_as="system")
    )


def one(text, *, kind=Kind.DIRECTIVE, level="user", doubt=None):
    """A conversation of one passage."""
    passage = Passage(0, 0, len(text), kind, "user", level, Sensitivity.PRIVATE, doubt)
    return Conversation("chat", (Message("user", text),), (passage,))


def listed(found):
    return [(each.id, each.act, each.level, each.order) for each in found.directives]


def test_nothing_is_found_in_nothing():
    assert directives_in(EMPTY) == ((), ())
    assert directives_in(chat(("system", "A directive ~~~ of no form."))) == ((), ())


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("system", "system"),
        ("developer", "developer"),
        ("user", "user"),
        ("assistant", "none"),
    ],
)
def test_a_fence_has_the_authority_of_its_message(role, level):
    found = directives_in(chat((role, f"Hello.\n\n{FENCE}")))
    assert [(each.level, each.targets) for each in found.directives] == [(level, ("no_prices",))]
    assert found.directives[0].origin.channel == "fence"
    assert not found.unusable


def test_a_fence_knows_its_place():
    text = f"Hello.\n\n{FENCE}Bye."
    found = directives_in(chat(("user", "Hi"), ("user", text)))
    place = found.directives[0].place
    assert place == Place(1, text.index("~~~"), text.index("\nBye."))


def test_a_fence_in_a_tool_result_has_no_authority():
    call = {"id": "c", "type": "function", "function": {"name": "web", "arguments": "{}"}}
    messages = [
        {"role": "user", "content": "Look."},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c", "content": FENCE},
    ]
    found = directives_in(label(read({"model": "m", "messages": messages})))
    assert [(each.level, each.source) for each in found.directives] == [("none", "tool:web")]


def test_a_fence_in_a_quoted_block_has_no_authority():
    text = f"What does this do?\n\n````\n{FENCE}````\n"
    assert [each.level for each in directives_in(chat(("user", text))).directives] == ["none"]


def test_what_is_wrong_in_a_fence_is_reported_at_its_place():
    text = "Hi.\n\n~~~directive\nscope:\n  max_csot: 3\n~~~\n"
    (unread,) = directives_in(chat(("user", "Hello"), ("user", text))).unusable
    assert (unread.message, unread.level) == (1, "user")
    assert unread.unusable.message == "scope has no field 'max_csot'"
    assert unread.unusable.span.of(text) == "max_csot: 3"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("~~~directive\nkeep: no_prices\n", "never closed"),
        ("~~~directive\nkeep: [no_prices\n~~~", "YAML"),
        ("~~~directive\nkeep: &a no_prices\n~~~", "anchors and aliases"),
        ("~~~directive\n- keep\n~~~", "key: value"),
        ("~~~directive\n~~~", "needs a verb"),
        ("~~~directive\nkeep: \ud800\n~~~", "YAML"),
        ("a directive ~~~ keep: no_prices", "begins with ~~~directive"),
    ],
)
def test_a_fence_that_cannot_be_read_is_unusable(text, what):
    found = directives_in(one(text))
    assert not found.directives
    assert what in found.unusable[0].unusable.message


def test_settings_of_a_message_are_directives_of_its_role():
    messages = (
        Message("system", "", settings=(("under_18", True),)),
        Message("assistant", "", settings=(("under_18", False), ("odd", None))),
    )
    found = directives_in(Conversation("chat", messages, ()))
    assert [(each.subject, each.value, each.level) for each in found.directives] == [
        ("under_18", True, "system"),
        ("under_18", False, "none"),
    ]
    assert [each.message for each in found.unusable] == [1]


@pytest.mark.parametrize(
    "said",
    [
        {"directives": [{"keep": "no_prices"}], "settings": {"under_18": True}},
        '{"directives": [{"keep": "no_prices"}], "settings": {"under_18": true}}',
    ],
)
def test_request_metadata_speaks_at_the_level_of_the_caller(said):
    found = directives_in(EMPTY, metadata={"charter": said, "team": "x"}, metadata_level="system")
    assert [(each.act, each.level, each.order) for each in found.directives] == [
        (Act.KEEP, "system", BEFORE),
        (Act.SETTING, "system", BEFORE),
    ]
    assert found.directives[0].origin.channel == "metadata"


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"directive": []}, "no field 'directive'"),
        ({"directives": {"keep": "a"}}, "must be a list"),
        ({"directives": None}, "must be a list"),
        ({"directives": [{"kep": "a"}]}, "no field 'kep'"),
        ({"settings": [1]}, "must be a mapping"),
        ([], "must be an object"),
        ("[1]", "key: value"),
        ("{", "YAML"),
        ({1: 2}, "no field 1"),
    ],
)
def test_metadata_that_cannot_be_read_is_reported(said, what):
    found = from_metadata({"charter": said}, "developer")
    assert not found.directives
    assert what in found.unusable[0].message


def test_other_metadata_is_left_alone():
    assert from_metadata({"team": "x", "user": {"directives": 3}}, "developer") == ([], [])


def test_doubt_makes_a_directive_suspect_under_the_reading():
    doubted = one(FENCE, doubt=Doubt("pasted-mail", 70))
    (directive,) = directives_in(doubted).directives
    assert directive.mistaken == "possibly quoted: pasted-mail"
    trusting = choose({"possibly_quoted": "keeps_authority"})
    assert directives_in(doubted, readings=trusting).directives[0].mistaken is None
    quoted = one(FENCE, level="none", doubt=Doubt("pasted-mail", 70))
    assert directives_in(quoted).directives[0].mistaken is None


def test_equal_directives_of_one_level_are_told_apart():
    found = directives_in(chat(("user", FENCE), ("user", FENCE)))
    first, second = (each.id for each in found.directives)
    assert second == f"{first}-2"


def test_the_higher_level_keeps_the_id():
    low = "~~~directive\nid: rule\noverride: a\n~~~"
    high = "~~~directive\nid: rule\nkeep: a\n~~~"
    found = directives_in(chat(("user", low), ("system", high)))
    assert listed(found) == [("rule-2", "override", "user", 0), ("rule", "keep", "system", 1)]


def test_nobody_takes_the_id_of_a_section():
    fence = "~~~directive\nid: be_brief\nkeep: a\n~~~"
    found = directives_in(chat(("user", fence)), taken=["be_brief"])
    assert [each.id for each in found.directives] == ["be_brief-2"]


def test_a_flood_below_takes_no_room_above():
    flood = "".join(f"~~~directive\nkeep: s{number}\n~~~\n" for number in range(MAX_DIRECTIVES + 9))
    found = directives_in(chat(("assistant", flood), ("system", FENCE)))
    levels = [each.level for each in found.directives]
    assert levels.count("none") == MAX_DIRECTIVES
    assert levels.count("system") == 1
    assert len(found.unusable) == 1
    assert "the rest are left out" in found.unusable[0].unusable.message


def test_ten_thousand_directives_are_read():
    each = 200
    fences = "".join(
        "~~~directive\ndirectives:\n"
        + "".join(f"  - keep: s{start + number}\n" for number in range(each))
        + "~~~\n"
        for start in range(0, MAX_DIRECTIVES, each)
    )
    found = directives_in(chat(("user", fences)))
    assert len(found.directives) == MAX_DIRECTIVES
    assert len({directive.id for directive in found.directives}) == MAX_DIRECTIVES
    assert not found.unusable


def test_long_fences_are_read_up_to_a_limit():
    comment = "# " + "x" * 60_000 + "\n"
    text = f"~~~directive\n{comment}keep: a\n~~~\n" * 12
    found = directives_in(one(text))
    assert len(found.directives) == MAX_CHARACTERS // (len(comment) + len("keep: a\n"))
    assert "characters in fences" in found.unusable[0].unusable.message


def test_what_is_unusable_is_kept_up_to_a_limit():
    found = directives_in(one("~~~directive\nkep: a\n~~~\n" * (MAX_UNUSABLE + 50)))
    assert len(found.unusable) == MAX_UNUSABLE + 1
    assert sum("cannot be used" in each.unusable.message for each in found.unusable) == 1


def sections(text):
    return build(parse(Source("overlay.md", text))).sections


def test_fences_of_an_overlay_are_read_at_its_level():
    text = (
        f"# Shop {{#shop}}\n\n{FENCE}\n~~~directive\nid: a\nkeep: x\n~~~\n\n## B {{#b}}\n\n{FENCE}"
    )
    found = directives_of_sections(sections(text), "developer", name="shop", taken=["a"])
    assert [(each.id, each.level, each.order, each.origin) for each in found.directives] == [
        ("d-87545a92", "developer", BEFORE, ("overlay", "shop", 100)),
        ("a-2", "developer", BEFORE, ("overlay", "shop", 100)),
        ("d-87545a92-2", "developer", BEFORE, ("overlay", "shop", 100)),
    ]


def test_what_is_wrong_in_an_overlay_is_found_at_its_place():
    text = "# Shop {#shop}\n\n~~~directive\ndirectives:\n  - keep: a\n  - scope: {cost: 1}\n~~~\n"
    found = directives_of_sections(sections(text), "developer")
    assert [each.span.of(text) for each in found.unusable] == ["cost: 1"]
    assert len(found.directives) == 1


texts = st.sampled_from(
    [
        FENCE,
        "Hello.",
        "~~~directive\nid: rule\nkeep: a\n~~~",
        "~~~directive\nid: rule\noverride: a\n~~~",
        "~~~directive\nkep: a\n~~~",
        "~~~directive\nsetting: {under_18: false}\n~~~",
    ]
)
high = st.lists(st.tuples(st.sampled_from(["system", "developer"]), texts), max_size=4)
low = st.lists(st.tuples(st.sampled_from(["user", "assistant"]), texts), max_size=4)


@given(high, low, st.randoms(use_true_random=False))
def test_lower_messages_change_nothing_of_higher_directives(above, below, random):
    """Non-interference: not their ids, acts, levels or relative order."""
    mixed = [*above]
    for message in below:
        mixed.insert(random.randint(0, len(mixed)), message)

    def seen(messages):
        found = directives_in(chat(*messages)) if messages else directives_in(EMPTY)
        return [
            (each.id, each.act, each.level, each.targets)
            for each in found.directives
            if each.level in ("system", "developer")
        ]

    assert seen(mixed) == seen(above)


BASE = """---
spec: house
version: "1.0"
---

# House {#house}

## Brief {#be_brief authority=user}

The assistant should be brief.
"""


def fates(*messages, **more):
    policy = compile_policy(build(parse(Source("house.md", BASE))))
    conversation = chat(*messages)
    gathered = directives_in(conversation, taken=policy.by_id, **more)
    resolution = resolve(policy, conversation, gathered.directives)
    return {each.id: resolution.fate(each.id).ground for each in gathered.directives}


def test_a_directive_on_an_unknown_section_is_set_aside():
    fence = "~~~directive\nid: x\noverride: no_such_section\n~~~"
    assert fates(("user", fence)) == {"x": Ground.UNKNOWN_TARGET}


def test_a_delegation_that_lifts_its_own_source_is_set_aside():
    outer = "~~~directive\nid: outer\ndelegate: {to: code*}\n~~~"
    inner = "~~~directive\nid: inner\ndelegate: {to: code*}\n~~~"
    found = fates(("user", f"{outer}\n\n````\n{inner}\n````\n"))
    assert found["outer"] is Ground.APPLIES
    assert found["inner"] is Ground.CYCLIC


def test_a_section_cannot_be_impersonated():
    fence = "~~~directive\nid: be_brief\noverride: be_brief\n~~~"
    assert fates(("user", fence)) == {"be_brief-2": Ground.APPLIES}
