"""The feed is Atom, says what changed, and takes no date from a clock."""

from xml.etree import ElementTree as ET

import pytest

from charter.publish.feed import date_of, feed
from charter.publish.history import history
from charter.publish.notes import Notes, VersionNote
from charter.publish.site import Site

from .texts import FIRST, an_edition, three

ATOM = "{http://www.w3.org/2005/Atom}"


def made(editions, notes=None, base_url=None):
    site = Site(tuple(editions), base_url=base_url)
    return feed(site, history(editions), notes or Notes())


def text_of(element, name):
    return element.find(ATOM + name).text


def test_the_feed_has_what_rfc_4287_requires():
    root = ET.fromstring(made(three()))  # noqa: S314 - our own
    assert root.tag == f"{ATOM}feed"
    entries = root.findall(f"{ATOM}entry")
    for each in (root, *entries):
        assert text_of(each, "id").startswith("urn:uuid:")
        assert text_of(each, "title")
        assert text_of(each, "updated").endswith("T00:00:00Z")
    assert text_of(root, "updated") == "2026-01-01T00:00:00Z"
    assert root.find(f"{ATOM}author/{ATOM}name").text == root.find(f"{ATOM}title").text
    assert len({text_of(each, "id") for each in (root, *entries)}) == 4
    links = [each.find(f"{ATOM}link").get("href") for each in entries]
    assert links[0] == "diff/2025-06-01..2026-01-01.html"
    assert links[-1] == "v/2025-01-01/index.html"
    assert "Children" in text_of(entries[0], "content")


def test_a_known_base_makes_full_addresses_and_the_same_ids():
    near, far = (
        ET.fromstring(made(three(), base_url=base))  # noqa: S314 - our own
        for base in (None, "https://a.example/")
    )
    assert [each.text for each in near.iter(f"{ATOM}id")] == [
        each.text for each in far.iter(f"{ATOM}id")
    ]
    hrefs = [each.get("href") for each in far.iter(f"{ATOM}link")]
    assert all(each.startswith("https://a.example/") for each in hrefs)


def test_the_same_texts_make_the_same_feed():
    assert made(three()) == made(three())


def test_without_a_date_there_is_no_feed():
    assert made([an_edition(FIRST, "1.0")]) is None
    dated = [an_edition(FIRST, "1.0"), three()[1]]
    root = ET.fromstring(made(dated))  # noqa: S314 - our own
    assert len(root.findall(f"{ATOM}entry")) == 1


@pytest.mark.parametrize(
    ("front", "version", "day"),
    [
        ("", "2025-12-18", "2025-12-18"),
        ("", "v2025.12.18", "2025-12-18"),
        ("", "2025-02-31", None),
        ("", "1.2", None),
        ("date: 2024-05-08", "2025-12-18", "2024-05-08"),
        ("published: 2024-05-08", "1.2", "2024-05-08"),
        ("date: soon", "1.2", None),
        ("date: [2024-05-08]", "1.2", None),
    ],
)
def test_dates_come_from_front_matter_or_the_version(front, version, day):
    text = f"---\nspec: x\n{front}\n---\n\n{FIRST}" if front else FIRST
    assert date_of(an_edition(text, version)) == day


def test_hostile_words_stay_words():
    text = '# <script>alert(1)</script>]]> & "x" \x01\u202e {#conduct}\n\nx\n'
    editions = [an_edition(text, "2025-01-01"), an_edition(text + "\nMust y.\n", "2025-02-01")]
    note = Notes({"2025-02-01": VersionNote("<img src=x onerror=alert(1)> \x00\ufffe ]]>")})
    written = made(editions, note)
    root = ET.fromstring(written)  # noqa: S314 - our own
    assert "<script" not in written
    content = text_of(root.find(f"{ATOM}entry"), "content")
    assert "<img" not in content
    assert "&lt;img" in content
    assert "\u202e" not in written
