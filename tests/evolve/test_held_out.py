"""What measures does not train."""

import pytest

from charter.evolve.held_out import HeldOut, is_draft, is_training
from charter.source import Source, Span
from charter.spec.build import build_scenarios
from charter.syntax.parse_conversation import parse_conversation
from charter.syntax.reader import parse

ASKED = "I saw a brass bell in the window of your other branch yesterday, what does it cost?"


def scenarios(attributes="", text=ASKED):
    caption = f"**Scenario**: x {{#bell family=bounds{attributes}}}"
    body = f"{caption}\n\n~~~xml\n<user>\n{text}\n</user>\n~~~\n"
    return build_scenarios(parse(Source("f.md", body), reader="model-spec"), "prices")


def said(text, role="user"):
    xml = f"<{role}>\n{text}\n</{role}>"
    return parse_conversation(xml, Span(0, len(xml))).messages


def why(text, attributes="", made_from=()):
    return HeldOut([scenarios(attributes)]).why(said(text), made_from)


def test_the_same_words_are_held_out_whatever_their_form():
    assert (
        why(ASKED.upper().replace(" ", "\n")) == "the same conversation as held-out scenario bell"
    )


def test_nearly_the_same_words_are_held_out():
    assert "nearly the same" in why(f"Hello! {ASKED.replace('brass', 'small')} Thanks.")
    assert why("What does a bell cost in your shop, and is it of brass?") is None


def test_a_short_text_is_only_held_out_where_it_is_the_same():
    held = HeldOut([scenarios(text="What is it?")])
    assert held.why(said("What is it"))
    assert held.why(said("What is it worth?")) is None


def test_what_a_scenario_was_made_from_is_held_out():
    assert "made from the same source" in why("hello", " source=prices/wants", ["prices/wants"])
    assert why("hello", " source=prices/wants", ["prices/other"]) is None


@pytest.mark.parametrize("attributes", [" status=draft", " use=train", " status=draft use=train"])
def test_drafts_and_training_hold_nothing_out(attributes):
    assert why(ASKED, attributes) is None
    assert len(HeldOut([scenarios(attributes)])) == 0


@pytest.mark.parametrize(
    ("attributes", "draft", "training"),
    [
        ("", False, False),
        (" status=accepted use=test", False, False),
        (" use=train", False, True),
        (" status=draft use=train", True, False),
        (" status=maybe use=train", True, False),
    ],
)
def test_only_accepted_scenarios_train(attributes, draft, training):
    (scenario,) = scenarios(attributes).scenarios
    assert (is_draft(scenario), is_training(scenario)) == (draft, training)


def test_what_the_assistant_says_does_not_count():
    held = HeldOut([scenarios()])
    assert held.why((*said("Hm.", "assistant"), *said(ASKED)))


def test_eight_words_in_a_row_are_held_out_in_any_text():
    held = HeldOut([scenarios()])
    shared = "You said: the window of your Other branch yesterday, WHAT does; right?"
    found = "8 words in a row of held-out scenario bell"
    assert held.shared(["", shared]) == found
    assert held.shared([shared.replace("window", "door")]) is None
    long = f"{shared} {' '.join(f'word{number}' for number in range(40))}"
    assert held.why(said(long)) == found
    assert held.why((*said("Hm?"), *said(long, "assistant"))) == found


def test_the_rubric_of_a_scenario_is_held_out():
    text = "It names the other branch, quotes no price, and offers to ask there."
    body = scenarios().source.text + f"\n~~~expect\noutcome: any\nrubric: {text}\n~~~\n"
    held = HeldOut([build_scenarios(parse(Source("f.md", body), reader="model-spec"), "prices")])
    assert held.shared([f"Good: {text}"])
    assert held.shared(["Good: it names the other branch, and no price."]) is None
