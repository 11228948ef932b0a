"""What a public post-mortem does not say, and why it does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.govern.incidents.state import TIMES, WITHHELD, Incident
from charter.govern.incidents.vocabulary import TEXTS

WHOLE = ("title", "summary", "people", "links", "clocks", "cause", "postmortem")
"""Parts that are withheld by their own names."""
PERSONAL = "submitter_"
"""How fields begin that name a person: never public."""
_OF_CHANGE = ("cause", "postmortem")
_TELLING = ("time", "field", "submitted", "resolved")
MOST = 200


@dataclass(frozen=True, slots=True)
class Redaction:
    """One thing that is withheld."""

    what: str
    """A part, or `field:NAME`, `time:NAME`, `change:NUMBER`."""
    reason: str


def parse(text: str) -> Redaction:
    """Return a redaction written as WHAT=REASON. Raises ConfigError."""
    what, equals, reason = text.partition("=")
    if not equals or not reason.strip() or len(reason) > MOST or not reason.isprintable():
        raise ConfigError(
            f"not a redaction: {text[:80]!r}",
            hint=f"WHAT=REASON in one line of {MOST} characters: the reason is shown instead",
        )
    return Redaction(what.strip(), reason.strip())


class Hidden:
    """What is withheld of an incident: parts by name, and everything that rests on a record.

    Raises ConfigError for what there is not: a slip of the pen would show what was to be hidden.
    """

    def __init__(self, incident: Incident, redactions: Iterable[Redaction]) -> None:
        self._parts: dict[str, str] = {}
        self._records: dict[int, str] = {}
        self._incident = incident
        for each in redactions:
            self._add(incident, each)

    def _add(self, incident: Incident, redaction: Redaction) -> None:
        kind, colon, name = redaction.what.partition(":")
        numbers = _numbers(incident, kind, name) if colon else ()
        if redaction.what not in WHOLE and not numbers:
            raise ConfigError(
                f"nothing of this incident is {redaction.what[:80]!r}",
                hint=f"{', '.join(WHOLE)}, field:NAME, time:NAME or change:NUMBER",
            )
        if redaction.what in WHOLE:
            self._parts[redaction.what] = redaction.reason
        if redaction.what in _OF_CHANGE:
            numbers = tuple(e.number for e in incident.timeline if e.change == redaction.what)
        self._records.update(dict.fromkeys(numbers, redaction.reason))

    def part(self, name: str) -> str | None:
        """Return why a part is withheld; None where it is shown."""
        return self._parts.get(name)

    def record(self, number: int) -> str | None:
        """Return why a record, and all that rests on it, is withheld; None where it is shown."""
        return self._records.get(number)

    def clocks(self) -> str | None:
        """Return why the clocks are withheld: also where they would tell what is.

        They do where they rest on a time, an answer or a submission that is withheld.
        """
        if "clocks" in self._parts:
            return self._parts["clocks"]
        hidden = (e for e in self._incident.timeline if e.number in self._records)
        telling = (e.number for e in hidden if e.change in _TELLING and e.name not in TEXTS)
        return next((self._records[number] for number in telling), None)


def public(incident: Incident, redactions: Iterable[Redaction]) -> tuple[Redaction, ...]:
    """Return the redactions of a public text: those asked for, and those that need no asking.

    These are names of people, who submits, and fields that are withheld.
    """
    asked = {each.what: each for each in redactions}
    usual = [Redaction("people", "names of people")]
    usual += [  # what it was before it was withheld stands in the timeline
        Redaction(f"field:{name}", (field.reason or WITHHELD)[:MOST])
        for name, field in incident.fields.items()
        if field.state == WITHHELD
    ]
    usual += [
        Redaction(f"field:{name}", "personal data")
        for name in _named_fields(incident)
        if name.startswith(PERSONAL)
    ]
    return tuple({**{each.what: each for each in usual}, **asked}.values())


def _named_fields(incident: Incident) -> Mapping[str, None]:
    return dict.fromkeys(event.name for event in incident.timeline if event.change == "field")


def _numbers(incident: Incident, kind: str, name: str) -> tuple[int, ...]:
    """Return the records that say something about one thing."""
    if kind == "change":
        return tuple(e.number for e in incident.timeline if str(e.number) == name)
    if kind == "field":
        events = [e for e in incident.timeline if e.change == "field" and e.name == name]
    elif kind == "time" and name == "resolved_at":
        events = [e for e in incident.timeline if e.change == "resolved"]
    elif kind == "time" and name in TIMES:
        events = [e for e in incident.timeline if e.change == "time" and e.name == name]
    else:
        events = []
    return tuple(event.number for event in events)
