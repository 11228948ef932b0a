"""The body of an `~~~xml` fence -> Conversation.

Not an XML parser: grades are comments, which XML parsers drop, and a spec that is not
well-formed must still be read. Content is escaped in the dialect, so every tag is a tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from charter.source import Span
from charter.syntax.conversation import ROLES, Conversation, Grade, Message, Problem, Response

_TAG = re.compile(
    rf"<(/?)({'|'.join(ROLES)}|comparison)"
    r'((?:[ \t]+[A-Za-z_]+="[^"\r\n]*")*)[ \t]*>'
)
_ATTRIBUTE = re.compile(r'([A-Za-z_]+)="([^"]*)"')
_COMMENT = re.compile(r"[ \t]*<!--([^\r\n]*?)-->")
_GRADE = re.compile(r"[ \t]*(GOOD|OK|BAD)\b(?:\[#([^\]\s]+)\])?[ \t]*(?:[:,][ \t]*(.*))?$")
_GRADES = {grade.value: grade for grade in Grade}
_SETTINGS = re.compile(r"<settings>[ \t]*(?:\r\n|\n|\r)([^<]*)</settings>[ \t]*(?:\r\n|\n|\r)?")
_UNTRUSTED = re.compile(r"</?untrusted>")
_ELISION = re.compile(r"\[\.\.\.[^\[\]\r\n]*\]")
_KNOWN = re.compile(r"</?(?:settings|untrusted)>")


def parse_conversation(text: str, span: Span) -> Conversation:
    """Read the conversation in `text[span]`; spans in the result are those of `text`."""
    return _Reader(text, span).read()


@dataclass(slots=True)
class _Reader:
    text: str
    span: Span
    messages: list[Message] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    comparisons: int = 0
    in_comparison: Span | None = None
    opened: re.Match[str] | None = None
    """The tag of the message being read."""

    def read(self) -> Conversation:
        position = self.span.start
        for tag in _TAG.finditer(self.text, self.span.start, self.span.end):
            if self.opened is None and self.text[position : tag.start()] != "\n":
                self._check_between(position, tag.start())
            self._take(tag)
            position = tag.end()
        if self.opened is not None:
            self._problem("unclosed-tag", f"<{self.opened[2]}> is never closed", self.opened.span())
            self._close(self.span.end, self.span.end)
        else:
            self._check_between(position, self.span.end)
        if self.in_comparison is not None:
            where = (self.in_comparison.start, self.in_comparison.end)
            self._problem("unclosed-tag", "<comparison> is never closed", where)
        return Conversation(
            tuple(self.messages), tuple(self.responses), self.comparisons, tuple(self.problems)
        )

    def _take(self, tag: re.Match[str]) -> None:
        closing, name = tag.group(1, 2)
        if self.opened is not None:
            if closing and name == self.opened[2]:
                self._close(tag.start(), tag.end())
                return
            self._problem("misplaced-tag", f"{tag[0]} inside <{self.opened[2]}>", tag.span())
            if closing and name != "comparison":
                return
            self._close(tag.start(), tag.start())
        if name == "comparison":
            self._toggle_comparison(tag)
        elif closing:
            self._problem("misplaced-tag", f"{tag[0]} closes nothing", tag.span())
        else:
            self.opened = tag

    def _toggle_comparison(self, tag: re.Match[str]) -> None:
        opening = not tag[1]
        if opening == (self.in_comparison is not None):
            what = "inside a comparison" if opening else "closes nothing"
            self._problem("misplaced-tag", f"{tag[0]} {what}", tag.span())
        if opening:
            self.comparisons += 1
            self.in_comparison = Span(*tag.span())
        else:
            self.in_comparison = None

    def _close(self, content_end: int, end: int) -> None:
        tag = self.opened
        if tag is None:
            return
        self.opened = None
        start = tag.end()
        comment = None
        if not self.text.startswith("\n", start):
            comment = _COMMENT.match(self.text, start, content_end)
            start = comment.end() if comment else start
        message = self._message(tag, start, content_end, end)
        if self.in_comparison is None:
            if comment and _GRADE.match(comment[1]):
                self._problem("grade-outside-comparison", "grade outside a comparison", tag.span())
            self.messages.append(message)
            return
        if message.role != "assistant":
            what = f"<{message.role}> inside a comparison: only graded assistants belong there"
            self._problem("misplaced-tag", what, tag.span())
            self.messages.append(message)
            return
        self._respond(message, comment, tag)

    def _respond(self, message: Message, comment: re.Match[str] | None, tag: re.Match[str]) -> None:
        found = _GRADE.match(comment[1]) if comment else None
        if found is None:
            what = f"unknown grade {comment[1].strip()!r}" if comment else "response has no grade"
            self._problem("unknown-grade" if comment else "missing-grade", what, tag.span())
        reason = found[3].strip() if found and found[3] else None
        self.responses.append(
            Response(
                message,
                _GRADES[found[1]] if found else None,
                reason or None,
                found[2] if found else None,
                max(self.comparisons - 1, 0),
                len(self.messages),
            )
        )

    def _message(self, tag: re.Match[str], start: int, content_end: int, end: int) -> Message:
        raw = _without_layout(self.text[start:content_end])
        settings: tuple[tuple[str, str], ...] = ()
        untrusted: tuple[Span, ...]
        if "<" in raw:
            found = _SETTINGS.search(raw.partition("<untrusted>")[0])  # data makes no settings
            if found:
                settings = _read_settings(found[1])
                raw = raw[: found.start()] + raw[found.end() :]
            if "<" in _KNOWN.sub("", raw):
                what = "`<` that opens no known tag: write it as &lt;"
                self._problem("raw-angle-bracket", what, tag.span())
        content, untrusted = _unescape(raw) if "<" in raw or "&" in raw else (raw, ())
        attributes = tuple(_ATTRIBUTE.findall(tag[3])) if tag[3] else ()
        return Message(tag[2], content, Span(tag.start(), end), attributes, settings, untrusted)

    def _check_between(self, start: int, end: int) -> None:
        between = self.text[start:end].strip()
        if between and _ELISION.sub("", between).strip():
            self._problem("text-outside-message", "text outside of any message", (start, end))

    def _problem(self, kind: str, message: str, where: tuple[int, int]) -> None:
        self.problems.append(Problem(kind, message, Span(*where)))


def _without_layout(raw: str) -> str:
    """Drop the line end after the opening tag and the one before the closing tag."""
    if raw.startswith("\n"):
        raw = raw[1:]
    elif raw.startswith("\r"):
        raw = raw.removeprefix("\r").removeprefix("\n")
    if raw.endswith("\n"):
        return raw[:-1].removesuffix("\r")
    return raw.removesuffix("\r")


def _read_settings(lines: str) -> tuple[tuple[str, str], ...]:
    pairs = (line.partition(":") for line in lines.splitlines() if ":" in line)
    return tuple((key.strip(), value.strip()) for key, _, value in pairs)


def _unescape(raw: str) -> tuple[str, tuple[Span, ...]]:
    """Return the text and the ranges of it that stood between `<untrusted>` tags."""
    if "<untrusted>" not in raw:
        return _characters(raw), ()
    pieces: list[str] = []
    ranges: list[Span] = []
    length, position, opened = 0, 0, -1
    for tag in _UNTRUSTED.finditer(raw):
        before = _characters(raw[position : tag.start()])
        if tag[0] == "<untrusted>":
            pieces += [before, tag[0]]
            length += len(before) + len(tag[0])
            opened = length
        else:
            if opened >= 0:
                ranges.append(Span(opened, length + len(before)))
                opened = -1
            pieces += [before, tag[0]]
            length += len(before) + len(tag[0])
        position = tag.end()
    rest = _characters(raw[position:])
    if opened >= 0:  # never closed: everything after it is untrusted
        ranges.append(Span(opened, length + len(rest)))
    return "".join([*pieces, rest]), tuple(ranges)


def _characters(raw: str) -> str:
    """Resolve XML's own five entities."""
    if "&" not in raw:
        return raw
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'")):
        raw = raw.replace(entity, character)
    return raw.replace("&amp;", "&")
