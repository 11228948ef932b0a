from dataclasses import replace

import pytest

from charter.evals.calibration.calibrate import Order, Ruled
from charter.evals.calibration.drift import drift
from charter.evals.calibration.figures import figures_of
from charter.evals.calibration.labelled import Labels
from charter.evals.calibration.scale import ADHERENCE
from charter.evals.judging.replies import Replies

from .conftest import Fixed, carry_out, labelled, settings


def measure(ledger, kind_to=0, count=80, *, replies=None, **changes):
    """Calibrate a judge that is too kind to so many of the bad answers; return its drift."""
    items = tuple(labelled(n, "adhered" if n % 2 else "violated") for n in range(count))
    wrong = {each.item.id for each in items[: 2 * kind_to : 2]}
    rater = Fixed(lambda each: "adhered" if each.item.id in wrong else each.truth)
    order = Order(Labels("f", ADHERENCE, items), rater, Ruled("s", None, "d"), settings(**changes))
    done = carry_out(ledger, order, replies=replies)
    return done.run, drift(ledger, figures_of(ledger, done.run))


def test_a_judge_that_became_kinder_is_noticed(ledger):
    first, nothing = measure(ledger)
    assert nothing is None
    _, found = measure(ledger, kind_to=12)
    assert (found.earlier, found.answers) == (first, 80)
    assert (found.kinder, found.harsher, found.wrong_now, found.right_now) == (12, 0, 12, 0)
    assert found.p == pytest.approx(2 / 2**12)
    assert found.shown


def test_the_same_judge_has_not_drifted(ledger):
    measure(ledger, kind_to=3)
    _, found = measure(ledger, kind_to=3)
    assert (found.kinder, found.harsher, found.p, found.shown) == (0, 0, 1, False)


def test_other_labels_or_samples_are_no_comparison(ledger):
    measure(ledger)
    assert measure(ledger, count=60)[1] is None
    assert measure(ledger, samples=2)[1] is None


def test_replies_from_the_ledger_tell_nothing_new(ledger):
    class Remembering(Fixed):
        async def rate(self, labelled, *, sample, replies=None):
            found = await super().rate(labelled, sample=sample, replies=replies)
            return type(found)(**{s: getattr(found, s) for s in found.__slots__} | {"cached": True})

    measure(ledger)
    items = tuple(labelled(n, "adhered" if n % 2 else "violated") for n in range(80))
    rater = Remembering(lambda each: each.truth)
    order = Order(Labels("f", ADHERENCE, items), rater, Ruled("s", None, "d"), settings())
    done = carry_out(ledger, order, replies=Replies())
    assert drift(ledger, figures_of(ledger, done.run)) is None


def test_answers_to_one_conversation_change_together(ledger):
    items = tuple(
        replace(labelled(n, "adhered" if n % 2 else "violated"), cluster=f"c{n % 20}")
        for n in range(80)
    )

    def asked(wrong):
        rater = Fixed(
            lambda each: "adhered" if each.cluster in wrong else each.truth  # kind to bad ones
        )
        order = Order(Labels("f", ADHERENCE, items), rater, Ruled("s", None, "d"), settings())
        done = carry_out(ledger, order)
        return drift(ledger, figures_of(ledger, done.run))

    asked(())
    found = asked(("c0", "c2", "c4"))
    assert (found.answers, found.kinder) == (80, 12)
    assert found.p == pytest.approx(2 / 2**3)  # of three conversations, and not of twelve answers
    assert not found.shown


def test_what_asks_nobody_cannot_drift(ledger):
    items = tuple(labelled(n, "adhered" if n % 2 else "violated") for n in range(10))
    rater = Fixed(lambda each: each.truth, asks=False)
    order = Order(Labels("f", ADHERENCE, items), rater, Ruled(), settings())
    carry_out(ledger, order)
    assert drift(ledger, figures_of(ledger, carry_out(ledger, order).run)) is None
