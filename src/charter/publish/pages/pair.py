"""Two versions -> the page that compares them, and the same as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

from markupsafe import Markup

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.history import History
from charter.publish.kept import Keep, key_of, nowhere
from charter.publish.site import Site
from charter.spec.changes.change import Change, Effect
from charter.spec.changes.diff import Diff, diff
from charter.spec.changes.diff_export import export_diff
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.diff_view import MAX_ROWS, document_rows, groups, top_rows
from charter.spec.changes.stale import stale
from charter.spec.spec import AUTHORITIES

_FIGURES = (Effect.LESS, Effect.MORE, Effect.DIFFERENTLY)
_LINK = re.compile(r"\[([^\[\]\n]{1,200})\]\(#([^()\s]{1,200})\)")
_STRESSED = re.compile(r"(?<![\w*])(\*{1,3})([^\s*][^*\n]{0,200}?)\1(?![\w*])")
_CLASSES = {Effect.MORE: "more", Effect.LESS: "less", Effect.DIFFERENTLY: "other"}


@dataclass(frozen=True, slots=True)
class Pair:
    """Two versions, the older one first, and what changed between them."""

    old: Edition
    new: Edition
    diff: Diff

    @property
    def page(self) -> str:
        """The address of the page."""
        return address.pair(self.old.slug, self.new.slug)

    @property
    def data(self) -> str:
        """The address of the JSON."""
        return data(self.old.slug, self.new.slug)


def data(old: str, new: str) -> str:
    """Return the address of a comparison as JSON."""
    return address.pair(old, new).removesuffix(".html") + ".json"


def files(site: Site, history: History, keep: Keep = nowhere) -> Iterator[tuple[str, str]]:
    """Yield the page and the JSON of every pair of versions, by address."""
    for old, new in _couples(history):
        one, other = history.editions[old], history.editions[new]
        key = ["pair", key_of(one), key_of(other), list(site.slugs.items())]
        pieces = keep(key, partial(_pieces, site, history, old, new), ["lead", "body", "json"])
        yield address.pair(one.slug, other.slug), _page(site, one, other, pieces)
        yield data(one.slug, other.slug), pieces["json"]


def _couples(history: History) -> list[tuple[int, int]]:
    places = range(len(history.editions))
    return sorted(combinations(places, 2), key=lambda at: (-at[1], -at[0]))


def _pair(history: History, old: int, new: int) -> Pair:
    one, other = history.editions[old], history.editions[new]
    near = new - old == 1
    return Pair(one, other, history.diffs[old] if near else diff(one.spec, other.spec))


def _pieces(site: Site, history: History, old: int, new: int) -> dict[str, str]:
    """Return what a page of a pair holds that depends on nothing but the pair."""
    pair = _pair(history, old, new)
    return {"lead": sentences(pair.diff)[0], "body": _body(site, pair), "json": as_json(pair)}


def as_json(pair: Pair) -> str:
    """Return a comparison in the format of `charter diff --format json`, without paths of files."""
    rests = stale(pair.diff)
    items = tuple(replace(item, path=None) for item in rests.items)
    # ASCII, because specs may hold characters that a terminal or a decoder trips over
    return json.dumps(export_diff(pair.diff, replace(rests, items=items)), indent=0) + "\n"


def _page(site: Site, old: Edition, new: Edition, pieces: Mapping[str, str]) -> str:
    labels, own = told_apart(old, new), address.pair(old.slug, new.slug)
    return site.page(
        "pair.html.j2",
        own,
        title=f"What changed from {labels[0]} to {labels[1]}",
        description=pieces["lead"],
        body=Markup(pieces["body"]),  # noqa: S704 - drawn by our own template
        data=data(old.slug, new.slug),
        others=others(site),
        own=own,
    )


def _body(site: Site, pair: Pair) -> str:
    """Return what the page of a pair says of it, as HTML."""
    by_section = groups(pair.diff, pair.diff.changes)
    told = sentences(pair.diff)
    return site.templates.get_template("pair_body.html.j2").render(
        site=site,
        to=partial(address.to, pair.page),
        pair=pair,
        labels=told_apart(pair.old, pair.new),
        lead=told[0],
        sentences=told[1:],
        top=top_rows(pair.diff.changes),
        document=document_rows(pair.diff.changes),
        groups=by_section,
        links={group.section.id: group.anchor for group in by_section},
        effects=[(each, pair.diff.effects[each]) for each in _FIGURES],
        cut=max(0, len(pair.diff.changes) - MAX_ROWS),
        where=_places(pair),
        said=_said(pair),
        effect_class=lambda effect: _CLASSES.get(effect, "quiet"),
        authorities=AUTHORITIES,
    )


def _said(pair: Pair) -> Callable[[str], str]:
    """Return what makes a piece of a clause readable: its Markdown where that is whole in it.

    A link or stress that a change cuts stays as written, or the change would not be seen.
    """

    def title(at: re.Match[str]) -> str:
        if at[1] != "?":
            return at[1]
        index = (pair.new.spec.index, pair.old.spec.index)
        found = index[0].get(at[2]) or index[1].get(at[2])
        return (
            f"\N{LEFT DOUBLE QUOTATION MARK}{found.title}\N{RIGHT DOUBLE QUOTATION MARK}"
            if found
            else at[0]
        )

    return lambda text: _STRESSED.sub(r"\2", _LINK.sub(title, text))


def others(site: Site) -> list[tuple[str, str, str]]:
    """Return the labels of every pair of versions and the address of its page, newest first."""
    return [
        (*told_apart(one, other), address.pair(one.slug, other.slug))
        for other_at, other in reversed(list(enumerate(site.editions)))
        for one in reversed(site.editions[:other_at])
    ]


def told_apart(old: Edition, new: Edition) -> tuple[str, str]:
    """Return what people call two versions, with their digests where both are called the same."""
    if old.label != new.label:
        return old.label, new.label
    digests = (each.spec.digest.partition(":")[2][:8] for each in (old, new))
    one, other = (f"{old.label} ({digest})" for digest in digests)
    return one, other


def target(edition: Edition, section: str | None, id_: str | None) -> tuple[str, str] | None:
    """Return the page of a version and the fragment where a part of its text stands.

    What has no place of its own, such as a boundary, is shown with its section.
    """
    found = edition.spec.index.get(section or "")
    if found is None:
        return None
    own = {clause.id for clause in found.clauses} | {each.id for each in found.examples}
    fragment = id_ if id_ is not None and id_ in own else found.id
    return address.part(edition.part_of[found.id], edition.slug), fragment


def _places(pair: Pair) -> Callable[[Change], tuple[str | None, str | None]]:
    """Return what tells the addresses of the two sides of a change, as seen from its page."""

    def where(change: Change) -> tuple[str | None, str | None]:
        sides = (
            target(pair.old, change.old_section, change.old_id),
            target(pair.new, change.new_section, change.new_id),
        )
        one, other = (None if side is None else address.to(pair.page, *side) for side in sides)
        return one, other

    return where
