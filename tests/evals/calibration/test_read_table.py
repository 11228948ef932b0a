import csv
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.errors import CharterError, ConfigError
from charter.evals.calibration.read_table import read_table


@pytest.fixture
def file(tmp_path):
    def make(content, name="l.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return make


def failure(path, *words):
    """Return the one line that reading a file fails with."""
    with pytest.raises(ConfigError) as caught:
        read_table(path)
    line = str(caught.value)
    for word in words:
        assert word in line, line
    return line


def cells(table):
    return [(row.line, dict(row.cells)) for row in table.rows]


def test_quotes_line_ends_and_empty_lines(file):
    text = 'id,answer\r\n1,"a ""b"",\nc"\r\n\r\n2,"x\u2028y"\r\n'
    table = read_table(file(text))
    assert table.columns == ("id", "answer")
    assert cells(table) == [
        (2, {"id": "1", "answer": 'a "b",\nc'}),
        (5, {"id": "2", "answer": "x\u2028y"}),
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n",
        "a;b\n1;é\n".encode(),
        "a\tb\r\n1\té\r\n".encode("utf-16"),
        'a,b\n"1","é"'.encode(),
    ],
)
def test_what_spreadsheets_write(file, content):
    assert cells(read_table(file(content))) == [(2, {"a": "1", "b": "é"})]


def test_a_tsv_has_tabs_whatever_its_header_looks_like(file):
    table = read_table(file("a;b,c\td\n1;2,3\t4\n", "l.tsv"))
    assert cells(table) == [(2, {"a;b,c": "1;2,3", "d": "4"})]


def test_long_cells_are_read_and_the_limit_of_the_process_stays(file):
    before = csv.field_size_limit()
    table = read_table(file("a\n" + "x" * 200_000 + "\n"))
    assert len(table.rows[0].cells["a"]) == 200_000
    assert csv.field_size_limit() == before
    failure(file("a\n" + "x" * (4 * 1024 * 1024 + 1) + "\n"), "l.csv:2", "field larger than")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,\xff\n", ["l.csv:2", "not UTF-8", "0xff"]),
        (b"a,b\n1,x\x00y\n", ["l.csv:2", "a zero character"]),
        (b"a,b\n1\n", ["l.csv:2", "1 cells where the header has 2"]),
        (b'a,b\n1,2\n1,"x"y\n', ["l.csv:3", "not CSV"]),
        (b'a,b\n1,2\n3,"x\ny\n', ["l.csv:3", "not CSV"]),
        (b"a,a\n1,2\n", ["l.csv:1", "two columns named 'a'"]),
        (b"a,\n1,2\n", ["l.csv:1", "a column without a name"]),
        (b"a,b\n", ["has no rows"]),
        (b"", ["is empty"]),
        (b"\xff\xfe\x00", ["l.csv:1", "not UTF-8"]),
    ],
)
def test_one_clear_line_for_each_defect(file, content, words):
    failure(file(content), *words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"a": 1}\n{"a": \n', ["l.jsonl:2", "not JSON"]),
        ('{"a": 1}\n[1]\n', ["l.jsonl:2", "not a JSON object"]),
        ('{"a": 1, "a": 2}\n', ["l.jsonl:1", "a key occurs twice"]),
        ('{"a": NaN}\n', ["l.jsonl:1", "NaN"]),
        ("[" * 100_000 + "\n", ["l.jsonl:1", "not JSON"]),
        ("\n\n", ["is empty"]),
    ],
)
def test_one_clear_line_for_each_defect_of_json(file, content, words):
    failure(file(content, "l.jsonl"), *words)


def test_json_lines(file):
    table = read_table(file('{"a": 1}\n\n{"b": ["x"]}\n', "l.ndjson"))
    assert table.columns == ("a", "b")
    assert cells(table) == [(1, {"a": 1}), (3, {"b": ["x"]})]


def test_what_is_no_file(tmp_path):
    failure(tmp_path / "gone.csv", "no such file")
    (tmp_path / "d.csv").mkdir()
    failure(tmp_path / "d.csv", "is a folder")
    failure(tmp_path / "l.xlsx", "is no table of labels")


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)


@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=8))
@settings(max_examples=60)
def test_what_the_csv_module_writes_is_read_back(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "l.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, quoting=csv.QUOTE_ALL)
        writer.writerow(["one", "two"])
        writer.writerows(rows)
    found = [(row.cells["one"], row.cells["two"]) for row in read_table(path).rows]
    assert found == rows


@given(st.binary(max_size=200), st.sampled_from(["l.csv", "l.tsv", "l.jsonl"]))
@settings(max_examples=150)
def test_no_file_ends_in_anything_but_a_clear_error(tmp_path_factory, content, name):
    path = tmp_path_factory.mktemp("t") / name
    path.write_bytes(content)
    try:
        table = read_table(path)
    except CharterError:
        pass
    else:
        assert table.rows
        assert json.dumps([dict(row.cells) for row in table.rows])


def test_half_a_surrogate_pair_is_no_defect_of_charters(file):
    """A text that was cut in the middle of a character; no ledger could hold it."""
    table = read_table(file('{"id": "a\\ud83d", "answer": "\\ud83d\\ude00"}\n', "l.jsonl"))
    assert table.rows[0].cells == {"id": "a?", "answer": "\U0001f600"}
    twice = file('{"a\\ud83d": "1", "a\\udc00": "2"}\n', "m.jsonl")
    failure(twice, "m.jsonl:1", "a key occurs twice")
