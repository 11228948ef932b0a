"""What a context is about: one thing that is said of the rules, or nothing at all."""

from __future__ import annotations

from charter.policy.determinacy.kinds import kinds_of
from charter.policy.determinacy.pasted import pasted
from charter.policy.determinacy.row import Group, Row
from charter.policy.determinacy.said import permissions, said
from charter.policy.determinacy.switched import switched
from charter.policy.determinacy.unlabelled import unlabelled
from charter.policy.policy import Policy

NAME = "matter"
MAX_KINDS = 80
"""Kinds of sections looked at; what is beyond is counted in the report."""


def matter(policy: Policy, other: Policy | None = None) -> Group:
    """Return the group. `other` is the policy in which text without authority binds, if any."""
    kinds = kinds_of(policy)
    rows = [Row(()), *said(policy, kinds[:MAX_KINDS]), *switched(policy), *pasted(policy)]
    if other is not None:
        rows += unlabelled(policy, other)
    left_out = max(0, len(kinds) - MAX_KINDS)
    return Group(NAME, tuple(rows), tuple(permissions(rows)), left_out)
