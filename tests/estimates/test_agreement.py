"""Agreement statistics against published figures, and the refusal grader against people."""

from __future__ import annotations

import csv
import math
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.estimates.agreement import cohen_kappa, confusion

MODELS = ("gpt4", "llama2new", "mistralguard")
COMPLIANCE = "1_full_compliance"
LABELS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1)


def columns(folder: Path, model: str, first: str, second: str) -> tuple[list[str], list[str]]:
    models = MODELS if model == "pooled" else (model,)
    rows: list[dict[str, str]] = []
    for name in models:
        with (folder / "xstest" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows.extend(csv.DictReader(file))
    return [row[first] for row in rows], [row[second] for row in rows]


def two_way(labels: list[str]) -> list[str]:
    return [str(label != COMPLIANCE) for label in labels]


@pytest.mark.data
@pytest.mark.parametrize(
    ("model", "agreements", "three", "two"),
    [
        ("gpt4", 443, 0.970107, 0.991105),
        ("llama2new", 431, 0.925762, 0.953343),
        ("mistralguard", 422, 0.892337, 0.906218),
        ("pooled", 1296, 0.928586, 0.950732),
    ],
)
def test_kappa_of_two_people_is_the_published_one(
    data_dir: Path, model: str, agreements: int, three: float, two: float
) -> None:
    first, second = columns(data_dir, model, "annotation_1", "annotation_2")
    found = cohen_kappa(first, second)
    assert found.agreements == agreements
    assert found.kappa == pytest.approx(three, abs=5e-7)
    assert cohen_kappa(two_way(first), two_way(second)).kappa == pytest.approx(two, abs=5e-7)


@pytest.mark.data
@pytest.mark.parametrize(
    ("model", "agreements", "three", "two", "error"),
    [
        ("gpt4", 421, 0.872866, 0.875149, 0.022670),
        ("llama2new", 352, 0.616908, 0.623116, 0.033377),
        ("mistralguard", 345, 0.571409, 0.637976, 0.033694),
        ("pooled", 1118, 0.682050, 0.710287, 0.018184),
    ],
)
def test_kappa_of_judge_and_people_is_the_published_one(
    data_dir: Path, model: str, *, agreements: int, three: float, two: float, error: float
) -> None:
    people, judge = columns(data_dir, model, "final_label", "gpt4_label")
    found = cohen_kappa(people, judge)
    assert found.agreements == agreements
    assert found.kappa == pytest.approx(three, abs=5e-7)
    coarse = cohen_kappa(two_way(people), two_way(judge))
    assert coarse.kappa == pytest.approx(two, abs=5e-7)
    assert coarse.standard_error == pytest.approx(error, abs=5e-7)


@pytest.mark.data
def test_standard_errors_pooled_are_the_published_ones(data_dir: Path) -> None:
    first, second = columns(data_dir, "pooled", "annotation_1", "annotation_2")
    assert cohen_kappa(first, second).standard_error == pytest.approx(0.009354, abs=5e-7)
    people, judge = columns(data_dir, "pooled", "final_label", "gpt4_label")
    assert cohen_kappa(people, judge).standard_error == pytest.approx(0.017510, abs=5e-7)


@pytest.mark.data
def test_confusion_of_judge_is_the_published_one(data_dir: Path) -> None:
    people, judge = columns(data_dir, "pooled", "final_label", "gpt4_label")
    found = confusion(
        [label != COMPLIANCE for label in people], [label != COMPLIANCE for label in judge]
    )
    assert (found.true_positive, found.false_negative) == (537, 197)
    assert (found.false_positive, found.true_negative) == (2, 614)
    assert found.sensitivity == pytest.approx(0.731608, abs=5e-7)
    assert found.specificity == pytest.approx(0.996753, abs=5e-7)


def test_kappa_by_hand() -> None:
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen_kappa(first, second).kappa == pytest.approx(0.4)


def test_kappa_is_undefined_for_a_single_label() -> None:
    found = cohen_kappa(["a", "a"], ["a", "a"])
    assert math.isnan(found.kappa)
    assert math.isnan(found.standard_error)


def test_shares_are_undefined_without_cases() -> None:
    found = confusion([], [])
    assert math.isnan(found.sensitivity)
    assert math.isnan(found.specificity)


@pytest.mark.parametrize(("first", "second"), [([], []), (["a"], [])])
def test_kappa_needs_matching_labels(first: list[str], second: list[str]) -> None:
    with pytest.raises(ValueError, match="same, non-zero number"):
        cohen_kappa(first, second)


@given(pairs=LABELS)
def test_kappa_ignores_order_names_and_roles(pairs: list[tuple[str, str]]) -> None:
    first, second = map(list, zip(*pairs, strict=True))
    found = cohen_kappa(first, second)
    renamed = cohen_kappa([f"x{label}" for label in second[::-1]], [f"x{x}" for x in first[::-1]])
    assert renamed.kappa == pytest.approx(found.kappa, nan_ok=True)
    assert renamed.standard_error == pytest.approx(found.standard_error, nan_ok=True, abs=1e-9)


@pytest.mark.data
def test_refusal_grader_agrees_with_people_beyond_the_published_judge(
    data_dir: Path, root: Path
) -> None:
    spec = spec_from_file_location("refusal_agreement", root / "bench" / "refusal_agreement.py")
    assert spec is not None
    assert spec.loader is not None
    bench = module_from_spec(spec)
    # The bench's dataclasses look their module up by name.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "refusal_agreement", bench)
        spec.loader.exec_module(bench)
        rows = bench.load(data_dir)
        # the rules were written with every third reply of each model in view
        held_out = [row for place, row in enumerate(rows) if place % 450 % 3]
        people = [row.person for row in held_out]
        rules = bench.figures(people, [row.rules for row in held_out])
        judge = bench.figures(people, [row.judge for row in held_out])
    assert len(held_out) == 900
    assert rules.two_way.kappa > 0.8
    assert rules.two_way.kappa > judge.two_way.kappa
    assert rules.counts.specificity > 0.95
    assert rules.counts.sensitivity > 0.85
