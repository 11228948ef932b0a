"""A site -> address and bytes of every file of it: text, comparisons, figures, data, search."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from markupsafe import Markup

from charter.publish import machine
from charter.publish.adherence import Adherence
from charter.publish.build import Made, pages
from charter.publish.history import History
from charter.publish.kept import Keep, nowhere
from charter.publish.lineage import lineage
from charter.publish.notes import Notes
from charter.publish.pages import adherence, changes, pair, voices, voices_history
from charter.publish.placing import Beside
from charter.publish.site import Site
from charter.publish.voices import Voices

Files = Sequence[tuple[str, bytes]]
"""Address and bytes of each."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the pages of a site hold."""

    made: Made
    history: History
    notes: Notes = field(default_factory=Notes)
    adherence: Adherence | None = None
    """None where there are no figures."""
    voices: Voices | None = None
    """None where nobody was asked anything."""


def site_files(
    site: Site, contents: Contents, keep: Keep = nowhere, found: Callable[[], Files] = tuple
) -> Iterator[tuple[str, bytes]]:
    """Yield every file, the map of them last; `found` gives those of the search, when asked."""
    names = []
    below, beside = _figures(site, contents)
    for name, content in chain(
        pages(site, contents.made, below, beside), _texts(site, contents, keep)
    ):
        names.append(name)
        yield name, content
    yield from found()
    mapped = machine.sitemap(site, names)
    if mapped is not None:
        yield machine.SITEMAP, mapped.encode()


def _figures(
    site: Site, contents: Contents
) -> tuple[Mapping[str, Sequence[Markup]], Beside | None]:
    """Return what stands below and beside the text: figures, voices, then what changed."""
    several = len(site.editions) > 1
    below = changes.annexes(site, contents.history, contents.notes) if several else {}
    if contents.voices is not None:
        below = _above(site, voices_history.annexes(site, contents.voices), below)
    if contents.adherence is None:
        return below, None
    line = lineage(contents.history.diffs)
    figures = _above(site, adherence.annexes(site, contents.adherence, line), below)
    return figures, partial(adherence.beside, site, contents.adherence, line)


def _above(
    site: Site, first: Mapping[str, Markup], below: Mapping[str, Sequence[Markup]]
) -> dict[str, tuple[Markup, ...]]:
    """Return what stands below each section, with one more thing before the others."""
    return {
        wanted: (*((first[wanted],) if wanted in first else ()), *below.get(wanted, ()))
        for wanted in site.slugs
    }


def _texts(site: Site, contents: Contents, keep: Keep) -> Iterator[tuple[str, bytes]]:
    texts = [machine.files(site, keep)]
    if len(site.editions) > 1:
        texts.append(pair.files(site, contents.history, keep))
        texts.append(changes.files(site, contents.history, contents.notes))
    if contents.adherence is not None:
        texts.append(adherence.files(site, contents.adherence))
    if contents.voices is not None:
        texts.append(voices.files(site, contents.voices))
    for name, text in chain.from_iterable(texts):
        yield name, text.encode("utf-8", "replace")
