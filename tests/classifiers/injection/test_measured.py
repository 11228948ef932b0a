"""The measurements that ship belong to the weights that ship, and say what the pages say."""

import json
from importlib.resources import files

import pytest

pytest.importorskip("numpy")

from charter.classifiers.injection import head

FOLDER = files("charter.classifiers.injection")
SHA = FOLDER.joinpath("weights.npz.sha256").read_text(encoding="ascii").strip()
CARD = FOLDER.joinpath("card.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def measured():
    return json.loads(FOLDER.joinpath("measured.json").read_text(encoding="utf-8"))


def test_the_figures_are_of_these_weights(measured):
    assert measured["sha256"] == SHA == head.shipped().digest
    assert SHA in CARD
    assert measured["points"] == head.shipped().points


def test_false_alarms_are_as_documented(measured):
    for group in measured["benign"].values():
        assert group["1%"]["interval"][0] <= 0.02
    largest = max(measured["benign"].values(), key=lambda group: group["texts"])
    assert largest["texts"] > 500
    assert largest["1%"]["share"] <= 0.02


def test_recall_is_as_documented(measured):
    """Documents say: about half of the attacks of two public corpora."""
    for corpus in ("AgentDojo", "bastioncorpus"):
        found = measured[f"all of {corpus}"]
        assert found["texts"] > 100
        assert 0.4 < found["1%"]["share"] < 0.65
        low, high = found["1%"]["interval"]
        assert low < found["1%"]["share"] < high


def test_every_figure_has_its_counts(measured):
    for part in ("benign", "attacks", "rules", "own_kinds_held_out"):
        for group in measured[part].values():
            for point in measured["points"]:
                assert group[point]["share"] == round(group[point]["hits"] / group["texts"], 4)


def test_the_card_tells_what_is_weak():
    for heading in ("## Data", "## Known failures", "Operating points", "CC0", "misses"):
        assert heading in CARD
