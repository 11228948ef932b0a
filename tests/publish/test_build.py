"""All pages of text of a site: addresses, what stands on them, and that links hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.publish.build import draw, pages
from charter.publish.edition import edition
from charter.publish.links import check
from charter.publish.site import Site
from charter.publish.write import write_site
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

OLD = """# Conduct {#conduct}

## Quiet {#quiet authority=user}

The clerk should whisper[^whis]. The clerk should walk softly[^soft].

## Gone {#gone authority=root}

The clerk must stay[^stay].
"""
NEW = """# Conduct {#conduct}

See [?](#quiet).

## Quiet {#quiet authority=user tags=room}

The clerk should whisper[^whis].

!!! meta "Commentary"
    It is *late*.

**Example**: a [loud](#quiet) reader

~~~xml
<user>
Hello!
</user>
<comparison>
<assistant> <!-- BAD[#quiet]: too loud -->
HELLO
</assistant>
<assistant> <!-- GOOD: quiet -->
hello
</assistant>
</comparison>
~~~

# Law {#law authority=root}

The clerk must obey[^obey].
"""


def text(words, version):
    """Return a version of a text."""
    return build(parse(Source("spec.md", words)), name="clerk", version=version)


def one(words, version):
    """Return a version as it is published."""
    spec = text(words, version)
    return edition(spec, compile_policy(layer(spec)))


def built(site):
    """Return the pages by address."""
    found = [(name, content.decode()) for name, content in pages(site, draw(site))]
    assert len({name for name, _ in found}) == len(found)
    return dict(found)


@pytest.fixture(scope="module")
def site():
    """Two versions."""
    heirs = {"gone": "law", "quiet/soft": "law/obey"}
    return Site((one(OLD, "1"), one(NEW, "2")), heirs=heirs)


@pytest.fixture(scope="module")
def found(site):
    """Its pages."""
    return built(site)


def test_addresses(found):
    html = {name for name in found if name.endswith(".html")}
    assert html == {
        *("index.html", "all.html", "conduct.html", "law.html"),
        *("v/1/index.html", "v/1/all.html", "v/1/conduct.html"),
        *("v/2/index.html", "v/2/all.html", "v/2/conduct.html", "v/2/law.html"),
        *("s/conduct.html", "s/quiet.html", "s/gone.html", "s/law.html"),
    }


def test_no_link_is_broken(site, found, tmp_path):
    write_site(tmp_path / "site", ((name, page.encode()) for name, page in found.items()))
    assert check(tmp_path / "site") == ()


def test_clauses_have_one_anchor_on_each_page_that_shows_them(found):
    for page in ("conduct.html", "all.html", "v/2/conduct.html", "s/quiet.html"):
        assert found[page].count('id="quiet/whis"') == 1


def test_a_section_says_who_may_change_it(found):
    assert "Who may change this rule?" in found["s/law.html"]
    assert '<p class="answer">Nobody</p>' in found["s/law.html"]


def test_an_example_is_a_conversation_with_grades(found):
    page = found["conduct.html"]
    assert '<details class="example" id="quiet/e-' in page
    assert page.index("Violation") < page.index("HELLO") < page.index("too loud")
    assert 'data-grades="bad good"' in page


def test_commentary_is_set_apart(found):
    assert '<div class="box" role="note">' in found["conduct.html"]


def test_examples_are_folded_by_page(found):
    assert "open>" in found["s/quiet.html"].partition("details class")[2].partition("\n")[0]
    assert "open>" not in found["all.html"].partition('details class="example"')[2][:80]


def test_a_removed_section_keeps_its_page_with_a_note_and_an_heir(found):
    page = found["s/gone.html"]
    assert "not in the newest version" in page
    assert '<a href="law.html">Law</a>' in page
    assert "The clerk must stay" in page
    assert "not in 2" in page


def test_a_removed_clause_keeps_its_anchor(found):
    page = found["s/quiet.html"]
    assert '<li id="quiet/soft">' in page
    assert 'href="law.html#law/obey"' in page


def test_an_old_version_says_that_it_is_old(found):
    assert "This is version 1, which is not the newest" in found["v/1/conduct.html"]
    assert "not the newest" not in found["v/2/conduct.html"]


def test_the_newest_version_is_canonical_at_the_root(site):
    at = replace(site, base_url="https://example.org/spec/")
    page = built(at)["v/2/conduct.html"]
    assert '<link rel="canonical" href="https://example.org/spec/conduct.html">' in page


def test_the_same_site_has_the_same_bytes(site, found):
    assert built(replace(site)) == found


def test_annexes_stand_on_the_permanent_page(site):
    from markupsafe import Markup  # noqa: PLC0415 - this test alone

    made = dict(pages(site, draw(site), {"law": (Markup("<p>later</p>"),)}))
    assert b"<p>later</p>" in made["s/law.html"]
    assert b"<p>later</p>" not in made["s/quiet.html"]


def test_hostile_titles_and_ids_are_escaped():
    words = (
        '# <script>alert(1)</script> \u202e {#a"b authority=root tags=<i>}\n\nIt must[^"<x].\n\n'
        '!!! meta "<img src=x>"\n    text\n\n**Example**: <b> [x](https://x.y)\n\n'
        "~~~xml\n<user>\n<script>\n</user>\n~~~\n"
    )
    made = built(Site((one(words, '"><x>'),)))
    for name, page in made.items():
        if name.endswith(".html"):
            assert "<script>alert" not in page
            assert "<img src=x" not in page
            assert "<i>" not in page.replace("<i class", "")
            assert "\u202e" not in page
            assert not {"\x00", "\x01", "\x02", "\x03", "\x04"} & set(page)


def test_a_text_without_sections_has_pages():
    assert "index.html" in built(Site((one("", "1"),)))


def test_an_overlay_stands_beside_its_base(tmp_path):
    base = text(NEW, "2")
    words = (
        f"---\nspec: branch\nextends:\n  spec: clerk\n  digest: {base.digest}\n"
        "level: developer\n---\n\n"
        "# Conduct {#conduct}\n\n"
        "# Quiet {#quiet authority=user}\n\nThe clerk should nod[^nods].\n\n"
        "# Closing {#closing authority=user}\n\nThe clerk should close at six[^sixx].\n"
    )
    over = build(parse(Source("branch.md", words)))
    laid = layer(base, over)
    made = edition(laid.spec, compile_policy(laid), (base, over), laid.origins)
    page = built(Site((made,)))["conduct.html"]
    assert page.index("Base: ") < page.index("should whisper") < page.index("Overlay: ")
    assert page.index("Overlay: ") < page.index("should nod")
    assert page.count('id="quiet/whis"') == 1
    assert page.count("changed by branch") == 1, "a bare heading changes nothing"
    assert "Added by" in built(Site((made,)))["closing.html"]


@pytest.mark.slow
def test_the_starter_spec_has_no_broken_link(tmp_path):
    spec = load("starter")
    site = Site((edition(spec, compile_policy(layer(spec))),))
    write_site(tmp_path / "site", pages(site, draw(site)))
    assert check(tmp_path / "site") == ()


def test_ids_of_the_text_may_be_those_that_pages_would_use(tmp_path):
    ids = ("main", "tools", "found", "reset", "unfold", "history", "one/aaaa", "e-1")
    heads = "".join(f"\n## {each} {{#{each}}}\n\nSee [it](#{each}).\n" for each in ids)
    same = (
        "\n**Example**: same\n\n~~~xml\n<user>\nHi\n</user>\n<assistant>\nHo\n</assistant>\n~~~\n"
    )
    words = f"# One {{#one authority=root}}\n\nIt must stay[^aaaa].\n{same}{same}{heads}"
    site = Site((one(words, "1"), one(words.replace("stay", "rest"), "2")))
    write_site(tmp_path / "site", pages(site, draw(site)))
    assert check(tmp_path / "site") == ()
    page = (tmp_path / "site" / "one.html").read_text("utf-8")
    named = page.split('<details class="example" id="')[1:]
    first, second = (each.partition('"')[0] for each in named)
    assert second == f"{first}-2"


def test_pages_of_text_say_what_they_are_to_search_engines(found):
    for page in ("index.html", "conduct.html", "all.html", "v/1/conduct.html", "s/quiet.html"):
        assert found[page].count('<script type="application/ld+json">') == 1


def test_hostile_ids_break_neither_pages_nor_links(tmp_path):
    ids = (
        "page.main",
        "about.adherence",
        "text.page.main",
        "\u202ex",
        "a\x01b",
        "Foo",
        "foo",
        "index",
    )
    words = "[x](#foo/&#1;y&#1;) [y](#foo/nothing) [z](#Foo/&#0;\x03)"
    source = "".join(
        f"# T {{#{id_} authority=root}}\n\nIt must[^aa{at:02}]. [?](#{id_}) {words}\n\n"
        for at, id_ in enumerate(ids)
    )
    site = Site((one(source, "1"),))
    found = built(site)
    write_site(tmp_path / "site", pages(site, draw(site)))
    assert check(tmp_path / "site") == ()
    assert 'id="text.page.main"' in found["page.main.html"]
    assert not {"\x00", "\x01", "\x02", "\x03", "\x04"} & set("".join(found.values()))
