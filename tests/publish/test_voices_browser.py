"""Pages of voices in a real Chromium, and as valid HTML: accessible, fitting and inert."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from tests.browser import SIZES

from charter.cli.main import cli
from charter.evolve.results.two_specs_file import specs_json
from charter.publish.links import check

from .opinions import both, recorded, written
from .test_browser import clean
from .test_valid import valid  # noqa: F401 - a fixture
from .test_voices_specs import specs as specs_of
from .texts import THIRD

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HOSTILE = '<script>window.x=1</script>"><img src=x onerror="x=1">\u202e' + "W" * 200
PAGES = (
    "voices/index.html",
    "voices/reading-room.html",
    "voices/compared.html",
    "voices/consultation.html",
    "voices/decisions.html",
    "voices/specs.html",
    "s/welcome.html",
)


def odd(row):
    """Return a row about something whose name is hostile."""
    return replace(row, about=HOSTILE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site with all pages of voices, in which people's words are hostile."""
    place = tmp_path_factory.mktemp("voices")
    found = both()
    first, *others = (
        replace(
            each,
            statements=tuple(
                replace(s, text=f"{s.text} {HOSTILE}") if s.item == "s03" else s
                for s in each.statements
            ),
            notes=(*each.notes, HOSTILE),
        )
        for each in found.channels
    )
    results = replace(found, channels=(first, *others), findings=(HOSTILE,))
    (place / "spec.md").write_text(f"---\nversion: 1\n---\n{THIRD}", encoding="utf-8")
    ledger = recorded(place / "ledger", hostile=HOSTILE)
    given = ["--voices", written(place / "r.json", results), "--voices", ledger]
    compared = specs_of()
    hostile = replace(compared, source=HOSTILE, rows=(*compared.rows, odd(compared.rows[1])))
    given += ["--voices", place / "s.json"]
    (place / "s.json").write_text(json.dumps(specs_json(hostile)), encoding="utf-8")
    given += ["--survey-form", "https://a.example/survey", "--out", place / "site"]
    done = CliRunner().invoke(cli, ["publish", str(place / "spec.md"), *map(str, given)])
    assert done.exit_code == 0, (done.output, done.exception)
    return place / "site"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_voices_are_accessible_fit_and_do_nothing(folder, hosted, visit, size, scheme):
    base = hosted(folder)
    tab = visit(base, size, scheme, reduced_motion="reduce")
    for page in PAGES:
        tab.goto(base + page)
        tab.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        clean(tab)
        assert tab.evaluate("window.x") is None


def test_pages_are_whole_without_scripts_and_lead_from_one_to_another(folder, hosted, visit):
    tab = visit(base := hosted(folder), java_script_enabled=False)
    tab.goto(base)
    tab.click("nav >> text=Voices")
    tab.click("main >> text=Decisions")
    tab.click("text=all figures >> nth=0")
    tab.wait_for_selector("h3 >> text=Groups of opinion >> nth=0")
    tab.click("main >> text=keep_loans/loan >> nth=0")
    tab.wait_for_url("**/s/keep_loans.html#keep_loans/loan")
    tab.wait_for_selector("h2 >> text=Voices on it")


def test_pages_of_voices_are_found_by_their_words(folder, hosted, visit):
    pytest.importorskip("pagefind")
    tab = visit(base := hosted(folder))
    tab.goto(f"{base}search.html")
    tab.fill("#q", "candidates order unacceptable")
    tab.click("#results >> text=What people said")
    tab.wait_for_url("**/voices/reading-room.html")


def test_pages_are_valid_and_lead_somewhere(folder, valid):  # noqa: F811 - the fixture
    assert valid(folder) == []
    assert check(folder) == ()
