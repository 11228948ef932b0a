"""Word-level marks join to both texts, stay short, and stay bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.spec.changes.marks import Mark, Op, marks, shortened, targets, words

TEXTS = st.text(alphabet=st.sampled_from("ab cd.,\n'\u2019\u4e00#"), max_size=60) | st.text(
    max_size=30
)


def joined(pieces, *ops):
    return "".join(piece.text for piece in pieces if piece.op in ops)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_pieces_join_to_both_texts(old, new):
    found = marks(old, new)
    assert joined(found, Op.SAME, Op.GONE) == old
    assert joined(found, Op.SAME, Op.NEW) == new
    assert all(piece.text for piece in found)


@settings(deadline=None)
@given(TEXTS)
def test_equal_texts_have_no_change(text):
    assert {piece.op for piece in marks(text, text)} <= {Op.SAME}


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("It must go.", "It should go.", "It [must]{should} go."),
        ("It must go.", "It must not go.", "It must {not }go."),
        ("a, b and c", "a, b", "a, b[ and c]"),
        ("the good old time", "the bad new time", "the [good old]{bad new} time"),
        ("one x two three", "uno dos x tres cuatro", "[one x two three]{uno dos x tres cuatro}"),
        ("", "new", "{new}"),
        ("old", "", "[old]"),
        ("\u8d70\u5f00", "\u8d70\u8fd1", "\u8d70[\u5f00]{\u8fd1}"),
    ],
)
def test_words_are_marked_as_a_reader_would(old, new, shown):
    signs = {Op.SAME: "{}", Op.GONE: "[{}]", Op.NEW: "{{{}}}"}
    assert "".join(signs[op].format(text) for op, text in marks(old, new)) == shown


def test_very_different_texts_are_marked_by_lines_or_as_a_whole():
    many = [f"w{i}" for i in range(3000)]
    whole = marks(" ".join(many), " ".join(word + "x" for word in many))
    assert [piece.op for piece in whole] == [Op.GONE, Op.NEW]
    lines = marks("\n".join(["same", *many[:900]]), "\n".join(["same", *many[1200:2100]]))
    assert lines[0] == Mark(Op.SAME, "same\n")
    long = "\n".join(f"{word} " * 9 for word in many[:300])
    other = "\n".join(f"{word} " * 9 for word in many[:240] + many[900:960])
    assert joined(marks(long, other), Op.SAME).count("\n") >= 239


def test_long_unchanged_text_is_cut_beside_changes():
    old = "start " + "word " * 200 + "end here"
    pieces = tuple(shortened(marks(old, old.replace("start", "begin")), 40))
    assert pieces[-1].text.endswith("\u2026 ") is False
    assert len(joined(pieces, Op.SAME)) < 120
    assert joined(pieces, Op.NEW) == "begin"
    untouched = marks(old, old)
    assert tuple(shortened(untouched, 40)) == untouched


def test_words_ignore_form_but_not_signs_with_a_meaning():
    assert words("**Don\u2019t** go \u2014 [there](#place)!") == ["don't", "go", "there"]
    assert words("a < 5") != words("a > 5")
    assert words("\u4e00\u4e01") == ["\u4e00", "\u4e01"]


def test_targets_are_those_of_links():
    assert targets("see [?](#one) and [two](#two), or [x](https://y.example)") == [
        "one",
        "two",
        "https://y.example",
    ]
