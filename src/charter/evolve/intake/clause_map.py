"""A file that says which clauses each statement is about: `"12": [section/clause]`."""

from __future__ import annotations

from pathlib import Path

from charter.evolve.intake.place import refuse
from charter.govern.read_yaml import read_file
from charter.source import Span
from charter.syntax.mapping import load_mapping

HINT = 'such as "12": [SECTION/CLAUSE], where a number stands in quotation marks'
MOST_CLAUSES = 50


def read_clause_map(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the ids of clauses by the id of what was asked.

    Raises ConfigError that names file and line.
    """
    source = read_file(path, hint=HINT)
    fields = load_mapping(source.text, deep=True)
    if fields.error is not None:
        line = source.locate(Span(fields.error_offset, fields.error_offset)).line
        refuse(source.path, line, fields.error, HINT)
    found = {}
    for key, value in fields.values.items():
        span = fields.spans.get(key)
        line = 1 if span is None else source.locate(span).line
        clauses = value if isinstance(value, list) else [value]
        if not 0 < len(clauses) <= MOST_CLAUSES or not all(map(_is_clause, clauses)):
            refuse(source.path, line, f"{key[:80]}: it should be a list of ids", HINT)
        found[key] = tuple(dict.fromkeys(clauses))
    return found


def _is_clause(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and value.isprintable()
