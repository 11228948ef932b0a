"""Content of OpenAI's two APIs: text, or a list of parts with a type."""

from __future__ import annotations

from typing import Any

from charter.gateway.wire.pointer import under
from charter.gateway.wire.shape import a_text, an_object, text_of, wrong
from charter.gateway.wire.trail import Group, Trail
from charter.policy.labels.parts import MEDIA, TEXTS


def walk_content(
    trail: Trail, group: Group, content: Any, pointer: str, *, signed: bool = False
) -> None:
    """Walk content. Raises ValueError for what is neither text, nor parts, nor null."""
    if isinstance(content, str):
        group.add(pointer, content, signed=signed)
    elif isinstance(content, list):
        for at, part in enumerate(content):
            walk_part(trail, group, part, under(pointer, at), signed=signed)
    elif content is not None:
        raise wrong(content, pointer, "text or a list of parts")


def walk_part(trail: Trail, group: Group, part: Any, pointer: str, *, signed: bool = False) -> None:
    """Walk one part: a text is seen, anything else is not."""
    if isinstance(part, str):
        group.add(pointer, part, signed=signed)
        return
    kind = text_of(an_object(part, pointer), "type", pointer)
    member = TEXTS.get(kind or "")
    if member is not None:
        where = under(pointer, member)
        group.add(where, a_text(part.get(member), where), signed=signed)
    else:
        trail.hidden(kind, pointer)
        if kind in MEDIA:
            group.filled = True
        else:
            group.opaque(pointer)
