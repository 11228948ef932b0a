"""What became of sections: authority, tags, ids, titles, places, and what they were made from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from charter.spec.changes.change import Change, Effect, Kind
from charter.spec.changes.compared import Compared, bound, counted, direction, place_words
from charter.spec.changes.marks import words
from charter.spec.changes.match import TwoSections
from charter.spec.gather import RENAMED
from charter.spec.spec import Section, Spec
from charter.syntax.attributes import split_attributes

_LISTED = 6


def section_changes(compared: Compared) -> Iterator[Change]:
    """Yield what happened to whole sections, kind by kind in text order."""
    yield from _levels(compared)
    for two in compared.matches.sections:
        yield from _heading(compared, two)
    kept = {two.new.span.start for two in compared.matches.sections}
    for section in compared.new.sections:
        if section.span.start not in kept:
            yield _added(compared, section)
    kept = {two.old.span.start for two in compared.matches.sections}
    for section in compared.old.sections:
        if section.span.start not in kept:
            yield _removed(compared, section)
    yield from _order(compared)


def _written(spec: Spec, section: Section) -> str | None:
    """Return the authority as the heading writes it: level names may have changed since."""
    heading = section.heading_span.of(spec.source.text)
    return dict(split_attributes(heading).attributes).get("authority")


def _levels(compared: Compared) -> Iterator[Change]:
    """Yield a level that only changed its name, once, however many sections bear it."""
    written = [
        {_written(spec, section) for section in spec.sections}
        for spec in (compared.old, compared.new)
    ]
    for former, current in RENAMED.items():
        for was, now in ((former, current), (current, former)):
            if was not in written[0] or now not in written[1]:
                continue
            if was in written[1] or now in written[0]:
                continue
            kept = sum(
                (_written(compared.old, two.old), _written(compared.new, two.new)) == (was, now)
                for two in compared.matches.sections
            )
            keep = "keeps its rank" if kept == 1 else "keep their rank"
            what = f"level {was} is called {now} now; {counted(kept, 'section')} {keep}"
            yield Change(
                Kind.LEVEL_RENAMED,
                Effect.WORDING,
                what,
                None,
                None,
                was,
                now,
                was,
                now,
                copies=kept,
            )


def _heading(compared: Compared, two: TwoSections) -> Iterator[Change]:
    old, new = two.old, two.new

    def change(kind: Kind, effect: Effect, what: str, was: str, now: str) -> Change:
        similarity = two.similarity // 10 if two.similarity is not None else None
        return Change(
            kind, effect, what, old.id, new.id, old.id, new.id, was, now, similarity=similarity
        )

    if old.authority != new.authority:
        raised = compared.raised(old.authority, new.authority)
        was, now = old.authority or "none", new.authority or "none"
        kind, verb = {
            1: (Kind.AUTHORITY_RAISED, "raised"),
            -1: (Kind.AUTHORITY_LOWERED, "lowered"),
        }.get(raised or 0, (Kind.AUTHORITY_CHANGED, "changed"))
        what = f"authority {verb} from {was} to {now}: now {compared.whose(new.authority)}"
        yield change(kind, direction(raised), what, was, now)
    if set(old.tags) != set(new.tags):
        yield change(Kind.TAGS_CHANGED, *_tags(compared, old, new), _tag_text(old), _tag_text(new))
    if old.id != new.id:
        what = f"id {old.id} is {new.id} now"
        yield change(Kind.SECTION_RENAMED, Effect.WORDING, what, old.id, new.id)
    if old.title != new.title:
        kind, what = Kind.SECTION_RETITLED, "has a new title"
        if words(old.title) == words(new.title) != []:  # curly quotes, dashes, capitals
            kind, what = Kind.PROSE_CHANGED, "title written differently, in the same words"
        yield change(kind, Effect.WORDING, what, old.title, new.title)
    was, now = old.parent or "", new.parent or ""
    if (compared.sections.get(was, was) if was else "") != now:
        what = f"moved from {_under(compared.old, was)} to {_under(compared.new, now)}"
        yield change(Kind.SECTION_MOVED, Effect.WORDING, what, was, now)
    elif old.depth != new.depth:
        what = f"heading of level {new.depth}, was level {old.depth}"
        yield change(Kind.SECTION_DEPTH, Effect.WORDING, what, str(old.depth), str(new.depth))


def _tags(compared: Compared, old: Section, new: Section) -> tuple[Effect, str]:
    """Return effect and words of a change of tags."""
    gained, lost = set(new.tags) - set(old.tags), set(old.tags) - set(new.tags)
    said = [f"tagged {tag} now" for tag in sorted(gained)]
    said += [f"no longer tagged {tag}" for tag in sorted(lost)]
    effect = Effect.DIFFERENTLY
    conditional = compared.conditions
    if (gained | lost) <= conditional and not (gained and lost):
        effect = Effect.LESS if gained else Effect.MORE
    for tag in sorted(gained & conditional):
        said.append(f"it binds only where the setting {tag} is on")
    for tag in sorted(lost & conditional):
        said.append(f"it binds whether the setting {tag} is on or off")
    return bound(effect, old, new), "; ".join(said)


def _tag_text(section: Section) -> str:
    return ", ".join(section.tags)


def _under(spec: Spec, section_id: str) -> str:
    if not section_id:
        return "the top"
    found = spec.index.get(section_id)
    return f"\u201c{found.title}\u201d" if found else section_id


def _added(compared: Compared, section: Section) -> Change:
    came = [(old, n) for (old, new), n in compared.came.items() if new == section.id]
    held = len(section.clauses) + len(section.examples)
    source, number = max(came, key=_share, default=("", 0))
    what = f"new section ({place_words(section)}) with {_holding(section)}"
    if number and 2 * number >= held and source in compared.sections:
        what = f"{what}, split off from {source} ({number} of {held} parts)"
        effect = bound(Effect.DIFFERENTLY, section)
        return _whole(Kind.SECTION_SPLIT, effect, what, compared.old.index[source], section)
    if came:
        what += f"; some of it from {_listed(came)}"
    return _whole(Kind.SECTION_ADDED, bound(Effect.MORE, section), what, None, section)


def _removed(compared: Compared, section: Section) -> Change:
    went = [(new, n) for (old, new), n in compared.came.items() if old == section.id]
    held = len(section.clauses) + len(section.examples)
    target, number = max(went, key=_share, default=("", 0))
    what = f"section ({place_words(section)}) with {_holding(section)} is gone"
    if number and 2 * number >= held and target in compared.sections.values():
        what = f"merged into {target} ({number} of {held} parts)"
        effect = bound(Effect.DIFFERENTLY, section)
        return _whole(Kind.SECTION_MERGED, effect, what, section, compared.new.index[target])
    if went:
        what += f"; some of it is in {_listed(went)}"
    return _whole(Kind.SECTION_REMOVED, bound(Effect.LESS, section), what, section, None)


def _share(each: tuple[str, int]) -> tuple[int, str]:
    """Order shares by size, then by id, so that the choice is the same from either side."""
    return each[1], each[0]


def _whole(
    kind: Kind, effect: Effect, what: str, old: Section | None, new: Section | None
) -> Change:
    was, now = (
        (old.id, old.title) if old else (None, None),
        (new.id, new.title) if new else (None, None),
    )
    return Change(kind, effect, what, was[0], now[0], was[0], now[0], was[1], now[1])


def _holding(section: Section) -> str:
    parts = [counted(len(section.clauses), "clause"), counted(len(section.examples), "example")]
    if section.boundaries:
        parts.append(f"{len(section.boundaries)} boundaries")
    return ", ".join(parts)


def _listed(shares: Sequence[tuple[str, int]]) -> str:
    ordered = sorted(shares, key=lambda share: (-share[1], share[0]))
    more = f" and {len(ordered) - _LISTED} more" if len(ordered) > _LISTED else ""
    return ", ".join(f"{name} ({number})" for name, number in ordered[:_LISTED]) + more


def _order(compared: Compared) -> Iterator[Change]:
    """Yield sections that stand elsewhere among those of their parent, and reordered contents."""
    place = {two.old.span.start: at for at, two in enumerate(compared.matches.sections)}
    groups: dict[str | None, list[TwoSections]] = {}
    for two in sorted(compared.matches.sections, key=lambda two: two.new.span.start):
        groups.setdefault(two.new.parent, []).append(two)
    for group in groups.values():
        for at in out_of_order([place[two.old.span.start] for two in group]):
            two = group[at]
            yield Change(
                Kind.SECTIONS_REORDERED,
                Effect.WORDING,
                "stands elsewhere among its neighbours",
                two.old.id,
                two.new.id,
                two.old.id,
                two.new.id,
            )


def out_of_order(places: Sequence[int]) -> list[int]:
    """Return the fewest positions whose removal leaves `places` ascending.

    Longest increasing subsequence by patience sorting; of several the one found first.
    """
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, value in enumerate(places):
        pile = bisect_left(tops, value)
        before.append(ends[pile - 1] if pile else -1)
        if pile == len(tops):
            tops.append(value)
            ends.append(at)
        else:
            tops[pile], ends[pile] = value, at
    kept: set[int] = set()
    at = ends[-1] if ends else -1
    while at >= 0:
        kept.add(at)
        at = before[at]
    return [at for at in range(len(places)) if at not in kept]
