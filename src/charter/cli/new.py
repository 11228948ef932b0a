"""`charter new spec DIR`, `charter new overlay --base SPEC --level LEVEL DIR`."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

from charter.errors import ConfigError, StorageError
from charter.load import load, starter_folder
from charter.spec.spec import Spec

_NOT_ID = re.compile(r"[^a-z0-9]+")
_OVERLAY = """\
---
spec: {name}
version: "0.1.0"
title: {title}
extends:
  name: {base}
  version: {version}
  digest: {digest}
level: {level}
---

# Additions {{#{slug}_additions}}

This overlay speaks at the {level} level. Sections of its own, tighter rules in any section, and
changes of what the base leaves to that level are its to make; what stands above stays as it is.
Replace the section below.

## Name the product {{#{slug}_name authority={authority}}}

The assistant should call the product by its name when asked what it is[^name].
A user may ask it to leave the name out.

**Example**: user asks what they are talking to

~~~xml
<user>
What is this?
</user>
<comparison>
<assistant> <!-- BAD: leaves the user guessing -->
I am a program.
</assistant>
<assistant> <!-- GOOD: names the product and what it is -->
I am the assistant of Example Product, a language model.
</assistant>
</comparison>
~~~
"""


@click.group("new")
def command() -> None:
    """Start a spec or an overlay of your own."""


@command.command("spec")
@click.argument("folder", type=click.Path(path_type=Path))
def new_spec(folder: Path) -> None:
    """Copy the starter spec and its scenarios into FOLDER (CC0: yours to change)."""
    _refuse_filled(folder)
    try:
        shutil.copytree(
            starter_folder(),
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__", "*.py"),
        )
    except (OSError, shutil.Error) as cause:
        raise _unwritable(folder, cause) from cause
    spec = load(folder)
    scenarios = sum(len(group.scenarios) for group in spec.scenario_sets)
    click.echo(
        f"{folder}/spec.md: {len(spec.sections)} sections, and {scenarios} scenarios in scenarios/"
    )
    click.echo(f"Edit it, then: charter check {folder}; charter eval {folder} --model embedded")


@command.command("overlay")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--base", required=True, metavar="SPEC", help="The spec to build on.")
@click.option(
    "--level",
    type=click.Choice(["system", "developer", "user"]),
    default="developer",
    show_default=True,
    help="The authority the overlay speaks with.",
)
def new_overlay(folder: Path, base: str, level: str) -> None:
    """Write an overlay over a base spec, pinned to its digest, into FOLDER."""
    spec = load(base)
    if not spec.sections:
        raise ConfigError(f"{base} has no sections to build on", hint="name a spec")
    _refuse_filled(folder)
    target = folder / "overlay.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(overlay_text(spec, folder.name or "overlay", level), encoding="utf-8")
    except OSError as cause:
        raise _unwritable(folder, cause) from cause
    click.echo(f"{target}: extends {spec.name} {spec.version or ''} at level {level}")
    click.echo(f"Edit it, then: charter check {target}")


def overlay_text(base: Spec, name: str, level: str) -> str:
    """Return a small overlay that passes `charter check`."""
    return _OVERLAY.format(
        name=_quoted(name),
        title=_quoted(f"{name}: an overlay of {base.title}"),
        base=_quoted(base.name),
        version=_quoted(base.version) if base.version else "null",
        digest=_quoted(base.digest),
        level=level,
        slug=_slug(name, base),
        authority="guideline" if level == "user" else "user",
    )


def _slug(name: str, base: Spec) -> str:
    """Return what the ids of an overlay begin with, so that no section of the base has one."""
    wanted = _NOT_ID.sub("_", name.lower()).strip("_")[:40] or "our"
    number, found = 1, wanted
    while base.has_section(f"{found}_additions") or base.has_section(f"{found}_name"):
        number += 1
        found = f"{wanted}_{number}"
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else " " for c in escaped) + '"'


def _refuse_filled(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(f"{folder} is there already", hint="name a new or empty folder")


def _unwritable(folder: Path, cause: Exception) -> StorageError:
    reason = getattr(cause, "strerror", None) or cause
    return StorageError(f"{folder} cannot be written: {reason}", hint="choose another folder")
