"""The tree of contents."""

from __future__ import annotations

from charter.policy.compiled.compile import compile_policy
from charter.publish.contents import contents
from charter.publish.edition import edition
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

TEXT = """# One {#one}

#### Deep {#deep authority=user}

It should be.

## Next {#next authority=root tags=calm}

It must be.

# Index {#index}
"""


def tree():
    """Return the contents of a small text."""
    spec = build(parse(Source("spec.md", TEXT)))
    return contents(edition(spec, compile_policy(layer(spec))))


def test_sections_are_nested_by_depth():
    one, _ = tree()
    assert [each.id for each in one.inside] == ["deep", "next"]


def test_levels_below_are_listed_highest_first():
    assert tree()[0].below == ("root", "user")


def test_a_part_cannot_take_the_place_of_our_pages():
    assert tree()[1].part == "index-2"
