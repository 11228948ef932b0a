"""What became of examples: regraded, said differently, expecting something else."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence

from charter.spec.changes.change import Change, Effect, Kind, combined, in_order
from charter.spec.changes.compared import Compared
from charter.spec.changes.marks import words
from charter.spec.changes.match import Two
from charter.spec.changes.plain_text import plain_text
from charter.spec.spec import Example
from charter.syntax.conversation import Grade, Message, Response


def example_changes(compared: Compared) -> Iterator[Change]:
    """Yield what happened to each example, one change for each, in text order."""
    for two in compared.matches.examples:
        change = _pair(compared, two)
        if change is not None:
            yield change
    for kind, spec, pairs in (
        (Kind.EXAMPLE_ADDED, compared.new, [two.new for two in compared.matches.examples]),
        (Kind.EXAMPLE_REMOVED, compared.old, [two.old for two in compared.matches.examples]),
    ):
        paired = {example.id for example in pairs}
        for example in spec.examples:
            if example.id not in paired:
                yield _single(kind, example)


def shown(example: Example) -> str:
    """Return an example as text: caption, messages, replies with grade and reason."""
    lines = [example.caption]
    for count in range(len(example.messages) + 1):
        lines += [_reply(each) for each in example.responses if each.after == count]
        lines += [_said(message) for message in example.messages[count : count + 1]]
    if example.expectation is not None:
        lines.append(f"expected:\n{plain_text(example.expectation.fields)}")
    return "\n\n".join(lines)


def _pair(compared: Compared, two: Two[Example]) -> Change | None:
    old, new = two.old, two.new
    found = dict(_differences(old, new))
    if compared.sections.get(old.section) != new.section:
        found[Kind.EXAMPLE_MOVED] = Effect.WORDING, f"moved from {old.section} to {new.section}"
    if not found:
        return None
    kind, *also = in_order(found)
    return Change(
        kind,
        combined(effect for effect, _ in found.values()),
        "; ".join(found[each][1] for each in (kind, *also)),
        old.section,
        new.section,
        old.id,
        new.id,
        shown(old),
        shown(new),
        tuple(also),
        two.similarity // 10 if two.similarity is not None else None,
    )


def _differences(old: Example, new: Example) -> Iterator[tuple[Kind, tuple[Effect, str]]]:
    pairs = _replies(old.responses, new.responses)
    regraded = [(a.grade, b.grade) for a, b in pairs if a.grade is not b.grade]
    if regraded:
        flips = sum({a, b} == {Grade.GOOD, Grade.BAD} for a, b in regraded)
        said = ", ".join(f"{_grade(a)} to {_grade(b)}" for a, b in regraded[:4])
        note = " (the verdict is turned around)" if flips else ""
        yield Kind.EXAMPLE_REGRADED, (Effect.DIFFERENTLY, f"graded differently: {said}{note}")
    heard = _conversation(old, new, pairs)
    if heard is not None:
        yield Kind.CONVERSATION_CHANGED, heard
    if any((a.reason, a.cites) != (b.reason, b.cites) for a, b in pairs):
        yield Kind.REASON_CHANGED, (Effect.WORDING, "a grade has another reason")
    if _expected(old) != _expected(new):
        yield Kind.EXPECTATION_CHANGED, (Effect.DIFFERENTLY, "what is expected changed")
    if old.caption != new.caption or old.attributes != new.attributes:
        yield Kind.CAPTION_CHANGED, (Effect.WORDING, "captioned differently")


def _conversation(
    old: Example, new: Example, pairs: Sequence[tuple[Response, Response]]
) -> tuple[Effect, str] | None:
    """Say what changed in messages and replies, apart from grades and reasons."""
    numbers = len(old.responses), len(new.responses)
    if len(pairs) < max(numbers):
        what = "other replies are graded"
        if numbers[0] != numbers[1]:
            what = f"{numbers[1]} replies are graded, were {numbers[0]}"
        return Effect.DIFFERENTLY, what
    messages = list(zip(old.messages, new.messages, strict=False))
    if len(old.messages) != len(new.messages) or not all(_alike(a, b) for a, b in messages):
        return Effect.DIFFERENTLY, "its conversation changed"
    replies = [(a.message, b.message) for a, b in pairs]
    if not all(_alike(a, b) for a, b in replies):
        return Effect.DIFFERENTLY, "a reply is worded differently"
    if all(_content(a) == _content(b) for a, b in (*messages, *replies)):
        return None
    return Effect.WORDING, "the conversation is written differently, in the same words"


def _alike(one: Message, other: Message) -> bool:
    """Whether two messages say the same in the same words; code and short texts must be equal."""
    if _content(one) == _content(other):
        return True
    said = words(one.content)
    return (
        (one.role, one.attributes, one.settings) == (other.role, other.attributes, other.settings)
        and "```" not in one.content
        and len(said) > 1
        and said == words(other.content)
    )


def _replies(old: Sequence[Response], new: Sequence[Response]) -> list[tuple[Response, Response]]:
    """Pair replies: equal ones first, then regraded ones, then those with one grade and place."""
    pairs: list[tuple[Response, Response]] = []
    left, right = list(old), list(new)
    for key in _SAME:
        waiting: dict[Hashable, deque[Response]] = {}
        for reply in right:
            waiting.setdefault(key(reply), deque()).append(reply)
        unpaired: list[Response] = []
        for reply in left:
            queue = waiting.get(key(reply))
            if queue:
                pairs.append((reply, queue.popleft()))
            else:
                unpaired.append(reply)
        left, right = unpaired, [reply for queue in waiting.values() for reply in queue]
    return pairs


def _content(message: Message) -> Hashable:
    return message.role, message.content, message.attributes, message.settings


_SAME: tuple[Callable[[Response], Hashable], ...] = (
    lambda reply: (_content(reply.message), reply.grade, reply.comparison),
    lambda reply: (_content(reply.message), reply.grade),
    lambda reply: _content(reply.message),
    lambda reply: (reply.comparison, reply.grade, reply.reason),
    lambda reply: (reply.comparison, reply.grade),
)
"""What makes two replies the same one, strictest first."""


def _expected(example: Example) -> object:
    return dict(example.expectation.fields) if example.expectation else None


_ORDER = [*(grade.value for grade in Grade), "no grade"]


def _grade(grade: Grade | None) -> str:
    return grade.value if grade else "no grade"


def _said(message: Message) -> str:
    named = message.attribute("recipient") or message.attribute("name")
    settings = "".join(f"[{key}: {value}] " for key, value in message.settings)
    return f"{message.role}{f' ({named})' if named else ''}: {settings}{message.content}"


def _reply(response: Response) -> str:
    cites = f" #{response.cites}" if response.cites else ""
    reason = f": {response.reason}" if response.reason else ""
    return f"[{_grade(response.grade)}{cites}{reason}]\n{_said(response.message)}"


def _single(kind: Kind, example: Example) -> Change:
    grades = Counter(_grade(response.grade) for response in example.responses)
    held = ", ".join(f"{grades[grade]} {grade}" for grade in sorted(grades, key=_ORDER.index))
    said = f" ({held})" if held else ""
    here, text = example.section, shown(example)
    if kind is Kind.EXAMPLE_ADDED:
        what = f"new example{said}"
        return Change(kind, Effect.DIFFERENTLY, what, None, here, None, example.id, None, text)
    what = f"example{said} taken away"
    return Change(kind, Effect.DIFFERENTLY, what, here, None, example.id, None, text, None)
