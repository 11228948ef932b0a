"""What programs read: valid by its schema, addresses that hold, and no way out of a string."""

import json
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from charter.publish import machine
from charter.publish.site import Site

from .texts import an_edition, three

BASE = "https://a.example/spec/"


@pytest.fixture(scope="module")
def site():
    return Site(three())


@pytest.fixture(scope="module")
def written(site):
    return dict(machine.files(site))


def test_every_version_is_there_as_json(site, written):
    schema = json.loads(written["schema/spec.json"])
    for edition in site.editions:
        found = json.loads(written[f"v/{edition.slug}/spec.json"])
        Draft202012Validator(schema).validate(found)
        assert found["digest"] == edition.spec.digest


def test_clauses_are_one_a_line(site, written):
    schema = Draft202012Validator(json.loads(written["schema/clause.json"]))
    lines = [json.loads(line) for line in written["clauses.jsonl"].splitlines()]
    for line in lines:
        schema.validate(line)
    assert [line["id"] for line in lines] == [each.id for each in site.newest.spec.clauses]
    assert lines[0]["url"] == "s/keep_loans.html#keep_loans/loan"
    assert lines[0]["authority"] == "root"
    assert lines[0]["digest"] == site.newest.spec.digest


def test_a_known_base_makes_full_addresses():
    site = Site(three(), base_url=BASE)
    first = json.loads(machine.clauses(site).splitlines()[0])
    assert first["url"] == f"{BASE}s/keep_loans.html#keep_loans/loan"
    assert f"({BASE}v/2026-01-01/spec.json)" in machine.llms(site)


def test_llms_txt_lists_data_parts_and_sections(written):
    lines = written["llms.txt"].splitlines()
    assert lines[0].startswith("# ")
    assert lines[2].startswith("> ")
    assert [line for line in lines if line.startswith("## ")] == [
        "## Data",
        "## Parts",
        "## Sections",
        "## Optional",
    ]
    assert "- [Mind children](s/mind_children.html): root" in lines


def test_hostile_titles_make_no_links_or_lines_in_llms_txt():
    text = "# [x](javascript:alert(1)) <b> `c` \u202e {#conduct}\n\nx\n"
    made = machine.llms(Site((an_edition(text, "1.0"),)))
    assert "\\[x\\](javascript" in made
    assert "<b>" not in made.replace("\\<b\\>", "")
    assert "\u202e" not in made


def test_the_map_names_canonical_pages_only():
    site = Site(three(), base_url=BASE)
    pages = ["index.html", "s/a b.html", "v/2025-01-01/all.html", "v/2026-01-01/all.html", "x.json"]
    root = ET.fromstring(machine.sitemap(site, pages))  # noqa: S314 - our own
    found = [(each[0].text, [e.text for e in each[1:]]) for each in root]
    assert found == [
        (f"{BASE}index.html", ["2026-01-01"]),
        (f"{BASE}s/a%20b.html", ["2026-01-01"]),
        (f"{BASE}v/2025-01-01/all.html", ["2025-01-01"]),
    ]
    assert machine.sitemap(Site(three()), pages) is None


def test_a_page_is_described_for_search_engines():
    site = Site(three(), base_url=BASE)
    made = str(machine.article(site, "s/keep_loans.html", "Keep"))
    found = json.loads(made.partition(">")[2].removesuffix("</script>"))
    assert found["url"] == f"{BASE}s/keep_loans.html"
    assert found["dateModified"] == "2026-01-01"
    assert found["isPartOf"]["identifier"] == site.newest.spec.digest


@given(st.text())
def test_no_text_gets_out_of_json_ld(text):
    made = str(machine.json_ld({"name": text, text: [text]}))
    inner = made.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set("<>&") & set(inner)
    assert inner.isascii()
    assert json.loads(inner)["name"] == text or text == "name"


def test_the_same_versions_make_the_same_files(written):
    assert dict(machine.files(Site(three()))) == written
