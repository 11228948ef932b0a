"""The changelog and the history beside a section."""

import pytest
from tests.publish.texts import an_edition, three

from charter.publish.history import history
from charter.publish.links import leads
from charter.publish.notes import read_notes
from charter.publish.pages import changes
from charter.publish.site import Site
from charter.source import Source

NOTES = """
2025-06-01:
  note: |
    We tidied up. See [?](#welcome) and [x](javascript:alert(1)).

    <script>alert(1)</script>
  changes:
    be_kind: The name was *misread*.
    keep_loans/whis: It is about privacy.
"""


@pytest.fixture(scope="module")
def lives():
    return history(three())


@pytest.fixture(scope="module")
def site(lives):
    return Site(lives.editions, heirs=lives.heirs)


@pytest.fixture(scope="module")
def notes(lives):
    return read_notes(Source("notes.yaml", NOTES), lives)


def test_versions_are_listed_newest_first(site, lives):
    files = dict(changes.files(site, lives))
    assert list(files) == ["changes.html", "changes.xml"]
    page = files["changes.html"]
    places = [page.index(f'id="v-{each.slug}"') for each in reversed(site.editions)]
    assert places == sorted(places)
    assert "The oldest version published here." in page
    assert "“platform” is called “root” now" in page
    assert 'href="diff/2025-01-01..2025-06-01.html#s-obey_law"' in page
    assert 'href="changes.xml"' in page
    assert not leads(page).twice


def test_without_dates_no_feed_is_announced():
    editions = (an_edition("# A {#a}\n\nx\n", "1.0"),)
    files = dict(changes.files(Site(editions), history(editions)))
    assert list(files) == ["changes.html"]
    assert "changes.xml" not in files["changes.html"]


def test_an_author_can_annotate_versions_and_changes(site, lives, notes):
    page = dict(changes.files(site, lives, notes))["changes.html"]
    assert notes.complaint is None
    assert "We tidied up. See <a" in page
    assert "Welcome readers</a>" in page
    assert "The name was <em>misread</em>." in page
    assert 'href="diff/2025-01-01..2025-06-01.html#s-welcome"' in page
    assert "It is about privacy." in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page


def test_a_section_has_its_history(site, lives, notes):
    shown = changes.annex(site, lives, "be_kind", notes)
    assert "Its id was be_kind and is welcome now." in shown
    assert "The name was <em>misread</em>." in shown
    assert 'href="../diff/2025-01-01..2025-06-01.html#s-welcome"' in shown
    assert 'href="../v/2025-01-01/conduct.html#be_kind"' in shown
    shown = changes.annex(site, lives, "welcome", notes)
    assert 'href="be_kind.html">Be kind</a>' in shown
    assert "In the oldest version published here." in changes.annex(site, lives, "obey_law")


def test_examples_that_are_gone_keep_their_anchors():
    text = (
        "# A {#a authority=user}\n\nYou must sing.\n\n**Example**: {caption}\n\n~~~xml\n"
        "<user>\nhi\n</user>\n<assistant> <!-- GOOD: x -->\nyes\n</assistant>\n~~~\n"
    )
    captions = ("a request for a song", "quite another affair at the seaside")
    editions = [
        an_edition(text.replace("{caption}", each).replace("hi", each), f"1.{at}")
        for at, each in enumerate(captions)
    ]
    found = history(editions)
    old = next(editions[0].spec.examples).id
    shown = changes.annex(Site(tuple(editions), heirs=found.heirs), found, "a")
    assert f'<li id="{old}">' in shown
    assert captions[0] in shown
    assert f'href="../v/1.0/a.html#{old}"' in shown


def test_hostile_titles_stay_words():
    text = "# <script>alert({n})</script> {#a authority=user}\n\nYou must sing.\n"
    editions = [an_edition(text.replace("{n}", str(at)), f"1.{at}") for at in range(2)]
    found = history(editions)
    site = Site(tuple(editions), heirs=found.heirs)
    page = dict(changes.files(site, found))["changes.html"]
    for each in (page, changes.annex(site, found, "a")):
        assert "<script>alert" not in each
        assert "&lt;script&gt;alert(1)" in each
