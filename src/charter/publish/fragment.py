"""A section -> its HTML, made once for a version and then put into each page that shows it.

What differs from page to page is left open: addresses, the rank of the heading, and which
examples are unfolded. Control characters stand in those places; none can come from a text, in
which they are shown by their names (charter.syntax.visible), and ids between them are quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol
from urllib.parse import quote, unquote

from markupsafe import Markup, escape

from charter.publish.body import Piece, Prose, body
from charter.publish.edition import Edition, called
from charter.publish.elements import Words
from charter.publish.kept import Keep, key_of, nowhere
from charter.publish.prose import plain_words
from charter.publish.reading import read_document
from charter.publish.remarks import NOTHING, Feedback, Remarks
from charter.publish.site import Site
from charter.publish.standing import Standing, standing
from charter.publish.talk import Talk
from charter.spec.spec import Section, Spec
from charter.syntax.document import Document

SECTION, PERMANENT, RANK, FIRST, OTHER = "\x00", "\x01", "\x02", "\x03", "\x04"
_OPEN = re.compile("([\x00\x01])([^\x00\x01]*)[\x00\x01]")
MAX_RANK = 6


class Address(Protocol):
    """What knows where things are, as seen from a page."""

    def __call__(self, wanted: str, *, permanent: bool) -> str:
        """Return the address of a section or clause; where wanted, of its permanent page."""
        ...


class Layer(NamedTuple):
    """What one text says in a section."""

    name: str
    overlay: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A section as its template shows it."""

    section: Section
    standing: Standing | None
    layers: tuple[Layer, ...]
    grades: tuple[str, ...]
    raised: str | None
    """The overlay that set another authority than the base, if one did."""
    remarks: Remarks | None = None
    """Where it is commented on, and how often it was."""

    @property
    def permanent(self) -> str:
        """Stands for the address of its permanent page."""
        return f"{PERMANENT}{quote(self.section.id)}{PERMANENT}"


@dataclass(frozen=True, slots=True)
class Fragment:
    """The HTML of a section, with places left open."""

    id: str
    html: str

    def placed(self, address: Address, rank: int, unfold: str) -> Markup:
        """Return it for a page.

        `rank` is that of the heading; `unfold` is `all`, `first` or `none` of the examples.
        """
        made = _OPEN.sub(
            lambda at: str(escape(address(unquote(at[2]), permanent=at[1] == PERMANENT))),
            self.html,
        )
        made = made.replace(RANK, str(min(rank, MAX_RANK)))
        made = made.replace(FIRST, " open" if unfold != "none" else "")
        return Markup(made.replace(OTHER, " open" if unfold == "all" else ""))  # noqa: S704 - ours


def fragments(site: Site, edition: Edition, keep: Keep = nowhere) -> Mapping[str, Fragment]:
    """Return every section of a version, by id."""
    feedback = _feedback(site, edition)
    wanted = dict.fromkeys(each.id for part in edition.parts for each in part.sections)
    made = keep(
        ["sections", key_of(edition), repr(feedback)],
        lambda: _drawn(site, edition, feedback),
        wanted,
    )
    return {id_: Fragment(id_, html) for id_, html in made.items()}


def _feedback(site: Site, edition: Edition) -> Feedback:
    """Return how readers of a version comment: the form has the rules of the newest one."""
    if not site.feedback:
        return NOTHING
    left = _ids(site.newest.spec)
    gone = [each for each in _ids(edition.spec) if each not in left]
    return site.feedback.of(edition.texts[0].digest, gone)


def _ids(spec: Spec) -> dict[str, None]:
    ids: dict[str, None] = {}
    for section in spec.sections:
        ids[section.id] = None
        ids |= dict.fromkeys(clause.id for clause in section.clauses)
    return ids


def _drawn(site: Site, edition: Edition, feedback: Feedback) -> dict[str, str]:
    documents = [read_document(text.source) for text in edition.texts]
    template = site.templates.get_template("section.html.j2").module
    words = _words(edition.spec)
    made: dict[str, str] = {}
    for part in edition.parts:
        for section in part.sections:
            if section.id not in made:
                seen = view(edition, section, documents, words, feedback)
                made[section.id] = str(template.section(seen))  # type: ignore[attr-defined]
    return made


def view(
    edition: Edition,
    section: Section,
    documents: list[Document],
    words: Words,
    feedback: Feedback = NOTHING,
) -> View:
    """Return what a section shows: what each text says in it."""
    digest = edition.texts[0].digest
    each = feedback.each(section, digest, lambda text: plain_words(text, words))
    layers: list[Layer] = []
    for at, (text, document) in enumerate(zip(edition.texts, documents, strict=True)):
        found = text.index.get(section.id)
        if found is not None:
            own = body(document, _own(edition, found, at), words, lambda one: each.get(one.id))
            pieces = tuple(_in_force(edition, piece, at) for piece in own)
            if pieces or not layers:  # an overlay's bare heading is only where its own rules stand
                layers.append(Layer(called(text), at > 0, pieces))
    talks = [p for layer in layers for p in layer.pieces if isinstance(p, Talk)]
    grades = tuple(sorted({grade for each in talks for grade in each.grades}))
    setter = edition.origins.get(f"authority:{section.id}")
    raised = called(edition.texts[setter]) if setter else None
    linked = {
        wanted
        for layer in layers
        for piece in layer.pieces
        if isinstance(piece, Prose)
        for wanted in piece.clauses
    }
    remarks = feedback.on(section, digest, each, linked)
    rule = standing(edition.policy, section.id)
    return View(section, rule, tuple(layers), grades, raised, remarks)


def _own(edition: Edition, section: Section, layer: int) -> Section:
    """Return a section of one text with the clauses that are still in force as it wrote them."""
    if not edition.origins:
        return section
    own = [clause for clause in section.clauses if edition.origins.get(clause.id) == layer]
    return replace(section, clauses=tuple(own))


def _in_force(edition: Edition, piece: Piece, layer: int) -> Piece:
    """Take the id from an example that another layer replaced: one of an id is on a page."""
    if isinstance(piece, Talk) and edition.origins.get(piece.id, layer) != layer:
        return piece._replace(id="")
    return piece


def _words(spec: Spec) -> Words:
    """Return what a text knows of its own ids."""
    anchored = {clause.id for section in spec.index.values() for clause in section.clauses}
    anchored |= {each.id for section in spec.index.values() for each in section.examples}

    def title(wanted: str) -> str | None:
        found = spec.index.get(wanted)
        return None if found is None else found.title

    def link(wanted: str) -> str | None:
        section = wanted if wanted in spec.index else wanted.partition("/")[0]
        if section not in spec.index:
            return None
        there = wanted if wanted in anchored else section  # a rule that it has not
        return f"{SECTION}{quote(there)}{SECTION}"

    return Words(title, link)
