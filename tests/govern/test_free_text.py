"""Characters that no record keeps, and all the places where people write into one."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError
from charter.govern.free_text import unkept
from charter.govern.incidents import amend, closing
from charter.govern.incidents.fold import fold
from charter.govern.oversight.item import Item
from charter.govern.oversight.moves import Refusal, withdraw
from charter.records.incident import Link
from charter.records.oversight import ItemQueued

AT = "2026-11-22T08:00:00.000Z"


@given(st.text(st.characters()))
def test_exactly_control_characters_and_half_characters_are_refused(text):
    kept = all(unicodedata.category(c) not in ("Cc", "Cs") or c in "\n\r\t" for c in text)
    assert (unkept(text) == "") is kept


@pytest.mark.parametrize(
    ("text", "found"),
    [("a\x00b", "U+0000"), ("\x1b[2J", "U+001B"), ("\x85", "U+0085"), ("\ud800", "U+D800")],
)
def test_it_is_named(text, found):
    assert unkept(text) == found


def opened(**changed):
    said = {"title": "t", "summary": "s", "severity": "hazard"} | changed
    return amend.opened(
        run="inc_test", at=AT, by="ada", source="cli", drill=False, links=(), **said
    )


INCIDENT = fold([opened()], now=datetime(2026, 11, 22, 9, tzinfo=UTC))
WHO = {"at": AT, "by": "ada"}
WRITTEN = [
    lambda text: opened(summary=text),
    lambda text: amend.note(INCIDENT, **WHO, text=text),
    lambda text: amend.cause(INCIDENT, **WHO, text=text),
    lambda text: amend.link(INCIDENT, **WHO, links=(Link("model", "m"),), reason=text),
    lambda text: amend.severity(INCIDENT, **WHO, value="incident", reason=text),
    lambda text: closing.postmortem(INCIDENT, **WHO, text=text),
]


@pytest.mark.parametrize("write", WRITTEN)
@pytest.mark.parametrize("text", ["cut\x00off", "\x1b]0;title\x07", "half \udc00"])
def test_nothing_of_an_incident_holds_one(write, text):
    with pytest.raises(ConfigError, match=r"U\+[0-9A-F]{4} is a control character"):
        write(text)


def test_nor_does_a_move_of_an_item():
    item = Item(ItemQueued("it_1", AT, "ada", "x_1.2", "x_1", "a", "s", "random", 0, 1))
    found = withdraw(item, by="ada", now=AT, reason="b\x00")
    assert found == Refusal("U+0000 is a control character: leave it out of the reason")
    assert not isinstance(withdraw(item, by="ada", now=AT, reason="two\nlines"), Refusal)
