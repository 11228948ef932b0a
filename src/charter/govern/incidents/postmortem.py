"""An incident -> Markdown for those who learn from it, or for the public with parts withheld."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from charter.govern.incidents.clocks import NOT_APPLICABLE, Clock
from charter.govern.incidents.closing import Proof
from charter.govern.incidents.escape import escaped, neutral, paragraphs
from charter.govern.incidents.redaction import Hidden, Redaction, public
from charter.govern.incidents.severity import SEVERITIES
from charter.govern.incidents.state import TIMES, VALUE, Event, Incident
from charter.govern.instants import instant, shown


@dataclass(frozen=True, slots=True)
class Parts:
    """What a rendering is made of."""

    incident: Incident
    clocks: tuple[Clock, ...]
    proofs: tuple[Proof, ...]
    as_of: datetime
    zone: tzinfo | None = None
    """Of the times that are shown; UTC where None."""


def render(parts: Parts, *, for_public: bool = False, redactions: Iterable[Redaction] = ()) -> str:
    """Return the post-mortem as Markdown.

    For the public, names of people and of who submits are withheld too. What is withheld is shown
    as withheld, with its reason. Raises ConfigError for a redaction of what there is not.
    """
    incident = parts.incident
    wanted = public(incident, redactions) if for_public else tuple(redactions)
    return _Rendering(parts, Hidden(incident, wanted)).text()


class _Rendering:
    """One rendering: everything it shows has been asked for of what is hidden."""

    def __init__(self, parts: Parts, hidden: Hidden) -> None:
        self._parts, self._incident, self._hidden = parts, parts.incident, hidden

    def text(self) -> str:
        """Return the whole text."""
        lines = [
            *self._head(),
            *self._section("What is known", self._fields()),
            *self._section("Times", self._times()),
            *self._section("Timeline", self._timeline()),
            *self._section("Reports that are owed", self._clocks()),
            *self._section("What it has to do with", self._links()),
            *self._section("What was done", self._containment()),
            *self._section("Cause", self._cause()),
            *self._section("What shows that it is fixed", self._proofs()),
            *self._section("What does not fit together", map(_item, self._oddities())),
            *self._section("Post-mortem", self._postmortem()),
        ]
        return "\n".join(lines).rstrip() + "\n"

    def _section(self, title: str, body: Iterable[str]) -> Iterator[str]:
        lines = list(body)
        if lines:
            yield from (f"## {title}", "", *lines, "")

    def _head(self) -> Iterator[str]:
        incident = self._incident
        title, summary = (
            self._part("title", incident.title),
            self._part("summary", incident.summary),
        )
        if self._hidden.record(0):
            title = summary = _withheld(self._hidden.record(0) or "")
        yield from (f"# {title or 'Incident'}", "")
        if incident.drill:
            yield from ("**DRILL: an exercise. It did not happen.**", "")
        meaning = SEVERITIES.get(incident.severity, "")
        yield from (
            f"- Incident {escaped(incident.id)}: {incident.status}",
            f"- As of record {incident.number}, {self._at(self._parts.as_of)}",
            f"- Severity: {escaped(incident.severity)}{f' ({meaning})' if meaning else ''}",
            f"- Opened {self._said(incident.opened_at)} by {self._by(incident.opened_by)}",
            "",
        )
        if summary:
            yield from (summary, "")

    def _fields(self) -> Iterator[str]:
        for name, field in sorted(self._incident.fields.items()):
            reason = self._hidden.record(field.number)
            if reason is not None:
                said = _withheld(reason)
            elif field.state == VALUE:
                said = escaped(field.value)
            else:
                said = escaped(f"{field.state}: {field.reason}" if field.reason else field.state)
            yield f"- {escaped(name)}: {said}"

    def _times(self) -> Iterator[str]:
        for name in TIMES:
            moment = self._incident.times.get(name)
            if moment is None:
                continue
            reason = self._hidden.record(moment.number)
            if reason is not None:
                yield f"- {name.replace('_', ' ')}: {_withheld(reason)}"
            else:
                why = f" ({escaped(moment.evidence)})" if moment.evidence else ""
                yield f"- {name.replace('_', ' ')}: {self._at(moment.at)}{why}"

    def _timeline(self) -> Iterator[str]:
        for event in self._incident.timeline:
            head = f"- {event.number}. {self._said(event.at)}, {self._by(event.by)}: "
            reason = self._hidden.record(event.number)
            yield head + (_withheld(reason) if reason is not None else self._event(event))

    def _event(self, event: Event) -> str:
        if event.number == 0:
            return f"opened ({escaped(event.name)})"
        if event.change == "postmortem":
            return "post-mortem written"
        words = (event.change, event.name, event.state, event.value)
        said = " ".join(escaped(word) for word in words if word)
        told = event.reason if event.change != "closed" or self._hidden.clocks() is None else ""
        return f"{said}: {escaped(told)}" if told else said

    def _clocks(self) -> Iterator[str]:
        reason = self._hidden.clocks()
        if reason is not None:
            yield _withheld(reason)
            return
        for clock in self._parts.clocks:
            if clock.state != NOT_APPLICABLE:
                yield f"- {self._clock(clock)}"

    def _clock(self, clock: Clock) -> str:
        name = f"{clock.regime} {clock.stage}"
        due = f", due {self._at(clock.due_at)}" if clock.due_at else ""
        met = f", submitted {self._at(clock.met_at)}" if clock.met_at else ""
        maybe = f"; undecided: {', '.join(clock.undecided)}" if clock.undecided else ""
        return f"{name}: {clock.state}{due}{met} ({escaped(clock.why)}{maybe})"

    def _links(self) -> Iterator[str]:
        reason = self._hidden.part("links")
        if reason is not None:
            yield _withheld(reason)
            return
        events = [e for e in self._incident.timeline if self._hidden.record(e.number) is None]
        for link in dict.fromkeys(link for event in events for link in event.links):
            yield f"- {escaped(link.kind)} {escaped(link.id)}"

    def _containment(self) -> Iterator[str]:
        for each in self._incident.containment:
            reason = self._hidden.record(each.number)
            said = f"{escaped(each.how)} {escaped(each.what)}: {escaped(each.reason)}"
            yield f"- {self._said(each.at)}: {_withheld(reason) if reason is not None else said}"

    def _cause(self) -> Iterator[str]:
        if self._incident.cause:
            reason = self._hidden.record(self._incident.cause_number)
            text = paragraphs(self._incident.cause)
            yield _withheld(reason) if reason is not None else text

    def _proofs(self) -> Iterator[str]:
        for proof in self._parts.proofs:
            reason = self._hidden.record(proof.regression.number)
            yield f"- {_withheld(reason) if reason is not None else escaped(proof.said)}"

    def _oddities(self) -> Iterator[str]:
        for each in self._incident.oddities:
            words = each.split(":", 1)[0].split()
            number = int(words[1]) if len(words) == 2 and words[1].isdecimal() else None
            hidden = None if number is None else self._hidden.record(number)
            yield each if hidden is None else f"{' '.join(words)}: withheld"

    def _postmortem(self) -> Iterator[str]:
        found = self._incident.postmortem
        if found is None:
            return
        reason = self._hidden.record(found.number)
        if reason is not None:
            yield _withheld(reason)
            return
        reviewers = [self._by(name) for name in self._incident.reviewers]
        review = f"accepted by {', '.join(reviewers)}" if reviewers else "not reviewed yet"
        yield f"Written by {self._by(found.by)} {self._said(found.at)}; {review}."
        yield ""
        yield neutral(found.text)

    def _part(self, name: str, text: str) -> str:
        reason = self._hidden.part(name)
        if reason is not None:
            return _withheld(reason)
        return escaped(text) if name == "title" else paragraphs(text)

    def _by(self, name: str) -> str:
        return "(name withheld)" if self._hidden.part("people") is not None else escaped(name)

    def _said(self, at: str) -> str:
        found = instant(at)
        return escaped(at) if found is None else self._at(found)

    def _at(self, moment: datetime) -> str:
        return shown(moment, self._parts.zone)


def _withheld(reason: str) -> str:
    return f"*withheld: {escaped(reason)}*"


def _item(text: str) -> str:
    return f"- {escaped(text)}"
