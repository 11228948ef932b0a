"""Looking things up in a Spec."""

import pytest

from charter.errors import UnknownClause
from charter.spec.build import build
from charter.spec.spec import Spec
from charter.syntax.reader import parse


@pytest.fixture
def spec() -> Spec:
    text = (
        "# A {#a authority=user}\n\nIt must hold[^ab12].\n\n"
        "**Example**: x\n\n~~~xml\n<user>\nHi\n</user>\n~~~\n\n# B {#b}\n\nIt may ask.\n"
    )
    return build(parse(text))


def test_section_is_found_by_id(spec: Spec) -> None:
    assert spec.section("a").title == "A"
    assert spec.has_section("b")
    assert not spec.has_section("c")


def test_section_with_an_authority_is_normative(spec: Spec) -> None:
    assert [section.normative for section in spec.sections] == [True, False]


def test_clause_is_found_by_id(spec: Spec) -> None:
    assert spec.clause("a/ab12").text == "It must hold."


@pytest.mark.parametrize("name", ["a/none", "a", "a/", "", "/", "a/ab12/x"])
def test_unknown_clause_is_an_error_with_a_hint(spec: Spec, name: str) -> None:
    with pytest.raises(UnknownClause) as caught:
        spec.clause(name)
    assert "charter show" in (caught.value.hint or "")


def test_clauses_and_examples_come_in_document_order(spec: Spec) -> None:
    assert [clause.section for clause in spec.clauses] == ["a", "b"]
    assert [example.caption for example in spec.examples] == ["x"]


def test_metadata_cannot_be_changed(spec: Spec) -> None:
    with pytest.raises(TypeError):
        spec.metadata["x"] = 1


def test_a_bare_marker_is_told_its_clause(spec: Spec) -> None:
    marked = next(clause for clause in spec.clauses if clause.marker)
    with pytest.raises(UnknownClause, match=f"the clause of that marker is {marked.id}"):
        spec.section(str(marked.marker))
