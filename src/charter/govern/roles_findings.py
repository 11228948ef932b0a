"""Roles beside the specs they are about -> findings: what nobody owns, and who may do too much."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from charter.govern.roles import APPROVER, ASSURANCE, AUTHORITY, DEPLOYER, EVERY, OWNER, Roles
from charter.source import Finding, Severity, Span
from charter.spec.gather import RENAMED
from charter.spec.spec import Section, Spec

UNOWNED = "section-without-owner"
FEW = "root-with-few-approvers"
ALONE = "owner-approves-alone"
UNKNOWN = "role-over-unknown-section"
WATCHES = "assurance-by-deployer"

RULES: Mapping[str, tuple[Severity, str]] = MappingProxyType(
    {
        UNOWNED: (Severity.ERROR, "Nobody owns a section of root or system authority."),
        FEW: (Severity.WARNING, "Fewer than two people can approve a change of a root section."),
        ALONE: (Severity.WARNING, "Who owns a section is the only person who approves it."),
        UNKNOWN: (Severity.ERROR, "A role is given over a section that no spec has."),
        WATCHES: (Severity.ERROR, "Who watches over an application also deploys it."),
    }
)
"""Severity and first sentence of each kind of finding; a system section without owner warns."""

_OWNED = {"root": Severity.ERROR, "system": Severity.WARNING}
_NAMED = 3


def role_findings(roles: Roles, spec: Spec, *, at: str) -> tuple[Finding, ...]:
    """Return what is wrong with roles over one spec, at an RFC 3339 time."""
    sections = [each for each in spec.sections if each.normative]
    return (
        *_unowned(roles, spec, sections, at),
        *_few(roles, spec, sections, at),
        *_alone(roles, spec, sections, at),
    )


def file_findings(roles: Roles, specs: Sequence[Spec], *, at: str) -> tuple[Finding, ...]:
    """Return what is wrong with a file of roles, whichever of the specs a line is about."""
    return (*_unknown(roles, specs), *_watching(roles, at))


def authority_of(section: Section) -> str | None:
    """Return the authority of a section, by the name it has now."""
    return RENAMED.get(section.authority or "", section.authority)


def _unowned(roles: Roles, spec: Spec, sections: Sequence[Section], at: str) -> Iterator[Finding]:
    for section in sections:
        severity = _OWNED.get(authority_of(section) or "")
        if severity is None or _holders(roles, OWNER, section, at):
            continue
        yield Finding(
            UNOWNED,
            severity,
            f"nobody owns section {section.id}, which has {authority_of(section)} authority",
            spec.source.locate(section.heading_span),
            f"name an owner in {roles.source.path}: of its id, or of "
            f"{AUTHORITY}{authority_of(section)}",
            section.id,
        )


def _few(roles: Roles, spec: Spec, sections: Sequence[Section], at: str) -> Iterator[Finding]:
    lacking: dict[frozenset[str], list[str]] = {}
    for section in sections:
        approvers = _holders(roles, APPROVER, section, at)
        if authority_of(section) == "root" and len(approvers) < 2:
            lacking.setdefault(approvers, []).append(section.id)
    for approvers, ids in lacking.items():
        who = f"only {min(approvers)} approves" if approvers else "nobody approves"
        yield _of_file(
            roles,
            FEW,
            f"{who} changes of {listed(ids)} of {spec.name}; root changes need two people",
            Span(0, 0),
            "name two approvers: three, where one of them may ask for the release",
        )


def _alone(roles: Roles, spec: Spec, sections: Sequence[Section], at: str) -> Iterator[Finding]:
    found: dict[str, list[str]] = {}
    for section in sections:
        approvers = _holders(roles, APPROVER, section, at)
        if len(approvers) == 1 and approvers <= _holders(roles, OWNER, section, at):
            found.setdefault(min(approvers), []).append(section.id)
    for person, ids in found.items():
        yield _of_file(
            roles,
            ALONE,
            f"{person} owns {listed(ids)} of {spec.name} and is the only person who approves it",
            roles.people[person].span,
            "name an approver who does not own it",
        )


def _unknown(roles: Roles, specs: Sequence[Spec]) -> Iterator[Finding]:
    known: set[str] = {EVERY}
    for spec in specs:
        known |= {section.id for section in spec.sections}
        known |= {f"{AUTHORITY}{authority_of(section)}" for section in spec.sections}
    for assignment in roles.assignments:
        for section, span in assignment.places.items():
            if section not in known:
                yield _of_file(
                    roles,
                    UNKNOWN,
                    f"{assignment.role} of {section}, but no such section is in "
                    f"{listed([spec.name for spec in specs])}",
                    span,
                    f"correct the id, or write {AUTHORITY}root, or '{EVERY}' for all",
                )


def _watching(roles: Roles, at: str) -> Iterator[Finding]:
    watching = [each for each in roles.assignments if each.role == ASSURANCE]
    deploying = [each for each in roles.assignments if each.role == DEPLOYER]
    told: set[str] = set()
    for one in watching:
        for other in deploying:
            if not _meet(one.applications, other.applications):
                continue
            for person in sorted((one.people & other.people) - told):
                if roles.people[person].active(at):
                    told.add(person)
                    yield _of_file(
                        roles,
                        WATCHES,
                        f"{person} has assurance over what {person} deploys",
                        one.span,
                        "give assurance to somebody who does not run what is watched "
                        "(EU GPAI code, commitment 8)",
                    )


def _meet(one: frozenset[str], other: frozenset[str]) -> bool:
    return EVERY in one or EVERY in other or not one.isdisjoint(other)


def _holders(roles: Roles, role: str, section: Section, at: str) -> frozenset[str]:
    return roles.holders(role, section=section.id, authority=authority_of(section), at=at)


def listed(names: Collection[str]) -> str:
    """Return a few names, and how many more there are."""
    shown = list(names)[:_NAMED]
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def _of_file(roles: Roles, rule: str, message: str, span: Span, hint: str) -> Finding:
    return Finding(rule, RULES[rule][0], message, roles.source.locate(span), hint)
