import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.evals.calibration.sheet import COLUMNS, armoured, bared, csv_sheet, json_sheet
from charter.evals.case import Case
from charter.records.run import CallMade, MessageSaid, ReplyRecorded, ScenarioPlanned


def case(number=1, text="Plain.", calls=(), prompt="What?"):
    planned = ScenarioPlanned(
        run="r",
        scenario=f"s{number}",
        section="greet",
        section_title="Greet",
        authority="user",
        family="bounds",
        caption="secret caption",
        clause="greet/helo",
        clause_text="Greet people.",
        outcome="comply",
        rubric="secret rubric",
        messages=(MessageSaid("developer", "Be brief.", None), MessageSaid("user", prompt, None)),
    )
    reply = ReplyRecorded("r", f"s{number}", 0, text, "stop", calls, 1, 1, 1, 1)
    return Case(planned, 0, "violated", "secret reason", None, reply)


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_sheet_shows_what_was_asked_and_hides_what_was_found():
    text = csv_sheet([case()], run="r", seed=0)
    assert text.startswith("\ufeff")
    (row,) = rows(text)
    assert tuple(row) == COLUMNS
    assert row["conversation"] == "[developer]\nBe brief.\n\n[user]\nWhat?"
    assert (row["label"], row["refusal"], row["note"]) == ("", "", "")
    for form in (text, json_sheet([case()], run="r", seed=0)):
        assert "violated" not in form
        assert "secret" not in form
        assert "comply" not in form


def test_calls_are_part_of_the_answer():
    (row,) = rows(csv_sheet([case(text="", calls=(CallMade("f", '{"a": 1}'),))], run="r", seed=0))
    assert row["answer"] == '[calls f] {"a": 1}'


def test_json_lines_keep_the_messages():
    row = json.loads(json_sheet([case(text="=1+1")], run="r", seed=0))
    assert row["answer"] == "=1+1"
    assert row["conversation"][0] == {"role": "developer", "content": "Be brief.", "tool": None}


@pytest.mark.parametrize(
    "cell",
    [
        '=HYPERLINK("http://x.example")',
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1",
        "'=1",
        "''+1",
    ],
)
def test_no_cell_is_a_formula(cell):
    assert armoured(cell) == f"'{cell}"
    assert bared(armoured(cell)) == cell


@pytest.mark.parametrize("cell", ["", "plain", "'quoted'", "1-2", " =1"])
def test_other_cells_stay(cell):
    assert armoured(cell) == cell == bared(cell)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], include_characters="\t\r\n")))
def test_what_is_armoured_is_bared_again(cell):
    assert bared(armoured(cell)) == cell
    assert not armoured(cell).startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))


def test_control_characters_are_shown():
    assert armoured("a\x1b[31mb\x00") == "a\ufffd[31mb\ufffd"


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"])), min_size=1, max_size=4))
def test_a_written_sheet_reads_back(texts):
    sheet = csv_sheet([case(n, text=text) for n, text in enumerate(texts)], run="r", seed=0)
    assert [bared(row["answer"]) for row in rows(sheet)] == texts
