"""The exception tree."""

import inspect

import pytest

from charter import errors
from charter.errors import CharterError, LedgerTampered, ModelRefusedRequest, ParseError
from charter.source import Source, Span

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, CharterError)
]


def test_error_says_where_what_and_what_to_do() -> None:
    place = Source("a.md", "x\ny").locate(Span(2, 3))
    assert str(ParseError("bad", hint="fix it", place=place)) == "a.md:2: bad (fix it)"
    assert str(ParseError("bad")) == "bad"


@pytest.mark.parametrize("each", CLASSES)
def test_class_is_in_the_drawn_tree_and_explained(each: type[CharterError]) -> None:
    assert each.__name__ in (errors.__doc__ or "")
    assert (each.__doc__ or "").endswith(".")


def test_culprits_are_fields() -> None:
    assert ModelRefusedRequest("no", status=429).status == 429
    assert LedgerTampered("no", index=3).index == 3


def test_errors_import_nothing_from_the_package() -> None:
    assert "from charter" not in inspect.getsource(errors)
