"""Type-checked, never run: the public types as a user sees them."""

from charter import Clause, Document, Section, Spec, load, parse, render


def read(path: str) -> tuple[Spec, Document]:
    spec: Spec = load(path)
    section: Section = spec.section("follow_chain")
    clause: Clause = section.clauses[0]
    document: Document = parse(spec.source)
    text: str = render(document)
    start: int = clause.span.start
    return spec, parse(text[start:])
