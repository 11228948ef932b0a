"""What became of boundaries and directives, the rules that machines check."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from charter.spec.changes.change import Change, Effect, Kind, combined, in_order
from charter.spec.changes.compared import Compared
from charter.spec.changes.plain_text import plain_text
from charter.spec.spec import Boundary, DirectiveFence, Spec

EFFECTS = ("allow", "flag", "redact", "require_approval", "deny")
"""Laxest first: the order in which effects of several boundaries are joined."""

_Rule = TypeVar("_Rule", Boundary, DirectiveFence)


def rule_changes(compared: Compared) -> Iterator[Change]:
    """Yield what happened to boundaries and directives, in text order."""
    yield from _boundaries(compared)
    yield from _directives(compared)


def shown(boundary: Boundary) -> str:
    """Return a boundary as text."""
    said = f"\nsay: {boundary.say}" if boundary.say else ""
    return f"on: {boundary.on}\nwhen: {boundary.when}\neffect: {boundary.effect}{said}"


def _boundaries(compared: Compared) -> Iterator[Change]:
    old = [each for section in compared.old.sections for each in section.boundaries]
    new = [each for section in compared.new.sections for each in section.boundaries]
    home = compared.sections
    keys: tuple[tuple[Callable[[Boundary], Hashable], Callable[[Boundary], Hashable]], ...] = (
        (lambda b: (home.get(b.section), b.id), lambda b: (b.section, b.id)),
        (lambda b: b.id, lambda b: b.id),
        (lambda b: (home.get(b.section), b.on, b.when), lambda b: (b.section, b.on, b.when)),
    )
    pairs, gone, come = _paired(old, new, keys)
    for one, other in pairs:
        change = _boundary(compared, one, other)
        if change is not None:
            yield change
    for each in come:
        effect, what = _alone(each, Effect.MORE, "new boundary")
        yield Change(
            Kind.BOUNDARY_ADDED, effect, what, None, each.section, None, each.id, None, shown(each)
        )
    for each in gone:
        effect, what = _alone(each, Effect.LESS, "boundary taken away")
        yield Change(
            Kind.BOUNDARY_REMOVED,
            effect,
            what,
            each.section,
            None,
            each.id,
            None,
            shown(each),
            None,
        )


def _alone(boundary: Boundary, effect: Effect, what: str) -> tuple[Effect, str]:
    """Return effect and words of a boundary that only one version has."""
    if not (boundary.id and boundary.on and boundary.when and boundary.effect):
        return Effect.DIFFERENTLY, f"{what}, which cannot be read"
    if boundary.effect == EFFECTS[0]:
        effect = Effect.DIFFERENTLY
    return effect, f"{what}: {boundary.effect} on {boundary.on}"


def _boundary(compared: Compared, old: Boundary, new: Boundary) -> Change | None:
    found: list[tuple[Kind, Effect, str]] = []
    if old.effect != new.effect:
        found.append(_effect(old.effect, new.effect))
    if old.when.split() != new.when.split():
        found.append((Kind.BOUNDARY_CHANGED, Effect.DIFFERENTLY, "its condition changed"))
    if old.on != new.on:
        what = f"tested on {new.on}, was on {old.on}"
        found.append((Kind.BOUNDARY_CHANGED, Effect.DIFFERENTLY, what))
    if compared.sections.get(old.section) != new.section:
        what = f"moved from {old.section} to {new.section}"
        found.append((Kind.BOUNDARY_CHANGED, Effect.DIFFERENTLY, what))
    if old.id != new.id:
        what = f"its id is {new.id} now"
        found.append((Kind.BOUNDARY_CHANGED, Effect.WORDING, what))
    if (old.say or "") != (new.say or ""):
        what = "the user is told something else"
        found.append((Kind.BOUNDARY_WORDING, Effect.WORDING, what))
    if not found:
        return None
    kind, *also = in_order(each for each, _, _ in found)
    return Change(
        kind,
        combined(effect for _, effect, _ in found),
        "; ".join(what for _, _, what in found),
        old.section,
        new.section,
        old.id,
        new.id,
        shown(old),
        shown(new),
        tuple(also),
    )


def _effect(old: str, new: str) -> tuple[Kind, Effect, str]:
    what = f"effect {new}, was {old}"
    if old not in EFFECTS or new not in EFFECTS:
        return Kind.BOUNDARY_CHANGED, Effect.DIFFERENTLY, what
    if EFFECTS.index(new) > EFFECTS.index(old):
        return Kind.BOUNDARY_STRICTER, Effect.MORE, what
    return Kind.BOUNDARY_LAXER, Effect.LESS, what


def _directives(compared: Compared) -> Iterator[Change]:
    home = compared.sections
    texts = {}
    for spec in (compared.old, compared.new):
        for each in _fences(spec):
            texts[id(each)] = plain_text(each.fields)
    keys: tuple[tuple[Callable[[DirectiveFence], Hashable], ...], ...] = (
        (lambda d: (home.get(d.section), texts[id(d)]), lambda d: (d.section, texts[id(d)])),
        (lambda d: _named(d) or id(d), lambda d: _named(d) or id(d)),
        (lambda d: texts[id(d)], lambda d: texts[id(d)]),
    )
    pairs, gone, come = _paired(_fences(compared.old), _fences(compared.new), keys)
    for one, other in pairs:
        was, now = texts[id(one)], texts[id(other)]
        moved = home.get(one.section) != other.section
        if was != now or moved:
            what = "directive changed" if was != now else f"moved to {other.section}"
            yield _directive(Kind.DIRECTIVE_CHANGED, what, (one, was), (other, now))
    for each in come:
        yield _directive(Kind.DIRECTIVE_ADDED, "new directive", None, (each, texts[id(each)]))
    for each in gone:
        gone_text = (each, texts[id(each)])
        yield _directive(Kind.DIRECTIVE_REMOVED, "directive taken away", gone_text, None)


def _fences(spec: Spec) -> list[DirectiveFence]:
    return [each for section in spec.sections for each in section.directives]


def _named(directive: DirectiveFence) -> str:
    return str(directive.fields.get("id") or "")


def _directive(
    kind: Kind,
    what: str,
    old: tuple[DirectiveFence, str] | None,
    new: tuple[DirectiveFence, str] | None,
) -> Change:
    was = (old[0].section, _named(old[0]) or None, old[1]) if old else (None, None, None)
    now = (new[0].section, _named(new[0]) or None, new[1]) if new else (None, None, None)
    return Change(kind, Effect.DIFFERENTLY, what, was[0], now[0], was[1], now[1], was[2], now[2])


def _paired(
    old: Sequence[_Rule],
    new: Sequence[_Rule],
    keys: Sequence[Sequence[Callable[[_Rule], Hashable]]],
) -> tuple[list[tuple[_Rule, _Rule]], list[_Rule], list[_Rule]]:
    """Pair rules by the first key that both have, in text order; then what is gone and new."""
    pairs: list[tuple[_Rule, _Rule]] = []
    gone, come = list(old), list(new)
    for key_old, key_new in keys:
        waiting: dict[Hashable, list[_Rule]] = {}
        for each in reversed(come):
            waiting.setdefault(key_new(each), []).append(each)
        taken: set[int] = set()
        left: list[_Rule] = []
        for each in gone:
            queue = waiting.get(key_old(each))
            if queue:
                other = queue.pop()
                taken.add(id(other))
                pairs.append((each, other))
            else:
                left.append(each)
        gone, come = left, [each for each in come if id(each) not in taken]
    return pairs, gone, come
