"""Which section and clause a sample of a log tests: what is written for its scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from charter.errors import ConfigError, ParseError
from charter.evals.inspect.read_log import Header, LoggedSample
from charter.evals.suite import basis_of
from charter.ledger.ledger import canonical
from charter.records.run import MessageSaid, ScenarioPlanned
from charter.source import digest_of
from charter.spec.expectation import Outcome
from charter.spec.spec import Section, Spec

FAMILY = "imported"
SHOWN = 80
"""Characters of a message that stand as a caption."""


class Placing(Protocol):
    """Says what scenario a sample stands for."""

    def planned(self, run: str, sample: LoggedSample) -> ScenarioPlanned:
        """Return it as a fact. Raises ConfigError or ParseError."""
        ...


@dataclass(frozen=True, slots=True)
class Foreign:
    """A log that knows no spec: sections are its task, or what a field of the metadata says."""

    header: Header
    field: str | None

    def planned(self, run: str, sample: LoggedSample) -> ScenarioPlanned:
        """Place a sample by its metadata."""
        section = _text(sample.metadata, self.field) if self.field else self.header.task
        if section is None:
            raise _missing(sample, self.field or "")
        return _planned(run, sample, section=section, title=section)


@dataclass(frozen=True, slots=True)
class InSpec:
    """A log of any task whose samples are about the sections of a spec."""

    spec: Spec
    section: str | None
    section_field: str
    clause_field: str

    def planned(self, run: str, sample: LoggedSample) -> ScenarioPlanned:
        """Place a sample in the spec, by its metadata where no section was named for all."""
        name = self.section or _text(sample.metadata, self.section_field)
        if name is None:
            raise _missing(sample, self.section_field)
        if not self.spec.has_section(name):
            raise ConfigError(
                f"sample {sample.id[:80]!r} is about section {name[:80]!r}, which the spec lacks",
                hint="name the field of the metadata with --section-field, or one section for all "
                "with --section",
            )
        section = self.spec.section(name)
        clause = self._clause(sample, section)
        text = self.spec.clause(clause).text if clause else None
        return _planned(
            run,
            sample,
            section=section.id,
            title=section.title,
            authority=section.authority,
            clause=clause,
            clause_text=text,
            basis=basis_of(self.spec, section.id, clause),
        )

    def _clause(self, sample: LoggedSample, section: Section) -> str | None:
        """Return the id of the clause that the metadata name, whole or by its marker."""
        named = _text(sample.metadata, self.clause_field)
        if named is None:
            return None
        wanted = (named, f"{section.id}/{named}")
        for clause in section.clauses:
            if clause.id in wanted:
                return clause.id
        raise ConfigError(
            f"sample {sample.id[:80]!r} is about clause {named[:80]!r}, which section "
            f"{section.id!r} lacks",
            hint="name another field of the metadata with --clause-field, or none: --clause-field=",
        )


@dataclass(frozen=True, slots=True)
class Own:
    """A log of Charter's own task, which says itself what each sample is."""

    brief: Mapping[str, Any] | None

    def planned(self, run: str, sample: LoggedSample) -> ScenarioPlanned:
        """Read the scenario back. Raises ParseError where the log does not say it."""
        said = sample.metadata
        needed = ("section_id", "section_title", "family", "caption", "outcome")
        found = {key: _text(said, key) for key in needed}
        gone = next((key for key, value in found.items() if value is None), None)
        if gone is not None:
            raise ParseError(f"sample {sample.id[:80]!r} of Charter's own task has no {gone!r}")
        outcome = found["outcome"]
        if outcome not in set(Outcome):
            raise ParseError(f"sample {sample.id[:80]!r} expects an unknown outcome")
        return ScenarioPlanned(
            run=run,
            scenario=sample.id,
            section=found["section_id"] or "",
            section_title=found["section_title"] or "",
            authority=_text(said, "authority"),
            family=found["family"] or "",
            caption=found["caption"] or "",
            clause=_text(said, "clause_id"),
            clause_text=_text(said, "clause_text"),
            outcome=outcome or "",
            rubric=sample.target or None,
            messages=self._unbriefed(sample.messages),
            source=_text(said, "cluster") or sample.id,
            digest=_text(said, "scenario_digest") or "",
            basis=_text(said, "basis_digest") or "",
        )

    def _unbriefed(self, messages: tuple[MessageSaid, ...]) -> tuple[MessageSaid, ...]:
        """Take the rules away that went before the conversation, where it is sure that they did."""
        length = (self.brief or {}).get("characters")
        if not isinstance(length, int) or not messages or messages[0].role != "system":
            return messages
        first = messages[0].content
        if digest_of(first[:length]) != (self.brief or {}).get("digest"):
            return messages
        rest = first[length:].removeprefix("\n\n")
        kept = (MessageSaid("system", rest, None),) if rest else ()
        return (*kept, *messages[1:])


def _planned(  # noqa: PLR0913 - the parts of one record
    run: str,
    sample: LoggedSample,
    *,
    section: str,
    title: str,
    authority: str | None = None,
    clause: str | None = None,
    clause_text: str | None = None,
    basis: str = "",
) -> ScenarioPlanned:
    asked = [[said.role, said.content, said.tool] for said in sample.messages]
    return ScenarioPlanned(
        run=run,
        scenario=sample.id,
        section=section,
        section_title=title,
        authority=authority,
        family=FAMILY,
        caption=_caption(sample),
        clause=clause,
        clause_text=clause_text,
        outcome=Outcome.ANY.value,
        rubric=sample.target or None,
        messages=sample.messages,
        source=_text(sample.metadata, "cluster") or sample.id,
        digest=digest_of(canonical([sample.id, asked, sample.target])),
        basis=basis,
    )


def _caption(sample: LoggedSample) -> str:
    """Return a line that tells samples apart: a name they have, else the beginning of the task."""
    named = _text(sample.metadata, "caption") or _text(sample.metadata, "name")
    users = (said.content for said in sample.messages if said.role == "user")
    text = " ".join((named or next(users, "") or f"sample {sample.id}").split())
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def _text(metadata: Mapping[str, Any], key: str | None) -> str | None:
    found = metadata.get(key) if key else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)[:8000] or None


def _missing(sample: LoggedSample, key: str) -> ConfigError:
    known = ", ".join(sorted(name for name in sample.metadata if isinstance(name, str)))[:300]
    return ConfigError(
        f"sample {sample.id[:80]!r} has no text in its metadata under {key!r}",
        hint=f"its fields are {known}" if known else "it has no metadata at all",
    )
