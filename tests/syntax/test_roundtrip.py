"""Nothing is lost: `render(parse(t)) == t`, blocks tile the text, building never fails."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter.source import Source, Span
from charter.spec.build import build
from charter.spec.spec import Spec
from charter.spec.split import collapse
from charter.syntax.conversation import Message, Problem
from charter.syntax.document import Document, render
from charter.syntax.reader import parse, readers

VERSIONS = ("2025-02-12", "2025-10-27", "2025-12-18")

DIALECT = (
    "# Title {#title}\n",
    "## Be kind {#be_kind authority=user}\n",
    "### Deep {#deep authority=root tags=under_18}\n",
    "#### No attributes\n",
    "##### five {#five}\n",
    "####### seven\n",
    "# BAD {#Bad Key=1 authority=king extra}\n",
    "Underlined\n==========\n",
    "**Example**: asks for help\n",
    "**Example**: [?](#be_kind) {#named key=value}\n",
    "**Scenario**: no fence follows\n",
    "~~~xml\n",
    "~~~boundary\n",
    "~~~expect\n",
    "~~~\n",
    "    ~~~\n",
    "```\n",
    "<user>\n",
    "</user>\n",
    '<assistant recipient="python" end_turn="false"> <!-- GOOD: kind -->\n',
    "<assistant> <!-- BAD[#be_kind], too long -->\n",
    "<assistant> <!-- FINE -->\n",
    "</assistant>\n",
    "<comparison>\n",
    "</comparison>\n",
    "<settings>\nmax_tokens: 10\n</settings>\n",
    "<untrusted>\n",
    "</untrusted>\n",
    "&lt;b&gt; &amp;amp; &quot;\n",
    "[...]\n",
    "[... sends mail ...]\n",
    '!!! meta "Commentary"\n',
    "    indented by four\n",
    "\tindented by a tab\n",
    "The assistant should answer[^ab12], must not lie[^cd34][^ef56]. It may ask.\n",
    "Do not shout. See [?](#be_kind) and [this](#deep).\n",
    "The model must:\n",
    "- listen\n",
    "  - and *nested* things should hold\n",
    "1. first\n",
    "2)\tsecond\n",
    "> quoted should\n",
    "---\n",
    "spec: test\nversion: 1.10\n",
    "id: a\non: request\nwhen: words > 3\neffect: deny\n",
    "on: [unclosed\n",
    "| a | b |\n|---|---|\n",
    "<div>\n",
    "[ref]: https://example.com\n",
    "\n",
    "\r\n",
    "\r",
    " ",
    "\ufeff",
    "\x00",
    "\x0c",
    "\x1a?",
    "\u2028",
    "\ud800",
    "é ",
    "\u200b\u00a0",
)
dialect_text = st.lists(st.one_of(st.sampled_from(DIALECT), st.text(max_size=6)), max_size=40).map(
    "".join
)


def inside(span: Span, text: str) -> bool:
    return 0 <= span.start <= span.end <= len(text)


def check_document(document: Document, text: str) -> None:
    assert render(document) == text
    position = 0
    for block in document.blocks:
        assert block.start == position
        assert block.raw
        position += len(block.raw)
    assert position == len(text)
    assert all(inside(problem.span, text) for problem in document.problems)


def spans_of(spec: Spec) -> list[Span]:
    found = [each.span for each in (*spec.references, *spec.commentary, *spec.markers)]
    found += [problem.span for problem in spec.problems]
    for section in spec.sections:
        found += [section.span, section.heading_span]
        for boundary in section.boundaries:
            found += [boundary.span, boundary.when_span]
    for example in spec.examples:
        found += [example.span, example.caption_span, example.body_span]
        found += [problem.span for problem in example.problems]
        found += [message.span for message in messages_of(example)]
        if example.expectation:
            found += [example.expectation.span, *example.expectation.field_spans.values()]
    return found


def messages_of(example: object) -> list[Message]:
    return [*example.messages, *(response.message for response in example.responses)]


def check_spec(spec: Spec, text: str) -> None:
    assert all(inside(span, text) for span in spans_of(spec))
    if spec.sections:  # sections tile the text from the first heading on
        starts = [section.span.start for section in spec.sections]
        ends = [section.span.end for section in spec.sections]
        assert starts[1:] == ends[:-1]
        assert ends[-1] == len(text)
    clauses = list(spec.clauses)
    assert len({clause.id for clause in clauses}) == len(clauses)
    examples = list(spec.examples)
    assert len({example.id for example in examples}) == len(examples)
    by_id = {section.id: section for section in reversed(spec.sections)}
    for clause in clauses:
        assert clause.text
        assert collapse(clause.span.of(text)) == clause.text
        assert clause.id.startswith(f"{clause.section}/")
        assert clause.section in by_id
    for example in examples:
        for message in messages_of(example):
            assert all(inside(span, message.content) for span in message.untrusted)
            assert text.startswith("<", message.span.start)
    assert dict(spec.index) == by_id


def check(text: str) -> None:
    for reader in (None, *readers()):
        document = parse(Source("<test>", text), reader=reader)
        check_document(document, text)
        check_spec(build(document), text)


def read(path: Path) -> str:
    return path.read_bytes().decode()


def mutants(text: str) -> dict[str, str]:
    """Return broken variants of a spec, each broken in one way and always alike."""
    order = random.Random(7)
    lines = text.splitlines(keepends=True)
    shuffled = order.sample(lines, len(lines))
    cuts = sorted(order.sample(range(len(text)), 6))
    fence = text.rfind("\n~~~\n")
    found = {
        "no closing fence": text[:fence] + text[fence + 4 :],
        "no closing fences": text.replace("\n~~~\n", "\n"),
        "unclosed tag": text.replace("</assistant>", "", 1),
        "unclosed tags": text.replace("</user>", "").replace("</comparison>", ""),
        "unknown grade": text.replace("<!-- GOOD", "<!-- FINE"),
        "duplicate id": text.replace("{#overview", "{#structure", 1),
        "same id everywhere": text.replace("{#", "{#same x="),
        "CRLF": text.replace("\n", "\r\n"),
        "CR": text.replace("\n", "\r"),
        "mixed line ends": text.replace("\n\n", "\r\n\r"),
        "BOM": "\ufeff" + text,
        "tabs": text.replace("    ", "\t"),
        "five hashes": text.replace("\n#", "\n##"),
        "seven hashes": text.replace("\n# ", "\n####### "),
        "unknown authority": text.replace("authority=root", "authority=emperor"),
        "unknown key": text.replace("authority=", "power="),
        "capital ids": text.replace("{#overview", "{#OverView"),
        "long markers": text.replace("[^", "[^x"),
        "shuffled": "".join(shuffled),
        "surrogates": text.replace("the", "\ud800"),
        "zero bytes": text.replace(" a ", "\0a\0"),
        "form feeds": text.replace("\n\n", "\n\x0c\n"),
        "line separators": text.replace(". ", ".\u2028"),
        "one line": text.replace("\n", " "),
        "not ASCII": text.replace("e", "é").replace("?", "\x1a"),
    }
    found.update({f"cut {number}": text[:cut] for number, cut in enumerate(cuts)})
    return found


@pytest.mark.data
@pytest.mark.parametrize("version", VERSIONS)
def test_real_spec_is_rendered_back(data_dir: Path, version: str) -> None:
    check(read(data_dir / "model_spec" / version / "model_spec.md"))


@pytest.mark.data
def test_every_example_file_is_rendered_back(data_dir: Path) -> None:
    files = sorted((data_dir / "model_spec/2025-12-18/examples").glob("*.md"))
    assert len(files) == 114
    for file in files:
        check(read(file))


@pytest.mark.data
def test_plain_markdown_is_rendered_back(data_dir: Path) -> None:
    check(read(data_dir / "claude_constitution/2026-01-20.md"))


@pytest.mark.data
@pytest.mark.parametrize("mutant", sorted(mutants("x\n" * 50)))
def test_mutant_of_real_spec_is_rendered_back(data_dir: Path, mutant: str) -> None:
    text = read(data_dir / "model_spec/2025-12-18/model_spec.md")
    check(mutants(text)[mutant])


def test_starter_spec_is_rendered_back(root: Path) -> None:
    for file in sorted((root / "src/charter/starter").rglob("*.md")):
        check(read(file))


def test_corpus_is_rendered_back(root: Path) -> None:
    for file in sorted((root / "tests/corpus").rglob("*.md")):
        text = read(file)
        check(text)
        for mutant in mutants(text * 3).values():
            check(mutant)


@given(st.text())
def test_arbitrary_text_is_rendered_back(text: str) -> None:
    check(text)


@given(st.text(st.characters(codec=None, categories=("Cs", "Cc", "Zs", "Zl", "Po"))))
def test_odd_characters_are_rendered_back(text: str) -> None:
    check(text)


@settings(max_examples=400)
@given(dialect_text)
def test_dialect_shaped_text_is_rendered_back(text: str) -> None:
    check(text)


@pytest.mark.parametrize("text", ["", "\n", "\r", "\ufeff", "\0", "\ud800", "# ", "#", "{#", "~~~"])
def test_smallest_texts_are_rendered_back(text: str) -> None:
    check(text)


def test_very_long_line_is_rendered_back() -> None:
    check("word " * 200_000)


def test_problem_is_a_value_with_a_span() -> None:
    document = parse("~~~xml\n")
    assert document.problems == (
        Problem("unclosed-fence", "fence ~~~xml is never closed", Span(0, 7)),
    )
