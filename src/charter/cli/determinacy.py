"""`charter check --determinacy`: whether a spec decides, however it is read."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import click

from charter.cli.determinacy_screen import print_determinacy
from charter.cli.screen import console, write_json
from charter.errors import ConfigError
from charter.lint.check import Report
from charter.lint.text import print_report
from charter.load import load, load_effective, stack_beside
from charter.policy.compiled.compile import compile_policy
from charter.policy.compiled.moot import moot
from charter.policy.determinacy.determine import Determinacy, determine
from charter.policy.determinacy.variant import variants_of
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer

Paths = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str | None]
"""Specs, what they stand on, what is laid over them, and the reader."""


def determined(
    reports: Sequence[Report],
    paths: Paths,
    wanted: Mapping[str, Any],
    *,
    form: str,
    info: bool,
) -> bool:
    """Look at specs and write that with their reports. True where --determinacy-min is not met."""
    screen = console()
    if form == "text":
        for report in reports:
            print_report(report, screen, info=info)
    found = [determinacy(path, paths, wanted["determinacy_limit"]) for path in paths[0]]
    if form == "json":
        from charter.cli.determinacy_json import determinacy_json  # noqa: PLC0415 - pydantic is slow

        write_json(determinacy_json(found, reports))
    elif form == "html":
        from charter.cli.determinacy_page import page  # noqa: PLC0415 - needed for this alone

        click.echo(page(found))
    else:
        for one in found:
            print_determinacy(one, screen)
    least = wanted["determinacy_min"]
    return least is not None and any(one.share < least for one in found)


def determinacy(path: str, paths: Paths, limit: int) -> Determinacy:
    """Look at a spec, with its overlays. Raises ConfigError, and as `layer` and `compile` do."""
    effective = _effective(path, paths)
    policy = compile_policy(effective)
    return determine(
        policy,
        moot(policy, effective),
        variants_of(policy, effective),
        limit=limit,
        progress=_progress if sys.stderr is not None and sys.stderr.isatty() else None,
    )


def _effective(path: str, paths: Paths) -> Effective:
    _, bases, overlays, reader = paths
    spec = load(path, reader=reader)
    above = [load(overlay) for overlay in overlays]
    if "extends" not in spec.metadata:
        return layer(spec, *above)
    ground = load_effective(bases[0], bases[1:]) if bases else stack_beside(spec)
    if ground is None:
        raise ConfigError(
            f"{path} is an overlay: what it decides hangs on what it stands on, which is not here",
            hint="name it with --base",
        )
    return layer(ground, spec, *above)


def _progress(done: int, whole: int) -> None:
    """Say how far it is, on a line that is written over."""
    last = done + 1 >= whole
    with suppress(OSError):
        text = "" if last else f"determinacy: {done} of {whole} events"
        click.echo(f"\r{text:<40}" + ("\r" if last else ""), err=True, nl=False)
