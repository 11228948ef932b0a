from __future__ import annotations

import jsonschema

from charter.lint.check import check
from charter.lint.report_json import FORMAT, report_json, schema
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

TEXT = """\
## One {#One}

<!-- charter: allow missing-id: a draft -->

Text.

## Two

<!-- charter: allow missing-id: a draft -->
"""


def test_json_fits_its_own_schema_and_keeps_allowed_findings_apart():
    report = check(build(parse(Source("spec.md", TEXT)), version="1"))
    value = report_json([report])
    jsonschema.validate(value, schema())
    assert value["format"] == FORMAT
    assert value["failed"] is True
    (checked,) = value["specs"]
    assert checked["counts"] == {"error": 0, "warning": 1, "info": 1}
    assert [finding["allowed"] for finding in checked["findings"]] == [None, None, "a draft"]
    first = checked["findings"][0]
    assert (first["rule"], first["line"], first["column"]) == ("malformed-id", 1, 1)
    assert TEXT[first["start"] : first["end"]] == "## One {#One}"
