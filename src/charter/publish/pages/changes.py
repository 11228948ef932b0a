"""History and an author's notes -> the changelog, and the history beside one section."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from charter.publish import address
from charter.publish.edition import Edition
from charter.publish.feed import feed
from charter.publish.history import Former, History, Life, Step, told
from charter.publish.notes import Notes
from charter.publish.pages.pair import data, others, target, told_apart
from charter.publish.prose import Words, rendered
from charter.publish.site import Site
from charter.spec.changes.diff_sentences import sentences
from charter.spec.changes.diff_view import Place
from charter.spec.spec import AUTHORITIES


@dataclass(frozen=True, slots=True)
class Remark:
    """An author's note on one thing that changed."""

    title: str
    target: tuple[str, str]
    """Page and fragment."""
    note: Markup


@dataclass(frozen=True, slots=True)
class Entry:
    """One version in the changelog."""

    anchor: str
    slug: str
    label: str
    note: Markup | None
    sentences: tuple[str, ...] = ()
    before: str = ""
    """The version it is compared with."""
    pair: str | None = None
    """Address of the comparison; None for the oldest version."""
    data: str = ""
    sections: tuple[Place, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """A section with its permanent page."""

    title: str
    page: str


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One version in the history of a section."""

    label: str
    sentences: tuple[str, ...]
    title: str = ""
    """As it was then, where that is another title than now."""
    authority: str = ""
    text: str | None = None
    """The page of that version that has it."""
    pair: str | None = None
    anchor: str = ""
    note: Markup | None = None

    @property
    def authority_class(self) -> str:
        """The end of the name of its class in HTML."""
        return self.authority if self.authority in AUTHORITIES else "other"


@dataclass(frozen=True, slots=True)
class FormerRow:
    """A link to an example that the section no longer has."""

    id: str
    caption: str
    label: str
    """The last version that has it."""
    was: str
    """The page where that version has it."""
    now: str | None
    """The page where the newest version has what became of it."""
    fragment: str


@dataclass(frozen=True, slots=True)
class SectionHistory:
    """What the fragment `history.html.j2` shows."""

    id: str
    came_from: tuple[Named, ...]
    rows: tuple[HistoryRow, ...]
    """Newest first."""
    examples: tuple[FormerRow, ...]


def files(site: Site, history: History, notes: Notes | None = None) -> Iterator[tuple[str, str]]:
    """Yield the changelog and the feed, by address; the feed only where a version has a date."""
    said = notes or Notes()
    made = feed(site, history, said)
    yield address.CHANGES, page(site, history, said, has_feed=made is not None)
    if made is not None:
        yield address.FEED, made


def page(site: Site, history: History, notes: Notes, *, has_feed: bool) -> str:
    """Return the changelog."""
    return site.page(
        "changes.html.j2",
        address.CHANGES,
        title="Changes",
        description=f"What changed between the versions of {site.title}",
        entries=list(entries(site, history, notes)),
        others=others(site),
        feed=has_feed,
    )


def entries(site: Site, history: History, notes: Notes) -> Iterator[Entry]:
    """Yield what is said of each version, newest first."""
    words = _words(site, address.CHANGES)
    for place in range(len(history.editions) - 1, -1, -1):
        new = history.editions[place]
        said = notes.of(new.slug)
        note = rendered(said.note, words) if said.note else None
        anchor = f"v-{new.slug}"
        if place == 0:
            yield Entry(anchor, new.slug, new.label, note)
            continue
        old, diff = history.editions[place - 1], history.diffs[place - 1]
        yield Entry(
            anchor,
            new.slug,
            new.label,
            note,
            sentences(diff),
            told_apart(old, new)[0],
            address.pair(old.slug, new.slug),
            data(old.slug, new.slug),
            tuple(history.places[place - 1].values()),
            tuple(
                Remark(_title(history, place, id_), _target(history, place, id_), note)
                for id_, text in said.changes.items()
                if (note := rendered(text, words))
            ),
        )


def annex(site: Site, history: History, section_id: str, notes: Notes | None = None) -> Markup:
    """Return the history of a section as HTML for its permanent page."""
    page = site.section_page(section_id) or address.HOME
    view = section_history(site, history, section_id, notes)
    module = site.templates.get_template("history.html.j2").module
    return Markup(module.history(view, partial(address.to, page)))  # type: ignore[attr-defined]  # noqa: S704 - escaped there


def annexes(
    site: Site, history: History, notes: Notes | None = None
) -> dict[str, tuple[Markup, ...]]:
    """Return what the permanent page of each section shows below its text, by its id."""
    return {id_: (annex(site, history, id_, notes),) for id_ in history.lives}


def section_history(
    site: Site, history: History, section_id: str, notes: Notes | None = None
) -> SectionHistory:
    """Return what became of a section, for its permanent page."""
    life = history.lives[section_id]
    words = _words(site, site.section_page(section_id) or address.HOME)
    return SectionHistory(
        section_id,
        came_from=tuple(_named(site, history, each) for each in life.came_from),
        rows=tuple(_rows(history, life, notes or Notes(), words))[::-1],
        examples=tuple(_former(site, history, each) for each in life.former if each.example),
    )


def _rows(history: History, life: Life, notes: Notes, words: Words) -> Iterator[HistoryRow]:
    """Yield the versions in which something happened, oldest first, and the first that has it."""
    steps = {step.place: step for step in life.steps}
    stands = {stand.place: stand for stand in life.stands}
    for place, edition in enumerate(history.editions):
        stand, step = stands.get(place), steps.get(place)
        first = stand is not None and place == life.stands[0].place
        if step is None and not first:
            continue
        shown = target(edition, life.id, None) if stand else None
        text = notes.of(edition.slug).changes.get(life.id)
        other = stand is not None and stand.section.title != life.last.section.title
        yield HistoryRow(
            edition.label,
            _said(history, life, step),
            title=stand.section.title if stand and other else "",
            authority=(stand.section.authority or "") if stand else "",
            text=shown[0] if shown else None,
            pair=_pair_page(history, place) if step else None,
            anchor=_anchor(history, place, life.id) if step else "",
            note=rendered(text, words) if text else None,
        )


def _said(history: History, life: Life, step: Step | None) -> tuple[str, ...]:
    if step is not None:
        return told(history, life, step)
    if life.stands[0].place == 0:
        return ("In the oldest version published here.",)
    return ("New in this version.",)


def _pair_page(history: History, place: int) -> str:
    return address.pair(history.editions[place - 1].slug, history.editions[place].slug)


def _anchor(history: History, place: int, section_id: str) -> str:
    """Return the place of a section on the page that compares a version with the one before."""
    diff, shown = history.diffs[place - 1], history.places[place - 1]
    here = section_id if section_id in diff.new.index else diff.ids.get(section_id, "")
    found = shown.get((True, here)) or shown.get((False, section_id))
    return found.anchor if found else ""


def _former(site: Site, history: History, former: Former) -> FormerRow:
    edition = history.editions[former.place]
    found = target(edition, former.section, former.id)
    now: str | None = None
    if former.now is not None:
        now = site.section_page(former.now.partition("/")[0])
    was = found[0] if found else address.home(edition.slug)
    section = edition.spec.index[former.section]
    caption = next(each.caption for each in section.examples if each.id == former.id)
    return FormerRow(former.id, caption, edition.label, was, now, former.now or "")


def _named(site: Site, history: History, section_id: str) -> Named:
    life = history.lives[section_id]
    return Named(life.last.section.title, site.section_page(section_id) or address.HOME)


def _section_of(edition: Edition, id_: str) -> str | None:
    section = id_.partition("/")[0]
    return section if section in edition.spec.index else None


def _title(history: History, place: int, id_: str) -> str:
    """Return what an id that changed is called: the title of its section, and itself."""
    for edition in (history.editions[place], history.editions[place - 1]):
        section = _section_of(edition, id_)
        if section is not None:
            title = edition.spec.index[section].title
            return title if section == id_ else f"{title} ({id_})"
    return id_


def _target(history: History, place: int, id_: str) -> tuple[str, str]:
    """Return where an id that changed is shown: on the page that compares the versions."""
    section = _section_of(history.editions[place], id_)
    section = section or _section_of(history.editions[place - 1], id_)
    anchor = _anchor(history, place, section) if section else ""
    return _pair_page(history, place), anchor


def _words(site: Site, page: str) -> Words:
    """Return what notes may refer to: sections by id, which lead to their permanent pages."""
    titles = {section.id: section.title for each in site.editions for section in each.spec.sections}
    return Words(titles.get, partial(_link, site, page))


def _link(site: Site, page: str, id_: str) -> str | None:
    found = site.section_page(id_)
    return None if found is None else address.to(page, found)
