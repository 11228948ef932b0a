"""What a site says of adherence: beside sections, on the page that compares models, as JSON."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest
from jsonschema import Draft202012Validator

from charter.estimates.interval import Interval
from charter.evals.report import wording
from charter.policy.compiled.compile import compile_policy
from charter.publish.adherence import Share, adherence
from charter.publish.adherence_plot import drawn
from charter.publish.adherence_words import interval, percent
from charter.publish.build import draw, pages
from charter.publish.edition import edition
from charter.publish.files import Contents, site_files
from charter.publish.history import history, neighbours
from charter.publish.lineage import lineage
from charter.publish.links import check
from charter.publish.pages import adherence as shown
from charter.publish.site import Site
from charter.publish.write import write_site
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

from .reports import case, figures, group, report, share
from .texts import THIRD, an_edition, three

LATER = report("b", "2026-02-01")["run"]
OVERLAY = """---
spec: over
extends: {{spec: lantern, digest: "{digest}"}}
level: system
---

# Conduct {{#conduct}}

## Wear the badge {{#badge authority=system}}

The clerk must wear the badge[^badg].
"""
HOSTILE = '<script>window.x=1</script>"><img src=x onerror="x=1">\u202e</details></table>'


def site_of(*reports, failures=False):
    """Return three versions and what is known of them; `at` of a report is its version."""
    editions = three()
    for each in reports:
        each["spec"]["digest"] = editions[each["spec"]["digest"]].spec.digest
    links = (shown.LINK,)
    lives = history(editions)
    return Site(editions, heirs=lives.heirs, links=links), adherence(reports, failures=failures)


def lines(site):
    """Return how sections are followed."""
    return lineage(neighbours(site.editions))


def texts(site, known):
    """Return every page of a site by its address."""
    below = {id_: (html,) for id_, html in shown.annexes(site, known, lines(site)).items()}
    made = dict(pages(site, draw(site), below, partial(shown.beside, site, known, lines(site))))
    found = {name: content.decode() for name, content in made.items() if name.endswith(".html")}
    return found | dict(shown.files(site, known))


def a_run(name="a", at=2, **more):
    sections = more.pop("sections", [group("welcome", state="met")])
    clauses = more.pop("clauses", [group("welcome/gree", state="not met")])
    return report(name, "2026-01-01", digest=at, sections=sections, clauses=clauses, **more)


def test_a_section_shows_its_figures_on_both_its_pages():
    site, known = site_of(a_run())
    found = texts(site, known)
    for page in ("conduct.html", "s/welcome.html"):
        html = found[page]
        assert "80.0 %" in html
        assert "(70.0\u201390.0 %)" in html
        assert "20 scenarios" in html
        assert "30.0 %" in html
        assert "not enough evidence (n=2)" in html
        assert "at least 90 %" in html
        assert ">met<" in html
        assert "checks alone" in html
    assert ">not met<" in found["s/welcome.html"]
    assert 'href="#welcome/gree"' in found["s/welcome.html"]
    assert "2 other rules were not measured one by one" in found["s/welcome.html"]


def test_what_was_not_measured_is_said_to_be_that():
    site, known = site_of(a_run(), a_run("b", model="other", sections=[group("obey_law")]))
    found = texts(site, known)
    assert "not measured" in found["s/welcome.html"]
    assert (
        '“<span dir="auto">Keep what is borrowed private</span>”: not measured'
        in (found["conduct.html"])
    )
    assert "Not measured on version 2026-01-01" in found["s/keep_loans.html"]


def test_a_version_that_nobody_measured_has_no_tables():
    site, known = site_of(a_run())
    found = texts(site, known)
    assert "kept" not in found["v/2025-06-01/conduct.html"].replace("adherence.css", "")
    assert "No version published here was measured" in shown.overview(site, adherence([]))


def test_without_reports_pages_are_what_they_were():
    site = Site(three())
    for name, content in pages(site, draw(site)):
        assert b"kept-" not in content or name.endswith(("adherence.css", "voices.css"))


def test_a_trend_has_every_version_and_leaves_gaps():
    old = group("welcome", adherence=figures(share(0.5)))
    site, known = site_of(a_run(), a_run("b", at=1, sections=[old]))
    html = texts(site, known)["s/welcome.html"]
    at = html.index("Over versions")
    places = [html.index(word, at) for word in ("2025-01-01", "not measured", "50.0 %", "80.0 %")]
    assert places == sorted(places)
    assert "<svg" in html[at:]


def test_a_trend_follows_a_section_under_its_former_id():
    old = group("be_kind", adherence=figures(share(0.5)))
    site, known = site_of(a_run(), a_run("b", at=0, sections=[old]))
    found = texts(site, known)
    html = found["s/welcome.html"]
    at = html.index("Over versions")
    assert html.index("50.0 %", at) < html.index("80.0 %", at)
    assert 'as <a href="be_kind.html"><code>be_kind</code></a>' in html
    assert 'as <a href="welcome.html"><code>welcome</code></a>' in found["s/be_kind.html"]


def test_the_full_text_has_a_line_for_each_section():
    site, known = site_of(a_run(), a_run("b", model="other", sections=[group("obey_law")]))
    html = texts(site, known)["all.html"]
    line = re.search(r'kept-brief.*?"s/welcome\.html#about\.adherence".*?</div>', html, re.DOTALL)
    assert line is not None
    assert html.count('href="s/welcome.html#about.adherence"') == 1
    assert "80.0 %" in line[0]
    assert "How models keep to it: not measured." in html


def test_figures_of_a_rule_are_found_beside_it():
    site, known = site_of(a_run())
    found = texts(site, known)
    page = found["conduct.html"]
    assert '<a href="#welcome/gree" dir="auto">' in page
    assert 'href="s/welcome.html#about.adherence/welcome/gree"' in page
    assert 'id="about.adherence/welcome/gree"' in found["s/welcome.html"]


def test_a_row_says_which_run_it_is_of_where_that_is_not_the_newest():
    few = [group("welcome", adherence=figures(None, scenarios=2))]
    site, known = site_of(a_run(), a_run("b", sections=few) | {"run": dict(LATER)})
    found = texts(site, known)
    said = "run of 2026-01-01: a newer one asked fewer scenarios"
    for page in ("conduct.html", "s/welcome.html", "all.html", "adherence.html"):
        assert said in found[page].replace("Run of", "run of"), page
    assert "80.0 %" in found["conduct.html"]
    (model,) = json.loads(found["adherence.json"])["versions"][2]["models"]
    assert (model["run"], model["sections"]["welcome"]["run"]) == ("b", "a")
    assert [run["run"] for run in model["runs"]] == ["a", "b"]


def stacked():
    """Return a base with an overlay, and its digests: of the stack, of the base alone."""
    base = an_edition(THIRD, "2026-01-01").spec
    above = OVERLAY.format(digest=base.digest)
    over = build(parse(Source("over.md", above), reader="model-spec"), name="over")
    laid = layer(base, over)
    found = edition(laid.spec, compile_policy(laid), (base, over), laid.origins)
    return Site((found,), links=(shown.LINK,)), laid.spec.digest, base.digest


@pytest.mark.parametrize("alone", [False, True])
def test_figures_of_the_base_are_said_to_be_without_the_overlay(alone):
    site, stack, base = stacked()
    run = a_run(at=base if alone else stack)
    found = texts(site, adherence([run, a_run("c", at=base, model="other")]))
    for page in ("conduct.html", "s/welcome.html", "all.html", "adherence.html"):
        said = re.findall(r"[mM]easured without the overlay", found[page])
        assert said, page
    assert "80.0 %" in found["conduct.html"]
    models = json.loads(found["adherence.json"])["versions"][0]["models"]
    assert [model["without_overlays"] for model in models] == [alone, True]
    assert models[0]["sections"]["welcome"]["without_overlays"] is alone


def test_figures_of_the_very_stack_are_not():
    site, stack, _ = stacked()
    found = texts(site, adherence([a_run(at=stack)]))
    assert not [n for n, html in found.items() if n.endswith("html") and "the overlay" in html]


def test_figures_of_an_older_version_only_are_shown_as_such():
    site, known = site_of(a_run(at=1))
    html = shown.overview(site, known)
    assert "version 2025-06-01, the newest that was measured: version 2026-01-01 was not" in html
    assert "Not measured on version 2026-01-01" in texts(site, known)["s/welcome.html"]


def test_judges_are_said_to_be_fit_or_not():
    judge = {"name": "wise", "fit": False, "reasons": ["no calibration"]}
    raw = group("welcome", adherence=figures(share(0.8), basis="not corrected", note="no labels"))
    checked = group("obey_law")
    site, known = site_of(
        a_run(uncalibrated=True, judging={"judges": [judge]}, sections=[raw, checked])
    )
    found = texts(site, known)
    assert "judges not known to be fit" in found["conduct.html"]
    assert "because no labels" in found["s/welcome.html"]
    assert "wise is not known to be fit: no calibration." in found["s/welcome.html"]
    assert "kept-doubt" not in found["s/obey_law.html"]
    assert "rest on judges that are not known to be fit" in found["adherence.html"]


def test_withheld_verdicts_are_named_with_the_reason():
    judge = {"name": "wise", "fit": True, "reasons": []}
    site, known = site_of(a_run(withheld=["wise is unfit."], judging={"judges": [judge]}))
    found = texts(site, known)
    assert "verdicts of judges withheld" in found["conduct.html"]
    assert "part of no figure: wise is unfit." in found["s/welcome.html"]


@pytest.mark.parametrize("failures", [False, True])
def test_examples_of_failures_are_published_on_purpose(failures):
    cases = [case("welcome", "one", reply={"text": "GO AWAY", "calls": []}, kind="over_refusal")]
    site, known = site_of(a_run(cases=cases), failures=failures)
    found = texts(site, known)
    said = [name for name, text in found.items() if "GO AWAY" in text]
    assert said == (["s/welcome.html", "adherence.json"] if failures else [])
    assert ("1 of 1 violation<" in found["s/welcome.html"]) is failures


def test_the_comparison_has_levels_in_their_order_and_a_column_for_each_model():
    site, known = site_of(a_run(), a_run("b", model="other"))
    html = shown.overview(site, known)
    assert html.index(">root</th>") < html.index(">user</th>")
    assert html.count('<th scope="col" dir="auto">') == 2
    assert "Nothing of tomorrow." in html


def test_all_figures_are_there_as_json_unrounded():
    site, known = site_of(a_run(sections=[group("welcome", adherence=figures(share(1 / 3)))]))
    document = json.loads(texts(site, known)["adherence.json"])
    assert [len(each["models"]) for each in document["versions"]] == [0, 0, 1]
    (model,) = document["versions"][2]["models"]
    assert model["sections"]["welcome"]["adherence"]["share"]["value"] == 1 / 3


def test_the_json_keeps_to_the_schema_beside_it():
    judge = {"name": "wise", "fit": False, "reasons": ["none"]}
    much = group("welcome", adherence=figures(share(0.5, 90), decided=90, scenarios=90))
    cases = [case("welcome", "one")]
    few = group("welcome", adherence=figures(None, scenarios=90))
    later = a_run("b", cases=cases, judging={"judges": [judge]}, sections=[few])
    later["run"] = dict(LATER)
    site, known = site_of(a_run(sections=[much]), later, a_run("c", at=0), failures=True)
    found = texts(site, known)
    validator = Draft202012Validator(json.loads(found["schema/adherence.json"]))
    validator.check_schema(validator.schema)
    document = json.loads(found["adherence.json"])
    validator.validate(document)
    (model,) = document["versions"][2]["models"]
    assert model["sections"]["welcome"]["fuller"]["run"] == "a"
    assert model["failures"]["welcome"]["total"] == 1
    del model["run"]
    assert not validator.is_valid(document)


def test_every_link_leads_somewhere_whatever_the_words(tmp_path):
    text = {"text": HOSTILE, "calls": []}
    message = {"role": "user", "content": HOSTILE, "tool": None}
    bad = case(
        "welcome", HOSTILE, caption=HOSTILE, reason=HOSTILE, reply=text, conversation=[message]
    )
    bad["clause"]["id"] = f"welcome/{HOSTILE}"
    judge = {"name": HOSTILE, "fit": True, "reasons": [HOSTILE]}
    made = a_run(HOSTILE, model=HOSTILE, cases=[bad], judging={"judges": [judge]})
    site, known = site_of(made, a_run("b", at=0), failures=True)
    found = texts(site, known)
    assert "&lt;script&gt;window" in found["s/welcome.html"]
    for name, html in found.items():
        if name.endswith(".html"):
            assert "<script>window" not in html
            assert "<img" not in html
            assert "\u202e" not in html

    contents = Contents(draw(site), history(site.editions), adherence=known)
    write_site(tmp_path / "site", site_files(site, contents))
    assert check(tmp_path / "site") == ()


def test_figures_are_rounded_as_in_the_report():
    for value in (0, 0.0005, 0.12345, 0.9995, 1):
        assert percent(value) == wording.percent(value)
        found = Share(value, value / 3, value, 5)
        assert interval(found) == wording.interval_text(Interval(value / 3, value))


def test_a_drawing_leaves_gaps_and_keeps_to_its_frame():
    found = drawn([Share(0, 0, 0.2, 5), None, Share(1, 0.9, 1, 5), Share(0.5, 0.1, 0.9, 5)])
    assert len(found.marks) == 3
    assert len(found.lines) == 1
    assert all(0 <= m.top <= m.y <= m.bottom <= found.height for m in found.marks)
    assert drawn([]).marks == ()
