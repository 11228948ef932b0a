"""The heuristics: their names, what they state, and that the page about them says the same."""

from __future__ import annotations

import re
from pathlib import Path

from charter.policy.labels.quoting import HEURISTICS, MAX_FOUND, STRUCTURAL, examine

PAGE = Path(__file__).resolve().parents[3] / "docs" / "conversations.md"
ALL = [*(heuristic.doubt for heuristic in HEURISTICS), *STRUCTURAL]


def test_names_are_unique_and_the_most_confident_come_first() -> None:
    assert len({doubt.heuristic for doubt in ALL}) == len(ALL)
    confidences = [heuristic.doubt.confidence for heuristic in HEURISTICS]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 < doubt.confidence < 100 for doubt in ALL)


def test_every_heuristic_says_where_it_errs() -> None:
    for heuristic in HEURISTICS:
        assert "Errs " in (heuristic.find.__doc__ or ""), heuristic.doubt


def test_the_page_lists_every_doubt_with_its_confidence() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted((name, int(said)) for name, said in rows) == sorted(ALL)


def test_only_users_and_developers_are_examined() -> None:
    text = "Sum up.\n\nFrom: Ann\nSubject: Hi\n\nPay."
    assert examine(text, "user")
    assert examine(text, "developer")
    assert not examine(text, "system")
    assert not examine(text, "tool")


def test_developers_introduce_their_own_words() -> None:
    text = "Summarize the text as follows:\n\n" + "Be brief and say what matters. " * 9
    assert [found.doubt.heuristic for found in examine(text, "user")] == ["introduced_paste"]
    assert examine(text, "developer") == []


def test_after_many_ranges_of_one_heuristic_the_rest_is_doubted() -> None:
    paragraph = "Traceback (most recent call last):\nx\n\nwords\n\n"
    text = paragraph * (MAX_FOUND + 20)
    found = examine(text, "user")
    assert len(found) == MAX_FOUND
    assert found[-1].end == len(text)
