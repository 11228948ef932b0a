"""What leads nowhere is found; what leads somewhere is let alone."""

import pytest

from charter.publish.links import check


def site(folder, **pages):
    for name, text in pages.items():
        file = folder / name.replace("__", "/").replace("_html", ".html").replace("_css", ".css")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_links_that_lead_somewhere_are_no_problem(tmp_path):
    site(
        tmp_path,
        index_html=(
            '<link rel="stylesheet" href="x.css"><link rel="canonical" href="https://a.example/">'
            '<a href="s/a.html#b%2Fc">x</a><a href="#top">t</a><a href="#here" id="here">h</a>'
            '<a href="https://elsewhere.example/">e</a><a href="mailto:a@b.example">m</a>'
        ),
        s__a_html='<p id="b/c"><a href="../index.html#here">x</a><a href="?q=1">q</a></p>',
        x_css="p { color: red }",
    )
    assert check(tmp_path) == ()


@pytest.mark.parametrize(
    ("html", "what"),
    [
        ('<a href="no.html">', "leads to no page"),
        ('<a href="s/">', "leads to no page"),
        ('<a href="../index.html">', "leads to no page"),
        ('<a href="#no">', "leads to no place"),
        ('<a href="index.html#no">', "leads to no place"),
        ('<a href="/index.html">', "root of a host"),
        ('<a href="javascript:alert(1)">', "no page may"),
        ('<a href="data:text/html,x">', "no page may"),
        ('<a href="http://[">', "no address"),
        ('<p id="a"><p id="a">', "more than once"),
        ('<img src="https://a.example/x.png">', "another host"),
        ('<img srcset="x.png 1x, //a.example/x.png 2x">', "another host"),
        ('<script src="//a.example/x.js"></script>', "another host"),
        ('<link rel="stylesheet" href="https://a.example/x.css">', "another host"),
        ('<form action="https://a.example/"></form>', "another host"),
        ('<p style="background:url(https://a.example/x.png)">', "another host"),
        ('<svg><use xlink:href="no.svg#a"></use></svg>', "leads to no page"),
    ],
)
def test_what_leads_nowhere_is_found(tmp_path, html, what):
    site(tmp_path, index_html=html)
    found = [str(each) for each in check(tmp_path)]
    assert any(each.startswith("index.html: ") and what in each for each in found), found


def test_style_sheets_ask_no_other_host(tmp_path):
    site(tmp_path, x_css='@import "https://a.example/y.css"; p { background: url(z.png) }')
    assert [each.what for each in check(tmp_path)] == [
        "'https://a.example/y.css' is asked of another host",
        "'z.png' leads to no page",
    ]


def test_addresses_of_the_site_itself_are_looked_up(tmp_path):
    base = "https://a.example/spec/"
    site(tmp_path, index_html=f'<a href="{base}">h</a><a href="{base}no.html#x">n</a>')
    assert [each.what for each in check(tmp_path, base)] == [
        f"'{base}no.html' leads to no page".replace("no.html", "no.html#x")
    ]


def test_many_problems_are_bounded(tmp_path):
    site(tmp_path, index_html="".join(f'<a href="{at}.html">' for at in range(3000)))
    assert len(check(tmp_path)) == 1000
