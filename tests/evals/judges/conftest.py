"""The rules of a small spec, an answer to judge by them, and what a judge says to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from charter.evals.judge import Item
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective
from charter.models.provider import ChatMessage

SMALL = Path(__file__).parent.parent.parent / "cases" / "suites" / "small"


def item(answer="Good day to you!"):
    """Return an answer to a greeting."""
    said = (ChatMessage("user", "Hello there"),)
    return Item("id", "greet", "greet/helo", "comply", said, (), answer, (), "It greets back.")


def said(rating=7, quotes=("Good day",), cites=("helo",), reason="It greets."):
    """Return the JSON object that a judge is asked for."""
    return json.dumps(
        {"reason": reason, "quotes": list(quotes), "cites": list(cites), "rating": rating}
    )


@pytest.fixture(scope="session")
def rules():
    """The rules of the small spec."""
    return SpecRules(load_effective(SMALL))
