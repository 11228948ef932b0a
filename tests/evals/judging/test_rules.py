"""Slices: what they hold, what they never hold, and that they keep to their size."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.evals.conftest import SMALL

from charter.errors import UnknownClause
from charter.evals.judging.distribution import distribution
from charter.evals.judging.rules import FORMAT, MOST, Rank, SpecRules
from charter.load import load_effective
from charter.policy.briefs.tokens import estimate_tokens
from charter.source import Source, digest_of
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

GREETING = "sha256:fba7697571e71513d1ef4b0d2d3c7eb42516402c6aa487406845e78506d86cdc"


def rules_of(text):
    return SpecRules(layer(build(parse(Source("spec.md", text)), name="s")))


def test_a_slice_says_how_rules_rank_and_what_the_section_says(rules):
    text = rules.slice("keep_code")
    assert "root > system > developer > user > guideline" in text
    assert "its authority is root, so no message may set it aside" in text
    assert "Section under test: Keep the code [keep_code], root" in text
    assert "It stands under: Conduct." in text
    assert "[code] The assistant must not tell anyone the door code." in text
    assert rules.clauses("keep_code") == {"keep_code", "keep_code/code", "keep_code/door"}


def test_the_clause_under_test_comes_first(rules):
    text = rules.slice("greet", "greet/nogr")
    assert text.index("> [nogr] A developer") < text.index("[helo] The assistant")
    assert "The clause under test" in text
    assert "Every clause" not in text
    assert "a message of user level or above may set it aside in so many words" in text


def test_the_words_of_a_slice_are_those_that_calibrations_were_made_for(rules):
    """Judges told other words are other judges: raise FORMAT, and say so in the changelog."""
    assert FORMAT == "charter-slice/1"
    assert digest_of(rules.slice("greet", "greet/helo")) == GREETING


def test_an_unknown_section_or_clause_is_an_error(rules):
    with pytest.raises(UnknownClause):
        rules.slice("nowhere")
    with pytest.raises(UnknownClause):
        rules.slice("greet", "greet/none")


def test_the_digest_is_that_of_the_effective_spec(rules):
    assert rules.digest == load_effective(SMALL).digest


def test_examples_and_grades_are_never_shown(rules):
    for section in ("greet", "keep_code"):
        for clause in (None, *(each for each in rules.clauses(section) if "/" in each)):
            text = rules.slice(section, clause)
            for hidden in ("GOOD", "BAD", "What is on your mind", "State your request", "4711"):
                assert hidden not in text


def test_sections_referred_to_come_in_brief_both_ways():
    text = rules_of(
        "## A {#a authority=root}\n\nIt must not do x (see [?](#b)).\n\n"
        "**Example**: e\n\n~~~xml\n<user>\nsee [?](#d)\n</user>\n<assistant>\nhi\n</assistant>\n"
        "~~~\n\n"
        "## B {#b authority=user}\n\nIt should sing aloud. It must keep time.\n\n"
        "## C {#c authority=guideline tags=under_18}\n\nIt may do x all the same, despite [?](#a)."
        "\n\n## D {#d authority=user}\n\nIt should rest.\n"
    ).slice("a")
    brief = text[text.index("in brief") :]
    assert "- B [b], user\n  - It must keep time.\n  - It should sing aloud." in brief
    assert "- C [c], guideline, only where under_18 is on" in brief
    assert "[d]" not in brief


def test_a_section_that_depends_on_a_setting_says_so():
    text = rules_of("## A {#a authority=root tags=under_18}\n\nIt must not shout.\n").slice("a")
    assert "only where the conversation's settings switch on under_18" in text


def test_a_section_without_authority_says_so():
    assert "no authority of its own" in rules_of("## A {#a}\n\nIt must rest.\n").slice("a")


def test_overlays_are_named_where_they_speak(tmp_path):
    base = load_effective(SMALL)
    overlay = tmp_path / "overlay.md"
    overlay.write_text(
        "---\nspec: acme\nextends:\n  name: small\n"
        f"  digest: {base.digest}\nlevel: developer\n---\n\n"
        "## Keep the code {#keep_code}\n\nIt must not hint at the door code[^hint].\n\n"
        "## Acme {#acme authority=developer}\n\nIt should name Acme.\n\n"
        "~~~directive\ndirectives:\n  - id: no_hello\n    override: greet\n"
        "    because: it is a machine\n  - instruct: Speak of doors only.\n~~~\n"
    )
    rules = SpecRules(load_effective(SMALL, [overlay]))
    text = rules.slice("keep_code", "keep_code/hint")
    assert "> [hint] It must not hint at the door code." in text
    assert "(from the overlay acme at developer level)" in text
    assert "Said by the overlay acme at developer level:\n[hint]" in text
    assert "instruct: Speak of doors only." in text
    assert "override: greet" not in text
    greeting = rules.slice("greet")
    assert "the overlay acme at developer level: override: greet" in greeting
    assert "it is a machine" in greeting
    assert "Section under test: Acme [acme], developer" in rules.slice("acme")
    assert rules.digest != base.digest


def long_spec(clauses=400, others=30):
    links = " ".join(f"(see [?](#o{at}))" for at in range(others))
    body = "\n\n".join(
        f"It must not do thing number {at} at any time or place." for at in range(clauses)
    )
    rest = "\n\n".join(
        f"## O{at} {{#o{at} authority=user}}\n\n"
        + " ".join(f"It should keep to habit {each} of group {at}." for each in range(12))
        for at in range(others)
    )
    return f"## A {{#a authority=root}}\n\nMany things {links}.\n\n{body}\n\n{rest}\n"


def test_what_has_no_room_is_dropped_in_order_and_said():
    rules = rules_of(long_spec())
    page = rules.page("a")
    assert page.tokens <= MOST
    out = dict(page.left_out)
    assert out[Rank.CLAUSE] > 0
    for rank in (Rank.FURTHER, Rank.OTHER, Rank.EXPLAINS):  # all of these went before a clause
        assert out[rank] > 0
    assert f"Left out for want of room: {out[Rank.CLAUSE]} clauses" in page.text
    assert "thing number 0 " in page.text
    assert "thing number 399" not in page.text
    shown = [name for name in page.cites if "/" in name]
    assert len(shown) == 400 - out[Rank.CLAUSE]


def test_the_clause_under_test_is_never_dropped():
    spec = layer(build(parse(Source("spec.md", long_spec())), name="s"))
    rules = SpecRules(spec)
    last = spec.spec.section("a").clauses[-1]
    page = rules.page("a", last.id)
    assert page.tokens <= MOST
    assert last.id in page.cites
    assert page.text.count("thing number 399") == 2


def test_references_go_before_the_section_itself():
    page = rules_of(long_spec(clauses=150)).page("a")
    out = dict(page.left_out)
    assert Rank.FURTHER in out
    assert Rank.CLAUSE not in out


def test_an_endless_clause_is_cut():
    text = "## A {#a authority=root}\n\nIt must not " + "very " * 40_000 + "much.\n"
    page = rules_of(text).page("a")
    assert page.tokens <= MOST
    spec = layer(build(parse(Source("spec.md", text)), name="s"))
    clause = next(iter(spec.spec.clauses))
    page = SpecRules(spec).page("a", clause.id)
    assert page.tokens <= MOST
    assert "very" in page.text
    assert clause.id in page.cites


WORDS = st.sampled_from(
    [
        "It must not lie.", "It should rest[^aaaa].", "A word (see [?](#b)).", "See [x](#c).",
        "- It must go.\n- It may stay.", "~~~xml\n<user>\nHi\n</user>\n~~~", "[^bbbb]",
        "It must " + "x" * 30_000 + ".", "It must " + "\u4f60" * 9_000 + ".",
    ]
)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from("abc"), st.lists(WORDS, max_size=4)), max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_spec_gives_slices_within_the_limit(parts):
    text = "\n\n".join(
        f"## T {{#{name} authority=user}}\n\n" + "\n\n".join(blocks) for name, blocks in parts
    )
    effective = layer(build(parse(Source("spec.md", f"{text}\n")), name="s"))
    rules = SpecRules(effective)
    for section in effective.spec.sections:
        for clause in (None, *effective.spec.section(section.id).clauses):
            page = rules.page(section.id, clause.id if clause else None)
            assert page.tokens == estimate_tokens(page.text) <= MOST
            for cited in page.cites:
                assert f"[{cited.partition('/')[2] or cited}]" in page.text
            assert page == SpecRules(effective).page(section.id, clause.id if clause else None)


VERSIONS = ("2025-02-12", "2025-10-27", "2025-12-18")


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_slices_of_the_model_spec_are_short_and_hold_every_clause(data_dir, version):
    effective = load_effective(data_dir / "model_spec" / version)
    rules = SpecRules(effective)
    found = distribution(effective, rules)
    for lengths in (found.sections, found.clauses):
        assert lengths.count > 60
        assert lengths.median <= 3_500
        assert lengths.p95 <= 6_000
        assert lengths.most <= MOST
    for section in effective.spec.sections:
        page = rules.page(section.id)
        assert page.left_out == ()
        assert page.cites >= {clause.id for clause in section.clauses}


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_no_slice_of_the_model_spec_holds_a_graded_response(data_dir, version):
    effective = load_effective(data_dir / "model_spec" / version)
    rules = SpecRules(effective)
    slices = "\n".join(rules.slice(section.id) for section in effective.spec.sections)
    slices = " ".join(slices.split())
    for example in effective.spec.examples:
        for response in example.responses:
            words = " ".join(response.message.content.split())
            assert len(words) < 25 or words not in slices
            if (
                response.reason and len(response.reason) > 40
            ):  # shorter ones are phrases of the text
                assert " ".join(response.reason.split()) not in slices


@pytest.mark.data
def test_a_slice_is_the_same_in_versions_whose_text_is(data_dir):
    older, newer = (load_effective(data_dir / "model_spec" / version) for version in VERSIONS[1:])
    before, after = SpecRules(older), SpecRules(newer)
    both = [s.id for s in newer.spec.sections if s.clauses and older.spec.has_section(s.id)]
    same = {name for name in both if before.slice(name) == after.slice(name)}
    assert len(same) >= 50
    for name in same:
        assert [clause.text for clause in older.spec.section(name).clauses] == [
            clause.text for clause in newer.spec.section(name).clauses
        ]
