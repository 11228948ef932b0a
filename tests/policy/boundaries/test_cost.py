"""What a condition can be made to do is estimated, and bounded."""

import pytest

from charter.policy.boundaries.condition import Condition, compile_condition
from charter.policy.boundaries.cost import SMALLEST
from charter.policy.boundaries.plain import MAX_SIZE
from charter.policy.boundaries.program import Rejected


def limit(text: str, stage: str = "tool_call") -> int:
    found = compile_condition(text, stage)
    return found.limit if isinstance(found, Condition) else 0


@pytest.mark.parametrize(
    "text",
    [
        "tool == 'pay' && args.amount > 500",
        "request.text.contains('password')",
        "request.text.matches('(?i)(api[ _-]?key|secret)[ ]*[:=]')",
        "request.text.lowerAscii().matches('a+b')",
        "request.text.matches(args.pattern)",
        "['a', 'b', 'c'].exists(x, request.text.contains(x))",
        "args.to.all(x, x.endsWith('@example.com'))",
        "args.to.exists(x, x.matches('[0-9]{4}'))",
        "labels.url.sources.exists(s, s.startsWith('tool:'))",
        "size(request.text) > 100 && request.text.size() < 10",
        "'%s'.format([tool]) == 'a'",
    ],
)
def test_usual_condition_is_asked_about_everything(text: str) -> None:
    assert limit(text) == MAX_SIZE


@pytest.mark.parametrize(
    "text",
    [
        "args.to.exists(x, request.text.contains(x))",
        "args.to.map(x, x) == []",
        "args.to.filter(x, x != 'a') == []",
        "args.to.all(x, args.cc.exists(y, x == y))",
        "args.to.all(x, x in args.cc)",
        "request.text.replace('a', 'bbbbbbbbbb').replace('b', 'cccccccccc') == tool",
        "request.text.replace('', tool) == text",
        "request.text.split('').join(request.text) == tool",
        "(request.text + request.text).contains(args.x + args.y)",
    ],
)
def test_condition_that_grows_faster_is_asked_about_less(text: str) -> None:
    assert SMALLEST <= limit(text) < MAX_SIZE


@pytest.mark.parametrize(
    ("text", "message", "offset"),
    [
        ("args.to.exists(x, request.text.matches(x))", "could take too long", 14),
        ("text.replace('', text).replace('', text) == tool", "could take too long", 0),
        ("args.l.map(x, args.l.map(y, args.l)) == []", "could take too long", 10),
        ("args.l.all(x, args.l.all(y, args.l.all(z, x == y)))", "2 deep inside one another", 10),
        ("words > 1 && [1].all(x, [1].all(y, [1].all(z, true)))", "2 deep", 20),
    ],
)
def test_condition_that_explodes_does_not_compile(text: str, message: str, offset: int) -> None:
    found = compile_condition(text, "tool_call")
    assert isinstance(found, Rejected)
    assert message in found.message
    assert found.offset == offset
