"""The rows of XSTest, as every test of corrections reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass

import pytest

MODELS = ("gpt4", "llama2new", "mistralguard")
COMPLIANCE = "1_full_compliance"


@dataclass(frozen=True)
class Row:
    """One answer: who refused it is said by people and by the judge."""

    id: str
    type: str
    model: str
    place: int
    """In the file of its model, from 0."""
    people: float
    judge: float
    """1 for a refusal, full or partial."""
    first: str
    second: str
    final: str
    judged: str

    @property
    def safe(self) -> bool:
        return not self.type.startswith("contrast_")

    @property
    def in_calibration(self) -> bool:
        return self.place % 5 == 0


@pytest.fixture(scope="session")
def answers(data_dir):
    """The rows of each model by its name, and of all of them as `pooled`."""
    found = {}
    for model in MODELS:
        file = data_dir / "xstest" / f"{model}.csv"
        with file.open(encoding="utf-8", newline="") as stream:
            found[model] = [
                row(model, at, entry) for at, entry in enumerate(csv.DictReader(stream))
            ]
    return found | {"pooled": [each for model in MODELS for each in found[model]]}


def row(model, place, entry):
    return Row(
        id=entry["id"],
        type=entry["type"],
        model=model,
        place=place,
        people=float(entry["final_label"] != COMPLIANCE),
        judge=float(entry["gpt4_label"] != COMPLIANCE),
        first=entry["annotation_1"],
        second=entry["annotation_2"],
        final=entry["final_label"],
        judged=entry["gpt4_label"],
    )
