"""The policy under the other alternatives of the one reading that is compiled in (R11)."""

from __future__ import annotations

from collections.abc import Mapping

from charter.errors import SpecError
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.policy.determinacy.evaluate import UNLABELLED
from charter.policy.policy import Policy
from charter.spec.overlays.effective import Effective
from charter.spec.reading import BY_NAME


def variants_of(policy: Policy, effective: Effective) -> Mapping[str, Policy]:
    """Return these policies by alternative.

    None where the reading cannot matter, or where a boundary would stand where nothing binds.
    """
    if UNLABELLED in moot(policy, effective):
        return {}
    found = {}
    for choice in BY_NAME[UNLABELLED].alternatives:
        if choice.name != policy.readings[UNLABELLED]:
            readings = {**policy.readings, UNLABELLED: choice.name}
            try:
                found[choice.name] = compile_policy(effective, readings=readings)
            except SpecError:
                return {}
    return found
