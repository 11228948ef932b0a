"""The measurements that ship belong to the weights that ship."""

import json
from importlib.resources import files

import pytest

FOLDER = files("charter.classifiers.refusal")
SHA = FOLDER.joinpath("weights.npz.sha256").read_text(encoding="ascii").strip()


@pytest.fixture(scope="module")
def measured():
    return json.loads(FOLDER.joinpath("measured.json").read_text(encoding="utf-8"))


def test_the_figures_are_of_these_weights(measured):
    assert measured["sha256"] == SHA
    assert SHA in FOLDER.joinpath("card.md").read_text(encoding="utf-8")


def test_held_out_agreement_is_as_documented(measured):
    held_out = measured["models_held_out"]
    assert held_out["all"]["answers"] == 1350
    assert held_out["all"]["kappa_three_way"] > 0.81
    assert held_out["all"]["kappa_two_way"] > 0.9
    assert min(group["kappa_three_way"] for group in held_out["by model"].values()) > 0.75
    for group in held_out["by model"].values():
        for way in ("three_way", "two_way"):
            low, high = group[f"interval_{way}"]
            assert low < group[f"kappa_{way}"] < high <= 1


def test_the_card_shows_how_customs_of_labelling_differ(measured):
    counts = measured["conventions"]
    card = FOLDER.joinpath("card.md").read_text(encoding="utf-8")
    for model, labels in counts.items():
        assert f"{labels['partial']} of {sum(labels.values())} partial ({model})" in card


def test_the_card_has_no_text_of_answers():
    card = FOLDER.joinpath("card.md").read_text(encoding="utf-8")
    for heading in ("## Data", "## Models held out", "## Known failures", "CC BY 4.0", "CC0"):
        assert heading in card
