"""Document -> Spec: sections with their clauses and examples, and what refers to what."""

from __future__ import annotations

from types import MappingProxyType

from charter.source import digest_of
from charter.spec.gather import gather
from charter.spec.parts import text_of
from charter.spec.refer import Places, find_markers, find_references
from charter.spec.spec import PromptSet, ScenarioSet, Spec
from charter.syntax.document import Document


def build(document: Document, *, name: str | None = None, version: str | None = None) -> Spec:
    """Make the Spec of a document. `name` and `version` serve where front matter has none.

    Never fails: what is odd stays in `problems`, or is there for lint to see.
    """
    text = document.source.text
    gathered = gather(document)
    fields, sections = gathered.fields, tuple(gathered.sections)
    places = Places(sections, gathered.fences)
    titles = [section.title for section in sections if section.depth == 1]
    shown = name or "spec"
    spoken = titles[0] if len(titles) == 1 else shown.replace("_", " ").capitalize()
    return Spec(
        name=text_of(fields, "spec") or shown,
        title=text_of(fields, "title") or spoken,
        version=text_of(fields, "version") or version,
        digest=digest_of(text),
        source=document.source,
        metadata=MappingProxyType(dict(fields)),
        sections=sections,
        references=find_references(text, places),
        commentary=tuple(gathered.commentary),
        markers=find_markers(text, places),
        problems=(*document.problems, *gathered.problems),
        index=MappingProxyType({section.id: section for section in reversed(sections)}),
    )


def build_prompts(document: Document, marker: str, title: str | None) -> PromptSet:
    """Make the prompts of one file of `examples/`."""
    examples = gather(document, implicit=marker).examples
    return PromptSet(marker, title, document.source, examples)


def build_scenarios(document: Document, section: str) -> ScenarioSet:
    """Make the scenarios of one file; `section` is what they test unless front matter says."""
    gathered = gather(document, implicit="scenario")
    return ScenarioSet(
        text_of(gathered.fields, "section") or section,
        document.source,
        MappingProxyType(dict(gathered.fields)),
        gathered.examples,
        (*document.problems, *gathered.problems),
    )
