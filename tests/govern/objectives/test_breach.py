"""Confirmed breaches of root sections."""

import pytest
from tests.govern.objectives.kept import ago, queued, review

from charter.govern.objectives.breach import Breach, breaches, confirmed, raised
from charter.ledger.open import open_ledger
from charter.records.objective import AlertRaised
from charter.records.oversight import AnswerKnown

BAD = "violated"


def say(by, minutes, label=BAD, of="d.1", section="safe"):
    return review(of, ago(minutes), by=by, label=label, section=section)


@pytest.mark.parametrize(
    ("reviews", "since"),
    [
        ([say("ada", 9)], None),
        ([say("ada", 9), say("bob", 8)], 8),
        ([say("ada", 9), say(" ADA ", 8)], None),  # one person by two spellings
        ([say("Ann Lee", 9), say("ann  lee", 8)], None),
        ([say("Ann", 9), say("A\u200bnn", 8)], None),
        ([say("ada", 9), say("bob", 8, section="safe/clause")], 8),
        ([say("ada", 9), say("bob", 8, of="e.1")], None),
        ([say("ada", 9), say("bob", 8, section="tone")], None),
        ([say("ada", 9), say("bob", 8), say("cy", 7, "adhered")], 8),
        ([say("ada", 9), say("bob", 8), say("cy", 7, "adhered"), say("di", 6, "adhered")], None),
        ([say("cy", 9, "adhered"), say("di", 8, "adhered"), say("ada", 7), say("bob", 6),
          say("eve", 5)], 5),
    ],
)  # fmt: skip
def test_two_people_and_most_of_them_confirm_a_breach(reviews, since):
    found = confirmed(reviews, {"safe"})
    assert [each.at for each in found] == ([] if since is None else [ago(since)])


def test_an_exercise_is_no_breach(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(say("ada", 9), say("bob", 8))
        assert [each.decision for each in breaches(ledger, ["safe"])] == ["d.1"]
        assert breaches(ledger, []) == ()
        ledger.append(queued("i", "d.1", ago(20)), AnswerKnown("i", ago(21), "x", "c", "p", "s"))
        assert breaches(ledger, ["safe"]) == ()


def test_each_breach_is_raised_once_and_its_line_numbered_on():
    one, other = (Breach(d, "safe", ago(1), 2, 1) for d in ("d.1", "e.1"))
    (first,) = raised([one], [], at=ago(), definition="f")
    assert (first.run, first.number, first.severity) == ("root:safe/breach", 1, "breach")
    assert (first.bad, first.total, first.long_minutes, first.burn) == (2, 3, 0, "")
    (second,) = raised([one, other], [first], at=ago(), definition="f")
    assert (second.number, second.links) == (2, ("e.1",))
    assert raised([one, other], [first, second], at=ago(), definition="f") == ()
    assert isinstance(second, AlertRaised)
