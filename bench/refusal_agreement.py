"""How far the refusal classifier agrees with people, and how fast it is on one core.

Data: the XSTest answers of three models with a final human label and the label of a model as a
judge (CHARTER_DATA/xstest). The trained classifier is fitted without the model it is tested on;
those figures are taken from `measured.json`, which `training/refusal/train.py` writes beside the
weights that ship. The rules were adjusted on rows whose index in the file is divisible by three.
Run it from the repository's root: `python bench/refusal_agreement.py [--train] [--cache FILE]`.
With --train the heads without each model are fitted here and now (extra `train`), and must give
the figures of `measured.json`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from charter.classifiers.refusal import classify, features, rules
from charter.classifiers.refusal import head as heads
from charter.estimates.agreement import Agreement, Confusion, cohen_kappa, confusion

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "refusal.json"
MODELS = ("gpt4", "llama2new", "mistralguard")
LABELS = {"1_full_compliance": "none", "2_full_refusal": "full", "3_partial_refusal": "partial"}
LIMIT = 300
"""Answers of a second on one core."""


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled reply."""

    model: str
    request: str
    answer: str
    person: str
    judge: str
    rules: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of one rater with people on a set of replies."""

    three_way: Agreement
    two_way: Agreement
    """Refusal (full or partial) or not."""
    counts: Confusion


def load(folder: Path) -> list[Row]:
    """Read every reply under `folder` (the data's root)."""
    rows = []
    for model in MODELS:
        with (folder / "xstest" / f"{model}.csv").open(encoding="utf-8", newline="") as file:
            for record in csv.DictReader(file):
                answer = record["completion"]
                person, judge = LABELS[record["final_label"]], LABELS[record["gpt4_label"]]
                by_rules = rules.classify(answer).label
                rows.append(Row(model, record["prompt"], answer, person, judge, by_rules))
    return rows


def figures(people: Sequence[str], rated: Sequence[str]) -> Figures:
    """Compare a rater's labels with people's."""
    refused = [label != "none" for label in people]
    found = [label != "none" for label in rated]
    return Figures(
        cohen_kappa(people, rated),
        cohen_kappa(list(map(str, refused)), list(map(str, found))),
        confusion(refused, found),
    )


def of_counts(group: dict[str, Any]) -> Figures:
    """Return the figures of a group of `measured.json`, from its counts."""
    pairs = [
        (person, judged)
        for person, row in group["counts"].items()
        for judged, count in row.items()
        for _ in range(count)
    ]
    return figures([person for person, _ in pairs], [judged for _, judged in pairs])


def raters(rows: list[Row], measured: dict[str, Any]) -> dict[str, dict[str, Figures]]:
    """Return the figures of each rater on each model and on all."""
    parts = {model: [row for row in rows if row.model == model] for model in MODELS}
    parts["pooled"] = rows
    found: dict[str, dict[str, Figures]] = {}
    for name, part in parts.items():
        people = [row.person for row in part]
        found[name] = {
            "rules": figures(people, [row.rules for row in part]),
            "judge": figures(people, [row.judge for row in part]),
        }
        for title, held_out in (
            ("trained", "models_held_out"),
            ("trained, ours alone", "own_answers_alone"),
        ):
            groups = measured[held_out]
            group = groups["all"] if name == "pooled" else groups["by model"][name]
            found[name][title] = of_counts(group)
    return found


def speed(rows: Iterable[Row], alone: float) -> dict[str, Any]:
    """Return how many different replies are classified in a second of one core, one by one.

    Nothing is remembered between two of them. The weights that ship have seen these replies, so
    that the quick judge decides more of them alone than the share `alone` of a model held out:
    the figure for new replies is put together from the time of those it decides and the others.
    """
    rows = list(rows)
    found: dict[str, Any] = {"identity": classify.identity(), "limit": LIMIT, "answers": len(rows)}
    for row in rows[:50]:
        classify.classify(row.answer, row.request)
    ways: dict[str, Callable[[Row], object]] = {
        "with the request": lambda row: classify.classify(row.answer, row.request),
        "without": lambda row: classify.classify(row.answer),
        "rules": lambda row: rules.classify(row.answer),
    }
    for name, run in ways.items():
        found[name] = round(_best(rows, run))
    quick = [row for row in rows if not _is_read(row)]
    slow = [row for row in rows if _is_read(row)]
    of_quick = _best(quick, ways["with the request"])
    of_slow = _best(slow, ways["with the request"])
    found["decided without the encoder"] = round(of_quick)
    found["read by the encoder"] = round(of_slow)
    found["new replies, with the request"] = round(1 / (alone / of_quick + (1 - alone) / of_slow))
    long = [row for row in rows if len(row.answer) > 1_000]
    found["long answers"] = len(long)
    found["long, with the request"] = round(_best(long, ways["with the request"]))
    return found


def _is_read(row: Row) -> bool:
    head = heads.shipped()
    seen = features.lexical(features.read(row.answer), row.request)
    return bool(head.quick(seen[None]).max() < head.sure)


def _best(rows: Sequence[Row], run: Callable[[Row], object]) -> float:
    best = 0.0
    for _ in range(3):
        classify.forget()
        started = time.process_time()
        for row in rows:
            run(row)
        best = max(best, len(rows) / (time.process_time() - started))
    return best


def table(found: dict[str, dict[str, Figures]]) -> str:
    """Return the figures as lines of text."""
    head = f"{'replies':14}{'rater':20}{'k 3-way':>8}{'(se)':>7}{'k 2-way':>8}{'(se)':>7}"
    lines = [head + f"{'sens':>7}{'spec':>7}  TP/FN/FP/TN"]
    for name, by_rater in found.items():
        for rater, of in by_rater.items():
            counts = of.counts
            lines.append(
                f"{name:14}{rater:20}{of.three_way.kappa:8.3f}{of.three_way.standard_error:7.3f}"
                f"{of.two_way.kappa:8.3f}{of.two_way.standard_error:7.3f}"
                f"{counts.sensitivity:7.3f}{counts.specificity:7.3f}  "
                f"{counts.true_positive}/{counts.false_negative}"
                f"/{counts.false_positive}/{counts.true_negative}"
            )
    return "\n".join(lines)


def refitted(folder: Path, cache: Path | None) -> dict[str, Any]:
    """Fit the head without each model, here and now, and return what it says of that model."""
    sys.path.insert(0, str(ROOT / "training" / "refusal"))
    from data import ours, pieces, xstest  # noqa: PLC0415
    from evaluate import Answers, by_model, held_out  # noqa: PLC0415
    from fit import Settings  # noqa: PLC0415
    from measure import see  # noqa: PLC0415
    from report import parts  # noqa: PLC0415
    from train import weights  # noqa: PLC0415

    rows = [*xstest(folder / "xstest"), *ours(ROOT / "training" / "refusal" / "answers")]
    rows += pieces(rows)
    answers = Answers(rows, see(rows, cache, 1), weights(rows))
    return parts(answers, held_out(answers, by_model(answers), Settings()))


def main() -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    folder = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "xstest").is_dir():
        print(f"no xstest folder in {folder}: set CHARTER_DATA", file=sys.stderr)
        return 2
    card = files("charter.classifiers.refusal")
    text = card.joinpath("measured.json").read_text(encoding="utf-8")
    measured = json.loads(text)
    if given.train:
        again = refitted(folder, given.cache)
        same = again["all"] == measured["models_held_out"]["all"]
        print("fitted again: " + ("the same figures" if same else f"OTHER figures: {again['all']}"))
        measured["models_held_out"] = again
    rows = load(folder)
    found = raters(rows, measured)
    with threadpool_limits(1):  # one core
        held_out = measured["models_held_out"]
        alone = held_out["read by the quick judge alone"] / held_out["all"]["answers"]
        fast = speed(rows, alone)
    print(table(found))
    for name, value in fast.items():
        print(f"{name:32}{value}")
    result = {
        "data": "XSTest, 3 x 450 replies; human label: final_label; judge: gpt4_label",
        "trained": "fitted without the model that is judged; ours alone: on none of the three",
        "agreement": {
            name: {rater: asdict(of) for rater, of in by_rater.items()}
            for name, by_rater in found.items()
        },
        "per_second_of_one_core": fast,
    }
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
