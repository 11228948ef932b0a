"""What is known of a site as a whole, and the page that every other one extends."""

from __future__ import annotations

import pytest

from charter.policy.compiled.compile import compile_policy
from charter.publish.edition import edition
from charter.publish.site import Link, Site, assets, choices
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse


def site(text="# A {#a}\n", **given):
    """Return a site of one version."""
    spec = build(parse(Source("spec.md", text)), name="x", version="1")
    return Site((edition(spec, compile_policy(layer(spec))),), **given)


@pytest.mark.parametrize(
    ("said", "language", "right"),
    [("he", "he", True), ("ar-EG", "ar-EG", True), ("de", "de", False), ('"><b>', "en", False)],
)
def test_language_and_direction_come_from_front_matter(said, language, right):
    made = site(f"---\nlanguage: '{said}'\n---\n\n# A {{#a}}\n")
    assert (made.language, made.right_to_left) == (language, right)
    page = made.page("search.html.j2", "search.html", title="Search")
    assert (f'<html lang="{language}" dir="rtl">' in page) == right


def test_ids_that_look_alike_have_pages_of_their_own():
    made = site("# A {#one}\n\n# B {#One}\n")
    assert made.section_page("one") == "s/one.html"
    assert made.section_page("One") == "s/one-2.html"
    assert made.section_page("none") is None


def test_full_addresses_need_to_know_where_the_site_stands():
    assert site().url("s/a.html") is None
    assert site(base_url="https://x.y/z/").url("s/a.html") == "https://x.y/z/s/a.html"


def test_the_head_leads_to_further_pages():
    page = site(links=(Link("changes.html", "Changes"),)).page(
        "search.html.j2", "s/a.html", title="Search"
    )
    assert '<a href="../changes.html">Changes</a>' in page


def test_every_page_forbids_what_is_not_from_its_own_site():
    page = site().page("search.html.j2", "search.html", title="Search")
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert " style=" not in page
    assert "<style" not in page


def test_versions_are_offered_newest_first():
    made = site()
    (one,) = choices(made, made.newest, ["index.html"])
    assert (one.label, one.page, one.current) == ("1", "index.html", True)


def test_styles_load_nothing():
    styles = [content for name, content in assets().items() if name.endswith(".css")]
    assert styles
    assert not any(b"url(" in each or b"@import" in each for each in styles)


BASE = (
    "---\nversion: '2'\ntitle: House rules\n---\n\n# Be kind {#kind authority=user}\n\nIt must.\n"
)
ABOVE = (
    "---\nextends: {{name: house, digest: '{digest}'}}\nlevel: developer\n{more}\n---\n\n"
    "# Sell {{#sell authority=developer}}\n\nIt should.\n"
)


@pytest.mark.parametrize(
    ("more", "title", "label"),
    [
        ("version: '1'", "House rules", "2 with shop 1"),
        ("title: The shop", "The shop", "2 with shop"),
    ],
)
def test_a_stack_is_called_after_its_base_unless_an_overlay_has_a_title(more, title, label):
    base = build(parse(Source("spec.md", BASE)), name="house")
    text = ABOVE.format(digest=base.digest, more=more)
    overlay = build(parse(Source("spec.md", text)), name="shop")
    laid = layer(base, overlay)
    made = edition(laid.spec, compile_policy(laid), (base, overlay), laid.origins)
    assert (made.title, made.label) == (title, label)
    assert made.slug == label.replace(" ", "-")
