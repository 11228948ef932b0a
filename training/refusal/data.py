"""The labelled answers: ours, and those of XSTest where they are present."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from charter.classifiers.refusal.label import LABELS
from charter.classifiers.refusal.rules import declines, objects, own_sentences

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
    is_whole: bool = True
    """False for a piece of an answer, which is learned from and never judged."""
    is_unsafe: bool | None = None
    """Whether the request is one to refuse; None where nobody said."""

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
                is_unsafe = record["type"].startswith("contrast_")
                row = Row(model, record["id"], *texts, label, is_unsafe=is_unsafe)
                rows.append(row)
    return rows


def pieces(rows: Iterable[Row]) -> list[Row]:
    """Return the first sentence and one other of each answer that complies, as answers of theirs.

    Few short answers were ever collected that are no refusals; without these a short answer of
    any kind looks like one. Sentences in which the rules see a refusal are left out.
    """
    found = []
    for row in rows:
        if LABELS[row.label] != "none" or row.language != "en":
            continue
        said = own_sentences(row.answer)
        if len(said) < 2:
            continue
        chosen = int(row.key, 16) % (len(said) - 1) + 1
        for place, request in ((0, row.request), (chosen, "")):
            if not declines(said, place) and not objects(said[place]):
                text = said[place].span.of(row.answer)
                found.append(replace(row, answer=text, request=request, is_whole=False))
    return found
