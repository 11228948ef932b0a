"""The scope of autonomy in force: what everybody who stated one, together, leaves.

Source: Model Spec 2025-12-18, `scope_of_autonomy`, `ignore_untrusted_data`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import inf

from charter.policy.directive import Directive
from charter.policy.scope import Scope, narrow, narrowest


def scope_in_force(
    own: Sequence[Directive],
    weak: Sequence[Directive],
    tools: tuple[str, ...],
    within: Scope | None,
) -> Scope | None:
    """Join scopes. `own` are in force by their own authority and `weak` narrow only.

    `weak` are lent words, and words that a person has to be asked about: they never make a scope
    where there is none, and agree to no costly act in advance. `tools` are those that the request
    offers, which bound every scope; `within` is the scope of the agent above.
    """
    stated, narrower = _joined(own), _joined(weak)
    offered = Scope(tools, max_cost=inf) if tools else None
    if stated is not None:
        found = narrowest(one for one in (offered, stated, narrower) if one is not None)
    elif offered is not None and narrower is not None:
        found = replace(narrow(offered, narrower), unnamed=offered.allowed_tools)
    else:
        found = None
    if found is None or within is None:
        return within if found is None else found
    return narrow(within, found)


def _joined(directives: Sequence[Directive]) -> Scope | None:
    """Join the scopes of directives, in the order of their ids."""
    scopes = sorted(
        ((one.id, one.scope) for one in directives if one.scope is not None),
        key=lambda pair: pair[0],
    )
    return narrowest(scope for _, scope in scopes)
