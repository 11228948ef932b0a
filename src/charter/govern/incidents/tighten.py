"""An overlay's text and a boundary -> its new text, shown to do nothing but add that boundary."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, StringConstraints

from charter.errors import ConfigError, OverlayNotAllowed
from charter.govern.incidents.refused import Refused
from charter.govern.read_yaml import Strict, read_yaml
from charter.policy.compiled.compile import compile_policy
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.effective import Effective
from charter.spec.overlays.layer import layer
from charter.spec.spec import Section, Spec
from charter.syntax.reader import parse

EFFECTS = ("redact", "require_approval", "deny")
"""Those that stop something: a flag contains nothing."""
_KEYS = ("id", "on", "when", "effect", "say")
_HINT = "id, section, on, when, effect and say, as in a ~~~boundary of a spec"

_Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True)]


def _containing(effect: str) -> str:
    if effect not in EFFECTS:
        raise ValueError(f"{effect[:40]!r} contains nothing: one of {', '.join(EFFECTS)}")
    return effect


class _Boundary(Strict):
    id: _Id
    section: _Text
    on: _Text
    when: _Text
    effect: Annotated[_Text, AfterValidator(_containing)]
    say: _Text | None = None


@dataclass(frozen=True, slots=True)
class Tightening:
    """A boundary to be added to a section."""

    section: str
    fields: Mapping[str, str]

    @property
    def id(self) -> str:
        """Id of the boundary."""
        return self.fields["id"]


@dataclass(frozen=True, slots=True)
class Tightened:
    """The new text of an overlay."""

    text: str
    digest: str
    boundary: str
    section: str


def read_boundary(text: str, place: str) -> Tightening:
    """Parse a boundary in YAML, with the section that it belongs to. Raises ConfigError."""
    read = read_yaml(Source(place, text), _Boundary, hint=_HINT)
    given = {key: getattr(read, key) for key in _KEYS}
    return Tightening(read.section, {key: value for key, value in given.items() if value})


def tighten(below: Spec | Effective, overlay: Spec, wanted: Tightening) -> Tightened:
    """Return the overlay with one boundary more, over what it stands on.

    The new text is laid over the stack and compiled, and has to differ from what was in force by
    that boundary alone. Raises Refused, ConfigError, and as `layer` and `compile_policy` do.
    """
    before = layer(below, overlay)
    section = before.spec.index.get(wanted.section)
    if section is None:
        raise ConfigError(
            f"no section {wanted.section[:80]!r} in this stack", hint="see charter show SPEC"
        )
    if section.authority is None:
        raise Refused(f"section {section.id} has no authority: a boundary in it binds nobody")
    known = {boundary.id for each in before.spec.sections for boundary in each.boundaries}
    if wanted.id in known:
        raise Refused(
            f"there is a boundary {wanted.id} already: another of that id would replace it",
            hint="give it another id",
        )
    text = _inserted(overlay, section, wanted)
    new = build(
        parse(Source(overlay.source.path, text)), name=overlay.name, version=overlay.version
    )
    try:
        after = layer(below, new)
    except OverlayNotAllowed as cause:
        raise Refused(f"the overlay may not say that: {cause.message}", hint=cause.hint) from cause
    _check_adds_only(before, after, wanted)
    compile_policy(after)
    digest = f"sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}"
    return Tightened(text, digest, wanted.id, wanted.section)


def _inserted(overlay: Spec, section: Section, wanted: Tightening) -> str:
    text = overlay.source.text
    lines = [
        f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in wanted.fields.items()
    ]
    fence = "\n".join(("~~~boundary", *lines, "~~~"))
    own = overlay.index.get(section.id)
    if own is None:
        heading = f"## {section.title} {{#{section.id}}}"
        return f"{text.rstrip()}\n\n{heading}\n\n{fence}\n"
    head, rest = text[: own.span.end].rstrip(), text[own.span.end :].lstrip("\n")
    return f"{head}\n\n{fence}\n\n{rest}".rstrip() + "\n"


def _check_adds_only(before: Effective, after: Effective, wanted: Tightening) -> None:
    """Refuse unless all that was in force still is, and the boundary is all that came to it."""
    old = {section.id: _bare(section) for section in before.spec.sections}
    new = {section.id: _bare(section) for section in after.spec.sections}
    added: list[Any] = []
    if wanted.section in new:
        kept: list[Any] = []
        for each in new[wanted.section]["boundaries"]:
            (added if each["id"] == wanted.id else kept).append(each)
        new[wanted.section]["boundaries"] = kept
    fields_kept = len(added) == 1 and all(
        added[0][key] == wanted.fields.get(key, added[0][key]) for key in _KEYS
    )
    if old != new or not fields_kept or _settings(before) != _settings(after):
        raise Refused(
            "with this boundary the overlay would change something else too",
            hint="write it into the overlay by hand, and look at charter diff",
        )


def _settings(stack: Effective) -> tuple[Any, ...]:
    return (
        stack.ladder,
        dict(stack.readings),
        stack.conditions,
        stack.external,
        stack.first_party,
        stack.default_timer,
        dict(stack.gates),
    )


def _bare(value: Any) -> Any:
    """Return a part of a spec as plain values, without its places in the text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            each.name: _bare(getattr(value, each.name))
            for each in fields(value)
            if "span" not in each.name and each.name != "source"
        }
    if isinstance(value, tuple):
        return [_bare(each) for each in value]
    if isinstance(value, Mapping):
        return {key: _bare(each) for key, each in value.items()}
    return value
