"""Which blocks a text is cut into, also against a second CommonMark parser."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from charter.source import Span
from charter.syntax.blocks import cut
from charter.syntax.document import (
    Block,
    Caption,
    Fence,
    FrontMatter,
    Gap,
    Heading,
    List,
    Note,
    Other,
    Paragraph,
    YamlFence,
)


def blocks_of(text: str, *, dialect: bool = True) -> list[Block]:
    return [block for block in cut(text, dialect=dialect).blocks if type(block) is not Gap]


def only(text: str, *, dialect: bool = True) -> Block:
    (block,) = blocks_of(text, dialect=dialect)
    return block


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in cut(text, dialect=True).problems]


@pytest.mark.parametrize(
    ("line", "level", "title", "name", "attributes"),
    [
        ("# A b {#a authority=root tags=x}", 1, "A b", "a", (("authority", "root"), ("tags", "x"))),
        ("###### A", 6, "A", None, ()),
        ("## A ## ", 2, "A", None, ()),
        ("## A {#a} ##", 2, "A", "a", ()),
        (r"# A \#", 1, r"A \#", None, ()),
        ("# A#", 1, "A#", None, ()),
        ("#", 1, "", None, ()),
        ("   # A", 1, "A", None, ()),
        ("# A\u2028B {#a}", 1, "A\u2028B", "a", ()),
        ("# A\x0cB {#a}", 1, "A\x0cB", "a", ()),
        ("# Ünïcode {#ü}", 1, "Ünïcode", "ü", ()),
        ("A\n===", 1, "A", None, ()),
        ("A\nb {#c}\n---", 2, "A b", "c", ()),
        ("#a\n===", 1, "#a", None, ()),
        ("# A {#Capital}", 1, "A", "Capital", ()),
        ("# A { #a}", 1, "A { #a}", None, ()),
    ],
)
def test_heading_is_read(
    line: str, level: int, title: str, name: str | None, attributes: tuple[tuple[str, str], ...]
) -> None:
    for end in ("", "\n", "\r\n", "\r"):
        block = only(line.replace("\n", end or "\n") + end)
        assert isinstance(block, Heading)
        assert (block.level, block.title) == (level, title)
        assert (block.id, block.attributes) == (name, attributes)


def test_heading_outside_the_dialect_keeps_its_braces() -> None:
    block = only("# A {#a}", dialect=False)
    assert isinstance(block, Heading)
    assert (block.title, block.id) == ("A {#a}", None)


def test_seven_hashes_are_no_heading() -> None:
    assert isinstance(only("####### A"), Paragraph)


def test_unread_braces_are_a_problem() -> None:
    assert kinds("# A {#a what}\n\n**Example**: b {#c ?}\n") == [
        "heading-attributes",
        "caption-attributes",
    ]


@pytest.mark.parametrize(
    "first", ["", "\ufeff", "---\nspec: a\n---\n", "\ufeff---\nspec: a\n---\n"]
)
def test_heading_after_what_may_stand_before_it(first: str) -> None:
    block = blocks_of(first + "# A {#a}\n")[-1]
    assert isinstance(block, Heading)
    assert block.id == "a"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_front_matter_is_read_with_every_line_end(end: str) -> None:
    text = end.join(["---", "spec: a", "version: 1.10", "---", "text"])
    block, _ = blocks_of(text)
    assert isinstance(block, FrontMatter)
    assert block.fields == {"spec": "a", "version": "1.10"}


def test_front_matter_that_is_no_mapping_is_a_problem() -> None:
    result = cut("---\n- a\n---\n", dialect=True)
    assert [problem.kind for problem in result.problems] == ["front-matter"]


def test_unclosed_front_matter_is_text() -> None:
    assert not any(isinstance(block, FrontMatter) for block in blocks_of("---\nspec: a\n"))


@pytest.mark.parametrize(
    ("text", "info", "body", "closed"),
    [
        ("~~~xml\na\n~~~\n", "xml", "a\n", True),
        ("~~~xml\n~~~", "xml", "", True),
        ("~~~xml\n```\na\n```\n~~~\n", "xml", "```\na\n```\n", True),
        ("~~~~\na\n~~~\n~~~~\n", "", "a\n~~~\n", True),
        ("~~~xml\na\n  ~~~~  \n", "xml", "a\n", True),
        ("~~~xml\na\n    ~~~\n", "xml", "a\n    ~~~\n", False),
        ("~~~xml\na\n```\n", "xml", "a\n```\n", False),
        ("~~~", "", "", False),
        ("~~~é b\na\n~~~\n", "é b", "a\n", True),
        ("~~~xml\ra\r~~~\r", "xml", "a\r", True),
        ("~~~xml\r\na\r\n~~~\r\n", "xml", "a\r\n", True),
    ],
)
def test_fence_is_read(text: str, info: str, body: str, closed: bool) -> None:
    block = only(text)
    assert isinstance(block, Fence)
    assert (block.info, block.body.of(text), block.closed) == (info, body, closed)
    assert kinds(text) == ([] if closed else ["unclosed-fence"])


def test_carriage_returns_alone_end_lines() -> None:
    text = "~~~xml\ra\r~~~\r# A {#a}\r- b\r- c\r"
    assert [type(block) for block in blocks_of(text)] == [Fence, Heading, List]
    assert texts_of(text) == [(0, ["b"]), (0, ["c"])]


def test_strikethrough_is_no_fence() -> None:
    assert isinstance(only("~~gone~~ and ~~~~more~~~~ here"), Paragraph)


def test_yaml_fence_keeps_where_its_values_stand() -> None:
    text = "é\n\n~~~boundary\nid: a\nwhen: 'ü'\n~~~\n"
    block = blocks_of(text)[-1]
    assert isinstance(block, YamlFence)
    assert block.fields == {"id": "a", "when": "ü"}
    assert block.field_spans["when"].of(text) == "'ü'"
    assert isinstance(blocks_of(text, dialect=False)[-1], Fence)


def test_broken_yaml_fence_is_a_problem_at_its_place() -> None:
    text = "~~~expect\na: b\na: c\n~~~\n"
    (problem,) = cut(text, dialect=True).problems
    assert (problem.kind, problem.span) == ("expect-yaml", Span(15, 16))


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ('!!! meta "Commentary"\n    One.\n', "Commentary", "One."),
        (
            '!!! meta "Commentary"\n\n    One.\n    Two.\n\n    Three.\n',
            "Commentary",
            "One.\nTwo.\n\nThree.",
        ),
        ("!!! meta\n\tOne.\n", "", "One."),
        ('!!! meta "A"\r\n    One.\r\n', "A", "One."),
        ('!!! meta "A"\n', "A", ""),
        ('!!! meta "A"\n    One.\u2028Two.\n', "A", "One.\u2028Two."),
    ],
)
def test_note_is_read(text: str, title: str, body: str) -> None:
    block = blocks_of(text)[0]
    assert isinstance(block, Note)
    assert (block.kind, block.title, block.body) == ("meta", title, body)


def test_text_right_after_a_note_is_a_paragraph() -> None:
    blocks = blocks_of('!!! meta "A"\nIt must hold.\n\n!!! meta\n!!! meta\nMore.\n')
    assert [type(block) for block in blocks] == [Note, Paragraph, Note, Note, Paragraph]
    assert blocks[1].raw.strip() == "It must hold."


def test_note_outside_the_dialect_is_prose() -> None:
    assert isinstance(only('!!! meta "A"', dialect=False), Paragraph)


def test_caption_is_read() -> None:
    block = only("**Example**: asks [?](#a) {#b outcome=ask}\n")
    assert isinstance(block, Caption)
    assert (block.word, block.text, block.id) == ("Example", "asks [?](#a)", "b")
    assert block.attributes == (("outcome", "ask"),)


def texts_of(text: str) -> list[tuple[int, list[str]]]:
    block = blocks_of(text)[-1]
    assert isinstance(block, List)
    return [(item.depth, [span.of(text) for span in item.texts]) for item in block.items]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("- a\n- b\n", [(0, ["a"]), (0, ["b"])]),
        ("Lead:\n- a\n", [(0, ["a"])]),
        ("* a\n\n    second\n\n    - nested\n", [(0, ["a", "second"]), (1, ["nested"])]),
        ("1. a\n   - b\n     1) c\n", [(0, ["a"]), (1, ["b"]), (2, ["c"])]),
        ("- a\nlazy\n", [(0, ["a\nlazy"])]),
        ("- [x] done\n", [(0, ["done"])]),
        ("-\n- a\n", [(0, [""]), (0, ["a"])]),
        ("- a\n  ~~~\n  code\n  ~~~\n", [(0, ["a"])]),
        ("- é\n- \ud800b\n", [(0, ["é"]), (0, ["\ud800b"])]),
        ("12.\ta tab\n", [(0, ["a tab"])]),
        ("- a\n\t- b\n\t\t- c\n", [(0, ["a"]), (1, ["b"]), (2, ["c"])]),
    ],
)
def test_list_items_have_their_own_text(text: str, items: list[tuple[int, list[str]]]) -> None:
    assert texts_of(text) == items


@pytest.mark.parametrize("text", ["> a\n", "<div>\n</div>\n", "    code\n", "***\n"])
def test_block_without_a_meaning_is_kept(text: str) -> None:
    assert isinstance(blocks_of(text)[-1], Other)


# A second parser


def corpus(root: Path) -> list[Path]:
    return sorted((root / "tests/corpus").rglob("*.md"))


def seen_by_charter(text: str) -> list[tuple[str, int, int]]:
    found = []
    for block in cut(text, dialect=False).blocks:
        line = text.count("\n", 0, block.start)
        if isinstance(block, Heading):
            found.append(("heading", line, block.level))
        elif isinstance(block, Fence):
            lines = block.raw.rstrip("\n").count("\n") + 1 if block.closed else 0
            found.append(("fence", line, lines))
    return found


def seen_by_markdown_it(text: str) -> list[tuple[str, int, int]]:
    found = []
    lines = text.split("\n")
    for token in MarkdownIt("commonmark").parse(text):
        if token.level or token.map is None:
            continue
        first, end = token.map
        if token.type == "heading_open":
            found.append(("heading", first, int(token.tag[1])))
        elif token.type == "fence":
            last = lines[end - 1].strip()
            closed = end - first > 1 and not last.strip(token.markup[0]) and token.markup in last
            found.append(("fence", first, end - first if closed else 0))
    return found


def check_against_markdown_it(text: str) -> None:
    assert seen_by_charter(text) == seen_by_markdown_it(text)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "model_spec/2025-02-12/model_spec.md",
        "model_spec/2025-10-27/model_spec.md",
        "model_spec/2025-12-18/model_spec.md",
        "claude_constitution/2026-01-20.md",
    ],
)
def test_second_parser_sees_the_same_headings_and_fences(data_dir: Path, name: str) -> None:
    check_against_markdown_it((data_dir / name).read_bytes().decode())


def test_second_parser_agrees_on_the_corpus(root: Path) -> None:
    for file in corpus(root):
        text = file.read_bytes().decode()
        if "\r" not in text and not text.startswith(("---", "\ufeff")):
            check_against_markdown_it(text)


LINES = st.sampled_from(
    [
        "# a",
        "## b #",
        "a",
        "",
        "===",
        "~~~",
        "~~~xml",
        "```",
        "    c",
        "é",
        "\x1a?",
        "<?é",
        "> d",
        "[é]: f",
    ]
)


@given(st.lists(LINES, max_size=12).map("\n".join))
def test_second_parser_agrees_on_small_texts(text: str) -> None:
    # after a reference definition, parsers differ on whether an indented line goes on with it
    if not text.startswith("---") and "[é]: f\n    c" not in text:
        check_against_markdown_it(text)
