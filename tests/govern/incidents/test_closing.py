"""What keeps an incident from closing."""

import pytest

from charter.errors import CharterError
from charter.govern.incidents import closing
from charter.govern.incidents.clocks import clocks
from charter.govern.incidents.closing import Proof, Tried
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.regime_file import load_regimes
from charter.govern.incidents.state import Regression

from .made import GPAI, NOW, field, incident, time

SAID = {"at": "2026-11-22T12:00:00.000Z", "by": "bob"}
NAMED = Regression("greet/1", "run-1", "run-2", 2)
BEFORE = Tried("run-1", "greet/1", "2026-11-20T00:00:00Z", "d1", ("violated", "adhered"))
AFTER = Tried("run-2", "greet/1", "2026-11-21T00:00:00Z", "d1", ("adhered",) * 4)
GOOD = Proof(NAMED, BEFORE, AFTER)
READY = {
    "cause": ("cause", {"value": "A rule was missing."}),
    "regression": ("regression", {"name": "greet/1", "value": "run-1 run-2"}),
    "postmortem": ("postmortem", {"value": "What happened.", "by": "ada"}),
    "reviewed": ("reviewed", {"state": "accepted", "value": "3", "by": "bob"}),
    "resolved": ("resolved", {}),
}


def replaced(tried, **changes):
    return Tried(
        **{
            name: changes.get(name, getattr(tried, name))
            for name in ("run", "scenario", "started_at", "digest", "verdicts")
        }
    )


def test_it_closes_with_everything_and_takes_the_next_number():
    found = incident(*READY.values())
    left = closing.closing(found, [GOOD], ())
    assert left.missing == ()
    made = closing.close(found, left, **SAID)
    assert (made.change, made.number) == ("closed", 6)
    with pytest.raises(Refused, match="closed already"):
        closing.close(incident(*READY.values(), ("closed", {})), left, **SAID)


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ("cause", "no root cause"),
        ("postmortem", "no post-mortem"),
        ("reviewed", "nobody other than its author (ada)"),
        ("resolved", "not resolved"),
    ],
)
def test_each_part_is_needed(without, said):
    changes = [change if name != without else ("note", {}) for name, change in READY.items()]
    found = incident(*changes)
    left = closing.closing(found, [GOOD], ())
    assert any(said in each for each in left.missing), left.missing
    with pytest.raises(Refused, match="cannot close"):
        closing.close(found, left, **SAID)


def test_a_scenario_is_needed_and_every_one_named_has_to_prove_it():
    found = incident(*READY.values())
    assert "no scenario" in closing.closing(found, [], ()).missing[0]
    bad = Proof(Regression("other", "run-1", "", 9), BEFORE, None)
    assert closing.closing(found, [GOOD, bad], ()).missing == (
        "other: no run is named in which it passes",
    )


OBJECTIONS = [
    (Proof(NAMED, None, AFTER), "run run-1 has no such scenario"),
    (Proof(NAMED, BEFORE, None), "run run-2 has no such scenario"),
    (Proof(NAMED, replaced(BEFORE, verdicts=("adhered", "error")), AFTER), "did not fail"),
    (Proof(NAMED, BEFORE, replaced(AFTER, verdicts=("adhered", "violated"))), "1 of 2"),
    (Proof(NAMED, BEFORE, replaced(AFTER, verdicts=("adhered", "not_judged"))), "1 of 2"),
    (Proof(NAMED, BEFORE, replaced(AFTER, verdicts=())), "0 of 0"),
    (Proof(NAMED, BEFORE, replaced(AFTER, digest="d2")), "not the same in both"),
    (Proof(NAMED, replaced(BEFORE, digest=""), replaced(AFTER, digest="")), "not the same"),
    (Proof(NAMED, BEFORE, replaced(AFTER, started_at="2026-11-19T00:00:00Z")), "not later"),
    (Proof(NAMED, BEFORE, replaced(AFTER, run="run-1")), "not later"),
]


@pytest.mark.parametrize(("proof", "said"), OBJECTIONS, ids=[said for _, said in OBJECTIONS])
def test_what_proves_nothing_is_said(proof, said):
    assert said in proof.objection
    assert proof.said == proof.objection


def test_a_proof_has_its_interval_and_says_where_it_rests_on_little():
    assert GOOD.objection == ""
    assert "adhered in 4 of 4 in run run-2 (95 % interval 51.0% to 100.0%)" in GOOD.said
    one = Proof(NAMED, BEFORE, replaced(AFTER, verdicts=("adhered",)))
    assert "20.7% to 100.0%; few replies prove little" in one.said


def test_reports_still_owed_and_oddities_are_warnings():
    found = incident(
        *GPAI, field("harm_kinds", "death?"), time("aware_at", "2026-11-20T09:00:00Z"), ("sung", {})
    )
    left = closing.closing(found, [], clocks(found, load_regimes(), now=NOW))
    assert (
        "eu-gpai-code initial: counting, due 2026-11-30 09:00 UTC (if it applies: harm_kinds)"
        in (left.warnings)
    )
    assert any(each.startswith("odd: record 5") for each in left.warnings)


def test_the_author_may_not_review_and_changes_need_a_note():
    found = incident(READY["postmortem"])
    with pytest.raises(Refused, match="somebody else"):
        closing.reviewed(found, at=SAID["at"], by="ada", accepted=True, note="")
    with pytest.raises(CharterError, match="what should be changed"):
        closing.reviewed(found, **SAID, accepted=False, note=" ")
    with pytest.raises(Refused, match="no post-mortem"):
        closing.reviewed(incident(), **SAID, accepted=True, note="")
    assert closing.reviewed(found, **SAID, accepted=True, note="").value == "1"
    changes = ("reviewed", {"state": "changes", "value": "1", "by": "cy", "reason": "when?"})
    both = incident(
        READY["postmortem"],
        ("reviewed", {"state": "accepted", "value": "1", "by": "bob"}),
        changes,
    )
    assert "cy asks for changes of the post-mortem" in closing.closing(both, [], ()).missing


def test_a_scenario_named_by_mistake_is_withdrawn():
    found = incident(READY["regression"])
    made = closing.withdrawn(found, **SAID, scenario="greet/1", reason="another fault")
    after = incident(
        READY["regression"], ("regression", {"name": made.name, "reason": made.reason})
    )
    assert (found.regressions[0].after, after.regressions) == ("run-2", ())
    with pytest.raises(Refused, match="no scenario"):
        closing.withdrawn(found, **SAID, scenario="x", reason="y")
    for scenario, before, late in (
        ("", "r", ""),
        ("s p", "r", ""),
        ("s", "", ""),
        ("s", "r", "a b"),
    ):
        with pytest.raises(CharterError, match="named by its id"):
            closing.regression(found, **SAID, scenario=scenario, before=before, after=late)


def test_post_mortems_are_bounded():
    for text in (" ", "x" * 200_001):
        with pytest.raises(CharterError, match="post-mortem"):
            closing.postmortem(incident(), **SAID, text=text)


@pytest.mark.parametrize("name", ["Ada", " ada ", "A\u200bda", "\uff41da"])
def test_the_author_under_a_name_that_looks_the_same_reviews_nothing(name):
    found = incident(READY["postmortem"])
    with pytest.raises(Refused, match="wrote the post-mortem"):
        closing.reviewed(found, at=SAID["at"], by=name, accepted=True, note="")
    recorded = ("reviewed", {"state": "accepted", "value": "3", "by": name})
    forged = incident(*(READY | {"reviewed": recorded}).values())
    assert forged.reviewers == ()
    assert any("author reviewed it" in odd for odd in forged.oddities)
    assert any("nobody other" in each for each in closing.closing(forged, [GOOD], ()).missing)


def test_who_accepts_under_another_spelling_takes_back_what_was_asked_for():
    wanted = ("reviewed", {"state": "changes", "value": "3", "by": "bob", "reason": "no"})
    again = ("reviewed", {"state": "accepted", "value": "3", "by": "BOB"})
    changes = [each for name, each in READY.items() if name != "reviewed"]
    found = incident(*changes[:3], wanted, again, *changes[3:])
    assert closing.closing(found, [GOOD], ()).missing == ()
