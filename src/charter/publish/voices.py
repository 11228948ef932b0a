"""What people said, were asked and decided, as a site shows it, and where each page of it stands.

Only figures that `evolve/results` made are shown: nothing about few people is in them. What could
be worked out from several of them, or from those shown before, is looked for in `voices_before`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from charter.evolve.proposals.fold import ProposalState
from charter.evolve.results.results import Results
from charter.evolve.results.two_specs import SpecsCompared
from charter.evolve.surveys.opening import Opening
from charter.publish.edition import slug_of, unique

FOLDER = "voices"
INDEX = f"{FOLDER}/index.html"
CONSULTATION = f"{FOLDER}/consultation.html"
DECISIONS = f"{FOLDER}/decisions.html"
COMPARED = f"{FOLDER}/compared.html"
SPECS = f"{FOLDER}/specs.html"
SCHEMA = "schema/survey-results.json"
EARLIER = f"{FOLDER}/earlier/"
_TAKEN = ("index", "consultation", "decisions", "compared", "earlier", "specs")


@dataclass(frozen=True, slots=True)
class Voices:
    """All that a site says of people's voices."""

    results: tuple[Results, ...] = ()
    """Each survey, or source from elsewhere, once."""
    surveys: tuple[Opening, ...] = ()
    """Those that take answers."""
    proposals: tuple[ProposalState, ...] = ()
    form: str = ""
    """Where surveys are served, without a slash at its end; empty where that is not known."""
    earlier: Mapping[str, bytes] = field(default_factory=dict)
    """Editions of results that stay on the site, by address."""
    specs: tuple[SpecsCompared, ...] = ()
    """People of one survey beside two specs."""
    ledger: bool = False
    """Whether surveys and proposals were looked for."""
    slugs: tuple[str, ...] = field(init=False)
    """Names of the pages of results, in their order."""

    def __post_init__(self) -> None:
        names = [slug_of(name_of(each)) for each in self.results]
        object.__setattr__(self, "slugs", tuple(unique(names, _TAKEN)))
        object.__setattr__(self, "earlier", MappingProxyType(dict(self.earlier)))

    def pages(self) -> Iterator[tuple[str, Results]]:
        """Yield the address of each page of results with what it shows."""
        for slug, results in zip(self.slugs, self.results, strict=True):
            yield f"{FOLDER}/{slug}.html", results

    def page_of(self, survey: str) -> str:
        """Return the page of a survey's results; empty where they are not published here."""
        return next((page for page, found in self.pages() if survey and found.survey == survey), "")


def name_of(results: Results) -> str:
    """Return what results are called: by the survey's id, else by their source."""
    return results.survey or results.source


def data_of(page: str) -> str:
    """Return where the figures of a page stand as JSON."""
    return f"{page.removesuffix('.html')}.json"
