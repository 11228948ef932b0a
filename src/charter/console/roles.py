"""Who may do what: five roles, and the rights each has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What an account is there for. One account may have several."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    LEAD = "lead"


class Right(StrEnum):
    """What a page or an action needs."""

    METADATA = "metadata"
    """See decisions, approvals, stops and services, without a word that anybody said."""
    CONTENT = "content"
    """Read conversations and answers of decisions."""
    REVIEW = "review"
    """Judge answers, and moderate comments of the public."""
    FIGURES = "figures"
    """See reviews and agreement, and take labels out."""
    ASSIGN = "assign"
    """Say who judges what of the queue, and when."""
    APPROVE = "approve"
    """Vote on held actions, and so read what is held."""
    STOP = "stop"
    """Stop and resume."""
    REPORT = "report"
    """Open an incident."""
    INCIDENTS = "incidents"
    """Say what is known of incidents, and resolve and close them."""
    RELEASES = "releases"
    """Vote on releases, as far as the file of roles lets the person."""
    SURVEYS = "surveys"
    """Close surveys, and open them again."""


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Right.METADATA}),
        Role.REVIEWER: frozenset(
            {Right.METADATA, Right.CONTENT, Right.REVIEW, Right.FIGURES, Right.REPORT}
        ),
        Role.OPERATOR: frozenset(
            {Right.METADATA, Right.APPROVE, Right.STOP, Right.REPORT, Right.INCIDENTS}
            | {Right.RELEASES, Right.SURVEYS}
        ),
        Role.AUDITOR: frozenset({Right.METADATA, Right.CONTENT, Right.FIGURES}),
        Role.LEAD: frozenset(
            {Right.METADATA, Right.FIGURES, Right.ASSIGN, Right.REPORT, Right.INCIDENTS}
            | {Right.RELEASES, Right.SURVEYS}
        ),
    }
)
"""Leads order the queue and read nothing in it; operators read what is held and no other
conversation; auditors read all and change nothing."""


def rights_of(roles: Iterable[Role]) -> frozenset[Right]:
    """Return the rights of all roles together."""
    return frozenset().union(*(RIGHTS[role] for role in roles))
