"""Which reader a text gets."""

import pytest

from charter.errors import ConfigError
from charter.source import Source
from charter.syntax.reader import parse, readers


@pytest.mark.parametrize(
    ("text", "reader"),
    [
        ("# A {#a}\n", "model-spec"),
        ("\ufeff# A {#a}\n", "model-spec"),
        ("text\r# A {#a}\rtext", "model-spec"),
        ("text\r\n###### A {#a b=c}  \r\n", "model-spec"),
        ("**Example**: x\n", "model-spec"),
        ("text\n**Scenario**: x\n", "model-spec"),
        ("~~~boundary\n~~~\n", "model-spec"),
        ("text\r~~~expect\r", "model-spec"),
        ("", "markdown"),
        ("# A\n", "markdown"),
        ("#A {#a}\n", "markdown"),
        ("# A {#a} b\n", "markdown"),
        ("see {#a}\n", "markdown"),
        ("~~~boundaryless\n", "markdown"),
        ("An **Example**: x", "markdown"),
    ],
)
def test_reader_is_chosen_by_the_text(text: str, reader: str) -> None:
    assert parse(text).reader == reader


def test_reader_can_be_named() -> None:
    assert parse("# A {#a}\n", reader="markdown").reader == "markdown"


def test_unknown_reader_is_an_error_that_names_the_known() -> None:
    with pytest.raises(ConfigError, match="no reader named 'docx'") as caught:
        parse("", reader="docx")
    assert caught.value.hint == "known: markdown, model-spec"


def test_readers_are_ranked_and_the_last_takes_everything() -> None:
    ranked = sorted(readers().values(), key=lambda reader: reader.RANK)
    assert ranked[-1].accepts("anything")
    assert len({reader.RANK for reader in ranked}) == len(ranked)


def test_source_keeps_its_name() -> None:
    assert parse(Source("a.md", "x")).source.path == "a.md"
    assert parse("x").source.path == "<text>"


def test_hostile_lines_are_looked_at_once() -> None:
    for text in (
        "# {#" * 50_000,
        "# a {#}" + " " * 200_000 + "x",
        "#" * 200_000,
        "# {#\n" * 50_000,
    ):
        assert parse(text).reader == "markdown"
