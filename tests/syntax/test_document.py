"""Blocks and the text they come from."""

from charter.source import Span
from charter.syntax.document import Gap, Heading, block_span, render
from charter.syntax.reader import parse


def test_render_joins_the_blocks() -> None:
    text = "\n# A {#a}\n\ntext\n"
    document = parse(text)
    assert render(document) == text
    assert [type(block).__name__ for block in document.blocks] == [
        "Gap",
        "Heading",
        "Gap",
        "Paragraph",
    ]


def test_block_span_is_where_the_block_stands() -> None:
    text = "\n# A {#a}\n"
    gap, heading = parse(text).blocks
    assert isinstance(gap, Gap)
    assert isinstance(heading, Heading)
    assert block_span(heading) == Span(1, len(text))
    assert block_span(heading).of(text) == heading.raw
