"""How often the statistics of voices are right: simulated truths, published groups, and time.

- how often groups are found where none are planted, and how many where some are;
- how often three intervals of a weighted share hold the truth;
- groups found in three published conversations beside the exported ones, where the data is there;
- processor time and memory at 100,000 people on 500 statements, 2 % filled;
- the same of all results of a survey: 100,000 and 1,000,000 votes, weighted.

Usage: python bench/opinion.py [null|planted|coverage|polis|size|results ...]. Updates what was
asked for, all by default, in bench/results/opinion.json.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.evolve.opinion.planted import planted  # noqa: E402
from tests.evolve.opinion.test_polis_groups import read  # noqa: E402
from tests.evolve.opinion.test_rates import one_statement  # noqa: E402

from charter.estimates.interval import wilson  # noqa: E402 - the root comes first
from charter.evolve.opinion.ari import adjusted_rand, likeness  # noqa: E402
from charter.evolve.opinion.bootstrap import drawn_again  # noqa: E402
from charter.evolve.opinion.groups import groups_of  # noqa: E402
from charter.evolve.opinion.mixture import fit, placed, responsibilities  # noqa: E402
from charter.evolve.opinion.rates import rates  # noqa: E402
from charter.evolve.opinion.tally import tally  # noqa: E402
from charter.evolve.results.results_of import Reading, results_of  # noqa: E402
from charter.evolve.surveys.survey import Rules  # noqa: E402
from charter.evolve.voices import Asked, Person, Voices, Vote  # noqa: E402

RESULT = ROOT / "bench" / "results" / "opinion.json"
DATA = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data")) / "polis"
TABLES, SAMPLES = 200, 1000


def null() -> dict[str, Any]:
    """How many groups are found in tables without any, at 5 %."""
    found = Counter(
        groups_of(planted(100, 20, 1, seed=seed)[0], seed=seed, most=3, permutations=19).k
        for seed in range(TABLES)
    )
    return {
        "people": 100,
        "statements": 20,
        "tables": TABLES,
        "groups": dict(sorted(found.items())),
    }


def planted_groups() -> list[dict[str, Any]]:
    """How many groups are found of those that are planted, and how well people are placed."""
    cases = [(2, 200, 30, 1.2), (2, 200, 30, 2.0), (3, 300, 30, 1.5)]
    rows = []
    for k, people, items, apart in cases:
        counts: Counter[int] = Counter()
        index = []
        for seed in range(6):
            votes, truth = planted(people, items, k, filled=0.5, apart=apart, seed=seed)
            found = groups_of(votes, seed=0, permutations=19)
            counts[found.k] += 1
            known = found.labels >= 0
            if found.k == k:
                index.append(adjusted_rand(truth[known], found.labels[known]))
        rows.append(
            {
                "planted": k,
                "people": people,
                "statements": items,
                "apart": apart,
                "found": dict(sorted(counts.items())),
                "index_of_placed": round(float(np.mean(index)), 3) if index else None,
            }
        )
    return rows


def coverage() -> list[dict[str, Any]]:
    """How often 95 % intervals of a weighted share hold it; weights go with opinion."""
    return [
        _covered(n, odds, cv)
        for n in (20, 100)
        for odds in (0.0, float(np.log(9)))
        for cv in (0.0, 1.0)
    ]


def _covered(n: int, odds: float, cv: float) -> dict[str, Any]:
    dice = np.random.default_rng(n)
    size = np.sqrt(np.log(1 + cv * cv))

    def drawn(number: int) -> tuple[np.ndarray, np.ndarray]:
        lean = dice.standard_normal(number)
        return np.exp(size * lean), dice.random(number) < 1 / (1 + np.exp(-odds - 0.5 * lean))

    weight, agreed = drawn(2_000_000)
    truth = float(weight[agreed].sum() / weight.sum())
    held, widths = np.zeros(3), np.zeros(3)
    for _ in range(SAMPLES):
        weight, agreed = drawn(n)
        found = rates(tally(one_statement(np.where(agreed, 1, -1)), weights=weight))
        share = float(found.shares[0, 0, 2])
        variance = (weight**2 * (agreed - share) ** 2).sum() / weight.sum() ** 2 * n / (n - 1)
        number = min(n, share * (1 - share) / variance) if variance > 0 else found.effective[0, 0]
        linear = wilson(min(1.0, share) * number, number)
        times = dice.multinomial(n, np.full(n, 1 / n), size=400)
        again = np.quantile((times @ (weight * agreed)) / (times @ weight), [0.025, 0.975])
        ends = [(found.low[0, 0, 2], found.high[0, 0, 2]), (linear.low, linear.high), tuple(again)]
        held += [low <= truth <= high for low, high in ends]
        widths += [high - low for low, high in ends]
    names = ("wilson_kish", "wilson_linearised", "bootstrap")
    return {
        "people": n,
        "share": round(truth, 3),
        "cv_of_weights": cv,
        "held": dict(zip(names, (held / SAMPLES).round(3).tolist(), strict=True)),
        "width": dict(zip(names, (widths / SAMPLES).round(3).tolist(), strict=True)),
    }


def polis() -> list[dict[str, Any]]:
    """Find groups in published conversations, and compare them with the exported ones."""
    rows = []
    for folder in sorted(each for each in DATA.iterdir() if each.is_dir()):
        votes, exported = read(folder)
        found = groups_of(votes, seed=0)
        two = responsibilities(votes, fit(votes, 2, seed=0))
        against = {
            "found, placed": found.labels,
            "found, all": placed(found.belonging, 0.0),
            "two, placed": placed(two, 0.8),
            "two, all": placed(two, 0.0),
        }
        rows.append(
            {
                "conversation": folder.name,
                "exported": np.bincount(exported[exported >= 0]).tolist(),
                "found": list(found.sizes),
                "unplaced": found.unplaced,
                "one_sided": round(found.one_sided, 3),
                "p": found.structure.p,
                "considered": [
                    [
                        each.k,
                        *(_number(x) for x in (each.gain, each.error, each.steady, each.placed)),
                    ]
                    for each in found.considered
                ],
                "index": {
                    name: _told(likeness(exported, at, seed=0)) for name, at in against.items()
                },
            }
        )
    return rows


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(value, 4)


def _told(found: Any) -> list[float]:
    ends = (found.value, found.interval.low, found.interval.high)
    return [*(round(each, 3) for each in ends), found.people]


def size() -> dict[str, Any]:
    """Processor time at 100,000 people on 500 statements, and of the bootstrap at 2,000 on 200."""
    votes, truth = planted(100_000, 500, 3, filled=0.02, apart=1.2, seed=1)
    took = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        start = time.process_time()
        done = work()
        took[name] = round(time.process_time() - start, 1)
        return done

    found = timed("groups", lambda: groups_of(votes, seed=0))
    labels = placed(found.belonging, 0.0)
    timed("rates", lambda: rates(tally(votes, labels, groups=found.k)))
    timed("bootstrap", lambda: drawn_again(votes, labels, groups=found.k, draws=1000, seed=0))
    few, sides = planted(2000, 200, 3, filled=1.0, seed=1)
    timed("bootstrap_2000x200", lambda: drawn_again(few, sides, groups=3, draws=1000, seed=0))
    known = found.labels >= 0
    return {
        "votes": len(votes),
        "found": found.k,
        "index_of_placed": round(adjusted_rand(truth[known], found.labels[known]), 3),
        "unplaced": found.unplaced,
        "processor_s": took,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def results() -> list[dict[str, Any]]:
    """Processor time of all results of 5,000 and 50,000 people with 20 votes each, each alone."""
    found = []
    for people in (5000, 50_000):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
            found.append(alone.submit(one_survey, people).result())
    return found


def one_survey(people: int, statements: int = 500, each: int = 20) -> dict[str, Any]:
    """Measure one survey in this process, the making of its voices left out."""
    dice = np.random.default_rng(1)
    lean = 1 / (1 + np.exp(-dice.normal(0, 1.5, (2, statements))))
    asked = tuple(
        Asked(f"s{at:03}", "statement", "Is it so?", (f"k{at % 20}",)) for at in range(statements)
    )
    crowd, votes = [], []
    for number in range(people):
        name = f"p{number:06}"
        crowd.append(Person(name, "open", "en", {"age": "old" if number % 3 else "young"}))
        seen = np.sort(dice.choice(statements, each, replace=False))
        values = np.where(dice.random(each) < lean[number % 2, seen], 1, -1)
        values[dice.random(each) < 0.1] = 0
        votes += [
            Vote(name, asked[at].id, value)
            for at, value in zip(seen.tolist(), values.tolist(), strict=True)
        ]
    said = Voices("simulated", "sha256:0", asked, tuple(crowd), tuple(votes))
    rules = Rules(margins={"age": {"young": "0.5", "old": "0.5"}})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    start, clock = time.process_time(), time.perf_counter()
    (channel,) = results_of(said, Reading(rules)).channels
    return {
        "people": people,
        "votes": len(votes),
        "statements": statements,
        "groups": 0 if channel.groups is None else channel.groups.k,
        "processor_s": round(time.process_time() - start, 1),
        "clock_s": round(time.perf_counter() - clock, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_before_mib": before,
    }


def main() -> None:
    """Run what was asked for."""
    parts = {
        "null": null,
        "planted": planted_groups,
        "coverage": coverage,
        "polis": polis,
        "size": size,
        "results": results,
    }
    kept = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in sys.argv[1:] or parts:
        if name == "polis" and not DATA.is_dir():
            print("polis: no reference data")
            continue
        kept[name] = parts[name]()
        print(name, json.dumps(kept[name]))
        RESULT.write_text(json.dumps(kept, indent=1) + "\n")


if __name__ == "__main__":
    main()
