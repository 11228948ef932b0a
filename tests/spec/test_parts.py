"""Directive fences of a spec; boundaries and examples are tested with the whole spec."""

from charter import parse
from charter.source import Source
from charter.spec.build import build
from charter.spec.export import export
from charter.spec.parts import MAX_DIRECTIVES

HEAD = "# Shop {#shop}\n\n"


def spec_of(text):
    return build(parse(Source("overlay.md", text)))


def fences(body):
    return spec_of(f"{HEAD}~~~directive\n{body}~~~\n").sections[0].directives


def test_a_fence_with_one_mapping_is_one():
    text = f"{HEAD}~~~directive\nscope:\n  max_cost: 3\n~~~\n"
    (fence,) = spec_of(text).sections[0].directives
    assert fence.section == "shop"
    assert fence.fields == {"scope": {"max_cost": 3}}
    assert fence.span.of(text) == text[len(HEAD) :].rstrip("\n")
    assert fence.field_spans["scope.max_cost"].of(text) == "max_cost: 3"


def test_each_mapping_of_a_list_is_one():
    text = f"{HEAD}~~~directive\ndirectives:\n  - keep: a\n  - {{id: x, keep: b}}\n~~~\n"
    one, other = spec_of(text).sections[0].directives
    assert (one.fields, other.fields) == ({"keep": "a"}, {"id": "x", "keep": "b"})
    assert one.field_spans["keep"].of(text) == "keep: a"
    assert other.span.of(text) == "{id: x, keep: b}"


def test_what_is_no_list_of_mappings_stays_whole():
    assert [fence.fields for fence in fences("directives: [a]\n")] == [{"directives": ["a"]}]
    assert len(fences("directives: []\n")) == 1
    assert len(fences("directives:\n  - keep: a\nlevel: root\n")) == 1
    assert len(fences("directives:\n" + "  - keep: a\n" * (MAX_DIRECTIVES + 1))) == 1


def test_a_directive_before_the_first_heading_belongs_nowhere():
    spec = spec_of("~~~directive\nkeep: a\n~~~\n")
    assert [problem.kind for problem in spec.problems] == ["directive-without-section"]


def test_yaml_that_does_not_load_is_a_problem():
    spec = spec_of(f"{HEAD}~~~directive\nkeep: [\n~~~\n")
    assert [problem.kind for problem in spec.problems] == ["directive-yaml"]


def test_directives_are_exported():
    text = f"{HEAD}~~~directive\nkeep: a\n~~~\n"
    (section,) = export(spec_of(text))["sections"]
    assert section["directives"] == [
        {"fields": {"keep": "a"}, "start": len(HEAD), "end": len(text) - 1}
    ]
