import csv
import io
import json

import pytest

from charter.errors import ConfigError
from charter.evals.calibration.draw import rank
from charter.evals.calibration.read_sheet import read_sheet
from charter.evals.calibration.sheet import COLUMNS, csv_sheet, json_sheet
from charter.records.label import LabelRecorded

from .test_sheet import case

STEPS = {(f"s{n}", 0): f"=answer {n}" for n in range(6)}


@pytest.fixture
def cases():
    """Five of six replies, in the drawn order."""
    found = [case(n, text=f"=answer {n}") for n in range(5)]
    return sorted(found, key=lambda each: rank("r", 0, (each.scenario.scenario, 0)))


@pytest.fixture
def fill(tmp_path, cases):
    """Write a sheet; `change` is called with each row and its place, and may return None."""

    def make(change, *, delimiter=",", name="sheet.csv"):
        rows = list(csv.DictReader(io.StringIO(csv_sheet(cases, run="r", seed=0)[1:])))
        kept = [row for row in (change(dict(row), n) for n, row in enumerate(rows)) if row]
        path = tmp_path / name
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.DictWriter(stream, COLUMNS, delimiter=delimiter, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(kept)
        return path

    return make


def good(row, _place):
    return row | {"label": "GOOD", "refusal": "none", "note": "'=fine"}


def read(path, known=None, **changes):
    fields = {"run": "r", "by": "ann", "at": "t", "replies": STEPS, "known": known or {}}
    return read_sheet(path, **{**fields, **changes})


def failure(path, *words, **changes):
    with pytest.raises(ConfigError) as caught:
        read(path, **changes)
    for word in words:
        assert word in str(caught.value), str(caught.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_filled_sheet_becomes_labels(fill, delimiter):
    found = read(fill(good, delimiter=delimiter))
    assert (len(found.labels), found.empty, found.known, found.drawn) == (5, 0, 0, "random")
    label = found.labels[0]
    assert (label.label, label.refusal, label.by, label.drawn) == (
        "adhered",
        "none",
        "ann",
        "random",
    )
    assert label.note == "=fine"
    assert {(each.scenario, each.epoch) for each in found.labels} < set(STEPS)


def test_the_order_of_rows_is_nothing(fill, tmp_path):
    path = fill(good)
    lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    with (tmp_path / "sorted.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([lines[0], *sorted(lines[1:])])
    assert read(tmp_path / "sorted.csv").drawn == "random"


def test_whoever_stops_early_labelled_a_random_sample(fill):
    found = read(fill(lambda row, n: good(row, n) if n < 3 else row))
    assert (len(found.labels), found.empty, found.drawn) == (3, 2, "random")


def test_labels_here_and_there_are_no_random_sample(fill):
    path = fill(lambda row, n: good(row, n) if n in (0, 3) else row)
    failure(path, "2 of 5 rows are labelled, and not the first", "--partial")
    assert read(path, partial=True).drawn == "chosen"


def test_missing_rows_are_noticed(fill):
    path = fill(lambda row, n: good(row, n) if n != 2 else None)
    failure(path, "its 4 rows are not the sample that was drawn")
    assert {label.drawn for label in read(path, partial=True).labels} == {"chosen"}


def test_rows_that_were_not_drawn_are_noticed(fill):
    path = fill(lambda row, n: good(row, n) | ({"scenario": "s5"} if n == 0 else {}))
    failure(path, "its 5 rows are not the sample that was drawn")


def test_a_changed_name_is_noticed(fill):
    failure(fill(lambda row, n: good(row, n) | {"sample": "x"}), "the column `sample` was changed")
    mixed = fill(lambda row, n: good(row, n) | ({"sample": "0-5-ab"} if n else {}))
    failure(mixed, "the column `sample` was changed")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": "great"}, ["sheet.csv:3", "unknown label 'great'", "good, ok, bad"]),
        ({"refusal": "maybe"}, ["sheet.csv:3", "unknown refusal 'maybe'"]),
        ({"label": ""}, ["sheet.csv:3", "a refusal without a label"]),
        ({"run": "other"}, ["sheet.csv:3", "of run 'other', not r"]),
        ({"epoch": "1e3"}, ["sheet.csv:3", "epoch '1e3' is no number"]),
        ({"epoch": "1"}, ["sheet.csv:3", "the run has no reply to"]),
        ({"scenario": "gone"}, ["sheet.csv:3", "the run has no reply to 'gone'"]),
    ],
)
def test_one_clear_line_for_each_defect(cases, tmp_path, change, words):
    rows = [json.loads(line) for line in json_sheet(cases[:2], run="r", seed=0).splitlines()]
    filled = [good(row, n) | (change if n == 1 else {}) for n, row in enumerate(rows)]
    path = tmp_path / "sheet.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows([row | {"conversation": "c"} for row in filled])
    failure(path, *words)


def test_a_row_stands_once(fill, cases):
    first = cases[0].scenario.scenario
    path = fill(lambda row, n: good(row, n) | ({"scenario": first} if n == 1 else {}))
    failure(path, f"{first}, epoch 0, stands in line 2 as well")


def test_json_lines_are_read_as_they_are(cases, tmp_path):
    rows = [json.loads(line) for line in json_sheet(cases, run="r", seed=0).splitlines()]
    path = tmp_path / "sheet.jsonl"
    path.write_text("".join(json.dumps(good(row, 0)) + "\n" for row in rows))
    assert read(path).labels[0].note == "'=fine"


def test_nothing_filled_in_is_an_error(fill):
    failure(fill(lambda row, _n: row), "no row has a label")


def test_another_table_is_no_sheet(tmp_path):
    (tmp_path / "l.csv").write_text("a,b\n1,2\n")
    failure(tmp_path / "l.csv", "l.csv:1", "no column 'sample'", "charter label export")


def before(found, **changes):
    fields = {slot: getattr(found, slot) for slot in LabelRecorded.__slots__}
    return LabelRecorded(**{**fields, **changes})


def test_the_same_label_again_is_known(fill):
    path = fill(good)
    first = read(path).labels[0]
    known = {(first.scenario, first.epoch): first}
    found = read(path, known)
    assert (len(found.labels), found.known) == (4, 1)


def test_a_changed_mind_is_an_error(fill):
    path = fill(good)
    first = read(path).labels[0]
    known = {(first.scenario, first.epoch): before(first, label="violated")}
    failure(path, "ann labelled this reply violated (none) before, and now adhered", known=known)


def test_labels_of_another_answer_are_none(fill):
    changed = fill(lambda row, n: good(row, n) | ({"answer": "Another"} if n == 2 else {}))
    failure(changed, "sheet.csv:", "another answer than that of", "leave the column be")
    without = fill(lambda row, n: good(row, n) | {"answer": "Another"})
    failure(without, "another answer", partial=True)


def test_what_a_spreadsheet_does_to_an_answer_is_let_be(fill):
    words = "It\u2019s done:\r\n\x01 1.50 " + "long " * 10_000
    mine = dict.fromkeys(STEPS, words) | {("s0", 0): "3-4"}
    saved = words.replace("\u2019", "'").replace("\r\n", "\n").replace("\x01", "\ufffd")[:32_767]

    def save(row, n):
        return good(row, n) | {"answer": "04-Mar" if row["scenario"] == "s0" else saved}

    assert len(read(fill(save), replies=mine).labels) == 5
