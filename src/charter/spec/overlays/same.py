"""Whether two layers say the same: what parts mean, without the places where they stand."""

from __future__ import annotations

from charter.spec.spec import Boundary, Clause, Example
from charter.syntax.conversation import Message


def same_clause(one: Clause, other: Clause) -> bool:
    """Whether two clauses have the same words and strength."""
    return one.text == other.text and one.strength is other.strength


def same_rule(one: Boundary, other: Boundary) -> bool:
    """Whether two boundaries fire in the same cases."""
    return one.on == other.on and one.when.strip() == other.when.strip()


def same_boundary(one: Boundary, other: Boundary) -> bool:
    """Whether two boundaries fire in the same cases with the same effect and words."""
    return same_rule(one, other) and (one.effect, one.say) == (other.effect, other.say)


def same_conversation(one: Example, other: Example) -> bool:
    """Whether two examples show the same messages and grades."""
    return _shown(one) == _shown(other)


def same_expectation(one: Example, other: Example) -> bool:
    """Whether two examples expect the same."""
    return _expected(one) == _expected(other)


def _expected(example: Example) -> object:
    return dict(example.expectation.fields) if example.expectation else None


def _shown(example: Example) -> object:
    responses = [
        (_said(each.message), each.grade, each.reason, each.cites, each.comparison, each.after)
        for each in example.responses
    ]
    return example.caption, [_said(each) for each in example.messages], responses


def _said(message: Message) -> object:
    return message.role, message.content, message.attributes, message.settings
