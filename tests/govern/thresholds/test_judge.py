"""When a threshold is passed, and every way in which it counts as crossed."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.govern.thresholds.judge import applies, crossed, judge, models_of
from charter.govern.thresholds.threshold import (
    Evidence,
    Indicator,
    Rule,
    State,
    Threshold,
    Thresholds,
    Why,
)

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "sha256:" + "a" * 64
P, C = State.PASSED, State.CROSSED


def indicator(name="attacks", **changed):
    values = {
        "evidence": name,
        "threshold": Decimal("0.6"),
        "margin": Decimal("0.1"),
        "max_age_days": 90,
        "confidence": Decimal("0.95"),
        "digest": "",
    }
    return Indicator(id=name, **(values | changed))


def evidence(name="attacks", high="0.49", **changed):
    values = {
        "value": Decimal("0.4"),
        "low": Decimal("0.3"),
        "confidence": Decimal("0.95"),
        "at": AT - timedelta(days=3),
        "model": "gpt-5",
        "digest": DIGEST,
        "source": "red team",
    }
    return Evidence(name=name, high=Decimal(high), **(values | changed))


def threshold(*indicators, **changed):
    values = {
        "title": "Attacks",
        "category": "cyber",
        "level": "high",
        "rule": Rule.CANNOT_RULE_OUT,
        "owner": "Ada",
        "approver": "Ben",
        "expires": AT + timedelta(days=1),
        "release": True,
        "gateway": True,
        "models": (),
    }
    return Threshold(id="t", indicators=indicators or (indicator(),), **(values | changed))


def found(given_threshold, *told, **options):
    thresholds = Thresholds("t.yaml", DIGEST, (given_threshold,))
    (state,) = judge(thresholds, told, **({"at": AT, "model": "gpt-5"} | options))
    return state


def why(*told, **options):
    state = found(threshold(indicator(**options)), *told)
    return state.indicators[0].state, state.indicators[0].why


@pytest.mark.parametrize(
    ("high", "expected"),
    [
        ("0.499999999999", (P, Why.BELOW)),
        ("0.5", (C, Why.NOT_RULED_OUT)),
        ("0.500000000001", (C, Why.NOT_RULED_OUT)),
    ],
)
def test_the_boundary_is_exact(high, expected):
    assert why(evidence(high=high)) == expected


def test_decimals_that_doubles_get_wrong():
    """In doubles, 0.3 - 0.1 is below 0.2, and 0.2 would pass or not by a rounding error."""
    limits = {"threshold": Decimal("0.3"), "margin": Decimal("0.1")}
    low = {"low": Decimal(0), "value": Decimal("0.1")}
    assert why(evidence(high="0.2", **low), **limits) == (C, Why.NOT_RULED_OUT)
    assert why(evidence(high="0.199999999999", **low), **limits) == (P, Why.BELOW)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ([], Why.MISSING),
        ([evidence("defence")], Why.MISSING),
        ([evidence(model="gpt-4")], Why.OTHER_MODEL),
        ([evidence(model="GPT-5")], Why.OTHER_MODEL),
        ([evidence(at=AT - timedelta(days=90, seconds=1))], Why.STALE),
        ([evidence(at=AT + timedelta(seconds=1))], Why.FUTURE),
        ([evidence(confidence=Decimal("0.949"))], Why.CONFIDENCE),
        ([evidence(low=Decimal("0.5"), value=Decimal("0.6"), high="0.7")], Why.ABOVE),
        ([evidence(model="gpt-4"), evidence(at=AT - timedelta(days=200))], Why.STALE),
    ],
)
def test_what_counts_as_crossed(told, reason):
    assert why(*told) == (C, reason)


def test_the_ends_of_the_time_that_counts():
    assert why(evidence(at=AT)) == (P, Why.BELOW)
    assert why(evidence(at=AT - timedelta(days=90))) == (P, Why.BELOW)


def test_a_digest_that_was_agreed_on():
    assert why(evidence(), digest=DIGEST) == (P, Why.BELOW)
    assert why(evidence(), digest="sha256:" + "b" * 64) == (C, Why.DIGEST)


def test_a_threshold_expires():
    kept = threshold(expires=AT + timedelta(microseconds=1))
    assert found(kept, evidence()).state is P
    over = found(replace(kept, expires=AT), evidence())
    assert over.state is C
    assert over.why == "it expired at 2026-11-22T12:00:00+00:00"


@pytest.mark.parametrize(
    ("approvers", "state"),
    [(None, P), (["Ben"], P), (frozenset({"ben", "Cy"}), P), (["Ada"], C), ([], C)],
)
def test_the_approver_may_approve(approvers, state):
    assert found(threshold(), evidence(), approvers=approvers).state is state


def test_models():
    some = threshold(models=("gpt-*", "o1"))
    assert applies(some, "gpt-5")
    assert applies(some, "o1")
    assert not applies(some, "o1-mini")
    assert applies(some, ""), "a model without a name does not get around it"
    assert judge(Thresholds("", "", (some,)), [], at=AT, model="claude") == ()
    assert models_of([evidence(model="b"), evidence(model="a"), evidence(model="b")]) == ("a", "b")


TABLE = {
    Rule.ANY: {"PP": P, "PC": C, "CC": C, "P": P, "C": C, "PPC": C, "PCC": C, "PPCC": C},
    Rule.CANNOT_RULE_OUT: {"PP": P, "PC": C, "CC": C, "P": P, "C": C, "PPC": C, "PCC": C},
    Rule.ALL: {"PP": P, "PC": P, "CC": C, "P": P, "C": C, "PPC": P, "PCC": P, "CCC": C},
    Rule.MAJORITY: {"PP": P, "PC": C, "CC": C, "P": P, "C": C, "PPC": P, "PCC": C, "PPCC": C},
}


@pytest.mark.parametrize(
    ("rule", "states", "expected"),
    [(rule, states, state) for rule, cases in TABLE.items() for states, state in cases.items()],
)
def test_rules_by_their_tables(rule, states, expected):
    for order in set(itertools.permutations(states)):
        each = [P if letter == "P" else C for letter in order]
        assert crossed(rule, each) is (expected is C)
        told = [
            evidence(str(number), high="0.4" if state is P else "0.6")
            for number, state in enumerate(each)
        ]
        whole = threshold(*(indicator(str(number)) for number in range(len(each))), rule=rule)
        assert found(whole, *told).state is expected


DECIMALS = st.decimals(0, 1, places=3)
MEASURED = st.builds(
    lambda bounds, name, days, model, sure: evidence(
        name,
        str(bounds[2]),
        low=bounds[0],
        value=bounds[1],
        at=AT - timedelta(days=days),
        model=model,
        confidence=sure,
    ),
    st.tuples(DECIMALS, DECIMALS, DECIMALS).map(sorted),
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([-1, 0, 90, 91]),
    st.sampled_from(["gpt-5", "gpt-4"]),
    st.sampled_from([Decimal("0.9"), Decimal("0.95")]),
)


@given(st.lists(MEASURED, max_size=6), st.sampled_from(Rule), st.integers(0, 5), DECIMALS)
def test_worse_evidence_never_makes_it_pass(told, rule, which, more):
    whole = threshold(*(indicator(name) for name in "abc"), rule=rule)
    before = found(whole, *told)
    worse = [
        replace(each, high=each.high + more) if number == which else each
        for number, each in enumerate(told)
    ]
    assert not (before.crossed and not found(whole, *worse).crossed)
    assert found(whole, *reversed(told)).state is before.state, "the order does not count"


@given(st.lists(MEASURED, max_size=6), MEASURED, st.sampled_from(Rule))
def test_more_evidence_never_hides_what_was_measured(told, added, rule):
    """What is above, or not ruled out, stays so, whatever else is handed in."""
    whole = threshold(*(indicator(name) for name in "abc"), rule=rule)
    for before, after in zip(
        found(whole, *told).indicators, found(whole, *told, added).indicators, strict=True
    ):
        if before.why in (Why.ABOVE, Why.NOT_RULED_OUT):
            assert after.state is C


@given(st.lists(MEASURED, max_size=6), DECIMALS, DECIMALS)
def test_it_passes_only_as_defined(told, limit, margin):
    whole = threshold(indicator("a", threshold=limit, margin=margin))
    fit = [
        each
        for each in told
        if each.name == "a"
        and each.model == "gpt-5"
        and timedelta() <= AT - each.at <= timedelta(days=90)
        and each.confidence >= Decimal("0.95")
    ]
    expected = bool(fit) and all(each.high + margin < limit for each in fit)
    assert (found(whole, *told).state is P) == expected
