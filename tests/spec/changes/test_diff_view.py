"""What pages show of a diff: by section, with marks, cut where it is long."""

from charter.source import Source
from charter.spec.build import build
from charter.spec.changes.diff import diff
from charter.spec.changes.diff_view import (
    CONTEXT,
    LONGEST,
    document_rows,
    groups,
    places,
    side_label,
    top_rows,
)
from charter.spec.changes.marks import Op
from charter.syntax.reader import parse

OLD = """# Conduct {#conduct}

## Obey the law {#obey.law authority=platform}

You must obey the law[^laws].

## Be quiet {#be_quiet authority=user}

You should whisper[^whis].
"""
NEW = """# Conduct {#conduct}

## Obey the law {#obey.law authority=system}

You should obey the law[^laws].

## Take breaks {#obey-law authority=user}

Pause for tea at four every afternoon[^paus].
"""


def compared(old=OLD, new=NEW):
    texts = (parse(Source("spec.md", text), reader="model-spec") for text in (old, new))
    return diff(*map(build, texts))


def test_sections_come_in_the_order_of_the_new_version_and_then_those_gone():
    found = places(one := compared(), one.changes)
    assert [(each.section.id, each.state, each.heavy) for each in found] == [
        ("obey.law", "", True),
        ("obey-law", "new", False),
        ("be_quiet", "gone", False),
    ]
    assert [each.anchor for each in found] == ["s-obey-law", "s-obey-law.2", "s-be_quiet"]
    assert [each.anchor for each in groups(one, one.changes)] == [each.anchor for each in found]


def test_authority_and_strength_come_before_the_rest():
    one = compared()
    weights = [row.change.weight for row in top_rows(one.changes)]
    assert weights == sorted(weights)
    assert {row.change.section for row in top_rows(one.changes)} == {"obey.law"}
    assert document_rows(one.changes) == []


def test_each_side_has_its_own_words():
    (row,) = (row for row in top_rows(compared().changes) if row.change.old_id == "obey.law/laws")
    assert row.sides
    assert Op.NEW not in {piece.op for piece in row.old}
    assert Op.GONE not in {piece.op for piece in row.new}
    assert "".join(piece.text for piece in row.new) == row.change.new


def test_long_texts_are_cut():
    words = " ".join(f"w{at}" for at in range(LONGEST))
    one = compared(OLD, OLD.replace("obey the law[", f"obey {words} the law["))
    (row,) = (row for group in groups(one, one.changes) for row in group.rows)
    shown = "".join(piece.text for piece in row.new)
    assert len(shown) < LONGEST + 2 * CONTEXT + 100
    assert "characters left out here" in shown


def test_versions_without_a_number_are_old_and_new():
    one = compared()
    assert [side_label(one, side) for side in (0, 1)] == ["old version", "new version"]
