"""Two specs beside the people of a survey, on a site."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.evolve.results.test_two_specs import DOWN, UP, people_who, rankings

from charter.errors import ConfigError
from charter.evolve.results.results import Figure
from charter.evolve.results.two_specs import SpecsCompared, compare_specs
from charter.evolve.results.two_specs_file import read_specs, specs_json
from charter.evolve.surveys.survey import Rules
from charter.publish.links import check

from .opinions import results
from .opinions import written as results_file
from .test_voices_before import here, publish  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("here")


def specs(people=40):
    """Return a comparison in which the second spec departs from people on `welcome`."""
    voices = people_who((0.8, 0.8), people)
    about = tuple(
        replace(each, clauses=(("keep_loans/loan",), ("welcome",))[at % 2])
        for at, each in enumerate(voices.asked)
    )
    one = rankings("one", {f"c{at}": UP for at in range(6)})
    two = rankings("two", {f"c{at}": (UP, DOWN)[at % 2] for at in range(6)})
    rows = compare_specs(replace(voices, asked=about), one, two, Rules())
    return SpecsCompared("survey mail", "mail", "sha256:one", "sha256:two", 10, rows)


def written(name, of):
    """Write a comparison as `charter survey compare --rankings --json` prints it."""
    Path(name).write_text(json.dumps(specs_json(of)), encoding="utf-8")
    return name


def turned(of):
    """Return the same in which somebody answers otherwise."""
    row = of.rows[0]
    value = row.first.value + 0.01
    return replace(of, rows=(replace(row, first=replace(row.first, value=value)), *of.rows[1:]))


def test_every_figure_of_two_specs_stands_with_its_interval_or_says_that_there_is_none():
    found = specs()
    assert publish("--voices", written("s.json", found)).exit_code == 0
    page = Path("site/voices/specs.html").read_text("utf-8")
    apart = next(each for each in found.rows if each.about == "welcome")
    for figure in (apart.first, apart.second):
        said = f'{100 * figure.value:.0f}\u00a0%</span> <span class="kept-soft kept-range">('
        said += f"{100 * figure.low:.0f}\u2013{100 * figure.high:.0f}\u00a0%)"
        assert said in page
    assert "+0 points (no interval)" in page  # on the other rule, both specs are the same
    assert page.count('<span class="kept-state">apart</span>') == sum(e.apart for e in found.rows)
    assert 'href="../s/keep_loans.html#keep_loans/loan"' in page
    assert "specs.html" in Path("site/voices/index.html").read_text("utf-8")
    (row,) = json.loads(Path("site/voices/specs.json").read_text("utf-8"))["comparisons"]
    assert read_specs(Path("s.json")) == read_specs(written_back(row))
    assert check(Path("site")) == ()


def written_back(row):
    """Write what the site has of a comparison to a file."""
    Path("back.json").write_text(json.dumps(row), encoding="utf-8")
    return Path("back.json")


def test_one_who_answers_otherwise_is_not_shown_by_two_editions_of_it():
    found = specs()
    assert publish("--voices", written("s.json", found)).exit_code == 0
    done = publish("--voices", written("t.json", turned(found)))
    assert (done.exit_code, "open/personal/all items by two specs: 1" in done.stderr) == (1, True)
    assert publish("--voices", written("u.json", specs(43))).exit_code == 1
    assert publish("--voices", written("v.json", specs(50))).exit_code == 0
    assert len(list(Path("site/voices/earlier").glob("specs-*.json"))) == 2
    assert publish().exit_code == 0  # the page is taken down, what was shown stays known
    assert not Path("site/voices/specs.html").exists()
    assert publish("--voices", "t.json").exit_code == 1


@pytest.mark.parametrize(
    "other",
    [
        {"second": "sha256:three"},
        {"first": "sha256:two", "second": "sha256:one"},
        {"first": "sha256:three", "second": "sha256:one"},
    ],
)
def test_one_who_came_is_not_shown_by_the_same_text_beside_another(other):
    """Agreement with one text, of 40 and of 43 people, tells how the 3 agree with it."""
    found = specs()
    later = specs(43)
    if other.get("second") == "sha256:one":
        rows = tuple(replace(e, first=e.second, second=e.first) for e in later.rows)
        later = replace(later, rows=rows)
    assert publish("--voices", written("s.json", found)).exit_code == 0
    done = publish("--voices", written("t.json", replace(later, **other)))
    assert (done.exit_code, "3 could" in done.stderr) == (1, True)
    both = publish("--voices", "s.json", "--voices", "t.json", out="new")
    assert both.exit_code == 1 or isinstance(both.exception, ConfigError)
    assert not Path("new").exists()
    third = replace(later, first="sha256:four", second="sha256:five")
    assert publish("--voices", written("u.json", third)).exit_code == 0


def test_the_same_text_beside_another_is_published():
    found = specs()
    assert publish("--voices", written("s.json", found)).exit_code == 0
    third = replace(found, second="sha256:three")
    fewer = tuple(replace(e, items=e.items + 1, first=e.second) for e in third.rows)
    assert publish("--voices", "s.json", "--voices", written("t.json", third)).exit_code == 0
    assert publish("--voices", written("u.json", replace(third, rows=fewer))).exit_code == 0


def test_the_same_pair_turned_round_is_named_twice():
    found = specs()
    rows = tuple(replace(e, first=e.second, second=e.first) for e in found.rows)
    other = replace(found, first=found.second, second=found.first, rows=rows)
    done = publish("--voices", written("s.json", found), "--voices", written("t.json", other))
    assert "compared twice" in str(done.exception)


def test_editions_of_another_site_are_named_by_their_folder():
    found = specs()
    results_too = ("--voices", results_file(Path("r.json"), results()))
    assert publish("--voices", written("s.json", found), *results_too).exit_code == 0
    again = ("--shown-before", "site/voices/earlier")
    assert publish("--voices", "s.json", *results_too, *again, out="new").exit_code == 0
    done = publish("--voices", written("t.json", turned(found)), *again, out="newer")
    assert (done.exit_code, "by two specs: 1 could" in done.stderr) == (1, True)


def test_an_edition_that_was_changed_and_the_same_specs_twice_are_refused():
    found = specs()
    assert publish("--voices", written("s.json", found)).exit_code == 0
    (kept,) = Path("site/voices/earlier").iterdir()
    kept.write_text(json.dumps(specs_json(turned(found))), encoding="utf-8")
    done = publish("--voices", "s.json")
    assert isinstance(done.exception, ConfigError)
    assert "is not what an earlier build wrote" in str(done.exception)
    done = publish("--voices", "s.json", "--voices", written("t.json", turned(found)))
    assert isinstance(done.exception, ConfigError)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"people": 3}, "fewer than 10 people"),
        ({"first": Figure(1.5, None, None)}, "a figure that cannot be"),
        ({"first": Figure(float("nan"), None, None)}, "first.value"),
        ({"second": Figure(0.5, 0.7, 0.9)}, "a figure that cannot be"),
        ({"second": Figure(0.5, 0.4, None)}, "a figure that cannot be"),
        ({"q": 2.0}, "no probability"),
        ({"channel": "other"}, "no such channel"),
        ({"items": 0}, "no items"),
    ],
)
def test_what_cannot_be_is_one_line(change, words):
    found = specs()
    rows = (replace(found.rows[0], **change), *found.rows[1:])
    done = publish("--voices", written("s.json", replace(found, rows=rows)))
    assert isinstance(done.exception, ConfigError)
    assert words in str(done.exception)
    assert "\n" not in str(done.exception)
    assert not Path("site").exists()


def test_infinity_written_by_hand_is_refused():
    text = Path(written("s.json", specs())).read_text("utf-8")
    for word in ("NaN", "Infinity", "1e999"):
        values = json.loads(text)
        values["rows"][0]["first"]["value"] = "HERE"
        Path("t.json").write_text(json.dumps(values).replace('"HERE"', word), encoding="utf-8")
        done = publish("--voices", "t.json")
        assert isinstance(done.exception, ConfigError), word
