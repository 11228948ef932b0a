"""Policy <-> JSON, and the digest of a policy.

The JSON form is public and complete: a policy that is read back answers as the one that was
written, because conditions are compiled anew from their text. Its digest covers everything that
can change an answer; names and titles of documents cannot, so a text that lies elsewhere under
another name makes the same policy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from charter.policy.directive import Delegation, Directive
from charter.policy.policy import Policy, Rule
from charter.policy.scope import Scope
from charter.spec.ladder import Ladder, Level

FORMAT = "charter-policy/1"

_LABELS = ("name", "title", "digest")


def export_policy(policy: Policy) -> dict[str, Any]:
    """Return a policy in its JSON format."""
    return {
        "format": FORMAT,
        "name": policy.name,
        "title": policy.title,
        "digest": policy.digest,
        "layers": [layer._asdict() for layer in policy.layers],
        "ladder": export_ladder(policy.ladder),
        "readings": dict(policy.readings),
        "external": list(policy.external),
        "first_party": policy.first_party,
        "default_timer": policy.default_timer,
        "gates": dict(policy.gates),
        "rules": [_rule(rule) for rule in policy.rules],
        "boundaries": [
            {
                "id": boundary.id,
                "section": boundary.section,
                "on": boundary.on,
                "when": boundary.when,
                "effect": boundary.effect,
                "say": boundary.say,
                "layer": boundary.layer,
                "tools": None if boundary.tools is None else sorted(boundary.tools),
            }
            for boundary in policy.boundaries
        ],
        "directives": [export_directive(directive) for directive in policy.directives],
    }


def digest_of_policy(policy: Policy) -> str:
    """Return `sha256:` and the digest of the canonical JSON of what can change an answer."""
    return digest_of_export(export_policy(policy))


def digest_of_export(exported: Mapping[str, Any]) -> str:
    """Return the digest of a policy in its JSON format, whatever digest it states."""
    content = {key: value for key, value in exported.items() if key not in _LABELS}
    content["layers"] = [[layer["digest"], layer["level"]] for layer in exported["layers"]]
    content["directives"] = [
        {**directive, "origin": directive["origin"]["channel"]}
        for directive in exported["directives"]
    ]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def export_ladder(ladder: Ladder) -> list[dict[str, Any]]:
    """Return the levels, highest first."""
    return [_level(level) for level in ladder.levels]


def export_directive(directive: Directive) -> dict[str, Any]:
    """Return one directive."""
    return {
        "id": directive.id,
        "act": directive.act.value,
        "level": directive.level,
        "order": directive.order,
        "targets": list(directive.targets),
        "conflicts": list(directive.conflicts),
        "subject": directive.subject,
        "value": directive.value,
        "text": directive.text,
        "explicit": directive.explicit,
        "needs": list(directive.needs),
        "mistaken": directive.mistaken,
        "delegation": _delegation(directive.delegation),
        "scope": export_scope(directive.scope),
        "source": directive.source,
        "place": list(directive.place) if directive.place else None,
        "origin": directive.origin._asdict(),
        "relation": directive.relation.value,
        "risk": directive.risk.value,
    }


def _level(level: Level) -> dict[str, Any]:
    return {
        "level": level.name,
        "roles": list(level.roles),
        "yields": level.yields.value,
        "to": level.to,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "authority": rule.authority,
        "clauses": [list(clause) for clause in rule.clauses],
        "depth": rule.depth,
        "parents": list(rule.parents),
        "conditions": list(rule.conditions),
        "content": rule.content,
        "prohibits": rule.prohibits,
        "layer": rule.layer,
    }


def _delegation(delegation: Delegation | None) -> dict[str, Any] | None:
    if delegation is None:
        return None
    return {
        "to": list(delegation.to),
        "level": delegation.level,
        "only": list(delegation.only),
    }


def export_scope(scope: Scope | None) -> dict[str, Any] | None:
    """Return one scope of autonomy."""
    if scope is None:
        return None
    return {
        "allowed_tools": list(scope.allowed_tools),
        "latest_time": scope.latest_time,
        "max_cost": scope.max_cost,
        "tool_constraints": {
            tool: {argument: _plain(limit) for argument, limit in limits.items()}
            for tool, limits in scope.tool_constraints.items()
        },
        "additional_details": scope.additional_details,
        "issued_at": scope.issued_at,
        "level": scope.level,
        "id": scope.id,
        "revoked": scope.revoked,
        "unnamed": list(scope.unnamed),
    }


def _plain(limit: object) -> object:
    return dict(limit) if isinstance(limit, Mapping) else limit
