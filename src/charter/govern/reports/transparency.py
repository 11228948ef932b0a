"""What an organisation publishes about a model -> the section of a report.

The fields are those that California's SB 53 asks to be published with a deployment (B&P 22757.12),
the last four of large developers only; the words are ours. What nobody filled in shows as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from charter.govern.read_yaml import Strict, Text, read_yaml
from charter.govern.reports.figure import Query, Section, Table
from charter.source import Source

FORMAT = "charter-transparency/1"
HINT = "see docs/governance-report.md"
FIELDS = (
    ("website", "Website"),
    ("contact", "How to reach us"),
    ("release_date", "Released on"),
    ("languages", "Languages"),
    ("modalities", "Modalities of output"),
    ("intended_uses", "Intended uses"),
    ("restrictions", "Restrictions or conditions of use"),
)
LARGE = (
    ("assessments", "Assessments of catastrophic risk, in brief"),
    ("third_parties", "Who outside took part in them"),
    ("other_steps", "Other steps of the framework that were taken"),
    ("internal_use", "Summary of risks of internal use, sent every three months"),
)
"""Of large frontier developers."""
_NAMES = frozenset(name for name, _ in (*FIELDS, *LARGE))
_LEAD = (
    "What is published with this model, field by field. A field is filled in, unknown, or withheld "
    "with a reason; nothing here was checked by Charter but what names a query."
)

Words = Annotated[list[Text], Field(min_length=1, max_length=100)]


class FieldEntry(Strict):
    """One field, in one of its three states."""

    value: Text | Words | None = None
    unknown: Text | None = None
    withheld: Text | None = None

    @model_validator(mode="after")
    def _one(self) -> FieldEntry:
        if sum(each is not None for each in (self.value, self.unknown, self.withheld)) != 1:
            raise ValueError("say one of: value, unknown (what is missing), withheld (why)")
        return self


class TransparencyFile(Strict):
    """The whole file."""

    format: Literal["charter-transparency/1"]
    organisation: Text
    model: Text
    large_developer: bool
    fields: dict[str, FieldEntry] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known(self) -> TransparencyFile:
        for name in self.fields:
            if name not in _NAMES:
                raise ValueError(f"there is no field {name[:60]!r}")
        released = self.fields.get("release_date")
        if released is not None and released.value is not None and not _is_day(released.value):
            raise ValueError("fields.release_date is no day such as 2026-01-31")
        return self


def _is_day(value: str | list[str]) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Said:
    """One field as it is shown."""

    label: str
    state: Literal["value", "unknown", "withheld"]
    text: str
    """The value, what is missing, or why it is withheld."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says."""

    organisation: str
    model: str
    said: tuple[Said, ...]
    digest: str
    path: str


def read_facts(text: str, path: str) -> Facts:
    """Return what a file says. Raises ConfigError that names file, line and key."""
    source = Source(path, text)
    found = read_yaml(source, TransparencyFile, hint=HINT)
    wanted = (*FIELDS, *LARGE) if found.large_developer else FIELDS
    said = [_said(label, found.fields.get(name)) for name, label in wanted]
    said += [_said(label, found.fields[name]) for name, label in LARGE
             if not found.large_developer and name in found.fields]  # fmt: skip
    return Facts(found.organisation, found.model, tuple(said), source.digest, path)


def transparency(facts: Facts) -> Section:
    """Return the section. What is withheld or unknown stands there with its reason."""
    rows = tuple((each.label, each.state, each.text) for each in facts.said)
    query = Query("verb", f"the file {facts.path}, {facts.digest}")
    table = Table("published", f"About {facts.model}", ("field", "state", "what"), rows, query)
    return Section("transparency", "What is published", _LEAD, tables=(table,))


def _said(label: str, entry: FieldEntry | None) -> Said:
    if entry is None:
        return Said(label, "unknown", "nobody filled it in")
    if entry.withheld is not None:
        return Said(label, "withheld", entry.withheld)
    if entry.value is None:
        return Said(label, "unknown", entry.unknown or "")
    text = entry.value if isinstance(entry.value, str) else "; ".join(entry.value)
    return Said(label, "value", text)
