"""Front matter -> Terms."""

from __future__ import annotations

import pytest

from charter.errors import SpecError
from charter.source import Source
from charter.spec.build import build
from charter.spec.ladder import Ladder, Level, Yields
from charter.spec.overlays.terms import FIELDS, Extends, Terms, field_span, read_field, terms_of
from charter.spec.spec import Spec
from charter.syntax.reader import parse


def spec_of(fields: str) -> Spec:
    return build(
        parse(Source("s.md", f"---\nspec: s\n{fields}---\n\n## A {{#a authority=root}}\n"))
    )


def test_a_spec_without_fields_says_nothing() -> None:
    assert terms_of(spec_of("")) == Terms()


def test_every_field_is_read() -> None:
    found = terms_of(
        spec_of(
            "extends: {name: base, version: 1.10, digest: 'sha256:ab'}\n"
            "level: platform\n"
            "ladder: [{level: platform}, {level: people, roles: user, yields: implicit}]\n"
            "readings: {defeat: any_higher}\n"
            "conditions: [late, late]\n"
            "external: house rules\n"
            "first_party: true\n"
            "default_timer: 60\n"
            "gates: {scope: a}\n"
        )
    )
    assert found == Terms(
        extends=Extends("base", "1.1", "sha256:ab"),
        level="root",
        ladder=Ladder((Level("root"), Level("people", ("user",), Yields.IMPLICIT, "people"))),
        readings={"defeat": "any_higher"},
        conditions=("late",),
        external=("house rules",),
        first_party=True,
        default_timer=60.0,
        gates={"scope": "a"},
    )


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("extends: base", "must be a mapping"),
        ("extends: {name: base}", "has no `digest`"),
        ("ladder: root", "must be a list"),
        ("ladder: []", "must be a list"),
        ("ladder: [root]", "entry without a `level`"),
        ("ladder: [{level: a, rank: 1}]", "unknown field 'rank'"),
        ("ladder: [{level: a, roles: [1]}]", "no list of names"),
        ("ladder: [{level: a, yields: often}]", "yields 'often'"),
        ("ladder: [{level: a, yields: never, to: a}]", "must say to whom it yields, or never"),
        ("ladder: [{level: a, to: b}]", "yields to unknown level 'b'"),
        ("ladder: [{level: a}, {level: a}]", "must be unique"),
        ("ladder: [{level: none}]", "must be unique"),
        ("ladder: [{level: a, roles: [x]}, {level: b, roles: [x]}]", "one level only"),
        ("readings: [defeat]", "must be a mapping"),
        ("readings: {nope: a}", "no reading named 'nope'"),
        ("readings: {defeat: nope}", "defeat is applicable or any_higher"),
        ("conditions: 1", "must be a list"),
        ("conditions: [1]", "list of names"),
        ("external: ['']", "list of names"),
        ("first_party: 1", "true or false"),
        ("default_timer: soon", "number of seconds"),
        ("default_timer: true", "number of seconds"),
        ("default_timer: 0", "number of seconds"),
        ("default_timer: 1.0e300", "number of seconds"),
        ("gates: a", "must be a mapping"),
        ("gates: {scope: b}", "no section of this document"),
        ("gates: {scope: [a]}", "no section of this document"),
    ],
)
def test_what_cannot_be_used_is_one_error_with_its_line(field: str, message: str) -> None:
    spec = spec_of(field + "\n")
    with pytest.raises(SpecError, match=message) as caught:
        terms_of(spec)
    assert caught.value.hint
    assert caught.value.place is not None
    assert caught.value.place.line == 3
    with pytest.raises(SpecError, match=message):
        read_field(spec, field.partition(":")[0])


def test_every_field_can_be_read_alone() -> None:
    spec = spec_of("conditions: [late]\n")
    assert {key: read_field(spec, key) for key in FIELDS if read_field(spec, key)} == {
        "conditions": ("late",)
    }


def test_the_place_of_a_field() -> None:
    spec = spec_of("level: user\n")
    assert field_span(spec, "level").of(spec.source.text) == "level: user"
    assert field_span(spec, "nothing").of(spec.source.text) == ""


def test_front_matter_that_is_no_yaml_is_not_taken_for_none() -> None:
    with pytest.raises(SpecError, match="front matter cannot be read: YAML: ") as caught:
        terms_of(spec_of("readings: {defeat: any_higher\n"))
    assert caught.value.place is not None
    assert caught.value.hint
