"""Material and records -> the data card that goes with a file of training targets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from charter.evolve.exporter import COMMON, Exporter, summary_of
from charter.evolve.material import UNKNOWN, Material

_SCENARIO = re.compile(r"(held-out scenario) \S+$")
_SPDX = re.compile(r"[A-Za-z0-9.+\-]{1,60}")


class Written(NamedTuple):
    """One file that the card is about."""

    name: str
    records: int
    digest: str


def reason_counts(material: Material) -> Counter[str]:
    """Count what is left out, by reason."""
    return Counter(_SCENARIO.sub(r"\1", each.reason) for each in material.left_out)


def card(
    name: str,
    exporter: Exporter,
    material: Material,
    records: Sequence[Mapping[str, Any]],
    files: Sequence[Written],
) -> str:
    """Return the card, in Markdown; the same for the same input."""
    parts = [
        _front(material),
        f"# Training targets ({_inline(name)}) from {_inline(material.title)}\n",
        f"{summary_of(exporter)}\n",
        "\n".join(_facts(exporter, material)),
        "\n".join(_files(files)),
        "\n".join(_counts(records)),
        "\n".join(_left_out(material)),
        "\n".join(_fields(exporter)),
        _ROLES,
        _USE,
    ]
    return "\n".join(parts)


_ROLES = """\
## How messages are written

Messages have a role and a content. Developer messages of the spec are system messages here, and
system messages that follow one another are one, with an empty line between. The call of a tool
stands in the assistant's content as `<tool_call>` with a JSON object of name and arguments; the
answer of a tool has the role tool. Settings of a message stand in front of it in `<settings>`.
Which level a system message spoke at is not kept: a model that is to tell developers from the
operator needs a template with both roles.
"""

_USE = """\
## What it is not

- No evidence of adherence. Measure a model that was trained on this with held-out scenarios only:
  the examples of the spec (`charter eval --examples`) are what it was trained on.
- Few records, written to make a document clear: they show what rules mean, and are no sample of
  what people ask.
- Rejected answers show what not to do. Train on them as rejected ones only.
"""


def _front(material: Material) -> str:
    known = _SPDX.fullmatch(material.licence)
    return f"---\nlicense: {material.licence.lower() if known else 'other'}\n---\n"


def _facts(exporter: Exporter, material: Material) -> Iterator[str]:
    version = f" {material.version}" if material.version else ""
    yield f"- Spec: {_inline(material.spec)}{_inline(version)}, `{material.digest}`"
    yield f"- Format: `{exporter.FORMAT}`"
    if material.licence == UNKNOWN:
        yield (
            "- Licence: unknown. The front matter of the spec, or of an overlay, names none, so "
            "find out what its authors allow before you use this."
        )
    else:
        yield f"- Licence: {_inline(material.licence)}, by the front matter of the spec"
    yield (
        f"- Held out: {material.held_out} scenarios that measure, and {material.drafts} drafts; "
        "none of them is in here"
    )
    yield ""


def _files(files: Sequence[Written]) -> Iterator[str]:
    yield "## Files\n"
    yield "| file | records | digest |"
    yield "|---|---|---|"
    for file in files:
        yield f"| {_cell(file.name)} | {file.records} | `{file.digest}` |"
    yield ""


def _counts(records: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "## Records by section\n"
    yield "| section | authority | sources | records |"
    yield "|---|---|---|---|"
    by_section: dict[tuple[str, str], list[str]] = {}
    for record in records:
        by_section.setdefault((record["section"], record["authority"]), []).append(record["source"])
    for (section, authority), sources in by_section.items():
        row = (_cell(section), _cell(authority) or "none", len(set(sources)), len(sources))
        yield "| " + " | ".join(map(str, row)) + " |"
    whole = {(record["section"], record["source"]) for record in records}
    yield f"| all | | {len(whole)} | {len(records)} |"
    yield ""


def _left_out(material: Material) -> Iterator[str]:
    yield "## Left out\n"
    found = reason_counts(material)
    if not found:
        yield "Nothing.\n"
        return
    yield "Of the spec's examples with their answers, and of the scenarios for training:\n"
    yield "| reason | how many |"
    yield "|---|---|"
    for reason, count in sorted(found.items(), key=lambda each: (-each[1], each[0])):
        yield f"| {_cell(reason)} | {count} |"
    yield ""


def _fields(exporter: Exporter) -> Iterator[str]:
    yield "## Fields\n"
    yield "| field | meaning |"
    yield "|---|---|"
    for name, meaning in {**exporter.FIELDS, **COMMON}.items():
        yield f"| `{name}` | {_cell(meaning)} |"
    yield ""


def _inline(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", plain)


def _cell(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return plain.replace("|", "\\|").replace("<", "&lt;")
