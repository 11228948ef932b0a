"""Targets: the most specific wins, and bad ones are named with their place."""

import pytest

from charter.errors import ConfigError, SpecError
from charter.evals.target import targets_of
from charter.load import load

SPEC = """---
spec: small
title: Small
targets:
{targets}
---

# All {{#all authority=root}}

Never lie. [^aaaa]

## Part {{#part authority=user}}

Greet people. [^bbbb] Always say goodbye. [^cccc]

# Other {{#other authority=guideline}}

Be brief. [^dddd]
"""


@pytest.fixture
def spec(tmp_path):
    def write(*lines):
        file = tmp_path / "spec.md"
        file.write_text(SPEC.format(targets="\n".join(f"  {line}" for line in lines)))
        return load(file)

    return write


def test_most_specific_wins(spec):
    found = targets_of(
        spec("default: 0.8", "root: 0.95", "user: 0.7", "all: 0.9", "part/bbbb: 0.99")
    )
    assert found.of_whole.value == 0.8
    assert found.of_authority("root").value == 0.95
    assert found.of_section("all").value == 0.9
    assert found.of_section("part").value == 0.9  # of the section it lies in, before its level
    assert found.of_clause("part/bbbb").value == 0.99
    assert found.of_clause("part/cccc").value == 0.9
    assert found.of_section("other").value == found.of_clause("other/dddd").value == 0.8
    assert found.of_clause("part/bbbb").key == "part/bbbb"


def test_nobody_asks_for_anything(spec):
    found = targets_of(spec("other: 0.5"))
    assert found.of_whole is found.of_section("part") is found.of_clause("all/aaaa") is None
    assert found.of_section("no such") is None
    assert targets_of(spec("default: 1")).of_whole.value == 1


def test_configuration_lies_over_the_spec(spec):
    found = targets_of(
        spec("default: 0.8", "part: 0.9"),
        {"part": 0.6, "root": 0.97, "elsewhere": 0.5},
        config_path="charter.toml",
    )
    assert found.of_section("part").value == 0.6
    assert found.of_section("part").origin == "charter.toml"
    assert found.of_whole.origin.endswith("spec.md")
    assert found.of_section("all").value == 0.97
    assert found.unused == ("elsewhere",)


def test_the_old_name_of_root(spec):
    assert targets_of(spec("platform: 0.9")).of_authority("root").value == 0.9


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("part: 0", "no share above 0"),
        ("part: 1.2", "no share above 0"),
        ("part: 90", "no share above 0"),
        ("part: '0.9'", "no number"),
        ("part: true", "no number"),
        ("part: [1]", "no number"),
        ("nobody: 0.9", "no clause, section or authority"),
        ('"part/zzzz": 0.9', "no clause, section or authority"),
    ],
)
def test_bad_target_of_a_spec_is_named_with_its_line(spec, line, words):
    with pytest.raises(SpecError, match=words) as caught:
        targets_of(spec("default: 0.8", line))
    assert caught.value.place.line == 6
    assert caught.value.hint


def test_targets_that_are_no_mapping(tmp_path):
    file = tmp_path / "spec.md"
    file.write_text("---\ntargets: 0.9\n---\n\n# A {#a authority=user}\n\nBe kind.\n")
    with pytest.raises(SpecError, match="must be a mapping") as caught:
        targets_of(load(file))
    assert caught.value.place.line == 2


def test_bad_target_of_a_configuration(spec):
    with pytest.raises(ConfigError, match=r"charter.toml: targets.part: 2 is no share"):
        targets_of(spec("default: 0.8"), {"part": 2}, config_path="charter.toml")
