"""A spec as its text is cut up: blocks that tile the text from end to end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from charter.source import Source, Span
from charter.syntax.conversation import Problem


@dataclass(frozen=True, slots=True)
class Gap:
    """Blank lines, and whatever Markdown gives no block to."""

    raw: str
    start: int


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The YAML block between `---` lines at the very start."""

    raw: str
    start: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, with the attributes in braces at its end."""

    raw: str
    start: int
    level: int
    title: str
    id: str | None
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Plain prose."""

    raw: str
    start: int


@dataclass(frozen=True, slots=True)
class Item:
    """One list item: its own paragraphs, without those of nested items."""

    texts: tuple[Span, ...]
    depth: int
    """0 for an item of the outermost list."""


@dataclass(frozen=True, slots=True)
class List:
    """A list with all its items, nested ones included, in text order."""

    raw: str
    start: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A `!!! kind "Title"` box: commentary for people."""

    raw: str
    start: int
    kind: str
    title: str
    body: str
    """Lines without their indentation."""


@dataclass(frozen=True, slots=True)
class Caption:
    """`**Example**: caption` or `**Scenario**: caption {#id key=value}`."""

    raw: str
    start: int
    word: str
    text: str
    id: str | None
    attributes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block that is no YAML of Charter's."""

    raw: str
    start: int
    info: str
    body: Span
    closed: bool


@dataclass(frozen=True, slots=True)
class YamlFence:
    """A fence of Charter's, such as `~~~boundary`; without fields when the YAML was no mapping."""

    raw: str
    start: int
    info: str
    body: Span
    fields: Mapping[str, object]
    field_spans: Mapping[str, Span]
    """Where each top-level value stands, in characters of the text; of a `~~~directive` fence
    every value, by path, from its key on."""


@dataclass(frozen=True, slots=True)
class Other:
    """A block the dialect gives no meaning: quote, table, HTML, indented code, rule."""

    raw: str
    start: int


Block: TypeAlias = (
    Gap | FrontMatter | Heading | Paragraph | List | Note | Caption | Fence | YamlFence | Other
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader makes of a text. The blocks' raw texts, joined, are the text."""

    source: Source
    reader: str
    """Id of the reader that made it: `model-spec` or `markdown`."""
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()


def render(document: Document) -> str:
    """Return the text of a document; `render(parse(text)) == text` for every text."""
    return "".join(block.raw for block in document.blocks)


def block_span(block: Block) -> Span:
    """Return the characters a block covers."""
    return Span(block.start, block.start + len(block.raw))
