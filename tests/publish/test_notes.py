"""Notes of authors are read, and what they name in vain is said."""

import pytest

from charter.errors import ParseError
from charter.publish.history import history
from charter.publish.notes import read_notes
from charter.source import Source

from .texts import three


@pytest.fixture(scope="module")
def lives():
    return history(three())


def read(text, lives):
    return read_notes(Source("notes.yaml", text), lives)


def test_notes_belong_to_versions_and_changes(lives):
    notes = read(
        "2025-06-01:\n  note: We tidied up.\n  changes:\n    be_kind: New name.\n"
        "    obey_law: A court asked.\n2026-01-01: Children come too.\n",
        lives,
    )
    assert notes.complaint is None
    assert notes.of("2025-06-01").note == "We tidied up."
    assert notes.of("2025-06-01").changes == {"be_kind": "New name.", "obey_law": "A court asked."}
    assert notes.of("2026-01-01").note == "Children come too."
    assert notes.of("2025-01-01").note is None


def test_unknown_names_are_told_in_one_line(lives):
    notes = read('"1999": x\n2026-01-01:\n  changes:\n    obey_law: y\n    no: z\n', lives)
    assert notes.complaint == (
        "notes.yaml: nothing of this name changed: '1999', '2026-01-01: obey_law', '2026-01-01: no'"
    )


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "2026-01-01: [x]\n",
        "2026-01-01:\n  text: x\n",
        "2026-01-01:\n  note: [x]\n",
        "2026-01-01:\n  changes: x\n",
        "2026-01-01:\n  changes:\n    obey_law: 3\n",
        "a: &a x\nb: *a\n",
        "2026-01-01: !!python/object:os.system x\n",
    ],
)
def test_what_is_no_notes_is_refused_with_its_place(lives, text):
    with pytest.raises(ParseError, match=r"notes.yaml:\d") as caught:
        read(text, lives)
    assert "\n" not in str(caught.value)
