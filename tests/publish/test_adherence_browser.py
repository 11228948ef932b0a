"""Figures of adherence in a real Chromium: accessible, fitting and inert."""

from __future__ import annotations

import pytest
from tests.browser import SIZES

from charter.publish.adherence import adherence
from charter.publish.build import draw
from charter.publish.files import Contents, site_files
from charter.publish.history import history
from charter.publish.pages import adherence as shown
from charter.publish.site import Site
from charter.publish.write import write_site

from .reports import case, figures, group, report, share
from .test_browser import clean
from .texts import three

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = '<script>window.x=1</script>"><img src=x onerror="x=1">\u202e' + "W" * 300
PAGES = ("adherence.html", "all.html", "conduct.html", "s/welcome.html", "s/keep_loans.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site with runs on two of three versions, of models with hostile names."""
    editions = three()
    newest, older = editions[2].spec.digest, editions[1].spec.digest
    text = {"text": HOSTILE, "calls": []}
    sections = [
        group("welcome", state="met"),
        group("keep_loans", enough=False, state="not enough evidence"),
        group("obey_law", state="not met", adherence=figures(share(0.02), basis="not corrected")),
    ]
    more = {
        "sections": sections,
        "clauses": [group("welcome/gree")],
        "cases": [case("welcome", HOSTILE, caption=HOSTILE, reason=HOSTILE, reply=text)] * 5,
        "judging": {"judges": [{"name": HOSTILE, "fit": False, "reasons": [HOSTILE]}]},
    }
    reports = [
        report(f"{model[:9]}{at}", "2026-01-01", digest=digest, model=model, **more, **doubt)
        for at, digest in enumerate((newest, older))
        for model, doubt in (
            (HOSTILE, {"uncalibrated": True}),
            ("plain", {"withheld": [HOSTILE]}),
            ("third", {}),
        )
    ]
    known = adherence(reports, failures=True)
    site = Site(editions, links=(shown.LINK,))

    contents = Contents(draw(site), history(editions), adherence=known)
    made = tmp_path_factory.mktemp("site") / "site"
    write_site(made, site_files(site, contents))
    return made


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_figures_are_accessible_fit_and_do_nothing(folder, hosted, visit, size, scheme):
    base = hosted(folder)
    tab = visit(base, size, scheme, reduced_motion="reduce")
    for page in PAGES:
        tab.goto(base + page)
        tab.evaluate("document.querySelectorAll('.kept details').forEach(d => d.open = true)")
        clean(tab)
        assert tab.evaluate("window.x") is None


def test_failures_are_folded_and_figures_seen_without_scripts(folder, hosted, visit):
    tab = visit(base := hosted(folder), java_script_enabled=False)
    tab.goto(f"{base}s/welcome.html")
    assert tab.is_visible(".kept-value")
    assert not tab.is_visible(".kept-words")
    tab.click(".kept-failures summary")
    assert tab.is_visible(".kept-words")


def test_a_filter_hides_figures_with_their_section(folder, hosted, visit):
    tab = visit(base := hosted(folder))
    tab.goto(f"{base}conduct.html")
    tab.click(".filters summary")
    tab.check("input[name=authority][value=root]")
    assert tab.is_visible("[data-section=keep_loans] + .kept")
    assert not tab.is_visible("[data-section=welcome] + .kept")
