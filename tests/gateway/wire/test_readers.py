"""Every reader against its cases: data in cases/<api>/, one test for all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from charter.gateway.wire import chat, messages, responses
from charter.gateway.wire.asked import Asked
from charter.gateway.wire.pointer import value_at

CASES = Path(__file__).resolve().parent / "cases"
FILES = sorted(CASES.glob("*/*.yaml"))
READERS = {"chat": chat.read, "responses": responses.read, "messages": messages.read}


def seen(asked: Asked, body: Any) -> dict[str, Any]:
    """Return a view in the form of the cases: what is empty is left out."""
    conversation = asked.conversation
    whole = {
        "asks": [asked.model, asked.stream, asked.n],
        "passages": [
            [
                conversation.messages[each.message].role,
                each.source,
                each.authority,
                conversation.text_of(each),
                [place.pointer if place.exact else f"~{place.pointer}" for place in found],
            ]
            for each in conversation.passages
            for found in [asked.where(each)]
        ],
        "tools": [list(tool) for tool in asked.tools],
        "results": [list(result) for result in asked.results],
        "unseen": [list(each) for each in asked.unseen],
        "claims": [list(claim) for claim in asked.claims],
        "signed": list(asked.signed),
    }
    return {key: value for key, value in whole.items() if value}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_case_is_read_as_it_says(file):
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    read = READERS[file.parent.name]
    if "error" in case:
        with pytest.raises(ValueError) as caught:
            read(case["body"])
        assert str(caught.value) == case["error"]
        return
    asked = read(case["body"])
    assert seen(asked, case["body"]) == case["seen"]
    for text in asked.texts:
        said = asked.conversation.messages[text.message].text[text.start : text.end]
        value = value_at(case["body"], text.pointer)
        assert (value == said) or not text.exact
