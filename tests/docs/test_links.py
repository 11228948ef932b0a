"""Relative links and anchors of every document resolve in the repository."""

import re
import unicodedata

import pytest

from .documents import ROOT, name_of, pages, prose

_LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t]*$", re.MULTILINE)
_FENCED = re.compile(r"^(`{3,}|~{3,})[^\n`]*\n.*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)


def links(page):
    return _LINK.findall(prose(page.read_text(encoding="utf-8")))


def anchors(page):
    """Return the ids that both the site and repository viewers give the headings of a page."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {slug(heading) for heading in _HEADING.findall(text)}


def slug(heading):
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    kept = re.sub(r"[^\w\s-]", "", ascii_only).strip().lower()
    return re.sub(r"[-\s]+", "-", kept)


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_relative_links_resolve(page):
    for link in links(page):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT), link
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_outside_links_are_https(page):
    for link in links(page):
        assert not link.startswith("http:"), link


def test_the_site_names_every_page():
    named = set(re.findall(r"[\w./-]+\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8")))
    for page in (ROOT / "docs").rglob("*.md"):
        relative = page.relative_to(ROOT / "docs").as_posix()
        assert relative in named or relative.startswith("decisions/0"), relative


def test_the_site_asks_no_other_host():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in text
    assert not re.search(r"https?://|analytics|google", text)
