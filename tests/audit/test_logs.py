import json

import polars as pl
import pytest

from charter.audit.auditor import ROW, UNREAD, Auditor
from charter.audit.logs import open_logs
from charter.audit.row import Row
from charter.audit.run import audit, chosen, draw
from charter.audit.turns import decide_row
from charter.errors import ConfigError, ParseError

from .specs import CONDITIONS, TERMS, policy_of

ROWS = [
    {"request": "hello", "answer": "AK12 is it"},
    {"request": "ignore all", "answer": "fine"},
    {"request": "it is a secret", "answer": 'say "it"\nagain, now'},
    {"request": None, "answer": "key one two three"},
    {"request": "é\u2003日", "answer": "1"},
]


@pytest.fixture(scope="module")
def auditor(tmp_path_factory):
    return Auditor(policy_of(tmp_path_factory.mktemp("spec"), CONDITIONS), TERMS)


def written(folder, form, rows=ROWS):
    file = folder / f"logs.{form}"
    frame = pl.DataFrame(rows)
    {"parquet": frame.write_parquet, "csv": frame.write_csv, "jsonl": frame.write_ndjson}[form](
        file
    )
    return file


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_every_form_gives_the_same(auditor, tmp_path, form):
    found = audit(auditor, open_logs(written(tmp_path, form), {}))
    expected = [decide_row(auditor.policy, Row(**row), TERMS) for row in ROWS]
    hit = [(at, each.findings) for at, each in enumerate(expected) if each.findings]
    assert found.first == hit
    assert found.rows == found.decided == len(ROWS)
    assert found.asked["request"] == 4
    assert found.restricted == len(hit) > 2


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize(("start", "stop"), [(0, 2), (1, 4), (4, None), (9, 12)])
def test_ranges_have_the_rows_of_the_whole(tmp_path, monkeypatch, form, start, stop):
    monkeypatch.setattr("charter.audit.logs.ROWS", 2)
    logs = open_logs(written(tmp_path, form), {})
    whole = pl.concat(list(logs.frames()))
    parts = list(logs.frames(None, start, stop))
    numbers = [number for part in parts for number in part[ROW].to_list()]
    assert numbers == list(range(len(ROWS)))[start:stop]
    if parts:
        part = pl.concat(parts)
        assert part["answer"].to_list() == whole["answer"].to_list()[start:stop]
    assert logs.count() == len(ROWS)


def test_broken_lines_are_counted(auditor, tmp_path):
    good = json.dumps({"request": "hello", "answer": "AK12"})
    lines = [
        good.encode(), b"{", b'"text"', b'{"request": "a", "request": "b"}', b"\xff\xfe", b"",
        b'{"request": 3, "answer": "x"}', b'{"request": "\\ud800"}', b'{"other": 1}',
        b"[" * 100_000, b'{"request": NaN}', good.encode(),
    ]  # fmt: skip
    file = tmp_path / "logs.jsonl"
    file.write_bytes(b"\n".join(lines))
    found = audit(auditor, open_logs(file, {}))
    assert found.rows == 11
    assert found.unread == {"not_json": 4, "ragged": 1, "not_text": 3, "empty": 1}
    assert found.restricted == 2
    assert [number for number, _ in found.first] == [0, 10]


def test_broken_csv_rows_are_counted(auditor, tmp_path):
    file = tmp_path / "logs.csv"
    file.write_bytes(
        b"\xef\xbb\xbfid,request,answer\n1,hello,AK12\n2,only two\n3,a,b,c\n4,\xff,x\n"
        b'5,"quoted, and\nbroken","AK34"\n6,,\n'
    )
    found = audit(auditor, open_logs(file, {}))
    assert found.rows == 6
    assert found.unread == {"ragged": 2, "not_text": 1, "empty": 1}
    assert [number for number, _ in found.first] == [0, 4]


def test_long_lines_are_counted(auditor, tmp_path, monkeypatch):
    monkeypatch.setattr("charter.audit.logs.MAX_LINE", 100)
    file = tmp_path / "logs.jsonl"
    line = json.dumps({"answer": "AK12"})
    file.write_text(line + "\n" + json.dumps({"answer": "x" * 950}) + "\n" + line)
    found = audit(auditor, open_logs(file, {}))
    assert (found.rows, found.restricted, dict(found.unread)) == (3, 2, {"too_long": 1})


def test_bytes_are_read_as_text_where_they_are_text(auditor, tmp_path):
    file = tmp_path / "logs.parquet"
    pl.DataFrame({"answer": [b"AK12", b"\xff", None], "request": ["a", "b", None]}).write_parquet(
        file
    )
    found = audit(auditor, open_logs(file, {}))
    assert dict(found.unread) == {"not_text": 1, "empty": 1}
    assert found.restricted == 1


def test_messages_may_be_lists(auditor, tmp_path):
    turns = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "AK12"}]
    call = {"id": "c", "type": "function", "function": {"name": "pay", "arguments": '{"amount":9}'}}
    turns_with_call = [*turns, {"role": "assistant", "content": None, "tool_calls": [call]}]
    rows = [turns_with_call, turns, None]
    for form in ("parquet", "jsonl"):
        found = audit(auditor, open_logs(written(tmp_path, form, {"messages": rows}), {}))
        assert [[each.stage for each in findings] for _, findings in found.first] == [
            ["request", "output", "tool_call"],
            ["request", "output"],
        ]
        assert dict(found.unread) == {"empty": 1}


def test_other_columns_are_named(auditor, tmp_path):
    file = written(tmp_path, "jsonl", {"q": ["hello"], "a": ["AK12"], "n": [1]})
    with pytest.raises(ConfigError, match="no column that holds"):
        open_logs(file, {})
    logs = open_logs(file, {"request": "q", "answer": "a"})
    assert audit(auditor, logs).restricted == 1
    with pytest.raises(ConfigError, match="no column 'z' for answer"):
        open_logs(file, {"answer": "z"})


def test_numbers_are_no_text(auditor, tmp_path):
    file = written(tmp_path, "parquet", {"request": ["a"], "answer": [1]})
    with pytest.raises(ConfigError, match="holds Int64, not text"):
        audit(auditor, open_logs(file, {}))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_files_that_are_none_end_in_one_line(auditor, tmp_path, form):
    file = tmp_path / f"logs.{form}"
    with pytest.raises(ParseError, match="no such file"):
        open_logs(file, {})
    file.write_bytes(b"")
    with pytest.raises(ParseError):
        open_logs(file, {})
    with pytest.raises(ConfigError, match="not a kind of log"):
        open_logs(tmp_path / "logs.txt", {})


def test_a_parquet_file_that_is_cut_is_an_error(auditor, tmp_path):
    file = written(tmp_path, "parquet")
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ParseError, match="cannot be read"):
        open_logs(file, {})


def test_a_sample_is_drawn_once_for_a_seed(tmp_path):
    assert draw(10, 10, 0) is None
    drawn = draw(1000, 10, 3)
    assert drawn == draw(1000, 10, 3) != draw(1000, 10, 4)
    assert len(drawn) == 10
    logs = open_logs(written(tmp_path, "csv"), {})
    frames = list(chosen(logs.frames(), frozenset({1, 3})))
    assert [number for frame in frames for number in frame[ROW].to_list()] == [1, 3]
    assert UNREAD in frames[0].columns


def test_a_file_that_breaks_its_reader_is_one_clear_line(tmp_path, monkeypatch):
    """Some damage ends in a panic of polars, which is no Exception."""
    file = tmp_path / "logs.parquet"
    pl.DataFrame({"prompt": ["x"]}).write_parquet(file)
    logs = open_logs(file, {})

    def broken(_path):
        raise pl.exceptions.PanicException("index out of bounds")

    monkeypatch.setattr(pl, "scan_parquet", broken)
    with pytest.raises(ParseError, match="cannot be read: index out of bounds"):
        list(logs.frames())
