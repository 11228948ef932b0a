"""`charter import inspect`: what it prints, writes and turns down."""

import json
import zipfile

import pytest

SAMPLE = {
    "input": "What?",
    "target": "",
    "messages": [
        {"role": "user", "content": "What?"},
        {"role": "assistant", "content": "Yes.\x1b[2J"},
    ],
    "output": {
        "model": "m",
        "choices": [
            {"message": {"role": "assistant", "content": "Yes.\x1b[2J"}, "stop_reason": "stop"}
        ],
    },
    "metadata": {"section_id": "greet"},
}
EVAL = {
    "created": "2026-01-02T03:04:05+00:00",
    "task": "t\x1b[2J",
    "model": "openai/m",
    "dataset": {"name": "d", "samples": 3},
    "config": {},
}


@pytest.fixture
def log(tmp_path):
    """A log of three samples of which two are in it."""
    with zipfile.ZipFile(tmp_path / "a.eval", "w") as file:
        header = {"version": 2, "status": "success", "eval": EVAL}
        file.writestr("header.json", json.dumps(header))
        for name, value in (("a", 0.25), ("b", float("nan"))):
            made = SAMPLE | {"id": name, "epoch": 1, "scores": {"s": {"value": {"x": value}}}}
            file.writestr(f"samples/{name}_epoch_1.json", json.dumps(made))
        reduced = [
            {"sample_id": n, "value": {"x": v}} for n, v in {"a": 0.25, "b": 1, "c": 1}.items()
        ]
        file.writestr("reductions.json", json.dumps([{"scorer": "s", "samples": reduced}]))
    return "a.eval"


HIGH = ("--higher-is", "compliant", "--threshold", "0.2")


def test_a_log_becomes_a_run(charter, log):
    done = charter("import", "inspect", log, *HIGH)
    assert done.code == 0, done.err
    lines = done.out.splitlines()
    assert lines[0].startswith("run 20260102-030405-")
    assert lines[1] == "t\ufffd[2J by openai/m, 2 samples"
    assert "s.x: mean 0.250000 of 1, 1 unscored; the log's own summary: 0.750000 of 3" in done.out
    assert lines[-2] == "read as inspect:s.x, 0.2 or more is compliant"
    assert lines[-1] == "1 adhered, 1 not judged"
    assert "note: the log says it is about 3 samples; 2 are in it" in done.err
    report = charter("report", "--json")
    assert json.loads(report.out)["run"]["id"] == lines[0].split()[1]
    assert charter("report", "--format", "html").code == 0


def test_again_it_adds_nothing(charter, log):
    charter("import", "inspect", log, *HIGH)
    again = charter("import", "inspect", log, *HIGH, "--json")
    said = json.loads(again.out)
    assert (said["already"], said["verdicts"]) == (True, {"adhered": 1, "not_judged": 1})
    assert len(json.loads(charter("report", "--list", "--json").out)) == 1


def test_a_look_writes_nothing(charter, log, tmp_path):
    done = charter("import", "inspect", log, "--dry-run", "--json")
    said = json.loads(done.out)
    assert (said["declared"], said["samples"]) == (3, 2)
    assert said["scores"]["s.x"] == {
        "mean": 0.25,
        "scored": 1,
        "unscored": 1,
        "reduced_mean": 0.75,
        "reduced_samples": 3,
    }
    assert not (tmp_path / "runs").exists()


def test_sections_of_a_spec(charter, log):
    done = charter("import", "inspect", log, *HIGH, "--spec", "starter", "--section", "be_concise")
    assert done.code == 0, done.err
    assert charter("report").out.count("Be concise") or "concise" in charter("report").out
    done = charter("import", "inspect", log, *HIGH, "--spec", "starter")
    done.failure(2, "'greet', which the spec lacks", "--section-field")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ((), "what a high one means"),
        (("--higher-is", "violating"), "--threshold"),
        (("--score", "nope", *HIGH), "--score takes s.x"),
        (("--threshold", "nan", "--higher-is", "violating"), "not a number"),
        (("--section", "x", *HIGH), "--spec"),
        (("--section-field", "none", *HIGH), "section_id"),
    ],
)
def test_what_is_turned_down(charter, log, given, words):
    assert words in charter("import", "inspect", log, *given).failure(2)


def test_no_log(charter, tmp_path):
    (tmp_path / "x.eval").write_text("no")
    charter("import", "inspect", "x.eval").failure(2, "x.eval", "no zip archive")
    charter("import", "inspect", "absent.eval").failure(2, "absent.eval")
    charter("import", "nothing").failure(2)


def test_a_bound_that_can_be_raised(charter, tmp_path):
    big = SAMPLE | {"id": "a", "epoch": 1, "scores": {"s": {"value": "C"}}, "target": "x" * 2**21}
    with zipfile.ZipFile(tmp_path / "a.eval", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("header.json", json.dumps({"version": 2, "status": "success", "eval": EVAL}))
        file.writestr("samples/a_epoch_1.json", json.dumps(big))
    charter("import", "inspect", "a.eval", "--max-member", "1").failure(2, "larger than 1 MB")
    assert charter("import", "inspect", "a.eval").code == 0
