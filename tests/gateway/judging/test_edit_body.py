"""Bodies with edits share everything else with the original."""

from __future__ import annotations

import copy

import pytest

from charter.gateway.judging.edit_body import edited_body
from charter.gateway.verdict import Edit

BODY = {
    "messages": [{"content": "one two"}, {"content": [{"text": "three"}, {"text": "four"}]}],
    "a/b~c": {"x": "text"},
}


def test_edits_and_inserts_leave_the_original_alone():
    before = copy.deepcopy(BODY)
    edits = [
        ("/messages/0/content", Edit(0, 3)),
        ("/messages/0/content", Edit(7, 7, "!")),
        ("/messages/1/content/1/text", Edit(0, 4, "five")),
        ("/a~1b~0c/x", Edit(0, 0, "> ")),
    ]
    made = edited_body(BODY, edits, [("/messages/0", {"content": "new"}), ("/messages/-", 1)])
    assert made == {
        "messages": [
            {"content": "new"},
            {"content": "[removed] two!"},
            {"content": [{"text": "three"}, {"text": "five"}]},
            1,
        ],
        "a/b~c": {"x": "> text"},
    }
    assert before == BODY
    assert made["messages"][2]["content"][0] is BODY["messages"][1]["content"][0]


@pytest.mark.parametrize(
    ("pointer", "edit"),
    [
        ("/messages/0/text", Edit(0, 0)),
        ("/messages/2/content", Edit(0, 0)),
        ("/messages/00/content", Edit(0, 0)),
        ("/messages/0", Edit(0, 0)),
        ("", Edit(0, 0)),
        ("/messages/0/content/x", Edit(0, 0)),
        ("/messages/0/content", Edit(5, 99)),
        ("/messages/0/content", Edit(3, 2)),
    ],
)
def test_an_edit_that_fits_nothing_is_an_error(pointer, edit):
    with pytest.raises(ValueError, match=r"stands|overlap|replaced"):
        edited_body(BODY, [(pointer, edit)])


def test_edits_that_overlap_are_an_error():
    edits = [("/messages/0/content", Edit(0, 3)), ("/messages/0/content", Edit(2, 4))]
    with pytest.raises(ValueError, match="overlap"):
        edited_body(BODY, edits)
