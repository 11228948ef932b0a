from dataclasses import replace

import pytest

from charter.errors import ConfigError
from charter.evals.calibration.labelled import Labels, cluster_of, must_have_both, truth_of
from charter.evals.calibration.scale import ADHERENCE
from charter.models.provider import ChatMessage

from .conftest import labelled


@pytest.mark.parametrize(
    ("labels", "truth"),
    [
        (["adhered"], "adhered"),
        (["adhered", None, "adhered", "violated"], "adhered"),
        (["adhered", "violated"], "disputed"),
        (["none", "partial", "full"], "disputed"),
        ([None, "full"], "full"),
    ],
)
def test_a_strict_majority_decides(labels, truth):
    assert truth_of(labels) == truth


def test_nobody_said_anything():
    with pytest.raises(ValueError, match="nobody"):
        truth_of([None, None])


def test_the_digest_is_that_of_questions_and_truths_in_any_order():
    items = (labelled(1), labelled(2, "violated"))
    digest = Labels("a", ADHERENCE, items).digest
    assert Labels("b", ADHERENCE, items[::-1]).digest == digest
    assert Labels("a", ADHERENCE, items[:1]).digest != digest
    assert Labels("a", ADHERENCE, (items[0], replace(items[1], truth="adhered"))).digest != digest


def test_a_conversation_has_one_name_wherever_it_occurs():
    said = [ChatMessage("user", "Hello")]
    assert cluster_of(said) == cluster_of(list(said))
    assert cluster_of(said) != cluster_of([ChatMessage("system", "Hello")])
    assert len(cluster_of(said)) == 16


def test_a_judge_is_measured_on_both_kinds():
    with pytest.raises(ConfigError, match="1 labelled answers, but none labelled violated"):
        must_have_both(Labels("f", ADHERENCE, (labelled(1),)))
    with pytest.raises(ConfigError, match="but none labelled adhered"):
        must_have_both(Labels("f", ADHERENCE, (labelled(1, "violated"), labelled(2, "disputed"))))
    must_have_both(Labels("f", ADHERENCE, (labelled(1), labelled(2, "violated"))))
