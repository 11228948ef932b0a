"""Labels of groups: by id or not at all."""

from __future__ import annotations

import pytest

from charter.errors import ConfigError
from charter.evolve.intake.labels import read_labels


def labels(tmp_path, text, people=("a", "b")):
    file = tmp_path / "labels.csv"
    file.write_text(text)
    return read_labels(file, set(people))


def test_labels_go_to_the_people_of_their_ids_in_any_order(tmp_path):
    for text in ("person,group\na,1\nb,2\n", "group,person\n2,b\n1,a\n"):
        assert labels(tmp_path, text) == ({"a": "1", "b": "2"}, [])


@pytest.mark.parametrize("text", ["group\n1\n2\n", ",group\n0,1\n1,2\n", "row,label\n0,1\n1,2\n"])
def test_labels_without_ids_are_refused_with_the_reason(tmp_path, text):
    with pytest.raises(ConfigError, match="without the ids of people") as refused:
        labels(tmp_path, text)
    assert "by position" in refused.value.hint


def test_ids_that_are_row_numbers_match_nobody_and_are_refused(tmp_path):
    with pytest.raises(ConfigError, match="none of its ids"):
        labels(tmp_path, "id,group\n0,1\n1,2\n")


def test_an_id_with_two_labels_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"labels\.csv:3: 'a' has two labels"):
        labels(tmp_path, "person,group\na,1\na,2\n")


def test_a_file_without_labels_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="no column of labels"):
        labels(tmp_path, "person,age\na,1\n")


def test_no_label_is_no_group(tmp_path):
    assert labels(tmp_path, "person,group\na,\nb,2\n")[0] == {"b": "2"}
