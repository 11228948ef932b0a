import pytest

from charter.evals.calibration.scale import ADHERENCE, REFUSAL, scale_of


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("GOOD", "adhered"),
        ("OK", "adhered"),
        ("BAD", "violated"),
        (" adhered ", "adhered"),
        ("Violated", "violated"),
        ("fine", None),
        ("", None),
        ("none", None),
    ],
)
def test_words_of_adherence(written, label):
    assert ADHERENCE.read(written) == label


def test_partial_and_full_are_refusals():
    assert [REFUSAL.is_sought(label) for label in REFUSAL.labels] == [False, True, True]
    assert [ADHERENCE.is_sought(label) for label in ADHERENCE.labels] == [False, True]


def test_a_set_of_labels_has_one_scale():
    assert scale_of(frozenset({"adhered"})) is ADHERENCE
    assert scale_of(frozenset({"none", "full"})) is REFUSAL
    with pytest.raises(ValueError, match="no scale has all of adhered, none"):
        scale_of(frozenset({"none", "adhered"}))
