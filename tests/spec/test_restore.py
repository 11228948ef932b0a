"""The public JSON of a spec reads back as what it was made from."""

from __future__ import annotations

import json

import pytest

from charter.errors import ParseError
from charter.load import load
from charter.spec.export import export
from charter.spec.restore import restore

PLACE = "https://spec.example/spec.json"


@pytest.fixture(scope="module")
def starter():
    return load("starter")


@pytest.fixture
def said(starter):
    return export(starter)


def read(document):
    return restore(json.dumps(document).encode("ascii"), PLACE)


def test_what_is_read_back_says_the_same(starter, said):
    found = read(said)
    assert (found.name, found.title, found.version, found.digest) == (
        starter.name,
        starter.title,
        starter.version,
        starter.digest,
    )
    assert [each.id for each in found.sections] == [each.id for each in starter.sections]
    assert [(c.id, c.text, c.strength) for c in found.clauses] == [
        (c.id, c.text, c.strength) for c in starter.clauses
    ]
    for old, new in zip(starter.sections, found.sections, strict=True):
        assert (new.authority, new.tags, new.parent) == (old.authority, old.tags, old.parent)
        assert [each.caption for each in new.examples] == [each.caption for each in old.examples]
        assert [e.comparisons for e in new.examples] == [e.comparisons for e in old.examples]
    assert found.source.path == PLACE
    assert not found.source.text


def test_the_first_of_two_sections_with_one_id_is_found(said):
    first, second = said["sections"][0], {**said["sections"][1], "id": said["sections"][0]["id"]}
    found = read({**said, "sections": [first, second]})
    assert found.index[first["id"]].title == first["title"]


@pytest.mark.parametrize(("depth", "shown"), [(-3, 1), (10**9, 6)])
def test_depths_that_no_heading_has_are_brought_to_those(said, depth, shown):
    found = read({**said, "sections": [{**said["sections"][0], "depth": depth}]})
    assert found.sections[0].depth == shown


@pytest.mark.parametrize(
    "document",
    [b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b'{"format": "charter-spec/2"}'],
)
def test_what_is_no_spec_ends_in_one_line(document):
    with pytest.raises(ParseError, match=r"spec\.json is no published spec") as caught:
        restore(document, PLACE)
    assert "\n" not in str(caught.value)


def test_the_place_of_what_is_wrong_is_named(said):
    said["sections"][0]["clauses"] = [{"id": 3}]
    with pytest.raises(ParseError, match=r"sections\.0\.clauses\.0"):
        read(said)
