"""Which of two specs would choose more as people do: the page of all such comparisons."""

from __future__ import annotations

import json

from charter.evolve.results.two_specs_file import specs_json
from charter.publish.adherence import texts_of
from charter.publish.pages.clause_link import clause_link
from charter.publish.site import Site
from charter.publish.voices import INDEX, SPECS, Voices, data_of
from charter.publish.voices_words import WORDS

FORMAT = "charter-site-voices-specs/1"
_SHOWN = 20
"""Characters of a digest: `sha256:` and enough to tell texts apart."""


def specs_page(site: Site, voices: Voices) -> str:
    """Return the page: agreement with either spec, and the difference, each with its interval."""
    return site.page(
        "voices_specs.html.j2",
        SPECS,
        title="Two texts beside people",
        description="Which of two texts would choose answers more as people do.",
        compared=voices.specs,
        named=lambda digest: _named(site, digest),
        link=lambda clause: clause_link(site, SPECS, clause),
        data=data_of(SPECS),
        index=INDEX,
        words=WORDS,
    )


def specs_text(voices: Voices) -> str:
    """Return the same as JSON."""
    values = {"format": FORMAT, "comparisons": [specs_json(each) for each in voices.specs]}
    return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _named(site: Site, digest: str) -> str:
    """Return what a text is called: its version where it is published here."""
    having = [each.label for each in site.editions if digest in texts_of(each)]
    return f"version {having[-1]}" if having else f"the text {digest[:_SHOWN]}"
