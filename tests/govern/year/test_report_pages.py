"""The report of the year as people get it: a page at a desk and on a phone, and a PDF."""

import pytest
from tests.browser import SIZES, accessible

from charter.cli.governance_page import governance_page

from .plan import APPLICATIONS


@pytest.fixture(scope="module")
def page(report, tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "report.html"
    file.write_text(governance_page(report), encoding="utf-8")
    return file


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_the_page_is_accessible_and_fits(report, page, visit, size):
    tab = visit(page.as_uri(), size)
    tab.goto(page.as_uri())
    for each in tab.query_selector_all("details:not([open]) > summary"):
        each.click()
    accessible(tab)
    assert (tab.troubles, tab.foreign) == ([], [])
    said = tab.inner_text("body")
    assert "40,000" in said
    for figure in report.figures:
        assert figure.label in said
    assert "the fall is known and accepted" in said


def test_a_pdf_is_made_and_tagged(report):
    pytest.importorskip("typst")
    from charter.govern.reports.pdf import pdf  # noqa: PLC0415 - needs an extra

    made = pdf(report)
    assert made.startswith(b"%PDF-")
    assert b"pdfuaid" in made
    assert pdf(report) == made


def test_drills_are_named_nowhere(year, report, page):
    text = page.read_text(encoding="utf-8")
    assert all(name in text for name in APPLICATIONS)
    assert not any(drill in text for drill in year[1].drills)
