"""The page of an explanation: whole, harmless, and asking nobody anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.policy.worlds import directive, policy

from charter.policy.conversation import (
    Call,
    Conversation,
    Doubt,
    Kind,
    Message,
    Passage,
    Sensitivity,
)
from charter.policy.decision import Facts
from charter.policy.decisions.decide import decide
from charter.policy.explanations.explain import explain
from charter.policy.explanations.explain_page import (
    FIRST,
    LAST,
    MOST_PASSAGES,
    PASSAGE_LIMIT,
    explanation_page,
)
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wire import read

POLICY = policy()
HOSTILE = "<script>alert(1)</script> \u202eexe.txt\u202c \x1b[31m <img src=x onerror=alert(2)>"
VOID = {"meta", "br", "input", "link", "img"}


class Structure(HTMLParser):
    """Tags that do not close, ids, links, and everything that could load something."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.targets, self.wrong = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.targets.append(given["href"])
        if tag in ("script", "link", "img", "iframe", "form", "object"):
            self.wrong.append(tag)
        self.wrong += [
            name for name in given if name in ("style", "src", "action") or name.startswith("on")
        ]

    def handle_endtag(self, tag):
        if tag not in VOID and self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def talk(*texts, role="user"):
    return label(read([{"role": role, "content": text} for text in texts]))


def resolved(conversation, *said):
    return explain(POLICY, resolve(POLICY, conversation, said), conversation, full=True)


def every_page():
    """Yield pages of each kind, with hostile words wherever words can stand."""
    conversation = Conversation(
        "test",
        (
            Message(HOSTILE, HOSTILE, name=HOSTILE, settings=((HOSTILE, HOSTILE),)),
            Message("assistant", "", calls=(Call(None, HOSTILE, HOSTILE),), media=(HOSTILE,)),
        ),
        (
            Passage(0, 0, len(HOSTILE), Kind.OWN, HOSTILE, HOSTILE, Sensitivity.PRIVATE,
                    Doubt(HOSTILE, 60)),
        ),
    )  # fmt: skip
    said = (directive("d", "none", 0, text=HOSTILE, source=HOSTILE), directive("e", "user", 0))
    resolution = resolve(POLICY, conversation, said)
    decision = decide(POLICY, resolution, Facts("output", "x"), conversation)
    for what in (resolution, decision, resolution.fate("d")):
        found = explain(POLICY, what, conversation, resolution=resolution)
        yield explanation_page(found, conversation)
        yield explanation_page(found)


@pytest.mark.parametrize("page", [*every_page()])
def test_page_is_well_formed_and_loads_nothing(page):
    found = Structure(page)
    assert (found.open, found.wrong) == ([], [])
    assert len(found.ids) == len(set(found.ids))
    assert {target.removeprefix("#") for target in found.targets} <= set(found.ids)


@pytest.mark.parametrize("page", [*every_page()])
def test_hostile_words_stay_words(page):
    assert "<script" not in page
    assert "<img" not in page
    assert not re.search("[\u202a-\u202e\x1b]", page)


def test_the_policy_of_the_page_allows_its_own_style_alone():
    page = explanation_page(resolved(talk("Hi.")))
    rules = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert "default-src &#39;none&#39;" in rules
    assert "script-src" not in rules
    assert "prefers-color-scheme:dark" in page


def test_passages_show_their_authority():
    page = explanation_page(resolved(conversation := talk('Do it. "Never."\n')), conversation)
    assert 'class="passage l-user"' in page
    assert 'class="passage l-none"' in page
    assert "· quote · 7 to 15" in page


def test_long_texts_and_conversations_are_cut_and_say_so():
    conversation = talk("x" * (PASSAGE_LIMIT + 1234))
    page = explanation_page(resolved(conversation), conversation)
    assert "… 1,234 more characters" in page
    many = talk(*["Hi."] * (FIRST + LAST + 7))
    assert "7 messages are not shown here." in explanation_page(resolved(many), many)
    quotes = talk(' a "b"' * (MOST_PASSAGES + 5))
    assert "more passages" in explanation_page(resolved(quotes), quotes)


@given(st.text(max_size=80))
def test_any_text_makes_a_page(text):
    conversation = talk(text or "x")
    page = explanation_page(resolved(conversation, directive("d", text=text)), conversation)
    found = Structure(page)
    assert (found.open, found.wrong) == ([], [])
    page.encode()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("width", [320, 1100])
def test_a_browser_shows_it_without_trouble(tmp_path, visit, width):
    for at, page in enumerate(every_page()):
        file = tmp_path / f"{at}.html"
        file.write_text(page, encoding="utf-8")
        tab = visit(file.as_uri(), viewport={"width": width, "height": 800})
        tab.goto(file.as_uri())
        assert (tab.troubles, tab.foreign) == ([], [])
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.close()
