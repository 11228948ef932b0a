"""`charter publish --ledger`: runs of real evaluations beside the rules they measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from charter.cli.main import cli
from charter.errors import CharterError
from charter.evals.report.wording import percent
from charter.load import load
from charter.publish.links import check

SMALL = Path(__file__).parent.parent / "cases" / "suites" / "small"
SAID = 'Hello! <script>window.x = 1</script>"><img src=x onerror=alert(1)>'


def run(*arguments):
    """Run a verb."""
    return CliRunner().invoke(cli, list(map(str, arguments)))


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """A working folder with runs of two models, one of them asked twice."""
    monkeypatch.chdir(tmp_path)
    for name, said, out in (("s", "Good", "runs"), ("s", SAID, "runs"), ("t", "No.", "other")):
        Path(f"{name}.yaml").write_text(f"default: {json.dumps(said)}\n", encoding="utf-8")
        done = run("eval", SMALL, "--model", f"scripted:{name}.yaml", "--out", out)
        assert done.exit_code == 0, done.output
    return tmp_path


def publish(*more):
    """Publish the small spec, and return what was said and the pages."""
    done = run("publish", SMALL, "--out", "site", "--no-search", *more)
    assert done.exit_code == 0, done.output
    return done, {str(each.relative_to("site")): each for each in Path("site").rglob("*.*")}


@pytest.mark.usefixtures("measured")
def test_figures_are_those_of_the_report():
    done, files = publish("--ledger", "runs", "--ledger", "other/ledger.sqlite")
    assert "not shown" not in done.output
    assert check(Path("site")) == ()
    page = files["adherence.html"].read_text(encoding="utf-8")
    document = json.loads(files["adherence.json"].read_text(encoding="utf-8"))
    models = {each["model"]: each for each in document["versions"][0]["models"]}
    assert list(models) == ["scripted:s.yaml", "scripted:t.yaml"]
    for name, place in (("s", "runs"), ("t", "other")):
        report = json.loads(run("report", "--ledger", place, "--json").output)
        mine = models[f"scripted:{name}.yaml"]
        assert mine["run"] == report["run"]["id"]
        whole = report["summary"]["whole"]["adherence"]
        assert mine["whole"]["adherence"]["share"]["value"] == whole["raw"]["value"]
        assert percent(whole["raw"]["value"]) in page
        for group in report["sections"]:
            assert (
                mine["sections"][group["id"]]["adherence"]["decided"]
                == (group["adherence"]["decided"])
            )
    assert 'href="adherence.html"' in files["index.html"].read_text(encoding="utf-8")
    assert "How models keep to “Greet people”" in files["conduct.html"].read_text(encoding="utf-8")


@pytest.mark.usefixtures("measured")
def test_replies_are_published_only_on_purpose_and_inert():
    for more in ((), ("--failures",)):
        _, files = publish("--ledger", "runs", *more)
        texts = {n: f.read_text(encoding="utf-8") for n, f in files.items() if n.endswith(".html")}
        said = [name for name, text in texts.items() if "&lt;script&gt;window.x" in text]
        assert bool(said) is bool(more)
        assert not any("<script>window.x" in text or "<img" in text for text in texts.values())


@pytest.mark.usefixtures("measured")
def test_runs_on_other_texts_are_counted_and_not_shown():
    done = run("publish", "starter", "--out", "site", "--no-search", "--ledger", "runs")
    assert done.exit_code == 0
    assert "2 runs are on other texts than these, and not shown" in done.stderr
    assert "No version published here was measured" in Path("site/adherence.html").read_text()


OVERLAY = """---
spec: over
extends: {{spec: {name}, digest: "{digest}"}}
level: system
---

# Manners {{#manners}}

## Wear the badge {{#badge authority=system}}

The assistant must wear the badge[^badg].
"""


@pytest.mark.usefixtures("measured")
def test_a_run_of_one_section_does_not_hide_the_others():
    publish("--ledger", "runs")
    before = json.loads(Path("site/adherence.json").read_text())["versions"][0]["models"][0]
    wanted = min(before["sections"])
    done = run("eval", SMALL, "--model", "scripted:s.yaml", "--out", "runs", "--sections", wanted)
    assert done.exit_code == 0, done.output
    publish("--ledger", "runs")
    after = json.loads(Path("site/adherence.json").read_text())["versions"][0]["models"][0]
    assert after["run"] == before["run"]
    assert after["whole"] == before["whole"]
    assert set(after["sections"]) == set(before["sections"])
    assert len(after["runs"]) <= 2


@pytest.mark.usefixtures("measured")
def test_runs_on_the_base_are_shown_beneath_an_overlay_as_those():
    spec = load(SMALL)
    Path("over.md").write_text(OVERLAY.format(name=spec.name, digest=spec.digest))
    done, files = publish("--ledger", "runs", "--overlay", "over.md")
    assert "not shown" not in done.output
    assert check(Path("site")) == ()
    for name in ("conduct.html", "adherence.html", "s/greet.html", "all.html"):
        page = files[name].read_text(encoding="utf-8").lower()
        assert "measured without the overlay" in page, name
    document = json.loads(files["adherence.json"].read_text())
    Draft202012Validator(json.loads(files["schema/adherence.json"].read_text())).validate(document)
    (model,) = document["versions"][0]["models"]
    assert model["without_overlays"]
    assert "badge" not in model["sections"]


@pytest.mark.usefixtures("measured")
def test_the_schema_of_the_site_is_the_one_that_is_printed():
    _, files = publish("--ledger", "runs", "--ledger", "other", "--failures")
    printed = json.loads(run("schema", "adherence").output)
    assert json.loads(files["schema/adherence.json"].read_text()) == printed
    Draft202012Validator(printed).validate(json.loads(files["adherence.json"].read_text()))


@pytest.mark.usefixtures("measured")
def test_a_second_build_writes_the_same_bytes():
    publish("--ledger", "runs", "--failures")
    done, _ = publish("--ledger", "runs", "--failures")
    assert "0 written, 0 removed" in done.output


@pytest.mark.usefixtures("measured")
def test_without_a_ledger_there_is_nothing_of_it():
    _, files = publish()
    assert not {"adherence.html", "adherence.json"} & set(files)
    assert "How models keep to" not in files["conduct.html"].read_text(encoding="utf-8")


def test_a_ledger_that_is_not_there_and_failures_without_one_are_refused(tmp_path):
    out = ("--out", tmp_path / "site", "--no-search")
    gone = run("publish", SMALL, *out, "--ledger", tmp_path / "none")
    alone = run("publish", SMALL, *out, "--failures")
    for done, word in ((gone, "ledger"), (alone, "--failures")):
        assert isinstance(done.exception, CharterError)
        assert word in str(done.exception)
    assert not (tmp_path / "site").exists()


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """A working folder with a model that only a judge can grade on one scenario, and a judge."""
    monkeypatch.chdir(tmp_path)
    warm = "Good day to you, dear friend."
    said = {"reason": "Warm.", "quotes": ["dear friend"], "cites": ["helo"], "rating": 7}
    model = {"replies": [{"match": "gamma", "text": warm}], "default": "Hello!"}
    Path("model.json").write_text(json.dumps(model), encoding="utf-8")
    Path("judge.json").write_text(json.dumps({"default": json.dumps(said)}), encoding="utf-8")
    return ("eval", SMALL, "--model", "scripted:model.json")


def test_a_judge_that_is_not_known_to_be_fit_is_named_at_the_figure(judged):
    done = run(*judged, "--judge", "scripted:judge.json", "--uncalibrated")
    assert done.exit_code == 0, done.output
    _, files = publish("--ledger", "runs")
    for name in ("conduct.html", "s/greet.html", "adherence.html"):
        assert "judges not known to be fit" in files[name].read_text(encoding="utf-8"), name
    assert "judge.json is not known to be fit: " in files["s/greet.html"].read_text()
    assert "kept-doubt" not in files["s/keep_code.html"].read_text()


def test_verdicts_that_are_withheld_are_said_to_be_with_the_reason(judged):
    assert run(*judged).exit_code == 0
    done = run("grade", "--spec", SMALL, "--judge", "scripted:judge.json")
    assert done.exit_code == 0, done.output
    _, files = publish("--ledger", "runs")
    assert "verdicts of judges withheld" in files["conduct.html"].read_text()
    page = files["s/greet.html"].read_text()
    assert "withheld and part of no figure: " in page
    assert "never calibrated" in page


def test_a_run_that_judges_saw_is_named_beneath_a_newer_one_that_none_saw(judged):
    for more in (("--judge", "scripted:judge.json", "--uncalibrated"), ("--fresh",)):
        assert run(*judged, *more).exit_code == 0
    _, files = publish("--ledger", "runs")
    (model,) = json.loads(files["adherence.json"].read_text())["versions"][0]["models"]
    found = model["sections"]["greet"]
    assert len(model["runs"]) == 2
    assert found["run"] != found["fuller"]["run"]
    assert found["fuller"]["adherence"]["decided"] > found["adherence"]["decided"]
    assert "decided more, " in files["s/greet.html"].read_text()
