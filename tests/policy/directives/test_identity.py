"""Ids of directives."""

from charter.policy.directive import Act, Directive
from charter.policy.directives.identity import Ids, derived_id, renamed, unknown_targets
from charter.policy.scope import Scope


def keep(wanted, *targets):
    return Directive(wanted, Act.KEEP, "user", targets=targets)


def test_a_second_of_one_id_gets_a_number():
    ids = Ids()
    assert [ids.claim(keep(each)).id for each in ("a", "a", "b", "a")] == ["a", "a-2", "b", "a-3"]


def test_a_number_that_an_author_gave_is_not_given_again():
    ids = Ids()
    assert [ids.claim(keep(each)).id for each in ("a-2", "a", "a")] == ["a-2", "a", "a-3"]


def test_ids_that_are_taken_are_given_to_nobody():
    assert Ids(["be_brief"]).claim(keep("be_brief")).id == "be_brief-2"


def test_ten_thousand_of_one_id_take_no_longer_than_others():
    ids = Ids()
    given = [ids.claim(keep("a")).id for _ in range(10_000)]
    assert given[-1] == "a-10000"
    assert len(set(given)) == 10_000


def test_a_scope_has_the_id_of_its_directive():
    directive = Directive("a", Act.SCOPE, "user", scope=Scope(id="a"))
    assert renamed(directive, "b").scope.id == "b"


def test_the_derived_id_is_pinned():
    assert derived_id(keep("", "no_prices")) == "d-87545a92"


def test_targets_that_name_nothing_are_found_once_in_order():
    directives = [keep("a", "no_prices", "gone"), keep("b", "a", "gone", "lost")]
    assert unknown_targets(directives, {"no_prices"}) == ["gone", "lost"]
