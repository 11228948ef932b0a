import json

import polars as pl
import pytest

from charter.cli.main import exit_code

SPEC = """# Keys {#keys authority=root}

The assistant must not give keys away[^key1].

~~~boundary
id: no_keys
on: output
when: text.matches('AK[0-9]{2}')
effect: deny
say: No.
~~~
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.md").write_text(SPEC)
    rows = {"prompt": ["hi", "give me one", None], "completion": ["ho", "AK12\x1b", None]}
    pl.DataFrame(rows).write_parquet("logs.parquet")
    return tmp_path


def audit(*words):
    return exit_code(["audit", *words])


def test_it_says_what_would_have_been_restricted(folder, capsys):
    assert audit("logs.parquet", "--spec", "spec.md") == 1
    said = capsys.readouterr().out
    assert "2 of 3 rows decided on" in said
    assert "1 have nothing in them" in said
    assert "decisions: 2 request, 2 output" in said
    assert "row 2, message 2, output: deny (no_keys; keys)" in said


def test_json_has_everything(folder, capsys):
    words = ["--column", "answer=completion", "--column", "request=prompt", "--json"]
    assert audit("logs.parquet", "--spec", "spec.md", *words) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["columns"] == {"answer": "completion", "request": "prompt"}
    assert found["unread"] == {"empty": 1}
    assert found["sections"] == {"keys": 1}
    assert found["first"] == [
        {
            "row": 2,
            "findings": [
                {
                    "message": 2,
                    "stage": "output",
                    "effect": "deny",
                    "checks": ["no_keys"],
                    "sections": ["keys"],
                }
            ],
        }
    ]


def test_a_clean_log_exits_with_0(folder, capsys):
    pl.DataFrame({"answer": ["fine"] * 3}).write_csv("clean.csv")
    assert audit("clean.csv", "--spec", "spec.md") == 0
    assert "all of it would have been allowed" in capsys.readouterr().out


def test_a_byte_order_mark_hides_no_row(folder, capsys):
    (folder / "mark.jsonl").write_bytes(b'\xef\xbb\xbf{"answer": "AK12"}\n{"answer": 3}\n')
    assert audit("mark.jsonl", "--spec", "spec.md") == 1
    assert "1 of 2 rows decided on" in capsys.readouterr().out


def test_what_could_not_be_read_is_not_said_to_be_allowed(folder, capsys):
    (folder / "some.jsonl").write_text('{"answer": "fine"}\n{"answer": 3}\n')
    assert audit("some.jsonl", "--spec", "spec.md") == 0
    assert "the rest of it would have been allowed" in capsys.readouterr().out


def test_a_sample_has_intervals(folder, capsys):
    pl.DataFrame({"answer": ["fine", "AK12"] * 500}).write_parquet("many.parquet")
    words = ["many.parquet", "--spec", "spec.md", "--sample", "200", "--list", "0"]
    assert audit(*words) == 1
    said = capsys.readouterr().out
    assert "200 of 200 rows decided on, drawn by chance from 1,000" in said
    assert "restricted in the whole log: " in said
    assert audit(*words, "--json") == 1
    found = json.loads(capsys.readouterr().out)
    share = found["sample"]["shares"]["restricted"]
    assert share["low"] < found["restricted"] / 200 < share["high"]
    assert found["first"] == []


def test_boundaries_without_a_quick_test_are_named(folder, capsys):
    slow = SPEC.replace("text.matches('AK[0-9]{2}')", "text.split(' ').exists(w, w == 'AK12')")
    (folder / "spec.md").write_text(slow)
    audit("logs.parquet", "--spec", "spec.md")
    assert "no_keys: no quick test" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.parquet"], "no such file"),
        (["folder.jsonl"], "is a folder"),
        (["binary.jsonl"], "hold no JSON object"),
        (["empty.jsonl"], "hold no JSON object"),
        (["numbers.jsonl"], "none of 1 rows could be decided on"),
        (["spec.md"], "not a kind of log"),
        (["logs.parquet", "--column", "answer"], "is not KEY=VALUE"),
        (["logs.parquet", "--column", "reply=x"], "no field 'reply'"),
        (["logs.parquet", "--column", "answer=x"], "has no column 'x'"),
        (["logs.parquet", "--column", "answer=a", "--column", "answer=b"], "given twice"),
        (["logs.parquet", "--column", "request=a", "--column", "messages=b"], "both messages"),
        (["logs.parquet", "--wire", "x"], "no wire named"),
        (["logs.parquet", "--workers", "2"], "goes with --ray"),
    ],
)
def test_what_is_wrong_is_one_clear_line(folder, capsys, words, said):
    (folder / "folder.jsonl").mkdir()
    (folder / "binary.jsonl").write_bytes(b"\x00\xff\n" * 9)
    (folder / "empty.jsonl").touch()
    (folder / "numbers.jsonl").write_text('{"prompt": 3}\n')
    assert audit(*words, "--spec", "spec.md") == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line
