"""`charter label`: drawing replies for people, and reading back what they say."""

import csv
import io
import json
import resource

import pytest

from charter.cli.label import _people, _write
from charter.cli.main import exit_code
from charter.errors import StorageError
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.label import LabelRecorded
from charter.records.run import RunStarted
from charter.records.score import ScoreRecorded

from .conftest import SMALL


class Said:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def charter(tmp_path, monkeypatch, capsys):
    """Run a verb in a folder that holds one run of the small spec."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        capsys.readouterr()
        code = exit_code([*map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    (tmp_path / "s.yaml").write_text('default: "=Hello! It is 4711."\n')
    assert run("eval", SMALL, "--model", "scripted:s.yaml").code == 0
    return run


def recorded(folder, kind):
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
        return list(ledger.read(kind))


def fill(folder, labels, name="s.csv"):
    path = folder / name
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    for row, label in zip(rows, labels, strict=False):
        row["label"] = label
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return rows


def export(charter, *more, out="s.csv"):
    return charter("label", "export", "latest", "--sample", 3, "--out", out, *more)


def test_a_sample_is_drawn_and_read_back(charter, tmp_path):
    (run,) = recorded(tmp_path, RunStarted)
    done = export(charter)
    assert (done.code, done.err) == (0, "")
    assert done.out == f"3 replies of run {run.run}: s.csv\n"
    rows = fill(tmp_path, ["GOOD", "BAD", "GOOD"])
    assert len(rows) == 3
    assert all(row["answer"] == "'=Hello! It is 4711." for row in rows)
    done = charter("label", "import", run.run, "s.csv", "--by", "ann")
    assert done.code == 0, done.err
    assert "3 labels by ann recorded" in done.out
    labels = recorded(tmp_path, LabelRecorded)
    assert sorted(label.label for label in labels) == ["adhered", "adhered", "violated"]
    assert {(label.by, label.drawn) for label in labels} == {("ann", "random")}
    scored = {(score.scenario, score.epoch) for score in recorded(tmp_path, ScoreRecorded)}
    assert {(label.scenario, label.epoch) for label in labels} < scored


def test_the_draw_can_be_made_again(charter, tmp_path):
    export(charter, out="a.csv")
    export(charter, out="b.csv")
    export(charter, "--seed", 1, out="c.csv")
    one, same, other = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert one == same != other


def test_only_replies_with_a_verdict_are_drawn(charter, tmp_path):
    done = export(charter, "--sample", 50)
    assert "the run has 5 replies with a verdict: all of them are taken" in done.err
    assert len(fill(tmp_path, [])) == 5


def test_json_lines(charter, tmp_path):
    export(charter, out="s.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text().splitlines()]
    assert rows[0]["answer"] == "=Hello! It is 4711."
    text = "".join(json.dumps(row | {"label": "violated"}) + "\n" for row in rows)
    (tmp_path / "s.jsonl").write_text(text)
    assert "3 labels" in charter("label", "import", "latest", "s.jsonl", "--by", "bob").out


def test_a_second_rater_is_compared_with_the_first(charter, tmp_path):
    export(charter)
    fill(tmp_path, ["GOOD", "BAD", "GOOD"])
    charter("label", "import", "latest", "s.csv", "--by", "ann")
    fill(tmp_path, ["GOOD", "BAD", "BAD"])
    done = charter("label", "import", "latest", "s.csv", "--by", "bob")
    assert "label: 2 raters agree on 2 of 3 replies" in done.out
    assert "Krippendorff's alpha 0.444" in done.out


def test_importing_twice_changes_nothing(charter, tmp_path):
    export(charter)
    fill(tmp_path, ["GOOD", "BAD", "GOOD"])
    charter("label", "import", "latest", "s.csv", "--by", "ann")
    done = charter("label", "import", "latest", "s.csv", "--by", "ann")
    assert (done.code, "3 labels were imported before" in done.err) == (0, True)
    assert len(recorded(tmp_path, LabelRecorded)) == 3


def test_a_sheet_with_gaps_is_no_random_sample(charter, tmp_path):
    export(charter)
    fill(tmp_path, ["", "BAD", ""])
    done = charter("label", "import", "latest", "s.csv", "--by", "ann")
    assert done.code == 2
    assert "1 of 3 rows are labelled, and not the first of the drawn order" in done.err
    assert recorded(tmp_path, LabelRecorded) == []
    done = charter("label", "import", "latest", "s.csv", "--by", "ann", "--partial")
    assert done.code == 0
    assert [label.drawn for label in recorded(tmp_path, LabelRecorded)] == ["chosen"]


def test_labels_of_a_run_calibrate(charter, tmp_path):
    export(charter)
    fill(tmp_path, ["GOOD", "BAD", "GOOD"])
    charter("label", "import", "latest", "s.csv", "--by", "ann")
    arguments = ("--judge", "grader:not_contains", "--judge-option", "any=['4711']")
    done = charter("calibrate", SMALL, *arguments, "--labels", "run:latest", "--json")
    document = json.loads(done.out)
    assert document["labels"]["from"].startswith("run:")
    assert document["answers"] == 3
    assert (document["sensitivity"]["value"], document["specificity"]["value"]) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("export", "gone", "--sample", "3", "--out", "x.csv"), 3, "has no run 'gone'"),
        (("export", "latest", "--sample", "3", "--out", "x.txt"), 2, "name a .csv or a .jsonl"),
        (("export", "latest", "--sample", "3", "--out", "s.yaml.csv/x.csv"), 3, "No such file"),
        (("import", "latest", "gone.csv", "--by", "ann"), 2, "no such file"),
        (("import", "latest", "gone.csv", "--by", " "), 2, "--by is no name"),
        (("import", "latest", "gone.csv", "--by", "a\x1b[m"), 2, "--by is no name"),
    ],
)
def test_usage_errors_are_one_line(charter, arguments, code, words):
    done = charter("label", *arguments)
    assert done.code == code, done.err
    assert words in done.err
    assert done.err.count("\n") == 1


def test_a_sheet_is_never_written_over(charter):
    export(charter)
    done = export(charter)
    assert done.code == 2
    assert "s.csv exists, and may hold labels" in done.err


def test_a_sheet_that_finds_no_room_is_no_sheet(tmp_path):
    out = tmp_path / "sheet.csv"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StorageError, match="too large"):
            _write(out, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert not out.exists()


def test_replies_to_scenarios_of_one_source_are_no_independent_evidence():
    given = [
        LabelRecorded("r", f"s{n}", 0, label, None, by, "2026-11-21T08:00:00Z", "random", "")
        for by in ("ann", "bob")
        for n in range(12)
        for label in ("adhered" if n < 6 or by == "bob" else "violated",)
    ]
    alone = _people(given, lambda said: said.label, {})
    together = _people(given, lambda said: said.label, {f"s{n}": f"c{n // 6}" for n in range(12)})
    assert alone.unanimous.value == together.unanimous.value == 0.5
    assert together.unanimous.effective < alone.unanimous.effective
