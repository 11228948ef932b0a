"""What the directives of an overlay may not do.

They set aside what yields to the overlay's level, and nothing above. Where nobody speaks, as at
root, a directive may only hold: what it lifted, set or permitted would bind everybody who speaks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from charter.spec.overlays.overreach import speaking_level
from charter.spec.overlays.raw_directive import DERIVED, Raw, raw_directives
from charter.spec.overlays.refusal import Overlaid, Refusal


def directive_refusals(overlaid: Overlaid) -> Iterator[Refusal]:
    """Yield what the directives of an overlay do that the stack below does not allow."""
    known = _named(overlaid)
    for section in overlaid.spec.sections:
        for raw in raw_directives(section):
            yield from _spoken(overlaid, raw)
            yield from _replaced(overlaid, raw)
            yield from _switched(overlaid, raw)
            for target in dict.fromkeys(raw.named):
                if target not in known and not target.startswith(DERIVED):
                    message = f"directive {raw.id!r} names {target[:80]!r}, which is no section, "
                    message += "clause or directive here"
                    hint = "`charter show SPEC --effective --overlay …` lists the ids"
                    yield _refuse(overlaid, raw, overlaid.level, message, hint)
            for target in dict.fromkeys(raw.relaxed):
                yield from _set_aside(overlaid, raw, target)


def _spoken(overlaid: Overlaid, raw: Raw) -> Iterator[Refusal]:
    ladder = overlaid.below.ladder
    highest = speaking_level(ladder)
    if raw.acts and ladder.rank(overlaid.level) > ladder.rank(highest):
        message = f"directive {raw.id!r} speaks at {overlaid.level}, where nobody speaks"
        hint = f"put it into an overlay at {highest} or below; here it can only `keep` or `clash`"
        yield _refuse(overlaid, raw, overlaid.level, message, hint)


def _switched(overlaid: Overlaid, raw: Raw) -> Iterator[Refusal]:
    """Refuse what would switch sections off from below; the reading `setting_authority` says so."""
    ladder, settings = overlaid.below.ladder, raw.fields.get("setting")
    highest = speaking_level(ladder)
    entitled = ladder.rank(overlaid.level) >= ladder.rank(highest)
    anyone = overlaid.below.readings["setting_authority"] != "raise_only"
    if entitled or anyone or not isinstance(settings, Mapping):
        return
    for name in sorted(
        overlaid.conditions.intersection(k for k, v in settings.items() if v is not True)
    ):
        resting = [each for each in overlaid.below.spec.sections if name in each.tags]
        if resting:
            message = f"directive {raw.id!r} at {overlaid.level} sets {name}, on which section "
            message += f"{resting[0].id} depends"
            hint = f"only {highest} may set it; below that it may be switched on (`true`)"
            yield _refuse(overlaid, raw, highest, message, hint)


def _set_aside(overlaid: Overlaid, raw: Raw, target: str) -> Iterator[Refusal]:
    stands = overlaid.below.spec.index.get(target.partition("/")[0])
    above = overlaid.above(stands) if stands is not None else None
    if above is None:
        rank = overlaid.below.ladder.rank
        writers = [writer for _, writer in overlaid.directives.get(target, ())]
        higher = [each for each in writers if each and rank(each) > rank(overlaid.level)]
        above = max(higher, key=rank, default=None)
    if above is not None:
        message = f"directive {raw.id!r} at {overlaid.level} sets aside {target}, "
        message += f"which stands at {above}"
        hint = (
            f"nobody at {overlaid.level} can set it aside; write a section of your own beside it, "
            "or ask for the change in the base"
        )
        yield _refuse(overlaid, raw, above, message, hint)


def _replaced(overlaid: Overlaid, raw: Raw) -> Iterator[Refusal]:
    """Refuse to write over a directive of a higher overlay, or of another section."""
    rank = overlaid.below.ladder.rank
    for known, writer in overlaid.directives.get(raw.id, ()):
        if known.section != raw.section and not raw.id.startswith(DERIVED):
            message = f"overlay uses directive id {raw.id!r}, which section {known.section} has"
            hint = "give the directive an id of its own"
            yield _refuse(overlaid, raw, overlaid.level, message, hint)
        elif (
            known.section == raw.section
            and dict(known.fields) != dict(raw.fields)
            and writer is not None
            and rank(writer) > rank(overlaid.level)
        ):
            message = f"overlay replaces directive {raw.id!r} of an overlay at {writer}"
            yield _refuse(overlaid, raw, writer, message, "give it an id of its own")


def _named(overlaid: Overlaid) -> set[str]:
    """Return every id that a directive of an overlay can name."""
    known: set[str] = set()
    for section in (*overlaid.below.spec.sections, *overlaid.spec.sections):
        known.add(section.id)
        known.update(clause.id for clause in section.clauses)
        known.update(raw.id for raw in raw_directives(section))
    return known


def _refuse(overlaid: Overlaid, raw: Raw, level: str, message: str, hint: str) -> Refusal:
    return overlaid.refuse(
        "directive", raw.id, level, raw.span, message=message, hint=hint, section=raw.section
    )
