"""The text of scenario files -> drafts that wait for a person, and the text after a decision.

Accepting changes `status=draft` to `status=accepted` in one caption and puts a comment above it;
rejecting takes the draft out of its file and hands it back, so that it is kept elsewhere. Every
other character stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from charter.errors import ConfigError, SpecError
from charter.source import Source, Span
from charter.spec.expectation import is_undecided
from charter.spec.spec import Example, ScenarioSet

_STATUS = re.compile(r"(?<=[\s{])status=draft(?=[\s}])")
_COMMENT = re.compile(r"<!-- draft of [^\r\n]{0,4000}?-->[ \t]*\r?\n[ \t]*\r?\n\Z")
_BLANK = re.compile(r"(?:[ \t]*\r?\n)*")


@dataclass(frozen=True, slots=True)
class Pending:
    """A draft that waits."""

    id: str
    section: str
    path: str
    example: Example
    span: Span
    """From the comment that says where it comes from, where it has one, to its end."""
    told: str
    """That comment, without its brackets."""
    expected: str
    """Its expectation, as it is written."""

    @property
    def undecided(self) -> bool:
        """Whether nobody has said yet what is expected."""
        fields = self.example.expectation.fields if self.example.expectation else {}
        return is_undecided(fields.get("rubric"))


def pending(groups: Iterable[ScenarioSet]) -> list[Pending]:
    """Return the drafts of scenario files, in the order of the files."""
    return [
        _pending(group, example)
        for group in groups
        for example in group.scenarios
        if dict(example.attributes).get("status") == "draft"
    ]


def chosen(waiting: Sequence[Pending], ids: Sequence[str]) -> list[Pending]:
    """Return the drafts of some ids. Raises ConfigError for an id that names none."""
    by_id = {each.id: each for each in waiting}
    for wanted in ids:
        if wanted not in by_id:
            raise ConfigError(
                f"no draft {wanted!r:.80} waits for review",
                hint="`charter suite review SPEC --list` shows those that do",
            )
    return [by_id[wanted] for wanted in dict.fromkeys(ids)]


def accepted(source: Source, drafts: Sequence[Pending], note: str) -> str:
    """Return the text of a file with drafts of it accepted; `note` says by whom and when.

    Raises SpecError for a draft whose outcome nobody has decided, or whose status cannot be found.
    """
    text = source.text
    end = "\r\n" if "\r\n" in text else "\n"
    comment = f"<!-- {_harmless(note)} -->{end}{end}"
    for draft in sorted(drafts, key=lambda each: -each.span.start):
        if draft.undecided:
            raise SpecError(
                f"draft {draft.id} is undecided: its rubric begins with UNDECIDED",
                hint="write the outcome and the rubric that you expect into the file",
                place=source.locate(draft.example.caption_span),
            )
        caption = draft.example.caption_span
        words, brace, attributes = caption.of(text).rpartition("{")
        changed, found = _STATUS.subn("status=accepted", brace + attributes)
        if not found:
            raise SpecError(
                f"draft {draft.id} has no `status=draft` in its caption that can be changed",
                hint="change it in the file yourself",
                place=source.locate(caption),
            )
        text = f"{text[: caption.start]}{comment}{words}{changed}{text[caption.end :]}"
    return text


def without(source: Source, drafts: Sequence[Pending]) -> tuple[str, list[str]]:
    """Return the text of a file without some drafts, and their own texts, in order."""
    text = source.text
    taken: list[str] = []
    for draft in sorted(drafts, key=lambda each: -each.span.start):
        blank = _BLANK.match(text, draft.span.end)
        end = blank.end() if blank else draft.span.end
        taken.insert(0, draft.span.of(text).rstrip("\r\n"))
        text = text[: draft.span.start] + text[end:]
    return text, taken


def _pending(group: ScenarioSet, example: Example) -> Pending:
    text = group.source.text
    above = _COMMENT.search(text, max(example.span.start - 4200, 0), example.span.start)
    start = above.start() if above else example.span.start
    told = above[0].strip().removeprefix("<!--").removesuffix("-->").strip() if above else ""
    return Pending(
        example.id.partition("/")[2],
        group.section,
        group.source.path,
        example,
        Span(start, example.span.end),
        told,
        example.expectation.span.of(text) if example.expectation else "",
    )


def _harmless(note: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in note)
    return plain.replace("--", "- -").replace(">", ")")
