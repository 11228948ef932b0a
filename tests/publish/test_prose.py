"""Markdown -> HTML: what it means, what it holds, and that nothing hostile gets through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.publish.prose import (
    Anchor,
    Words,
    plain_words,
    rendered,
    rendered_clauses,
    rendered_inline,
)
from charter.publish.remarks import Count, Remark
from charter.source import Span

from .allowed import checked

WORDS = Words(
    title=lambda wanted: "Their <title>" if wanted == "there" else None,
    link=lambda wanted: f"there.html#{wanted}" if wanted == "there" else None,
)


def shown(text, *anchors):
    """Render a text, with anchors given as words and ids."""
    made = [
        Anchor(Span(text.index(words), text.index(words) + len(words)), name, "must")
        for words, name in anchors
    ]
    return str(rendered(text, WORDS, made))


def test_a_clause_is_wrapped_with_its_id_and_a_link():
    made = shown("First. It must hold. Last.", ("It must hold.", "s/abcd"))
    assert '<span class="clause must" id="s/abcd" tabindex="-1">It must hold.<span' in made
    assert '<span class="tie"><a class="pin" href="#s/abcd"' in made
    assert 'class="say"' not in made
    assert 'class="count"' not in made
    assert made.startswith('<p dir="auto">First. <span')


def test_a_clause_says_where_it_is_commented_on_and_how_often():
    remark = Remark('"<b>"', "https://a.example/?a=1&b=2", Count(disagree=2))
    made = rendered("It must hold.", WORDS, [Anchor(Span(0, 13), "s/a", "must", remark)])
    assert 'aria-label="2 comments: 2 disagree">2</span><span class="tie">' in made
    assert 'class="say" href="https://a.example/?a=1&amp;b=2"' in made
    assert 'aria-label="Comment on this rule: &#34;&lt;b&gt;&#34;"></a></span></span>' in made
    assert checked(made).wrong == []


def test_it_tells_which_clauses_have_words_of_their_own():
    text = "It must hold.\n\n```\nIt must run.\n```\n"
    ends = (text.index("\n"), len(text) - 5)
    anchors = [Anchor(Span(end - 12, end), f"s/{end}", "must") for end in ends]
    assert rendered_clauses(text, WORDS, anchors)[1] == {f"s/{ends[0]}"}


def test_an_attribute_gets_plain_words():
    said = plain_words("It *must* `a<b`, see [?](#there) & [x](https://a.b) \u202e.", WORDS)
    assert said == "It must a<b, see Their <title> & x U+202E."


def test_a_clause_that_begins_the_paragraph_stands_inside_of_it():
    made = shown("**It** must hold.\n\nNo more.", ("**It** must hold.", "s/a"))
    assert made.startswith(
        '<p dir="auto"><span class="clause must" id="s/a" tabindex="-1"><strong>It</strong>'
    )
    assert checked(made).wrong == []


def test_a_clause_does_not_swallow_a_list_in_its_item():
    text = "- you must:\n  - one\n  - two\n"
    made = shown(text, (text, "s/a"))
    assert checked(made).wrong == []
    assert made.index("</span>") < made.index("one")


def test_each_id_is_there_once_whatever_its_range():
    text = "*a b* c\n\n```\ncode\n```\n\n|x|\n|-|\n|y|\n"
    anchors = (("b* c", "s/1"), ("a b", "s/2"), ("code", "s/3"), ("y", "s/4"), (text, "s/5"))
    found = checked(shown(text, *anchors))
    assert sorted(found.ids) == ["s/1", "s/2", "s/3", "s/4", "s/5"]
    assert found.wrong == []


def test_a_titled_reference_shows_the_title():
    made = shown("See [?](#there) and [words](#there).")
    assert ">Their &lt;title&gt;</a> and <a" in made
    assert 'href="there.html#there" data-ref="there"' in made


def test_a_reference_to_nothing_stays_text():
    assert shown("See [?](#gone).") == '<p dir="auto">See <span class="dangling">?</span>.</p>\n'


def test_markers_are_dropped_also_before_punctuation():
    made = shown("It must[^abcd], and *should*[^efgh].")
    assert made == '<p dir="auto">It must, and <em>should</em>.</p>\n'


def test_markers_in_code_stay():
    assert "[^abcd]" in shown("`a[^abcd]`")
    assert "[^abcd]" in shown("```\na[^abcd]\n```")


def test_formulas_are_drawn_and_brackets_stay():
    assert "<msup>" in shown(r"It is \\( x^2 \\).")
    assert 'display="block"' in shown("It is\n\n\\\\[\nx = 2\n\\\\]\n")
    assert "<math" not in shown(r"Say \[name\] and \(well...\) and \\[...\\].")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//host/x",
        "relative.html",
        "https://a b",
        "java&#115;cript:alert(1)",
        "https://x/\u202egnp",
    ],
)
def test_links_elsewhere_stay_text(url):
    made = shown(f"[words](<{url}>)")
    assert "<a " not in made
    assert "words" in made


def test_html_is_shown_as_text():
    made = shown("<script>alert(1)</script>\n\n<b onclick=x>hi</b> &lt;i&gt; &#60;u&#62;")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in made
    assert checked(made).wrong == []
    assert "<u>" in "".join(checked(made).words)


def test_hidden_characters_are_named():
    assert '<span class="hidden-char">U+202E</span>' in shown("a\u202eb")


def test_a_very_long_line_and_deep_nesting_are_rendered():
    assert len(shown("a" * 1_000_000)) > 1_000_000
    assert checked(shown("> " * 500 + "deep")).wrong == []
    assert checked(shown("".join("  " * at + "- x\n" for at in range(200)))).wrong == []
    assert shown("[^abcd]" * 20_000) == '<p dir="auto"></p>\n'
    assert "(" in shown("\\(" * 50_000)


def test_inline_has_no_paragraph():
    assert rendered_inline("a *b*\nc", WORDS) == "a <em>b</em> c"
    assert rendered_inline("# no heading <b>", WORDS) == "# no heading &lt;b&gt;"


HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<script>x</script>", "<img src=x onerror=y>", "</p>", "</span>", "<!--", "-->",
                "&lt;script&gt;", "&#x3c;", "[a](javascript:x)", "[a](#there)", "[?](#there)",
                "[b](https://x.y/?a=1&b=2)", "![i](https://x.y/z.png)", "<https://a.b>", "`", "``",
                "```html\n", "~~~", "\n", "\n\n", "- ", "1. ", "> ", "|a|b|\n|-|-|\n", "|", "*",
                "**", "_", "~~", "[^abcd]", "\\(x^2\\)", "\\\\[ y=1 \\\\]", "\\[", "\\]", "\u202e",
                "\u2066", "\x00", "\x01", "\x03", "\u205a", "\ufeff", "---", "# ", "    ", "\t",
                "<a href='x'>", "]]>", "<![CDATA[", "<?x?>", "<!DOCTYPE x>", "{", "}", "\U0001f600",
                "must", "é", "http://", "mailto:a@b.c",
            ]
        ),
        st.text(max_size=6),
    ),
    max_size=30,
).map("".join)  # fmt: skip


@given(text=HOSTILE, data=st.data())
def test_hostile_markdown_holds_nothing_but_our_own_elements(text, data):
    text = text.encode("utf-8", "replace").decode()
    places = st.integers(0, len(text))
    ranges = data.draw(st.lists(st.tuples(places, places), max_size=5))
    anchors = [
        Anchor(Span(min(pair), max(pair)), f"s/{at}", "must") for at, pair in enumerate(ranges)
    ]
    found = checked(str(rendered(text, WORDS, anchors)))
    assert found.wrong == []
    assert sorted(found.ids) == sorted(anchor.id for anchor in anchors)
    assert "\u202e" not in "".join(found.words)
    assert not {"\x00", "\x01", "\x02", "\x03", "\x04"} & set("".join(found.words))


@pytest.mark.parametrize("sign", ["[", "![", "*", "\\\\", "<!--", "]]"])
def test_a_line_of_signs_is_as_it_was_written(sign):
    found = checked(str(rendered("It must " + sign * 20_000, WORDS, [])))
    shown_ = sign.replace("\\\\", "\\")
    assert "".join(found.words).strip() == "It must " + shown_ * 20_000
