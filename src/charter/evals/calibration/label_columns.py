"""Which columns a file of labels has, and how its own names map to them.

    answer        the text that was judged; needed
    label         what a person says of it; needed: GOOD, OK, BAD, adhered or violated, or of a
                  refusal none, partial or full
    request       what the user asked, as text; or
    conversation  every message before the answer, a JSON list of {"role": ..., "content": ...}
    section       the section of the spec the label speaks of; or
    clause        the clause, `section/marker`; a judge needs one of them, a grader does not
    id            unique among rows of one rater; without it, the line
    outcome       what the spec has the model do: comply, refuse, safe_complete, ask, any
    rubric        further prose for a judge
    by            who labelled: rows of one id and several raters are one answer
    cluster       what rows share their chance with; without it, the conversation

Rows with an empty label are left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from charter.errors import ConfigError
from charter.evals.calibration.scale import SCALES

FIELDS = (
    "id",
    "answer",
    "label",
    "request",
    "conversation",
    "section",
    "clause",
    "outcome",
    "rubric",
    "by",
    "cluster",
    "calls",
)
NEEDED = ("answer", "label")

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Mapped:
    """How a file names what Charter looks for."""

    columns: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Field to column."""
    values: Mapping[str, str] = field(default_factory=lambda: _NONE)
    """Label as written to label as known."""

    def column(self, name: str) -> str:
        """Return the column of a field: its own name unless told otherwise."""
        return self.columns.get(name, name)

    def label(self, written: str) -> str:
        """Return a label in the words that Charter knows, where the file has others."""
        return self.values.get(written.strip(), written)


def mapped(columns: Iterable[str], values: Iterable[str]) -> Mapped:
    """Read `FIELD=COLUMN` and `VALUE=LABEL` options. Raises ConfigError."""
    found = _pairs("--column", columns)
    for name in found:
        if name not in FIELDS:
            raise ConfigError(f"--column: no field {name!r}", hint=f"known: {', '.join(FIELDS)}")
    labels = _pairs("--map", values)
    for label in labels.values():
        if all(scale.read(label) is None for scale in SCALES):
            known = ", ".join(word for scale in SCALES for word, _ in scale.words)
            raise ConfigError(f"--map: no label {label!r}", hint=f"known: {known}")
    return Mapped(MappingProxyType(found), MappingProxyType(labels))


def _pairs(option: str, given: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise ConfigError(f"{option} {text!r} is not NAME=VALUE", hint=f"e.g. {option} a=b")
        if key.strip() in found:
            raise ConfigError(f"{option} names {key.strip()!r} twice", hint="name it once")
        found[key.strip()] = value.strip()
    return found
