"""What the released specs hold, counted, and which ids their clauses have."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from charter.load import load
from charter.source import Source
from charter.spec.build import build, build_prompts, build_scenarios
from charter.spec.spec import Spec, Strength
from charter.syntax.document import Caption, Fence, Heading, List, Other, Paragraph
from charter.syntax.reader import parse

VERSIONS = ("2025-02-12", "2025-10-27", "2025-12-18")

GOLDEN = {
    "characters": (201_345, 265_380, 270_473),
    "newlines": (3_878, 4_659, 4_691),
    "digest": ("89782a0647a034c7", "bbc8a78d5a95c1e2", "e7a70bc6ab363213"),
    "headings": ((8, 32, 22, 9), (7, 40, 22, 9), (8, 41, 22, 9)),
    "sections": (71, 78, 80),
    "root": (20, 21, 22),
    "system": (0, 3, 3),
    "developer": (1, 1, 1),
    "user": (12, 15, 15),
    "guideline": (18, 18, 18),
    "without authority": (20, 20, 21),
    "examples": (154, 181, 183),
    "comparisons": (163, 190, 189),
    "blocks by comparisons": ((1, 144, 8, 1), (1, 171, 8, 1), (2, 173, 8, 0)),
    "grades": ((168, 7, 162), (194, 8, 194), (193, 8, 196)),
    "explained": (127, 176, 174),
    "explained after a comma": (3, 3, 3),
    "citing": (18, 17, 14),
    "roles": ((2, 17, 164, 10, 1), (3, 19, 193, 14, 1), (7, 18, 193, 14, 1)),
    "settings": (1, 1, 5),
    "untrusted": (2, 2, 2),
    "commentary": (20, 28, 28),
    "markers": (120, 118, 116),
    "titled references": (38, 57, 66),
    "titled references in fences": (1, 1, 1),
    "named references": (30, 42, 44),
    "web links": (17, 20, 20),
    "with elision": (72, 87, 87),
    "with bare elision": (62, 73, 74),
    "paragraphs": (213, 259, 264),
    "list items": ((54, 6), (93, 6), (101, 5)),
    # A reader sees 11, 12 and 12: one, a ranking of outcomes, is indented by four below a
    # paragraph and not in a list, which for CommonMark is code.
    "list continuations": (10, 11, 11),
    "indented code": (1, 1, 1),
}


def counts(spec: Spec) -> dict[str, object]:
    text = spec.source.text
    document = parse(spec.source)
    headings = Counter(section.depth for section in spec.sections)
    authorities = Counter(section.authority for section in spec.sections)
    examples = list(spec.examples)
    responses = [response for example in examples for response in example.responses]
    outside = [message for example in examples for message in example.messages]
    messages = [*outside, *(response.message for response in responses)]
    by_comparisons = Counter(example.comparisons for example in examples)
    bodies = [example.body_span.of(text) for example in examples]
    grades = Counter(response.grade for response in responses)
    roles = Counter(message.role for message in outside)
    blocks = document.blocks
    items = [item for block in blocks if isinstance(block, List) for item in block.items]
    fences = [block for block in blocks if isinstance(block, Fence)]
    prose = "".join(block.raw for block in blocks if not isinstance(block, Fence))
    return {
        "characters": len(text),
        "newlines": text.count("\n"),
        "digest": spec.digest.removeprefix("sha256:")[:16],
        "headings": tuple(headings[depth] for depth in (1, 2, 3, 4)),
        "sections": len(spec.sections),
        **{each: authorities[each] for each in ("root", "system", "developer", "user")},
        "guideline": authorities["guideline"],
        "without authority": authorities[None],
        "examples": len(examples),
        "comparisons": sum(example.comparisons for example in examples),
        "blocks by comparisons": tuple(by_comparisons[number] for number in range(4)),
        "grades": tuple(grades[grade] for grade in ("GOOD", "OK", "BAD")),
        "explained": sum(response.reason is not None for response in responses),
        "explained after a comma": len(
            re.findall(r"<!-- (?:GOOD|OK|BAD)(?:\[#\w+\])?,", "".join(f.raw for f in fences))
        ),
        "citing": sum(response.cites is not None for response in responses),
        "roles": tuple(
            roles[role] for role in ("system", "developer", "user", "assistant", "tool")
        ),
        "settings": sum(bool(message.settings) for message in messages),
        "untrusted": sum(len(message.untrusted) for message in messages),
        "commentary": len(spec.commentary),
        "markers": len({marker.name for marker in spec.markers}),
        "titled references": sum(each.titled for each in spec.references),
        "titled references in fences": sum(
            each.titled and each.in_fence for each in spec.references
        ),
        "named references": sum(not each.titled for each in spec.references),
        "web links": len(re.findall(r"\]\(https?://", prose))
        + sum(len(re.findall(r"\]\(https?://", fence.raw)) for fence in fences),
        "with elision": sum("[..." in body for body in bodies),
        "with bare elision": sum("[...]" in body for body in bodies),
        "paragraphs": sum(isinstance(block, Paragraph) for block in blocks),
        "list items": (
            sum(item.depth == 0 for item in items),
            sum(item.depth > 0 for item in items),
        ),
        "list continuations": sum(len(item.texts) - 1 for item in items),
        "indented code": sum(isinstance(block, Other) for block in blocks),
    }


@pytest.fixture(scope="module")
def specs(data_dir: Path) -> dict[str, Spec]:
    return {version: load(data_dir / "model_spec" / version) for version in VERSIONS}


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_released_spec_has_the_golden_counts(specs: dict[str, Spec], version: str) -> None:
    column = VERSIONS.index(version)
    assert counts(specs[version]) == {name: row[column] for name, row in GOLDEN.items()}


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_released_spec_has_no_problem(specs: dict[str, Spec], version: str) -> None:
    spec = specs[version]
    assert spec.problems == ()
    odd = [problem for example in spec.examples for problem in example.problems]
    # One conversation of the oldest version has asterisks before three of its tags.
    assert [each.span.of(spec.source.text).strip() for each in odd] == (
        ["*", "*", "*"] if version == "2025-02-12" else []
    )
    assert spec.version == version
    assert spec.name == "model_spec"
    assert {reference.target for reference in spec.references} <= set(spec.index)
    captions = [example.caption for example in spec.examples]
    assert len(set(captions)) == len(captions)


@pytest.mark.data
def test_grades_per_comparison_have_the_golden_shapes(specs: dict[str, Spec]) -> None:
    shapes: Counter[tuple[int, int, int]] = Counter()
    for example in specs["2025-12-18"].examples:
        for number in range(example.comparisons):
            grades = [each.grade for each in example.responses if each.comparison == number]
            shapes[tuple(grades.count(grade) for grade in ("GOOD", "OK", "BAD"))] += 1
    assert shapes == {
        (1, 0, 1): 119,
        (1, 0, 2): 30,
        (1, 0, 0): 28,
        (1, 1, 1): 4,
        (1, 0, 3): 2,
        (2, 0, 1): 2,
        (2, 0, 0): 1,
        (1, 2, 2): 1,
        (2, 1, 1): 1,
        (1, 1, 2): 1,
    }


@pytest.mark.data
def test_examples_per_section_have_the_golden_numbers(specs: dict[str, Spec]) -> None:
    numbers = {
        section.id: len(section.examples)
        for section in specs["2025-12-18"].sections
        if section.normative
    }
    assert max(numbers.values()) == 8
    assert {each for each, number in numbers.items() if number == 8} == {
        "assume_objective_pov",
        "express_uncertainty",
    }
    assert {each for each, number in numbers.items() if number == 0} == {
        "comply_with_laws",
        "use_preset_voice_in_voice_mode",
    }
    assert sorted(numbers.values())[len(numbers) // 2] == 3
    assert len(specs["2025-12-18"].section("definitions").examples) == 2


@pytest.mark.data
def test_grades_cite_the_golden_sections(specs: dict[str, Spec]) -> None:
    cited = Counter(
        (response.cites, example.section)
        for example in specs["2025-12-18"].examples
        for response in example.responses
        if response.cites
    )
    assert Counter(cites for cites, _ in cited.elements()) == {
        "chain_of_command": 13,
        "assume_objective_pov": 1,
    }
    assert Counter(section for _, section in cited.elements()) == {
        "protect_privacy": 3,
        "present_perspectives": 4,
        "no_topic_off_limits": 3,
        "express_uncertainty": 2,
        "avoid_targeted_political_manipulation": 1,
        "avoid_abuse": 1,
    }


@pytest.mark.data
def test_level_and_tags_are_read(specs: dict[str, Spec]) -> None:
    spec = specs["2025-12-18"]
    assert [s.id for s in spec.sections if s.authority == "system"] == [
        "comply_with_laws",
        "no_erotica_or_gore",
        "use_preset_voice_in_voice_mode",
    ]
    assert [s.id for s in spec.sections if s.authority == "developer"] == ["avoid_regulated_advice"]
    assert [(s.id, s.tags) for s in spec.sections if s.tags] == [
        ("prioritize_teen_safety", ("under_18",))
    ]
    assert {s.authority for s in specs["2025-02-12"].sections} == {
        None,
        "root",
        "developer",
        "user",
        "guideline",
    }


@pytest.mark.data
def test_marked_clauses_keep_their_ids_across_versions(specs: dict[str, Spec]) -> None:
    old, new = specs["2025-10-27"], specs["2025-12-18"]
    marked = {clause.id: clause for clause in new.clauses if clause.marker}
    assert {clause.marker for clause in marked.values()} == {each.name for each in new.markers}
    assert len(marked) == 116
    for clause_id, clause in marked.items():
        assert old.clause(clause_id).section == clause.section


@pytest.mark.data
def test_most_derived_ids_survive_a_release(specs: dict[str, Spec]) -> None:
    old = {clause.id for clause in specs["2025-10-27"].clauses}
    new = list(specs["2025-12-18"].clauses)
    unchanged = sum(clause.id in old for clause in new)
    assert unchanged / len(new) > 0.9


@pytest.mark.data
def test_prompt_sets_are_read(specs: dict[str, Spec]) -> None:
    sets = specs["2025-12-18"].prompt_sets
    prompts = [len(each.examples) for each in sets]
    assert len(sets) == 114
    assert sum(prompts) == 272
    assert (prompts.count(1), sorted(prompts)[-2:]) == (49, [13, 16])
    assert all(each.title for each in sets)
    assert not [each for each in sets for example in each.examples if example.responses]


@pytest.mark.data
def test_plain_markdown_becomes_sections_with_minted_ids(data_dir: Path) -> None:
    spec = load(data_dir / "claude_constitution/2026-01-20.md")
    ids = [section.id for section in spec.sections]
    assert len(ids) == 42
    assert len(set(ids)) == 42
    assert all(re.fullmatch(r"[^\W_]+(?:_[^\W_]+)*", each) for each in ids)
    assert not any(section.id_written for section in spec.sections)
    assert spec.version == "2026-01-20"
    assert spec.name == "claude_constitution"
    text = spec.source.text
    half = text.index("\n## ", len(text) // 2)
    edited = text[:half] + "\n\nA paragraph nobody knew." + text[half:]
    again = build(parse(edited))
    assert [section.id for section in again.sections] == ids


# Ids


PARTS = (
    "The assistant should be kind.",
    "It must not lie[^ab12], and must not guess[^cd34].",
    "Never shout.",
    "You may ask, e.g. for a name.",
    "Nothing here binds.",
    "This is required to hold.",
    "If asked, answer at once.",
)
WORDS = st.text("klxyz", min_size=3, max_size=8)
"""Words that no rule of splitting knows."""


def spec_of(paragraphs: list[list[str]]) -> Spec:
    body = "\n\n".join(" ".join(sentences) for sentences in paragraphs)
    text = f"# One {{#one authority=user}}\n\nIt must start.\n\n# Two {{#two}}\n\n{body}\n"
    return build(parse(text))


@given(
    st.permutations(PARTS).map(list),
    st.integers(0, len(PARTS) - 1),
    st.integers(0, len(PARTS)),
    WORDS,
)
def test_text_elsewhere_leaves_a_clause_its_id(
    parts: list[str], kept: int, at: int, word: str
) -> None:
    before = {clause.id: clause.text for clause in spec_of([[part] for part in parts]).clauses}
    assume(f"They should {word}." not in parts)
    others = [part for index, part in enumerate(parts) if index != kept]
    edits = (
        [*parts[:at], f"They should {word}.", *parts[at:]],
        [part if part == parts[kept] else part.replace(" ", f" {word} ", 1) for part in parts],
        [parts[kept]],
        [parts[kept], *reversed(others)],
    )
    mine = {clause.id for clause in spec_of([[parts[kept]]]).clauses if clause.section == "two"}
    assert mine <= set(before)
    for edited in edits:
        assert mine <= {clause.id for clause in spec_of([[part] for part in edited]).clauses}
        assert mine <= {clause.id for clause in spec_of([edited]).clauses}


def test_same_words_twice_get_different_ids() -> None:
    spec = spec_of([["It should hold."], ["It should hold."], ["It should  HOLD."]])
    ids = [clause.id for clause in spec.clauses if clause.section == "two"]
    assert len(set(ids)) == 3
    assert [each.removeprefix(ids[0]) for each in ids] == ["", "-2", "-3"]


def test_minted_section_id_never_takes_a_written_one() -> None:
    spec = build(parse("# Same\n\n# Same\n\n# Other {#same}\n", reader="model-spec"))
    assert [section.id for section in spec.sections] == ["same_2", "same_3", "same"]


def test_chain_of_taken_ids_ends() -> None:
    ids = ["a" + "_2" * number for number in range(300)]
    text = "".join(f"# t {{#{each}}}\n" for each in ids) + "# a\n\n# a\n"
    assert len(build(parse(text)).index) == 302


# Sections, examples, boundaries


def test_duplicate_id_keeps_both_sections_and_finds_the_first() -> None:
    spec = build(parse("# A {#x}\n\nIt must.\n\n# B {#x}\n\nIt must.\n"))
    assert [section.title for section in spec.sections] == ["A", "B"]
    assert spec.section("x").title == "A"
    assert len({clause.id for clause in spec.clauses}) == 2


def test_parent_is_the_nearest_heading_above() -> None:
    spec = build(parse("# A {#a}\n### C {#c}\n## B {#b}\n### D {#d}\n# E {#e}\n"))
    parents = {section.id: section.parent for section in spec.sections}
    assert parents == {"a": None, "c": "a", "b": "a", "d": "b", "e": None}


def test_platform_is_read_as_root() -> None:
    assert build(parse("# A {#a authority=platform}\n")).section("a").authority == "root"


def problems_of(text: str) -> list[str]:
    return [problem.kind for problem in build(parse(text, reader="model-spec")).problems]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("# A\n\n**Example**: x\n\nText.\n", ["caption-without-fence"]),
        ("# A\n\n**Example**: x\n", ["caption-without-fence"]),
        ("# A\n\n**Example**: x\n\n```py\n```\n", ["caption-without-fence"]),
        ("# A\n\n~~~xml\n<user>\nx\n</user>\n~~~\n", ["fence-without-caption"]),
        ("**Example**: x\n\n~~~xml\n~~~\n", ["example-without-section"]),
        ("# A\n\n~~~expect\noutcome: any\n~~~\n", ["expect-without-example"]),
        ("~~~boundary\nid: a\n~~~\n", ["boundary-without-section"]),
        ("# A\n\n~~~boundary\n- a\n~~~\n", ["boundary-yaml"]),
        ("# A\n\n~~~boundary\nid: 1\non: a\nwhen: b\neffect: c\n~~~\n", ["boundary-fields"]),
        ("# A\n\n~~~boundary\nid: a\non: a\nwhen: b\n~~~\n", ["boundary-fields"]),
        ("# A\n\n~~~boundary\nid: a\non: a\nwhen: b\neffect: c\nz: d\n~~~\n", ["boundary-fields"]),
        ("# A\n\n~~~boundary\nid: a\non: a\nwhen: b\neffect: c\nsay: d\n~~~\n", []),
    ],
)
def test_misplaced_part_is_a_problem(text: str, kinds: list[str]) -> None:
    assert problems_of(text) == kinds


def test_expectation_belongs_to_the_example_before() -> None:
    text = (
        "# A {#a}\n\n**Example**: x {#named kind=y}\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n\n"
        "~~~expect\noutcome: comply\n~~~\n"
    )
    example = build(parse(text)).sections[0].examples[0]
    assert example.id == "a/named"
    assert example.attributes == (("kind", "y"),)
    assert example.expectation is not None
    assert example.expectation.fields == {"outcome": "comply"}
    assert text[example.span.start :].startswith("**Example**")
    assert text[: example.span.end].endswith("comply\n~~~\n") or text[: example.span.end].endswith(
        "comply\n~~~"
    )


def test_boundary_keeps_where_its_condition_stands() -> None:
    text = "# A {#a}\n\n~~~boundary\nid: b\non: request\nwhen: words > 3\neffect: deny\n~~~\n"
    boundary = build(parse(text)).sections[0].boundaries[0]
    assert boundary.when_span.of(text) == boundary.when == "words > 3"
    assert (boundary.id, boundary.on, boundary.effect, boundary.say) == (
        "b",
        "request",
        "deny",
        None,
    )


def test_list_items_inherit_the_strength_of_their_lead() -> None:
    text = (
        "# A {#a}\n\nBe careful. The model must:\n\n- listen\n- answer, which may take long\n"
        "    - nested item\n- should be brief. For example, two words.\n\n"
        "Things differ:\n\n- one\n- two\n"
    )
    clauses = {c.text: c.strength for c in build(parse(text)).clauses}
    assert clauses == {
        "Be careful.": Strength.SHOULD,
        "The model must:": Strength.MUST,
        "listen": Strength.MUST,
        "answer, which may take long": Strength.MUST,
        "nested item": Strength.MUST,
        "should be brief.": Strength.SHOULD,
    }


def test_front_matter_names_the_spec() -> None:
    text = "---\nspec: acme\ntitle: Acme's rules\nversion: 1.10\nlicense: MIT\n---\n# A {#a}\n"
    spec = build(parse(text), name="file", version="2")
    assert (spec.name, spec.title, spec.version) == ("acme", "Acme's rules", "1.10")
    assert spec.metadata["license"] == "MIT"
    bare = build(parse("# A {#a}\n"), name="my_file", version="2")
    assert (bare.name, bare.title, bare.version) == ("my_file", "A", "2")
    assert build(parse("text"), name="my_file").title == "My file"


def test_prompts_of_a_file_are_examples() -> None:
    text = "Examples for [^ab12] in A:\n\n**Example**: x\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n"
    prompts = build_prompts(parse(text, reader="model-spec"), "ab12", "A")
    assert [example.caption for example in prompts.examples] == ["x"]


def test_scenarios_of_a_file_name_their_section() -> None:
    text = "---\nsection: be_kind\n---\n**Scenario**: x {#y}\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n"
    scenarios = build_scenarios(parse(Source("f", text), reader="model-spec"), "file")
    assert scenarios.section == "be_kind"
    assert [each.id for each in scenarios.scenarios] == ["scenario/y"]
    assert build_scenarios(parse("", reader="model-spec"), "file").section == "file"


def test_block_kinds_of_the_dialect_are_told_apart(root: Path) -> None:
    document = parse((root / "src/charter/starter/spec.md").read_text())
    kinds = Counter(type(block) for block in document.blocks)
    assert kinds[Heading] > 5
    assert kinds[Caption] >= 0
