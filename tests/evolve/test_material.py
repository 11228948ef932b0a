"""What can be trained on, and what is left out with a reason."""

import pytest

from charter.errors import SpecError
from charter.evolve.material import gather_material
from charter.load import load

from .specs import SPEC, TRAINING, folder

TURNS = """
**Example**: two turns

~~~xml
<user>
First?
</user>
<comparison>
<assistant> <!-- BAD -->
No.
</assistant>
<assistant> <!-- GOOD -->
Yes.
</assistant>
</comparison>
<user>
And then?
</user>
<comparison>
<assistant> <!-- GOOD -->
Then.
</assistant>
</comparison>
~~~
"""


def gathered(tmp_path, spec=SPEC, scenarios=None):
    return gather_material(load(folder(tmp_path, scenarios, spec)))


def reasons(material):
    return [each.reason for each in material.left_out]


def test_an_example_comes_with_all_its_answers(tmp_path):
    found = gathered(tmp_path)
    (graded,) = found.graded
    assert [answer.grade for answer in graded.answers] == ["BAD", "BAD", "OK", "GOOD"]
    assert graded.origin[1:] == ("prices", "developer", ("prices/pric", "prices/whoo"))
    assert (found.licence, found.version, found.left_out) == ("CC-BY-4.0", "2", ())


def test_a_second_comparison_goes_on_from_the_good_answer(tmp_path):
    _, first, second = gathered(tmp_path, SPEC + TURNS).graded
    assert [message.content for message in first.prompt] == ["First?"]
    assert [message.content for message in second.prompt] == ["First?", "Yes.", "And then?"]


def test_without_one_good_answer_it_does_not_go_on(tmp_path):
    two = TURNS.replace("<!-- BAD -->", "<!-- GOOD -->")
    found = gathered(tmp_path, SPEC + two)
    assert len(found.graded) == 2
    assert reasons(found) == ["it goes on from more than one good answer, or none"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("How much would", "[... a long letter] How much would", "its conversation has an elision"),
        ("About sixty.", "About [\u2026 a sum].", "an answer has an elision"),
        ("About sixty.", " ", "an answer is empty"),
        ("About sixty.", "[in a low voice] Sixty.", "an answer begins with a stage direction"),
        ("<!-- BAD -->", "", "an answer without a grade"),
        ("</user>\n<comparison>", "</user\n<comparison>", "its text could not be read in full"),
        ("<user>", "<assistant>", "its text could not be read in full"),
    ],
)
def test_what_is_not_whole_is_left_out(tmp_path, old, new, reason):
    found = gathered(tmp_path, SPEC.replace(old, new))
    assert reason in reasons(found) or reason == "an answer without a grade"
    assert sum(len(graded.answers) for graded in found.graded) < 4


def test_a_link_is_no_stage_direction(tmp_path):
    linked = SPEC.replace("About sixty.", "[the price list](https://example.org) says sixty.")
    assert reasons(gathered(tmp_path, linked)) == []


def test_an_answer_with_words_of_a_held_out_scenario_is_left_out(tmp_path):
    asked = "My lamp went out on the hill last night, is there a cheaper one than this?"
    _, held = TRAINING.split("#price_bell")
    body = held[held.index("<user>") + 7 : held.index("</user>")]
    scenarios = TRAINING.replace(body, f"{asked}\n")
    answer = "Sixty, and your lamp went out on the hill last night, too."
    found = gathered(tmp_path, SPEC.replace("About sixty.", answer), scenarios)
    assert reasons(found) == ["8 words in a row of held-out scenario price_bell"]
    assert sum(len(graded.answers) for graded in found.graded) == 3


def test_the_assistant_may_not_speak_last(tmp_path):
    turned = SPEC.replace(
        "</user>\n<comparison>", "</user>\n<assistant>\nHm.\n</assistant>\n<comparison>"
    )
    assert reasons(gathered(tmp_path, turned)) == ["the assistant spoke last"]


def test_scenarios_for_training_come_and_others_do_not(tmp_path):
    found = gathered(tmp_path, scenarios=TRAINING)
    (rubric,) = found.rubrics
    assert rubric.origin == ("price_chain", "prices", "developer", ("prices/pric",))
    assert [name for name, _ in rubric.checks] == ["not_contains", "max_words"]
    assert (found.held_out, found.drafts) == (1, 1)


def test_a_scenario_for_training_of_a_held_out_source_is_left_out(tmp_path):
    text = TRAINING.replace("use=train}", "use=train source=x}", 1)
    text = text.replace("{#price_bell family=bounds", "{#price_bell source=x family=bounds")
    found = gathered(tmp_path, scenarios=text)
    assert found.rubrics == ()
    assert reasons(found) == ["made from the same source as held-out scenario price_bell"]


def test_an_example_from_which_a_held_out_scenario_was_made_is_left_out(tmp_path):
    example = load(folder(tmp_path)).section("prices").examples[0].id
    text = TRAINING.replace("{#price_bell", f"{{#price_bell source={example}")
    assert gathered(tmp_path, scenarios=text).graded == ()


def test_what_holds_the_canary_is_left_out(tmp_path):
    marked = TRAINING.replace("section: prices", "section: prices\ncanary: old road bike")
    marked = marked.replace("new chain", "old road bike chain")
    found = gathered(tmp_path, scenarios=marked)
    assert (found.graded, found.rubrics) == ((), ())
    assert reasons(found) == ["it has the canary in it"] * 2


def test_a_rubric_or_a_reason_that_holds_the_canary_is_left_out(tmp_path):
    marked = TRAINING.replace("section: prices", "section: prices\ncanary: The reply names")
    assert reasons(gathered(tmp_path, scenarios=marked)) == ["it has the canary in it"]
    marked = TRAINING.replace("section: prices", "section: prices\ncanary: names who knows")
    found = gathered(tmp_path, scenarios=marked)
    assert reasons(found) == ["it has the canary in it"]
    assert "GOOD" not in {answer.grade for each in found.graded for answer in each.answers}


@pytest.mark.parametrize(
    ("named", "licence"),
    [
        ("license: CC-BY-4.0\n", "CC-BY-4.0"),
        ("license: MIT\n", "CC-BY-4.0 AND MIT"),
        ("", "unknown"),
    ],
)
def test_the_licences_of_overlays_hold_too(tmp_path, named, licence):
    over = tmp_path / "over.md"
    over.write_text(f"---\nspec: over\n{named}---\n\n# Over\n")
    spec = load(folder(tmp_path))
    assert gather_material(spec, overlays=[load(over)]).licence == licence


def test_nobody_trains_on_what_nobody_decided(tmp_path):
    text = TRAINING.replace("The reply names", "UNDECIDED: if first: The reply names", 1)
    with pytest.raises(SpecError, match="nobody has decided"):
        gathered(tmp_path, scenarios=text)


def test_a_spec_without_a_licence_says_so(tmp_path):
    assert gathered(tmp_path, SPEC.replace("license: CC-BY-4.0\n", "")).licence == "unknown"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("outcome: refuse", "outcome: maybe"),
        ("checks:\n", "checks: x\nrubrik:\n"),
        ("section: prices", "section: gone"),
        ("max_words: {n: 40}", "max_words"),
    ],
)
def test_a_scenario_for_training_that_cannot_be_used_is_an_error_with_a_place(tmp_path, old, new):
    with pytest.raises(SpecError) as problem:
        gathered(tmp_path, scenarios=TRAINING.replace(old, new, 1))
    assert problem.value.place.path.endswith("prices.md")
