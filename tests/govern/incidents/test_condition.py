"""Whether something applies, in three values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.incidents.condition import AllOf, AnyOf, Has, Is, answer
from charter.govern.incidents.state import Field

YES, NO = Field("value", "yes", "", 1), Field("value", "no", "", 2)
OPEN = Field("unknown", "", "", 3)


@pytest.mark.parametrize(
    ("value", "holds"),
    [
        ("death", True),
        ("health, death", True),
        ("health, death?", None),
        ("health", False),
        ("none", False),
        ("", None),
        (" , ", None),
        ("death?", None),
        ("DEATH", True),
    ],
)
def test_lists_hold_may_hold_or_do_not(value, holds):
    found = answer(Has("kinds", ("death",)), {"kinds": Field("value", value, "", 1)})
    assert found.holds is holds


@pytest.mark.parametrize("state", ["unknown", "withheld", "nonsense"])
def test_what_is_not_said_is_open(state):
    found = answer(Is("imminent", "yes"), {"imminent": Field(state, "yes", "", 1)})
    assert (found.holds, found.fields) == (None, ("imminent",))


def test_the_open_questions_are_named():
    both = AllOf((Is("a", "yes"), AnyOf((Is("b", "yes"), Is("c", "yes")))))
    assert answer(both, {"a": YES, "b": OPEN}).fields == ("b", "c")
    assert answer(both, {"a": NO, "b": OPEN}).holds is False
    assert answer(both, {"a": OPEN, "b": YES}).fields == ("a",)
    assert answer(both, {"a": YES, "c": YES}).holds is True
    assert answer(both, {"a": YES, "b": NO, "c": NO}).fields == ("b", "c")


VALUES = st.sampled_from([True, False, None])


@given(st.lists(VALUES, min_size=1, max_size=5))
def test_all_and_any_are_those_of_kleene(values):
    fields = {
        f"f{at}": {True: YES, False: NO, None: OPEN}[value] for at, value in enumerate(values)
    }
    parts = tuple(Is(name, "yes") for name in fields)
    expected_all = False if False in values else None if None in values else True
    expected_any = True if True in values else None if None in values else False
    assert answer(AllOf(parts), fields).holds is expected_all
    assert answer(AnyOf(parts), fields).holds is expected_any
