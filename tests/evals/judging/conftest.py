"""A small spec's rules, an item of it, and judges that answer from a script."""

from __future__ import annotations

import json

import pytest

from charter.evals.judge import Item
from charter.evals.judging.open import open_judge
from charter.models.provider import ChatMessage


def said(rating=7, quotes=("Good day",), cites=("helo",), reason="It greets."):
    """Return the JSON object that a judge is asked for."""
    return json.dumps(
        {"reason": reason, "quotes": list(quotes), "cites": list(cites), "rating": rating}
    )


def item(answer="Good day to you!", **changes):
    """Return an answer of the small spec's greeting scenario."""
    fields = {
        "id": "greet_plain",
        "section": "greet",
        "clause": "greet/helo",
        "outcome": "comply",
        "messages": (ChatMessage("user", "Hello there"),),
        "tools": (),
        "answer": answer,
        "calls": (),
        "rubric": "It greets back.",
    }
    return Item(**{**fields, **changes})


@pytest.fixture
def scripted(tmp_path, rules):
    """Make a judge that always says the same, or what a script of replies holds."""

    def make(text=None, *, replies=None, options=None, name="judge.json"):
        script = {"replies": replies or []}
        if text is not None:
            script["default"] = text
        file = tmp_path / name
        file.write_text(json.dumps(script))
        return open_judge(f"scripted:{file}", options or {}, rules)

    return make
