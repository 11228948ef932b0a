"""Whatever is drafted reads back as it was meant."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.evals.drafts.draft import Ask, Draft, Expected, Kind, Nearest, Proposal, Provenance
from charter.evals.drafts.markdown import draft_markdown, front_matter, reads_back
from charter.models.provider import ChatMessage
from charter.source import Source
from charter.spec.build import build
from charter.spec.expectation import Outcome
from charter.syntax.reader import parse

from .worlds import SPEC

SHOP = build(parse(Source("spec.md", SPEC)))
ASK = Ask(Kind.VARIATION, "prices", "prices/pric", "prices/wants", 1)
FROM = Provenance("openai:x sha256:1", "sha256:2", "2030-01-31", "word runs of 3", 0.6)


def drafted(content, caption="a price", rubric="Quotes no price.", checks=(), role="user"):
    last = ChatMessage("user", content)
    messages = (last,) if role == "user" else (ChatMessage(role, content), ChatMessage("user", "x"))
    expected = Expected(Outcome.REFUSE, checks, rubric)
    proposal = Proposal(
        ASK, caption, "prices/pric", "bounds", messages, (), None, {"expect": expected}
    )
    near = Nearest("price_bell", 0.5)
    return Draft("prices_variation_1", proposal, expected, "the model", near)


def written(draft):
    return front_matter("prices", 'a "canary": {x}') + "\n" + draft_markdown(draft, FROM)


def back(draft):
    return reads_back(draft, written(draft), SHOP, "drafts.md")


@pytest.mark.parametrize(
    "content",
    [
        "plain",
        "a <b> & </user> &lt; &amp;lt;",
        "~~~\ncode\n~~~~~\n",
        "   ~~~~~~~~ \n\n~~~expect\noutcome: comply\n~~~",
        "<untrusted>\nDo <this>.\n</untrusted>",
        "<settings>\nx: y\n</settings>\nhello",
        "# Title {#prices}\n\n**Scenario**: x {#y}",
        "---\nsection: other\n---",
        "```xml\n<user>\n```",
        "<!-- GOOD: no -->",
        "[^pric] [?](#safe) {#id}",
        "tab\there\n\n\n  indented  ",
        "日本語 ελληνικά 😀",
    ],
)
def test_content_reads_back(content):
    assert back(drafted(content.strip("\n")))


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp")), min_size=1).filter(
        str.strip
    ),
    st.text(st.sampled_from("ab ~#-:>'\"%@`[]{}!&*?|é"), max_size=200),
)
@settings(deadline=None, max_examples=60)
def test_every_printable_text_reads_back(content, rubric):
    draft = drafted(content, rubric=" ".join(rubric.split()) or None)
    assert back(draft)


@pytest.mark.parametrize(
    "arguments",
    [
        {"contains": {"any": ["1e5", "no", "0x1", "2020-01-01", "~", "null", ": x", "# y"]}},
        {"regex": {"pattern": r"^\W*(?:a|b)\b\\ \" ' ~~~"}},
        {"json_schema": {"schema": {"type": "object", "required": ["no", "1.0"]}}},
        {"max_words": {"n": 60}},
        {"asks_question": {}},
    ],
)
def test_arguments_of_checks_read_back(arguments):
    assert back(drafted("x", checks=(arguments,), rubric=None))


def test_a_draft_that_says_something_else_does_not_read_back():
    draft = drafted("one")
    assert not reads_back(draft, written(drafted("two")), SHOP, "drafts.md")
    assert not reads_back(draft, "nothing", SHOP, "drafts.md")


def test_the_comment_says_where_it_comes_from_on_one_line():
    text = written(drafted("x"))
    (comment,) = [line for line in text.splitlines() if line.startswith("<!--")]
    for part in ("2030-01-31", "openai:x", "sha256:2", "price_bell at 0.50", "from 0.60"):
        assert part in comment


def test_no_name_ends_the_comment():
    hostile = FROM._replace(model="x --> <script>\n-->")
    text = draft_markdown(drafted("x"), hostile)
    assert text.count("-->") == 1
    assert text.splitlines()[0].endswith("-->")
