"""A table of reasons that somebody read and accepted: `person,item`, by id."""

from __future__ import annotations

import csv
from pathlib import Path

from charter.errors import ConfigError
from charter.govern.read_yaml import read_file

MOST = 100_000
_HINT = "a table with the columns person and item: ids as records have them"


def read_accepted(path: Path) -> frozenset[tuple[str, str]]:
    """Return (person, item) of reasons that may be shown. Raises ConfigError with file and line."""
    source = read_file(path, hint=_HINT)
    text = source.text.removeprefix("\ufeff")  # as spreadsheets write it
    rows = csv.reader(text.splitlines(), strict=True)
    found: set[tuple[str, str]] = set()
    try:
        header = [each.strip() for each in next(rows, [])]
        if sorted(header) != ["item", "person"]:
            raise ConfigError(f"{path}: its first line is not person,item", hint=_HINT)
        for row in rows:
            if not row:
                continue
            if len(row) != 2 or not all(each.strip() for each in row):
                raise ConfigError(f"{path}:{rows.line_num}: not two ids", hint=_HINT)
            by = dict(zip(header, (each.strip() for each in row), strict=True))
            found.add((by["person"], by["item"]))
            if len(found) > MOST:
                raise ConfigError(f"{path}: more than {MOST:,} reasons", hint="cut it into parts")
    except csv.Error as cause:
        raise ConfigError(f"{path}:{rows.line_num}: {cause}", hint=_HINT) from cause
    return frozenset(found)
