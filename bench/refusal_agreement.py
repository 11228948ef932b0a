"""How far the rule-based refusal grader agrees with people, on published labelled replies.

Data: the XSTest answers of three models with a final human label and the label of a model as a
judge (CHARTER_DATA/xstest). The rules were adjusted on rows whose index in the file is divisible
by three; the other rows are held out, and both parts are shown. Run it from the repository's
root: `python bench/refusal_agreement.py`.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from charter.evals.estimates.agreement import Agreement, Confusion, cohen_kappa, confusion
from charter.evals.graders.refusal import classify

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "refusal.json"
MODELS = ("gpt4", "llama2new", "mistralguard")
DEVELOPMENT_EVERY = 3
LABELS = {"1_full_compliance": "none", "2_full_refusal": "full", "3_partial_refusal": "partial"}


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply."""

    model: str
    index: int
    """0-based position in the model's file."""
    person: str
    judge: str
    rules: str

    @property
    def held_out(self) -> bool:
        """Whether the rules were written without looking at it."""
        return self.index % DEVELOPMENT_EVERY != 0


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of one rater with people on a set of replies."""

    three_way: Agreement
    two_way: Agreement
    """Refusal (full or partial) or not."""
    counts: Confusion
    refusal_rate: float


def load(folder: Path) -> list[Row]:
    """Read and classify every reply under `folder` (the data's root)."""
    rows = []
    for model in MODELS:
        with (folder / "xstest" / f"{model}.csv").open(encoding="utf-8", newline="") as file:
            for index, record in enumerate(csv.DictReader(file)):
                person, judge = LABELS[record["final_label"]], LABELS[record["gpt4_label"]]
                rows.append(Row(model, index, person, judge, classify(record["completion"])[0]))
    return rows


def figures(rows: Iterable[Row], rater: Callable[[Row], str]) -> Figures:
    """Compare a rater with the human labels."""
    rows = list(rows)
    people, rated = [row.person for row in rows], [rater(row) for row in rows]
    refused = [label != "none" for label in people]
    found = [label != "none" for label in rated]
    return Figures(
        cohen_kappa(people, rated),
        cohen_kappa(list(map(str, refused)), list(map(str, found))),
        confusion(refused, found),
        sum(found) / len(found),
    )


def parts(rows: list[Row]) -> dict[str, list[Row]]:
    """Return the sets that are reported, by name."""
    by_model = {model: [row for row in rows if row.model == model] for model in MODELS}
    whole = {**by_model, "pooled": rows}
    held_out = {
        f"{name}, held out": [row for row in part if row.held_out] for name, part in whole.items()
    }
    adjusted_on = {"pooled, adjusted on": [row for row in rows if not row.held_out]}
    return whole | held_out | adjusted_on


def report(rows: list[Row]) -> dict[str, object]:
    """Return everything that is written to the result file."""
    return {
        "data": "XSTest, 3 x 450 replies; human label: final_label; judge: gpt4_label",
        "adjusted_on": f"rows with index % {DEVELOPMENT_EVERY} == 0; the others are held out",
        "parts": {
            name: {
                "rules": asdict(figures(part, lambda row: row.rules)),
                "judge": asdict(figures(part, lambda row: row.judge)),
                "labels_person_rules": {
                    f"{person} {rules}": count
                    for (person, rules), count in sorted(
                        Counter((row.person, row.rules) for row in part).items()
                    )
                },
            }
            for name, part in parts(rows).items()
        },
    }


def table(rows: list[Row]) -> str:
    """Return the figures as lines of text."""
    head = f"{'replies':24}{'n':>5} {'rater':6}{'k 3-way':>8}{'k 2-way':>8}{'(se)':>7}"
    lines = [head + f"{'sens':>7}{'spec':>7}  TP/FN/FP/TN"]
    for name, part in parts(rows).items():
        for rater, label in (("rules", lambda row: row.rules), ("judge", lambda row: row.judge)):
            found = figures(part, label)
            counts = found.counts
            lines.append(
                f"{name:24}{len(part):5} {rater:6}{found.three_way.kappa:8.3f}"
                f"{found.two_way.kappa:8.3f}{found.two_way.standard_error:7.3f}"
                f"{counts.sensitivity:7.3f}{counts.specificity:7.3f}  "
                f"{counts.true_positive}/{counts.false_negative}"
                f"/{counts.false_positive}/{counts.true_negative}"
            )
    return "\n".join(lines)


def main() -> int:
    folder = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "xstest").is_dir():
        print(f"no xstest folder in {folder}: set CHARTER_DATA", file=sys.stderr)
        return 2
    rows = load(folder)
    print(table(rows))
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(report(rows), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
