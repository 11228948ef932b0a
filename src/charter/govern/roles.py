"""Who answers for what: people, and the roles they have over sections and applications.

    format: charter-roles/1
    version: "2026-01"
    people:
      ada: {name: Ada Byron, email: ada@example.com}
      ben: {name: Ben Ray, until: "2026-12-31T00:00:00Z"}
    roles:
      - {role: owner, people: [ada], sections: ["authority:root", privacy]}
      - {role: approver, people: [ada, ben]}

Assignments add up: nobody loses a role because another line is more specific. What a line does
not name, it covers whole. A role is held over what is asked only where a line covers all of it:
who approves `privacy` does not approve the spec.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from charter.errors import ConfigError
from charter.govern.read_yaml import read_file, read_with_places
from charter.govern.roles_file import HINT, AssignmentEntry, PersonEntry, RolesFile
from charter.ledger.board import folded, seconds
from charter.policy.instant import instant
from charter.source import Source, Span

OWNER = "owner"
APPROVER = "approver"
ON_CALL = "on_call"
DEPLOYER = "deployer"
ASSURANCE = "assurance"
OVERRIDE = "override"
ROLES = (OWNER, APPROVER, ON_CALL, DEPLOYER, ASSURANCE, OVERRIDE)
"""Roles that Charter itself asks for; a file may have others."""

EVERY = "*"
AUTHORITY = "authority:"


@dataclass(frozen=True, slots=True)
class Person:
    """One person. Times are RFC 3339, with their offset; each is open where there is none."""

    id: str
    name: str
    email: str | None
    since: str | None
    until: str | None
    """The first moment at which nothing is held any more."""
    revoked_at: str | None
    """When all roles were taken away, ahead of `until`."""
    span: Span

    def active(self, at: str) -> bool:
        """Whether any role can be held at a time. Raises ValueError where it is none."""
        moment = instant(at)
        ends = [instant(each) for each in (self.until, self.revoked_at) if each is not None]
        begun = self.since is None or instant(self.since) <= moment
        return begun and all(moment < end for end in ends)


@dataclass(frozen=True, slots=True)
class Assignment:
    """One role, the ids of those who have it, and over what."""

    role: str
    people: frozenset[str]
    sections: frozenset[str]
    """Ids of sections, `authority:NAME`, or `*`."""
    applications: frozenset[str]
    """As the gateway's configuration names them, or `*`."""
    span: Span
    places: Mapping[str, Span] = field(default_factory=dict, repr=False, compare=False)
    """Where each of `sections` stands."""

    def covers(self, section: str | None, authority: str | None, application: str | None) -> bool:
        """Whether it reaches all that is asked; None asks for every one."""
        level = None if authority is None else f"{AUTHORITY}{authority}"
        return not self.sections.isdisjoint({EVERY, section, level} - {None}) and (
            not self.applications.isdisjoint({EVERY, application} - {None})
        )


@dataclass(frozen=True, slots=True)
class Roles:
    """A file of roles."""

    version: str
    people: Mapping[str, Person]
    """By id."""
    assignments: tuple[Assignment, ...]
    source: Source = field(repr=False)

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest of the file's text."""
        return self.source.digest

    def holders(
        self,
        role: str,
        *,
        section: str | None = None,
        authority: str | None = None,
        application: str | None = None,
        at: str,
    ) -> frozenset[str]:
        """Return the ids of people who hold a role over something at a time.

        Without a section and authority, over the whole spec; without an application, over all.
        Raises ValueError where `at` is no RFC 3339 time with an offset.
        """
        return frozenset(
            person
            for each in self.assignments
            if each.role == role and each.covers(section, authority, application)
            for person in each.people
            if self.people[person].active(at)
        )

    def anywhere(self, role: str, *, at: str) -> frozenset[str]:
        """Return the ids of people who hold a role over anything at a time."""
        named = (each.people for each in self.assignments if each.role == role)
        found = frozenset().union(*named)
        return frozenset(person for person in found if self.people[person].active(at))

    def may(  # noqa: PLR0913 - each narrows the question
        self,
        person: str,
        role: str,
        *,
        section: str | None = None,
        authority: str | None = None,
        application: str | None = None,
        at: str,
    ) -> bool:
        """Whether somebody holds a role over something at a time; the same questions as above.

        `person` is an id, or the name that somebody signs in with: compared by how it looks.
        """
        found = self.find(person)
        holders = self.holders(
            role, section=section, authority=authority, application=application, at=at
        )
        return found is not None and found.id in holders

    def find(self, name: str) -> Person | None:
        """Return the person that a name or an e-mail address is of; None where it is nobody's."""
        wanted = folded(name)
        for person in self.people.values():
            if wanted in (folded(person.id), folded(person.email or person.id)):
                return person
        return None


def load_roles(path: str | Path) -> Roles:
    """Read a file of roles. Raises ConfigError."""
    source = read_file(Path(path), hint=HINT)
    return read_roles(source.text, source.path)


def read_roles(text: str, place: str) -> Roles:
    """Read roles from a text; `place` is what errors call it.

    Raises ConfigError for what is no file of roles, and for what contradicts itself.
    """
    source = Source(place, text)
    found, spans = read_with_places(source, RolesFile, hint=HINT)
    reading = _Reading(source, spans)
    people = MappingProxyType(dict(reading.people(found)))
    assignments = tuple(
        reading.assignment(number, entry, people) for number, entry in enumerate(found.roles)
    )
    reading.refuse_twice(assignments)
    return Roles(found.version, people, assignments, source)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Turns entries into values, and says where they contradict each other."""

    source: Source
    spans: Mapping[str, Span]

    def people(self, file: RolesFile) -> Iterator[tuple[str, Person]]:
        """Yield each person. Raises ConfigError where two entries are one person."""
        taken: dict[str, str] = {}
        for name, entry in file.people.items():
            path = f"people.{name}"
            for what in filter(None, (name, entry.email)):
                other = taken.setdefault(folded(what), name)
                if other != name:
                    raise self.wrong(path, f"{name!r} and {other!r} are one person: {what}")
            yield name, self.person(name, path, entry)

    def person(self, name: str, path: str, entry: PersonEntry) -> Person:
        """Return one person."""
        if not name.isprintable() or not folded(name):
            raise self.wrong(path, "an id is of characters that can be seen")
        times = {"from": entry.since, "until": entry.until, "revoked_at": entry.revoked_at}
        moments = {
            key: self.moment(f"{path}.{key}", text)
            for key, text in times.items()
            if text is not None
        }
        if "from" in moments and moments.get("until", moments["from"] + 1) <= moments["from"]:
            raise self.wrong(
                f"{path}.until", f"until {entry.until} is not after from {entry.since}"
            )
        span = self.spans.get(path, Span(0, 0))
        return Person(
            name, entry.name, entry.email, entry.since, entry.until, entry.revoked_at, span
        )

    def moment(self, path: str, text: str) -> float:
        """Return a time in seconds."""
        found = seconds(text)
        if found is None:
            raise self.wrong(path, f"{text!r:.40} is no time such as 2026-12-31T00:00:00Z")
        return found

    def assignment(
        self, number: int, entry: AssignmentEntry, people: Mapping[str, Person]
    ) -> Assignment:
        """Return one assignment."""
        path = f"roles.{number}"
        for key in ("people", "sections", "applications"):
            named: list[str] = getattr(entry, key)
            for at, each in enumerate(named):
                if each in named[:at]:
                    raise self.wrong(f"{path}.{key}.{at}", f"{each!r:.80} is named twice")
        for at, each in enumerate(entry.people):
            if each not in people:
                raise self.wrong(f"{path}.people.{at}", f"no person here is called {each!r:.80}")
        places = {
            each: self.spans.get(f"{path}.sections.{at}", Span(0, 0))
            for at, each in enumerate(entry.sections)
        }
        return Assignment(
            entry.role,
            frozenset(entry.people),
            frozenset(entry.sections),
            frozenset(entry.applications),
            self.spans.get(path, Span(0, 0)),
            MappingProxyType(places),
        )

    def refuse_twice(self, assignments: tuple[Assignment, ...]) -> None:
        """Raise ConfigError where somebody is given one role twice over the same."""
        for at, one in enumerate(assignments):
            for other in assignments[:at]:
                if one.role != other.role or one.applications.isdisjoint(other.applications):
                    continue
                people, sections = one.people & other.people, one.sections & other.sections
                if people and sections:
                    what = f"{min(people)} is {one.role} of {min(sections)} already"
                    raise self.wrong(f"roles.{at}", what)

    def wrong(self, path: str, what: str) -> ConfigError:
        """Return the error of a value."""
        where = self.source.locate(self.spans.get(path, Span(0, 0)))
        return ConfigError(f"{path}: {what}", hint=HINT, place=where)
