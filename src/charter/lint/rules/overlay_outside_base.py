"""An overlay does not say clearly which spec it stands on, or at what level.

What it finds
    `extends` in front matter that is no mapping with name, version and digest; a digest that is
    not `sha256:` and 64 hex digits; `level` that is missing, or none of the ladder; `level`
    without `extends`.

Why it matters
    What an overlay may change follows from its level, and what it changes from the exact text of
    its base. Without either, nobody can say which rules are in force.

Bad
    extends: our-base-spec

Good
    extends:
      name: our-base-spec
      version: "1.0.0"
      digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
    level: developer
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from charter.lint.rule import Hit
from charter.source import Severity, Span
from charter.spec.spec import AUTHORITIES, Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_REACH = 64 * 1024
_HINT = "`charter new overlay --base SPEC DIR` writes these lines"


def find(spec: Spec) -> Iterable[Hit]:
    """Report what the front matter of an overlay lacks."""
    fields = spec.metadata
    if "extends" in fields:
        span = _line_of(spec, "extends")
        for what in _base(fields["extends"]):
            yield Hit(what, span, hint=_HINT)
    elif "level" in fields:
        yield Hit(
            "`level` has a meaning in an overlay only, and this spec extends none",
            _line_of(spec, "level"),
            hint="add `extends`, or take the line away",
            severity=Severity.WARNING,
        )
        return
    else:
        return
    level = fields.get("level")
    if level is None:
        yield Hit("overlay states no `level`", span, hint=f"one of {', '.join(AUTHORITIES)}")
    elif level not in AUTHORITIES:
        what = f"level {str(level)[:60]!r} is none of the ladder"
        yield Hit(what, _line_of(spec, "level"), hint=f"one of {', '.join(AUTHORITIES)}")


def _base(extends: object) -> Iterator[str]:
    if not isinstance(extends, Mapping):
        yield "`extends` must be a mapping with name, version and digest"
        return
    if not extends.get("name"):
        yield "`extends` names no spec: `name` is missing"
    if "version" not in extends:
        yield "`extends` has no `version` (null where the base has none)"
    digest = extends.get("digest")
    if not digest:
        yield "`extends` has no `digest`, so the base may be any text of that name"
    elif not (isinstance(digest, str) and _DIGEST.fullmatch(digest)):
        yield "`digest` of `extends` is not `sha256:` and 64 hex digits"


def _line_of(spec: Spec, key: str) -> Span:
    found = re.compile(rf"^{key}[ \t]*:.*$", re.MULTILINE).search(spec.source.text, 0, _REACH)
    return Span(*found.span()) if found else Span(0, 0)
