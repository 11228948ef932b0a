"""The option `--base` of verbs on proposals: what an overlay that is to change stands on."""

from __future__ import annotations

from collections.abc import Sequence

import click

from charter.errors import ConfigError
from charter.load import load_effective, stack_beside
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.terms import terms_of
from charter.spec.spec import Spec

base_option = click.option(
    "--base",
    "bases",
    multiple=True,
    metavar="PATH",
    help="Where SPEC is an overlay: what it stands on, if that is not beside it; repeatable, the "
    "base first.",
)


def beneath(spec: Spec, bases: Sequence[str]) -> Effective | None:
    """Return what an overlay stands on; None for a base.

    Raises ConfigError where that is not to be found, or is named for a base; SpecError for front
    matter that says no base in the right way, and what `layer` raises for those named.
    """
    if terms_of(spec).extends is None:
        if bases:
            raise ConfigError(f"{spec.name} is no overlay", hint="leave --base out")
        return None
    found = load_effective(bases[0], bases[1:]) if bases else stack_beside(spec)
    if found is None:
        raise ConfigError(
            f"{spec.source.path} is an overlay, and the text that it stands on is not here",
            hint="name it with --base",
        )
    return found
