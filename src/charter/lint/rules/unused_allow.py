"""A comment allows a finding that is not there.

What it finds
    Comments `<!-- charter: allow rule-id: reason -->` where the rule finds nothing in the section
    they cover, or where no rule has that id.

Why it matters
    A comment that is no longer needed would hide the next real finding.

Bad
    <!-- charter: allow overlong-clause: a list of legal terms --> over a section of short clauses

Good
    The comment is removed once the clause has been cut.
"""

from __future__ import annotations

from collections.abc import Iterable

from charter.lint.allow import allows
from charter.lint.rule import Hit, rules
from charter.source import Severity
from charter.spec.spec import Spec

GROUP = "structure"
SEVERITY = Severity.INFO


def find(spec: Spec) -> Iterable[Hit]:
    """Report unknown rule ids; what other rules found nothing for is added by `lint.check`."""
    known = rules()
    for comment in allows(spec):
        for rule_id in comment.rules:
            if rule_id not in known:
                what = f"no rule named {rule_id!r}"
                hint = "see `charter check --list-rules`"
                yield Hit(what, comment.span, hint=hint, path=comment.path)
