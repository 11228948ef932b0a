"""What changed around the rules: front matter, commentary, prose, the order of contents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from charter.source import Span
from charter.spec.changes.change import Change, Effect, Kind
from charter.spec.changes.compared import Compared
from charter.spec.changes.diff_section import out_of_order
from charter.spec.changes.marks import targets, words
from charter.spec.changes.plain_text import plain_text
from charter.spec.reading import BY_NAME
from charter.spec.spec import Section, Spec
from charter.spec.split import collapse

_LAYER = ("extends", "level", "conditions", "external", "first_party", "default_timer")


class _Spanned(Protocol):
    """A part of a section that has a place."""

    @property
    def span(self) -> Span: ...


def text_changes(compared: Compared) -> Iterator[Change]:
    """Yield what changed outside of clauses and examples."""
    yield from _front_matter(compared.old.metadata, compared.new.metadata)
    yield from _commentary(compared)
    yield from _prose(compared)
    yield from _contents(compared)


def _front_matter(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Change]:
    for field in sorted({*old, *new}):
        if field == "readings":
            yield from _readings(old.get(field), new.get(field))
        elif old.get(field) != new.get(field):
            kind, effect = Kind.FRONT_MATTER_CHANGED, Effect.WORDING
            if field in _LAYER or field == "ladder":
                effect = Effect.DIFFERENTLY
                kind = Kind.LADDER_CHANGED if field == "ladder" else Kind.LAYER_CHANGED
            yield _field(
                kind, effect, f"front matter: {field}", field, old.get(field), new.get(field)
            )


def _readings(old: object, new: object) -> Iterator[Change]:
    was, now = (
        {str(k): str(v) for k, v in each.items()} if isinstance(each, Mapping) else {}
        for each in (old, new)
    )
    for name in sorted({*was, *now}):
        reading = BY_NAME.get(name)
        chosen = [each.get(name, reading.default if reading else None) for each in (was, now)]
        if chosen[0] == chosen[1]:
            continue
        effect = Effect.DIFFERENTLY
        if reading is not None:
            cautions = {choice.name: choice.caution for choice in reading.alternatives}
            levels = [cautions.get(each or "") for each in chosen]
            if None not in levels and levels[0] != levels[1]:
                effect = Effect.MORE if (levels[1] or 0) > (levels[0] or 0) else Effect.LESS
        what = f"reading {name} is {chosen[1]}, was {chosen[0]}"
        yield _field(Kind.READING_CHANGED, effect, what, name, chosen[0], chosen[1])


def _field(  # noqa: PLR0913, PLR0917 - one field each
    kind: Kind, effect: Effect, what: str, name: str, old: object, new: object
) -> Change:
    was, now = (None if each is None else plain_text(each) for each in (old, new))
    return Change(
        kind,
        effect,
        what,
        None,
        None,
        name if old is not None else None,
        name if new is not None else None,
        was,
        now,
    )


def _commentary(compared: Compared) -> Iterator[Change]:
    """Yield boxes that differ; in a section the n-th changed one is compared with the n-th."""
    old, new = _boxes(compared.old), _boxes(compared.new)
    pairs: list[tuple[str | None, str | None]] = [(None, None)]
    pairs += [(two.old.id, two.new.id) for two in compared.matches.sections]
    for one, other in pairs:
        was, now = old.get(one, []), new.get(other, [])
        both = {*was} & {*now}
        was = [text for text in was if text not in both]
        now = [text for text in now if text not in both]
        for at in range(max(len(was), len(now))):
            texts = (was[at] if at < len(was) else None, now[at] if at < len(now) else None)
            what = "commentary changed"
            if None in texts:
                what = "new commentary" if texts[0] is None else "commentary taken away"
            yield _quiet(Kind.COMMENTARY_CHANGED, what, one, other, *texts)


def _boxes(spec: Spec) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for box in spec.commentary:
        found.setdefault(box.section, []).append(box.text.strip())
    return found


def _prose(compared: Compared) -> Iterator[Change]:
    """Yield what neither instructs nor comments, where its words or links changed."""
    before = _preamble(compared.old), _preamble(compared.new)
    if words(before[0]) != words(before[1]):
        what = "text before the first heading changed"
        yield _quiet(Kind.PROSE_CHANGED, what, None, None, *before)
    boxes = _comment_spans(compared.old), _comment_spans(compared.new)
    for two in compared.matches.sections:
        was = _rest(compared.old, two.old, boxes[0])
        now = _rest(compared.new, two.new, boxes[1])
        if was == now:
            continue
        what = "text that does not instruct changed"
        if words(was) == words(now):
            if [compared.sections.get(each, each) for each in targets(was)] == targets(now):
                continue
            what = "a link in text that does not instruct leads elsewhere"
        yield _quiet(Kind.PROSE_CHANGED, what, two.old.id, two.new.id, was, now)


def _preamble(spec: Spec) -> str:
    """Return the text before the first heading, without front matter."""
    text = spec.source.text
    end = spec.sections[0].heading_span.start if spec.sections else len(text)
    start = text.find("\n---", 3) + 4 if spec.metadata else 0
    return collapse(text[start:end])


def _comment_spans(spec: Spec) -> dict[str | None, list[Span]]:
    found: dict[str | None, list[Span]] = {}
    for box in spec.commentary:
        found.setdefault(box.section, []).append(box.span)
    return found


def _rest(spec: Spec, section: Section, boxes: Mapping[str | None, list[Span]]) -> str:
    """Return the section's text without what is compared elsewhere."""
    parts: tuple[Sequence[_Spanned], ...] = (
        section.clauses,
        section.examples,
        section.boundaries,
        section.directives,
    )
    spans = [each.span for part in parts for each in part] + boxes.get(section.id, [])
    text, at, kept = spec.source.text, section.heading_span.end, []
    for span in sorted(spans, key=lambda each: (each.start, each.end)):
        if section.span.start <= span.start < section.span.end:
            kept.append(text[at : max(at, span.start)])
            at = max(at, span.end)
    kept.append(text[at : section.span.end])
    pieces = (collapse(piece) for piece in kept)
    return "\n".join(piece for piece in pieces if words(piece))


def _contents(compared: Compared) -> Iterator[Change]:
    """Yield sections in which clauses or examples stand in another order."""
    orders: dict[str, list[tuple[list[int], list[int]]]] = {}
    for pairs in (compared.matches.clauses, compared.matches.examples):
        places: dict[str, tuple[list[int], list[int]]] = {}
        for two in pairs:
            if compared.sections.get(two.old.section) == two.new.section:
                old, new = places.setdefault(two.new.section, ([], []))
                old.append(two.old.span.start)
                new.append(two.new.span.start)
        for section, both in places.items():
            orders.setdefault(section, []).append(both)
    former = {new: old for old, new in compared.sections.items()}
    for section, found in orders.items():
        moved = sum(
            len(out_of_order([n for _, n in sorted(zip(*both, strict=True))])) for both in found
        )
        if moved:
            noun = "clause stands" if moved == 1 else "clauses or examples stand"
            what = f"{moved} {noun} in another order"
            yield _quiet(Kind.CONTENTS_REORDERED, what, former[section], section, None, None)


def _quiet(  # noqa: PLR0913, PLR0917 - one field each
    kind: Kind, what: str, old_id: str | None, new_id: str | None, old: str | None, new: str | None
) -> Change:
    return Change(kind, Effect.WORDING, what, old_id, new_id, old_id, new_id, old, new)
