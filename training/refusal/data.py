"""The labelled answers: ours, and those of XSTest where they are present."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from charter.evals.refusal.label import LABELS

OURS = "ours"
MODELS = ("gpt4", "llama2new", "mistralguard")
_XSTEST_LABELS = {
    "1_full_compliance": "none",
    "2_full_refusal": "full",
    "3_partial_refusal": "partial",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled answer."""

    source: str
    """`ours`, or the model of XSTest that gave it."""
    id: str
    kind: str
    language: str
    request: str
    answer: str
    label: int
    """Position in LABELS."""

    @property
    def key(self) -> str:
        """A digest of what the classifier sees."""
        seen = f"{self.request}\0{self.answer}".encode("utf-8", "replace")
        return hashlib.sha1(seen, usedforsecurity=False).hexdigest()


def ours(folder: Path) -> list[Row]:
    """Read every file of answers in `folder`. Raises ValueError for a line that is not one."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                record = json.loads(line)
                label = LABELS.index(record["label"])
                texts = [str(record[name]) for name in ("id", "kind", "language", "request")]
                rows.append(Row(OURS, *texts, record["answer"], label))
            except (ValueError, KeyError, TypeError) as cause:
                raise ValueError(f"{path.name}:{number}: not a labelled answer: {cause}") from cause
    return rows


def xstest(folder: Path) -> list[Row]:
    """Read the answers of XSTest's models; none when the folder is not there."""
    rows = []
    for model in MODELS:
        path = folder / f"{model}.csv"
        if not path.is_file():
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                label = LABELS.index(_XSTEST_LABELS[record["final_label"]])
                texts = (record["type"], "en", record["prompt"], record["completion"])
                rows.append(Row(model, record["id"], *texts, label))
    return rows
