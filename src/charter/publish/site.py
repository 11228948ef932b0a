"""A whole site: its versions, where its pages stand, and how a template becomes a page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from charter.publish import address
from charter.publish.edition import Edition, slug_of, unique
from charter.publish.remarks import NOTHING, Feedback
from charter.syntax.visible import reveal, reveal_html

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


class Link(NamedTuple):
    """A page that the head of every page leads to."""

    page: str
    """Its address, as in `charter.publish.address`."""
    label: str


class Choice(NamedTuple):
    """A version that the reader of a page may turn to."""

    label: str
    page: str
    current: bool


@dataclass(frozen=True, slots=True)
class Site:
    """The versions of one spec, published together. There is at least one."""

    editions: tuple[Edition, ...]
    """Oldest to newest."""
    base_url: str | None = None
    """Where it will stand, with a slash at its end; None where that is not known."""
    heirs: Mapping[str, str] = field(default_factory=dict)
    """Where the text of a section or clause that is gone went: old id to new id."""
    links: tuple[Link, ...] = ()
    """Pages beside those of the spec's text, such as the changes and the figures."""
    searchable: bool = False
    feedback: Feedback = NOTHING
    """How readers comment on a rule."""
    slugs: Mapping[str, str] = field(init=False, repr=False)
    """Names of the permanent pages of sections, by id, over all versions."""
    templates: Environment = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = dict.fromkeys(s.id for each in self.editions for s in each.spec.sections)
        slugs = dict(zip(ids, unique([slug_of(each) for each in ids]), strict=True))
        object.__setattr__(self, "slugs", MappingProxyType(slugs))
        object.__setattr__(self, "templates", _environment())

    @property
    def newest(self) -> Edition:
        """The version that stands at the root."""
        return self.editions[-1]

    @property
    def title(self) -> str:
        """What the newest version calls itself."""
        return self.newest.title

    @property
    def compared(self) -> bool:
        """Whether it has pages that compare its versions."""
        return any(link.page == address.CHANGES for link in self.links)

    @property
    def language(self) -> str:
        """The language that front matter names (`language: he`), English without one."""
        said = str(self.newest.spec.metadata.get("language", ""))
        return said if _LANGUAGE.fullmatch(said) else "en"

    @property
    def right_to_left(self) -> bool:
        """Whether pages begin at the right."""
        return self.language.partition("-")[0].lower() in _RIGHT_TO_LEFT

    def section_page(self, section_id: str) -> str | None:
        """Return the permanent page of a section; None where no version has it."""
        slug = self.slugs.get(section_id)
        return None if slug is None else address.section(slug)

    def url(self, page: str) -> str | None:
        """Return a page's full address; None where the site's own is not known."""
        return None if self.base_url is None else self.base_url + address.to(address.HOME, page)

    def page(self, template: str, page: str, **values: Any) -> str:
        """Fill a template that extends `layout.html.j2`; `page` is the address it will have.

        `title` must be among the values. Others that the layout knows: `description`, `canonical`
        (a page), `about` (what schema.org calls it), `choices` (versions), `current` (the page that
        a link of the head leads to).
        Inside, `to(page, fragment)` gives an address as seen from here.
        """
        made = self.templates.get_template(template)
        return made.render(site=self, page=page, to=partial(address.to, page), **values)


def choices(site: Site, shown: Edition, pages: Sequence[str]) -> tuple[Choice, ...]:
    """Return the versions, newest first, with the page that matches the one shown."""
    found = zip(site.editions, pages, strict=True)
    return tuple(
        Choice(edition.label, page, edition is shown) for edition, page in reversed(list(found))
    )


def assets() -> dict[str, bytes]:
    """Return the files that every page needs, by their address."""
    folder = Path(__file__).parent / "static"
    return {f"assets/{file.name}": file.read_bytes() for file in sorted(folder.iterdir())}


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("charter.publish"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(shown=reveal_html, plain=reveal, anchor=address.anchor)
    made.globals.update(address=address)
    return made
