"""Boundaries -> Cedar policies, as far as Cedar can say the same.

Each boundary becomes one `forbid`; what none forbids is permitted, by one `permit`. It is left out
where a boundary is: Cedar denies what nothing permits, and a `permit` would let through what that
boundary stops. Only `partial` takes that risk. Cedar has one prohibition where
Charter has four effects, so the effect is an annotation: the answer is the strictest effect among
the policies that decided, and an error counts as deny (`docs/cedar.md`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.cedar_condition import (
    Unwritten,
    Written,
    cedar_condition,
    cedar_string,
)

PERMIT = "permit_what_nothing_forbids"
"""The `@id` of the one policy that permits."""


class LeftOut(NamedTuple):
    """A boundary that Cedar cannot express."""

    id: str
    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class CedarExport:
    """What of the boundaries Cedar can decide."""

    text: str
    """Policies in Cedar's syntax, what was left out as comments."""
    written: tuple[str, ...]
    """Ids of the boundaries that are in it."""
    left_out: tuple[LeftOut, ...]
    permits: bool
    """Whether it permits what nothing forbids; where not, Cedar denies everything."""


def export_cedar(
    boundaries: Iterable[Boundary], *, of: str = "", partial: bool = False
) -> CedarExport:
    """Write boundaries as Cedar policies. `of` says whose they are, in a comment.

    Where some cannot be written, nothing is permitted, unless `partial` says that the others are
    wanted alone.
    """
    policies: list[str] = []
    written: list[str] = []
    left_out: list[LeftOut] = []
    for boundary in boundaries:
        found = cedar_condition(boundary.condition)
        if isinstance(found, Unwritten):
            left_out.append(LeftOut(boundary.id, boundary.section, found.reason))
        else:
            written.append(boundary.id)
            policies.append(_policy(boundary, found))
    head = _HEAD + (_comment(f"Boundaries of {of}.") if of else "")
    listed = "".join(_comment(f"Not in Cedar: {out.id} ({out.reason}).") for out in left_out)
    permits = partial or not left_out
    text = "\n".join([head + listed, _PERMIT if permits else _NO_PERMIT, *policies])
    return CedarExport(text, tuple(written), tuple(left_out), permits)


def cedar_context(values: Mapping[str, object]) -> dict[str, object]:
    """Return the `context` of a request to Cedar: the variables of a condition as a record.

    `call.args` becomes the attribute `args` of `call`.
    """
    context: dict[str, object] = {}
    for name, value in values.items():
        record, key = context, name
        while "." in key:
            outer, _, key = key.partition(".")
            inner = record.setdefault(outer, {})
            if not isinstance(inner, dict):
                raise ValueError(f"{name} cannot be inside of {outer}")  # noqa: TRY004 - of the names
            record = inner
        record[key] = value
    return context


_HEAD = """\
// Written by `charter export cedar`. The answer is the strictest @effect among the policies that
// decided: deny, require_approval, redact, flag. An error in the answer counts as deny.
"""
_PERMIT = f"""\
@id("{PERMIT}")
permit (principal, action, resource);
"""
_NO_PERMIT = """\
// There is no permit here, so Cedar denies everything: what the boundaries that are not in Cedar
// stop would pass. `charter export cedar --partial` writes one.
"""


def _policy(boundary: Boundary, found: Written) -> str:
    lines = [_comment(f"Takes for granted that {taken}.") for taken in found.takes]
    notes = {"id": boundary.id, "effect": boundary.effect, "section": boundary.section}
    lines += [f"@{name}({cedar_string(value)})\n" for name, value in notes.items()]
    action = f"Action::{cedar_string(boundary.on)}"
    lines.append(f"forbid (principal, action == {action}, resource)\n")
    lines.append(f"when {{ {found.text} }};\n")
    return "".join(lines)


def _comment(text: str) -> str:
    return f"// {''.join(c if c.isprintable() else ' ' for c in text)}\n"
