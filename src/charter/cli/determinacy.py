"""`charter check --determinacy`: does a spec decide, however it is read?"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import click

from charter.errors import ConfigError, SpecError
from charter.load import load
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.policy.determinacy.determine import Determinacy, determine
from charter.policy.policy import Policy
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.reading import BY_NAME

_UNLABELLED = "unlabelled_text"


class Asked(NamedTuple):
    """What the options ask for."""

    overlays: tuple[str, ...]
    bases: tuple[str, ...]
    reader: str | None
    limit: int


def determinacy(path: str, asked: Asked) -> Determinacy:
    """Look at a spec, with its overlays. Raises ConfigError, and as `layer` and `compile` do."""
    effective = _effective(path, asked)
    policy = compile_policy(effective)
    return determine(
        policy,
        moot(policy, effective),
        _variants(policy, effective),
        limit=asked.limit,
        progress=_progress if sys.stderr is not None and sys.stderr.isatty() else None,
    )


def _effective(path: str, asked: Asked) -> Effective:
    spec = load(path, reader=asked.reader)
    above = [load(overlay) for overlay in asked.overlays]
    if "extends" not in spec.metadata:
        return layer(spec, *above)
    if not asked.bases:
        raise ConfigError(
            f"{path} is an overlay: what it decides hangs on what it stands on",
            hint="charter check BASE --determinacy --overlay FILE, or name it with --base",
        )
    base, *between = [load(each) for each in asked.bases]
    return layer(base, *between, spec, *above)


def _variants(policy: Policy, effective: Effective) -> Mapping[str, Policy]:
    """Return the policy under the other alternatives of the reading that is compiled in."""
    found = {}
    for choice in BY_NAME[_UNLABELLED].alternatives:
        if choice.name != policy.readings[_UNLABELLED]:
            with suppress(SpecError):  # a boundary may stand where nothing binds then
                found[choice.name] = compile_policy(
                    effective, readings={**policy.readings, _UNLABELLED: choice.name}
                )
    whole = len(found) == len(BY_NAME[_UNLABELLED].alternatives) - 1
    return found if whole and _UNLABELLED not in moot(policy, effective) else {}


def _progress(done: int, whole: int) -> None:
    """Say how far it is, on a line that is written over."""
    last = done + 1 >= whole
    with suppress(OSError):
        text = "" if last else f"determinacy: {done} of {whole} events"
        click.echo(f"\r{text:<40}" + ("\r" if last else ""), err=True, nl=False)


def below(found: Sequence[Determinacy], least: float | None) -> bool:
    """Whether fewer contexts have one outcome than are asked for."""
    return least is not None and any(one.share < least for one in found)
