"""What a model is asked for: the clauses tested least first, the same for the same seed."""

import pytest

from charter.cli.suite_coverage import suite_of
from charter.errors import SpecError, UnknownClause
from charter.evals.drafts.asks import plan_asks
from charter.evals.drafts.draft import Kind
from charter.load import load, load_effective, load_policy
from charter.source import digest_of

from .worlds import SPEC, world

OVERLAY = """\
---
spec: branch
version: "1"
extends:
  name: shop
  version: "2"
  digest: {digest}
level: developer
---

## Prices {{#prices authority=developer}}

The assistant must not quote prices of competitors[^comp].

## Ours {{#ours authority=user}}

It should name our branch[^bran].

~~~directive
id: ours_prices
override: [tone]
~~~
"""


@pytest.fixture
def folder(tmp_path):
    return world(tmp_path / "shop")


def plan(folder, section="prices", overlays=(), kinds=tuple(Kind), **more):
    effective = load_effective(folder, overlays)
    policy = load_policy(folder, overlays, cache=False)
    how = {"each": 3, "seed": 0} | more
    return plan_asks(suite_of(load(folder)), effective, policy, section, kinds=kinds, **how)


def test_every_kind_gets_the_number_that_is_wanted(folder):
    found = plan(folder)
    for kind in Kind:
        assert sum(ask.count for ask in found if ask.kind is kind) == 3
    assert all(ask.count > 0 for ask in found)


def test_the_clause_without_a_scenario_comes_first(folder):
    found = plan(folder, kinds=[Kind.CONFLICT], each=2)
    assert [ask.clause for ask in found] == ["prices/whoo", "prices/pric"]


def test_a_variation_is_of_an_example_which_is_its_source(folder):
    (ask,) = plan(folder, kinds=[Kind.VARIATION])
    assert (ask.source, ask.example.caption, ask.count) == (
        "prices/wants",
        "customer wants a price",
        3,
    )


def test_without_an_example_a_scenario_is_varied_and_without_both_nothing(tmp_path):
    bare = SPEC[: SPEC.index("**Example**")] + SPEC[SPEC.index("## Tone") :]
    folder = world(tmp_path, spec=bare)
    (ask,) = plan(folder, kinds=[Kind.VARIATION])
    assert ask.source == "price_bell"
    assert plan(folder, "tone", kinds=[Kind.VARIATION]) == []


def test_conflicts_cross_clauses_with_every_level_that_speaks(folder):
    found = plan(folder, kinds=[Kind.CONFLICT], each=6)
    assert {(ask.clause, ask.role) for ask in found} == {
        (clause, role)
        for clause in ("prices/pric", "prices/whoo")
        for role in ("system", "developer", "user")
    }
    assert len({ask.source for ask in found}) == 6


def test_tradeoffs_begin_with_sections_that_are_linked(folder):
    found = plan(folder, kinds=[Kind.TRADEOFF], each=2)
    assert [ask.other for ask in found] == ["safe/brak", "tone/frie"]


def test_what_an_overlay_says_is_crossed_with_the_user(folder, tmp_path):
    overlay = tmp_path / "branch.md"
    digest = digest_of((folder / "spec.md").read_text())
    overlay.write_text(OVERLAY.format(digest=digest))
    first, *others = plan(folder, overlays=[overlay], kinds=[Kind.CONFLICT])
    assert (first.role, first.said_by) == ("user", "developer")
    assert "competitors" in first.said
    assert not any(ask.said for ask in others)
    assert {ask.clause for ask in (first, *others)} == {"prices/pric", "prices/whoo"}
    (tone,) = plan(folder, "tone", [overlay], [Kind.CONFLICT], each=1)
    assert tone.said == "set aside the rules of tone. It should name our branch."


def test_the_seed_decides_the_order_and_nothing_else_does(folder):
    def order(seed):
        return [ask.source for ask in plan(folder, kinds=[Kind.CONFLICT], each=4, seed=seed)]

    assert order(1) == order(1)
    assert len({tuple(order(seed)) for seed in range(8)}) > 1


def test_a_section_that_binds_nobody_is_refused(folder):
    with pytest.raises(UnknownClause):
        plan(folder, "gone")
    (folder / "spec.md").write_text(SPEC + "\n# About {#about}\n\nIt must not bind.\n")
    with pytest.raises(SpecError, match="no rules that bind"):
        plan(folder, "about")
