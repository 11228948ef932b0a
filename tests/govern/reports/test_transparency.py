"""What an organisation says of a model, field by field."""

import pytest

from charter.errors import ConfigError
from charter.govern.reports.transparency import FIELDS, LARGE, read_facts, transparency

HEAD = "format: charter-transparency/1\norganisation: Example Ltd\nmodel: m-1\n"


def rows(text):
    """Return the rows of the table by field."""
    section = transparency(read_facts(HEAD + text, "t.yaml"))
    return {row[0]: row[1:] for row in section.tables[0].rows}


def test_three_states_and_what_nobody_filled_in():
    said = (
        "large_developer: false\n"
        "fields:\n"
        "  website: {value: https://example.org}\n"
        "  languages: {value: [English, Deutsch]}\n"
        "  release_date: {value: 2026-02-28}\n"
        "  contact: {unknown: the address is being set up}\n"
        "  restrictions: {withheld: a contract forbids it}\n"
    )
    found = rows(said)
    assert found["Website"] == ("value", "https://example.org")
    assert found["Languages"] == ("value", "English; Deutsch")
    assert found["How to reach us"] == ("unknown", "the address is being set up")
    assert found["Restrictions or conditions of use"] == ("withheld", "a contract forbids it")
    assert found["Intended uses"] == ("unknown", "nobody filled it in")
    assert len(found) == len(FIELDS)


def test_large_developers_say_more():
    assert len(rows("large_developer: true\n")) == len(FIELDS) + len(LARGE)
    more = rows("large_developer: false\nfields: {third_parties: {value: Somebody}}\n")
    assert more["Who outside took part in them"] == ("value", "Somebody")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("large_developer: maybe\n", "large_developer"),
        ("large_developer: true\nfields: {website: {}}\n", "say one of"),
        ("large_developer: true\nfields: {website: {value: a, unknown: b}}\n", "say one of"),
        ("large_developer: true\nfields: {shoes: {value: a}}\n", "there is no field 'shoes'"),
        ("large_developer: true\nfields: {website: {value: 3}}\n", "website"),
        ("large_developer: true\nmore: 1\n", "there is no such key"),
        ("large_developer: true\nfields: {release_date: {value: 2026-02-30}}\n", "is no day"),
        ("large_developer: true\nfields: {release_date: {value: [soon]}}\n", "is no day"),
        ("large_developer: true\nfields: &a {website: *a}\n", "t.yaml"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_key(text, what):
    with pytest.raises(ConfigError) as refused:
        read_facts(HEAD + text, "t.yaml")
    assert what in str(refused.value)
    assert "t.yaml" in str(refused.value)
