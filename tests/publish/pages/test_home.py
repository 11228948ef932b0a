"""What the first page of each version says, and how an older version leads to the newest."""

from __future__ import annotations

import re

import pytest
from tests.publish.texts import three

from charter.publish import address
from charter.publish.build import draw, pages
from charter.publish.site import Link, Site


@pytest.fixture(scope="module")
def found():
    """The pages of three versions that are said to be compared, by address."""
    site = Site(three(), links=(Link(address.CHANGES, "Changes"),))
    made = pages(site, draw(site))
    return {name: body.decode() for name, body in made if name.endswith(".html")}, site


def title(page):
    return re.search("<title>(.*?)</title>", page).group(1)


def test_the_first_page_leads_to_what_changed_in_its_version(found):
    files, site = found
    one, two, three_ = (each.slug for each in site.editions)
    assert f'href="diff/{two}..{three_}.html">What changed in this version' in files["index.html"]
    older = files[f"v/{two}/index.html"]
    assert f'href="../../diff/{one}..{two}.html">What changed in this version' in older
    assert "What changed in this version</a>" not in files[f"v/{one}/index.html"]


def test_an_older_version_leads_to_the_same_part_of_the_newest(found):
    files, site = found
    one, newest = site.editions[0].slug, site.newest.slug
    page = files[f"v/{one}/conduct.html"]
    assert f'<a href="../../conduct.html">Read version {site.newest.label}</a>' in page
    assert f'<a href="../../diff/{one}..{newest}.html">see what changed since</a>' in page


def test_titles_tell_versions_apart(found):
    files, site = found
    assert title(files["index.html"]) == site.title
    oldest = site.editions[0]
    assert title(files[f"v/{oldest.slug}/index.html"]).endswith(f", version {oldest.label}")
    assert title(files[f"v/{oldest.slug}/conduct.html"]) != title(files["conduct.html"])


def test_versions_that_are_not_compared_are_not_said_to_be():
    site = Site(three())
    made = pages(site, draw(site))
    for name, body in made:
        if name.endswith(".html"):
            assert b"diff/" not in body, name


def test_a_section_leads_up_into_the_text(found):
    files, _ = found
    page = files["s/keep_loans.html"]
    assert '<a href="../conduct.html#conduct" dir="auto">' in page
