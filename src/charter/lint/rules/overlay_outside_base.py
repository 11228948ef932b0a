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

from collections.abc import Iterable, Iterator, Mapping

from charter.lint.levels import names_of
from charter.lint.rule import Hit
from charter.source import Severity
from charter.spec.gather import RENAMED
from charter.spec.ladder import DEFAULT_LADDER, Ladder
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.terms import DIGEST, field_span
from charter.spec.spec import Spec

GROUP = "consistency"
SEVERITY = Severity.ERROR

_HINT = "`charter new overlay --base SPEC DIR` writes these lines"


def find(spec: Spec) -> Iterable[Hit]:
    """Report what the front matter of an overlay lacks."""
    yield from _lacking(spec, DEFAULT_LADDER)


def find_over(spec: Spec, below: Effective) -> Iterable[Hit]:
    """Report what it lacks, by the ladder of the base."""
    yield from _lacking(spec, below.ladder)


def _lacking(spec: Spec, ladder: Ladder) -> Iterable[Hit]:
    fields, names = spec.metadata, ", ".join(names_of(ladder))
    if "extends" in fields:
        span = field_span(spec, "extends")
        for what in _base(fields["extends"]):
            yield Hit(what, span, hint=_HINT)
    elif "level" in fields:
        yield Hit(
            "`level` has a meaning in an overlay only, and this spec extends none",
            field_span(spec, "level"),
            hint="add `extends`, or take the line away",
            severity=Severity.WARNING,
        )
        return
    else:
        return
    level = fields.get("level")
    if level is None:
        yield Hit("overlay states no `level`", span, hint=f"one of {names}")
    elif RENAMED.get(str(level), str(level)) not in ladder.ranks:
        what = f"level {str(level)[:60]!r} is none of the ladder"
        yield Hit(what, field_span(spec, "level"), hint=f"one of {names}")


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
    elif not (isinstance(digest, str) and DIGEST.fullmatch(digest)):
        yield "`digest` of `extends` is not `sha256:` and 64 hex digits"
