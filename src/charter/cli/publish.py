"""`charter publish SPEC…`: a static site of a spec, all its versions together."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import click

from charter.cli.overlay_option import overlay_option
from charter.cli.publish_adherence import adherence_options, measured
from charter.cli.publish_feedback import feedback_of, feedback_options
from charter.cli.publish_voices import alone, voices_of, voices_options
from charter.cli.site_address import is_address
from charter.errors import ConfigError, PluginError
from charter.load import load, read_source
from charter.policy.compiled.compile import compile_policy
from charter.publish import address
from charter.publish.bounds import check_bounds
from charter.publish.build import draw
from charter.publish.edition import Edition, edition, unique
from charter.publish.files import Contents, Files, site_files
from charter.publish.history import history
from charter.publish.kept import on_disk
from charter.publish.maths import undrawn
from charter.publish.notes import Notes, read_notes
from charter.publish.pages import adherence, voices_search
from charter.publish.pages.voices import LINK as VOICES
from charter.publish.search import Record, indexing, records
from charter.publish.site import Link, Site
from charter.publish.write import Written, write_site
from charter.spec.overlays.layer import layer

MAX_VERSIONS = 50
COLLECT = (50_000, 20, 50)
"""A build makes much and drops it at its end: looking for cycles less often saves a tenth."""
_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
    r"(?:/(?:[A-Za-z0-9._~:@!$*+,;=/-]|%[0-9A-Fa-f]{2})*)?"
)
"""As it may stand in HTML, XML, JSON and Markdown: no signs of theirs, nobody's name, no query."""


@click.command("publish")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the site goes: a new or empty folder, or that of the last build.",
)
@overlay_option
@click.option("--base-url", metavar="URL", help="Where the site will stand, for canonical links.")
@click.option(
    "--notes",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="What the authors say about versions and changes, as YAML.",
)
@adherence_options
@feedback_options
@voices_options
@click.option("--no-search", is_flag=True, help="Leave full-text search out.")
def command(  # noqa: PLR0913 - one parameter for each option
    specs: tuple[str, ...],
    out: Path,
    overlays: tuple[str, ...],
    base_url: str | None,
    *,
    notes: Path | None,
    places: tuple[Path, ...],
    failures: bool,
    form: str | None,
    issue: str | None,
    comments: Path | None,
    heard: tuple[Path, ...],
    survey_form: str | None,
    shown_before: tuple[Path, ...],
    no_search: bool,
) -> None:
    """Write a site that needs no server and asks for nothing from anywhere.

    Several SPECs are versions of one document and are published together, the oldest first by
    version. Overlays are laid over the newest.
    """
    if len(specs) > MAX_VERSIONS:
        raise ConfigError(f"{len(specs)} versions are too many", hint=f"at most {MAX_VERSIONS}")
    click.get_current_context().call_on_close(partial(gc.set_threshold, *gc.get_threshold()))
    gc.set_threshold(*COLLECT)
    editions = _editions(specs, overlays)
    lives = history(editions)
    said = read_notes(read_source(notes), lives) if notes else Notes()
    kept = measured(places, editions, failures=failures)
    voices = voices_of(heard, survey_form, out, shown_before)
    links: tuple[Link, ...] = (Link(address.CHANGES, "Changes"),) if len(editions) > 1 else ()
    links += (adherence.LINK,) if kept is not None else ()
    links += (VOICES,) if heard else ()
    site = Site(editions, base_url=_base(base_url), heirs=lives.heirs, links=links)
    site = replace(site, feedback=feedback_of(form, issue, comments))
    contents = Contents(draw(site, on_disk), lives, said, kept, voices)
    written = _written(out, site, contents, search=not no_search)
    if said.complaint:
        click.echo(f"charter: {said.complaint}", err=True)
    if any(undrawn(text.source.text) for each in editions for text in each.texts):
        missing = "latex2mathml is not installed, so formulas stay text"
        click.echo(f"charter: {missing}: pip install 'charter[site]'", err=True)
    versions = f"{len(editions)} versions, " if len(editions) > 1 else ""
    click.echo(
        f"{out}: {versions}{written.files} files, {written.size / 1e6:.1f} MB; "
        f"{written.new} written, {written.removed} removed"
    )


def _written(out: Path, site: Site, contents: Contents, *, search: bool) -> Written:
    """Write a site, without search and with one line about it where there can be none."""
    failed: list[PluginError] = []
    check = alone(contents.voices, out)
    if search:
        searchable = replace(site, searchable=True)
        try:
            with indexing(_searched(site, contents), on_disk) as found:
                asked = partial(_or_none, found, failed)
                written = write_site(out, site_files(searchable, contents, on_disk, asked), check)
            if not failed:
                return written
        except PluginError as error:
            failed.append(error)
        click.echo(f"charter: {failed[0]}", err=True)
    return write_site(out, site_files(site, contents, on_disk), check)


def _searched(site: Site, contents: Contents) -> list[Record]:
    """Return what is searched: the newest text, and the pages of voices."""
    found = records(site, contents.made[site.newest.slug])
    if contents.voices is not None:
        found += voices_search.records(site, contents.voices)
    return found


def _or_none(found: Callable[[], Files], failed: list[PluginError]) -> Files:
    """Return the files of an index; where it failed none, so that the pages are written whole."""
    try:
        return found()
    except PluginError as error:
        failed.append(error)
        return ()


def _editions(specs: Sequence[str], overlays: Sequence[str]) -> tuple[Edition, ...]:
    if any(map(is_address, (*specs, *overlays))):
        raise ConfigError(
            "a spec to publish is a file or a folder, and no address",
            hint="fetch its Markdown first",
        )
    loaded = sorted(map(load, specs), key=lambda spec: _order(spec.version))
    if len({spec.digest for spec in loaded}) < len(loaded):
        raise ConfigError("two of the specs are the same text", hint="name each version once")
    made = []
    for spec in loaded:
        above = [load(each) for each in overlays] if spec is loaded[-1] else []
        laid = layer(spec, *above)
        layers = (spec, *above) if above else ()
        made.append(edition(laid.spec, compile_policy(laid), layers, laid.origins if above else {}))
    slugs = unique([each.slug for each in made])
    named = tuple(replace(each, slug=slug) for each, slug in zip(made, slugs, strict=True))
    check_bounds(named)
    return named


def _order(version: str | None) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts versions: numbers as numbers, what has no version first."""
    parts = (version or "").removeprefix("v").replace("-", ".").split(".")
    return tuple((1, int(p), "") if p.isdecimal() else (0, 0, p) for p in parts)


def _base(url: str | None) -> str | None:
    """Return an address with a slash at its end. Raises ConfigError where it is none."""
    if url is None:
        return None
    if not _ADDRESS.fullmatch(url) or not _port(url):
        raise ConfigError(
            f"--base-url {url!r} is no address", hint="such as https://example.org/spec/"
        )
    return url if url.endswith("/") else f"{url}/"


def _port(url: str) -> bool:
    """Whether an address has a host, and no port or one that there can be."""
    try:
        parts = urlsplit(url)
        return parts.port != 0 and bool(parts.hostname)
    except ValueError:
        return False
