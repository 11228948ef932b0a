"""Readings that cannot matter: nothing in the policy hangs on them.

A reading is moot where no section's fate and no decision can depend on it, whatever the
conversation. What is not listed may matter; that is not to say that it often does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from charter.policy.floor import floors
from charter.policy.policy import Policy
from charter.spec.ladder import Yields
from charter.spec.overlays.content import ancestors
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Spec

_PAIR = 2
"""Sections it takes for a conflict between two of one level."""


def moot(policy: Policy, spec: Effective | Spec | None = None) -> Mapping[str, str]:
    """Return the readings that are moot for a policy, with the reason, by name.

    `spec` is what the policy was compiled from: only there it can be seen that no text without
    authority instructs and no grade cites such a section. Without it, `unlabelled_text` and
    `grade_target` are not listed.
    """
    found = dict(_by_rules(policy)) | dict(_by_powers(policy))
    if spec is not None:
        found |= dict(_by_text(spec.spec if isinstance(spec, Effective) else spec))
    return MappingProxyType(dict(sorted(found.items())))


def _by_rules(policy: Policy) -> Iterator[tuple[str, str]]:
    levels = Counter(rule.authority for rule in policy.rules)
    yields = {level.name: level.yields for level in policy.ladder.levels}
    pairs = [yields[name] for name, count in levels.items() if count >= _PAIR]
    if not policy.conditional:
        yield "setting_authority", "no section depends on a setting"
    if Yields.NEVER not in pairs:
        yield "root_conflict", "no two sections have the same level and yield to nobody"
    if all(each is Yields.NEVER for each in pairs):
        yield "equal_sections", "no two sections that yield have the same level"
    if all(yields[name] is not Yields.IMPLICIT for name in levels):
        yield "cue_source", "no section yields to context"
    if not policy.boundaries:
        yield "bounds_before_provenance", "there is no boundary"
    if not policy.external:
        yield "hidden_policies", "no unpublished policy is named"


def _by_powers(policy: Policy) -> Iterator[tuple[str, str]]:
    """Compare what users may set aside under both alternatives of a reading."""
    ladder, levels = policy.ladder, {rule.authority for rule in policy.rules}
    steering = not policy.first_party or policy.readings["first_party"] == "steering_allowed"

    def needed(*, as_developer: bool, steering: bool) -> list[float]:
        table = floors(ladder, as_developer=as_developer, steering=steering)
        return [table[explicit][name] for explicit in (True, False) for name in sorted(levels)]

    if any(layer.level == "developer" for layer in policy.layers):
        yield "both_roles", "an overlay speaks as the developer"
    elif needed(as_developer=True, steering=steering) == needed(
        as_developer=False, steering=steering
    ):
        yield "both_roles", "no section yields to developers and not to users"
    if not policy.first_party:
        yield "first_party", "it is not the operator's own product"
    elif all(
        needed(as_developer=acting, steering=True) == needed(as_developer=acting, steering=False)
        for acting in (True, False)
    ):
        yield "first_party", "users may set aside nothing but guidelines anyway"


def _by_text(spec: Spec) -> Iterator[tuple[str, str]]:
    above = {
        parent
        for section in spec.sections
        if section.authority is not None
        for parent in ancestors(section, spec.index)
    }
    silent = {section.id for section in spec.sections if section.authority is None}
    if not any(spec.index[section].clauses for section in above & silent):
        yield "unlabelled_text", "no section without authority instructs above one that binds"
    cited = {response.cites for example in spec.examples for response in example.responses}
    if cited.isdisjoint(silent):
        yield "grade_target", "no grade cites a section without authority"
