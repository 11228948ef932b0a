"""Content as OpenAI's wires send it: text, or a list of parts with a type."""

from __future__ import annotations

from collections.abc import Mapping

from charter.policy.labels.draft import Draft
from charter.policy.labels.intake import Intake
from charter.policy.labels.payload import no_content
from charter.policy.labels.side_channel import annotate

TEXTS = {
    "text": "text",
    "input_text": "text",
    "output_text": "text",
    "summary_text": "text",
    "reasoning_text": "text",
    "refusal": "refusal",
}
"""The member that holds the text, by type of part."""
MEDIA = frozenset(
    {"image_url", "input_audio", "file", "input_image", "input_file", "computer_screenshot"}
)
"""Types of parts that hold no text."""


def add_content(intake: Intake, draft: Draft, content: object, where: str) -> None:
    """Add text, or the parts of a list; raises ParseError for anything else."""
    if isinstance(content, str):
        draft.add(content)
    elif isinstance(content, list | tuple):
        for at, part in enumerate(content):
            _add_part(intake, draft, part, f"{where}[{at}]")
    elif content is not None:
        raise no_content(content, where)


def _add_part(intake: Intake, draft: Draft, part: object, where: str) -> None:
    if isinstance(part, str):
        draft.add(part)
        return
    if not isinstance(part, Mapping):
        raise no_content(part, where)
    start = draft.length
    kind = part.get("type")
    name = kind if isinstance(kind, str) else ""
    text = part.get(TEXTS.get(name, ""))
    if isinstance(text, str):
        draft.add(text)
    elif name in MEDIA:
        draft.media.append(name)
    else:
        intake.unknown(draft, part, where)
    annotate(intake, draft, part, start)
