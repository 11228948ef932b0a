"""What changed between two versions: cases, the three real versions, and properties."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.load import load
from charter.source import Source
from charter.spec.build import build
from charter.spec.changes.change import WEIGHTS, Effect, Kind, Weight, combined
from charter.spec.changes.diff import diff
from charter.spec.changes.diff_section import out_of_order
from charter.spec.changes.diff_sentences import sentences
from charter.syntax.reader import parse

CASES = Path(__file__).resolve().parents[2] / "cases" / "diffs"


def spec(text, path="spec.md"):
    return build(parse(Source(path, text), reader="model-spec"))


def rows(found):
    return [
        [[kind.value for kind in change.kinds], change.effect.value, change.old_id, change.new_id]
        for change in found.changes
    ]


@pytest.mark.parametrize("case", sorted(CASES.iterdir()), ids=lambda case: case.name)
def test_case(case):
    found = diff(load(case / "old.md"), load(case / "new.md"))
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    assert rows(found) == expected["changes"]
    assert list(sentences(found)) == expected["sentences"]
    assert found.substance is expected["substance"]


def test_every_kind_that_matters_has_a_case():
    shown = {
        kind
        for case in CASES.iterdir()
        for kinds, *_ in json.loads((case / "expected.json").read_text(encoding="utf-8"))["changes"]
        for kind in kinds
    }
    missing = {kind.value for kind in Kind} - shown
    assert missing == {"authority_changed", "section_depth", "example_moved"}
    assert set(WEIGHTS) == set(Kind)


# The real versions. Source of the sets: reference "spec-format", sections 4 and 6.


@pytest.fixture(scope="module")
def versions(data_dir):
    names = ("2025-02-12", "2025-10-27", "2025-12-18")
    return [load(data_dir / "model_spec" / name / "model_spec.md") for name in names]


@pytest.fixture(scope="module")
def first_step(versions):
    return diff(versions[0], versions[1])


@pytest.fixture(scope="module")
def second_step(versions):
    return diff(versions[1], versions[2])


def old_ids(found, *kinds):
    return {change.old_id for change in found.of(*kinds)}


def new_ids(found, *kinds):
    return {change.new_id for change in found.of(*kinds)}


GONE = {"approachable", "be_empathetic", "be_engaging", "be_kind", "protect_privileged_messages"}
COME = {
    "be_curious",
    "be_interesting_and_interested",
    "be_responsible",
    "be_warm",
    "control_side_effects",
    "have_conversational_sense",
    "love_humanity",
    "no_other_objectives",
    "protect_privileged_information",
    "red_line_principles",
    "respect_real_world_ties",
    "scope_of_autonomy",
}


@pytest.mark.data
def test_first_step_ids(first_step):
    assert set(first_step.gone) == GONE
    assert set(first_step.come) == COME
    assert {(c.old, c.new) for c in first_step.of(Kind.SECTION_RENAMED)} == {
        ("be_kind", "love_humanity"),
        ("protect_privileged_messages", "protect_privileged_information"),
    }
    assert first_step.successor("be_engaging") == "have_conversational_sense"
    assert first_step.successor("be_empathetic") == "be_responsible"


@pytest.mark.data
def test_first_step_authority(first_step):
    assert new_ids(first_step, Kind.AUTHORITY_LOWERED) == {
        "comply_with_laws",
        "no_erotica_or_gore",
        "use_preset_voice_in_voice_mode",
    }
    for change in first_step.of(Kind.AUTHORITY_LOWERED):
        assert (change.old, change.new, change.effect) == ("root", "system", Effect.LESS)
    assert not first_step.of(Kind.AUTHORITY_RAISED, Kind.AUTHORITY_CHANGED, Kind.TAGS_CHANGED)
    (renamed,) = first_step.of(Kind.LEVEL_RENAMED)
    assert (renamed.old, renamed.new) == ("platform", "root")
    assert renamed.copies == 17  # sixteen of one id, and one that was renamed itself


@pytest.mark.data
def test_first_step_titles(first_step):
    same_id = {c.new_id for c in first_step.of(Kind.SECTION_RETITLED) if c.old_id == c.new_id}
    assert same_id == {"ask_clarifying_questions", "do_not_encourage_self_harm", "refusal_style"}
    assert not first_step.of(Kind.SECTION_DEPTH)


@pytest.mark.data
def test_first_step_clauses(first_step):
    moved = first_step.of(Kind.CLAUSE_MOVED)
    pairs = {(change.old_id, change.new_id) for change in moved}
    assert ("be_engaging/zpwa", "be_curious/zpwa") in pairs
    assert first_step.successor("protect_privileged_messages/o92b") == (
        "protect_privileged_information/o92b"
    )
    raised = {c.new_id for c in moved if c.effect is Effect.MORE}
    assert "have_conversational_sense/75f163b62b" in raised  # from guideline to user level


@pytest.mark.data
@pytest.mark.parametrize(("step", "survivors", "markers"), [(0, 118, 120), (1, 116, 118)])
def test_markers_survive(versions, step, survivors, markers):
    old, new = versions[step], versions[step + 1]
    found = diff(old, new)
    marked = [clause for clause in old.clauses if clause.marker]
    assert len(marked) == markers
    kept = {clause.marker for clause in new.clauses if clause.marker}
    assert sum(clause.marker in kept for clause in marked) == survivors
    for clause in marked:
        if clause.marker in kept:
            assert found.ids[clause.id].endswith(f"/{clause.marker}")


@pytest.mark.data
def test_second_step(second_step):
    assert second_step.gone == ()
    assert set(second_step.come) == {"chatgpt_u18", "prioritize_teen_safety"}
    assert not second_step.of(Kind.SECTION_RETITLED, Kind.SECTION_RENAMED, Kind.SECTION_MOVED)
    assert not [c for c in second_step.changes if c.weight is Weight.AUTHORITY]
    duty = {c.old_id: c for c in second_step.of(Kind.CLAUSE_AMENDED)}
    amended = duty["no_other_objectives/02231143e6"]
    assert amended.effect is Effect.DIFFERENTLY
    assert [(mark.op.value, mark.text) for mark in amended.marks if mark.op.value != "same"] == [
        ("new", " as ends in themselves")
    ]


@pytest.mark.data
def test_real_versions_are_told_in_words(first_step, second_step):
    told = " ".join(sentences(first_step))
    assert "\u201cplatform\u201d is called \u201croot\u201d now; 17 sections keep" in told
    assert (
        "3 sections were lowered from root to system: \u201cComply with applicable laws\u201d"
        in told
    )
    assert "Now the operator may set them aside by saying so." in told
    assert "5 sections were retitled" in told
    told = " ".join(sentences(second_step))
    assert "\u201cPrioritize safety for teens\u201d (root, only where under_18 is on)" in told


@pytest.mark.data
def test_a_version_does_not_differ_from_itself(versions):
    for version in versions:
        found = diff(version, version)
        assert found.changes == ()
        assert found.identical
        assert not found.substance
        assert sentences(found) == ("Nothing changed: both texts are the same.",)


@pytest.mark.data
@pytest.mark.parametrize(("old", "new"), [(0, 1), (1, 2), (0, 2)])
def test_real_versions_are_mirrored(versions, old, new):
    assert_mirrored(versions[old], versions[new])


# Properties.

SECTIONS = st.lists(
    st.tuples(
        st.sampled_from(["alpha", "beta", "gamma", "delta"]),
        st.sampled_from(
            ["", " authority=root", " authority=user", " authority=user tags=under_18"]
        ),
        st.lists(
            st.sampled_from(
                [
                    "The clerk must stamp every card.",
                    "The clerk should stamp every card.",
                    "The clerk must stamp each red card at once.",
                    "Readers may take the atlas home.",
                    "Readers may not take the atlas home.",
                    "The clerk must never lend the globe[^glob].",
                    "Nobody should carry the globe out[^glob].",
                    "Windows are beautiful.",
                ]
            ),
            max_size=4,
        ),
    ),
    max_size=4,
    unique_by=lambda section: section[0],
)


def written(sections):
    return "".join(
        f"# {name.title()} {{#{name}{attributes}}}\n\n" + "\n\n".join(clauses) + "\n\n"
        for name, attributes, clauses in sections
    )


MIRROR = {
    "added": "removed",
    "removed": "added",
    "raised": "lowered",
    "lowered": "raised",
    "stricter": "laxer",
    "laxer": "stricter",
    "split": "merged",
    "merged": "split",
}
EFFECTS = {Effect.MORE: Effect.LESS, Effect.LESS: Effect.MORE}
ORDER = {Kind.SECTIONS_REORDERED, Kind.CONTENTS_REORDERED}


def mirrored(kind):
    head, _, tail = kind.value.rpartition("_")
    return f"{head}_{MIRROR.get(tail, tail)}"


def assert_mirrored(old, new):
    there, back = diff(old, new), diff(new, old)
    turned = sorted(
        (sorted(map(mirrored, c.kinds)), c.new_id or "", c.old_id or "", turned_around(c.effect))
        for c in there.changes
        if c.kind not in ORDER
    )
    assert turned == sorted(
        (sorted(kind.value for kind in c.kinds), c.old_id or "", c.new_id or "", c.effect.value)
        for c in back.changes
        if c.kind not in ORDER
    )
    assert sorted((new, old) for old, new in there.ids.items()) == sorted(back.ids.items())


def turned_around(effect):
    return EFFECTS.get(effect, effect).value


@settings(deadline=None)
@given(SECTIONS, SECTIONS)
def test_one_way_mirrors_the_other(old, new):
    assert_mirrored(spec(written(old)), spec(written(new)))


@settings(deadline=None)
@given(SECTIONS, st.randoms(use_true_random=False))
def test_shuffled_sections_change_order_only(sections, chance):
    shuffled = list(sections)
    chance.shuffle(shuffled)
    found = diff(spec(written(sections)), spec(written(shuffled)))
    # a marker given twice names two clauses, and which is the first depends on the order
    twice = sum("[^glob]" in clause for _, _, clauses in sections for clause in clauses) > 1
    assert twice or {change.kind for change in found.changes} <= {Kind.SECTIONS_REORDERED}


@settings(deadline=None)
@given(SECTIONS, SECTIONS)
def test_every_clause_is_accounted_for_once(old, new):
    one, other = spec(written(old)), spec(written(new))
    found = diff(one, other)
    kept = {i: found.ids[i] for i in (c.id for c in one.clauses) if i in found.ids}
    assert len(set(kept.values())) == len(kept)
    removed = [c.old_id for c in found.of(Kind.CLAUSE_REMOVED)]
    added = [c.new_id for c in found.of(Kind.CLAUSE_ADDED)]
    assert sorted([*kept, *removed]) == sorted(c.id for c in one.clauses)
    assert sorted([*kept.values(), *added]) == sorted(c.id for c in other.clauses)


@settings(deadline=None)
@given(SECTIONS, SECTIONS)
def test_nothing_is_said_of_equal_texts_and_something_of_others(old, new):
    one, other = spec(written(old)), spec(written(new))
    found = diff(one, other)
    assert found.identical is (written(old) == written(new))
    if found.identical:
        assert not found.changes
    assert all(sentence.endswith(".") for sentence in sentences(found))
    assert list(found.changes) == sorted(found.changes, key=lambda change: change.weight)


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), unique=True, max_size=12))
def test_what_is_out_of_order_is_the_least_there_is(places):
    out = out_of_order(places)
    rest = [place for at, place in enumerate(places) if at not in out]
    assert rest == sorted(rest)
    assert bool(out) is (places != sorted(places))
    assert len(out) < max(len(places), 1)


def test_effects_combine():
    more, less, other, wording = Effect.MORE, Effect.LESS, Effect.DIFFERENTLY, Effect.WORDING
    assert combined([more, other, wording]) is more
    assert combined([more, less]) is other
    assert combined([other, wording]) is other
    assert combined([Effect.NOBODY, wording]) is Effect.NOBODY
    assert combined([wording]) is combined([]) is wording


# Odd and hostile input.


def body(*clauses):
    return "# One {#one authority=root}\n\n" + "\n\n".join(clauses) + "\n"


def test_levels_that_no_ladder_orders_are_only_changed():
    old = spec("# One {#one authority=king}\n\nYou must bow.\n")
    new = spec("# One {#one authority=user}\n\nYou must bow.\n")
    (change,) = diff(old, new).changes
    assert (change.kind, change.effect) == (Kind.AUTHORITY_CHANGED, Effect.DIFFERENTLY)


def test_a_ladder_of_the_documents_own_orders_its_levels():
    front = (
        "---\nladder:\n  - {level: king}\n  - {level: baron, yields: explicit, to: baron}\n---\n\n"
    )
    old = spec(front + "# One {#one authority=king}\n\nYou must bow.\n")
    new = spec(front + "# One {#one authority=baron}\n\nYou must bow.\n")
    (change,) = diff(old, new).changes
    assert change.kind is Kind.AUTHORITY_LOWERED
    assert "level baron may set it aside" in change.what


def test_front_matter_that_cannot_be_used_stops_nothing():
    broken = spec("---\nladder: no\nreadings: 3\nlevel: [1]\n---\n\n" + body("You must bow."))
    found = diff(broken, spec(body("You must bow.")))
    assert found.of(Kind.LADDER_CHANGED)
    assert diff(spec(body("You must bow.")), broken).substance


def test_depth_and_moved_examples_are_told():
    example = "**Example**: a bow\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n\n"
    old = spec(f"# One {{#one}}\n\n{example}## Two {{#two}}\n\n### Three {{#three}}\n")
    new = spec(f"# One {{#one}}\n\n## Two {{#two}}\n\n{example}#### Three {{#three}}\n")
    kinds = [change.kind for change in diff(old, new).changes]
    assert kinds == [Kind.EXAMPLE_MOVED, Kind.SECTION_DEPTH]


@pytest.mark.parametrize(("old", "new"), [("", ""), ("", "x"), ("x\n", "y\n"), ("\x00", "\ud800")])
def test_texts_without_sections_are_compared(old, new):
    found = diff(spec(old), spec(new))
    assert found.identical is (old == new)
    assert not found.substance


def test_an_empty_spec_gains_and_loses_everything():
    full = spec(body("You must bow.", "You may nod."))
    assert [c.kind for c in diff(spec(""), full).changes] == [
        Kind.SECTION_ADDED,
        Kind.CLAUSE_ADDED,
        Kind.CLAUSE_ADDED,
    ]
    assert diff(full, spec("")).gone == ("one",)


def test_sections_with_one_id_are_compared_in_order():
    old = spec(body("You must bow.") + body("You must nod."))
    new = spec(body("You must bow.") + body("You should nod."))
    (change,) = diff(old, new).changes
    assert change.kinds == (Kind.STRENGTH_LOWERED, Kind.CLAUSE_AMENDED)


def test_equal_clauses_are_told_apart_by_number():
    found = diff(
        spec(body(*["You must bow."] * 5000)), spec(body(*["You must bow."] * 4000, "You may nod."))
    )
    assert found.counts == {Kind.CLAUSE_REMOVED: 1000, Kind.CLAUSE_ADDED: 1}


def test_too_many_changes_are_bounded_and_said():
    old = spec(body(*["You must bow to the king."] * 5000))
    new = spec(body(*["You must bow to the queen at noon."] * 5000))
    found = diff(old, new)
    assert not found.complete
    assert len(found.changes) == 10_000
    assert "not everything could be compared" in sentences(found)[-1]
