"""Charter: behavior specs for AI models, made executable."""

from charter.errors import CharterError
from charter.load import load
from charter.source import Citation, ClauseId, Finding, Source, Span
from charter.spec.spec import Clause, Example, Section, Spec
from charter.syntax.document import Document, render
from charter.syntax.reader import parse
from charter.version import VERSION as __version__

__all__ = [
    "CharterError",
    "Citation",
    "Clause",
    "ClauseId",
    "Document",
    "Example",
    "Finding",
    "Section",
    "Source",
    "Span",
    "Spec",
    "__version__",
    "load",
    "parse",
    "render",
]
