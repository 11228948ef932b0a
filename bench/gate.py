"""How often the gate errs, by simulation, and how long it takes on two runs of 10,000 scenarios.

Every row draws many invented pairs of runs and looks at the evidence after every scenario. At the
boundary (the candidate is worse by exactly the margin) either verdict is an error, and each may
come out in at most alpha = 5 % of the draws. The last two rows of the first table have no such
bound: they show how often, and after how many scenarios, the gate decides.

Usage: python bench/gate.py [DRAWS]. Writes bench/results/gate.json.
"""

from __future__ import annotations

import json
import math
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from charter.cli.main import exit_code
from charter.estimates.sequence import above, below, confidence_sequence
from charter.evals.gate.claim import levels
from charter.evals.gate.limits import RARE, breaking
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.run import ModelId, ReplyRecorded, RunFinished, RunStarted, ScenarioPlanned
from charter.records.score import ScoreRecorded

ROOT = Path(__file__).resolve().parent.parent
ALPHA = 0.05
LEVEL = 1 / ALPHA
HORIZON = 1500
SCENARIOS = 10_000

Draw = Callable[[np.random.Generator, int], np.ndarray]


def changes(delta: float, sd: float) -> Draw:
    """Differences of -1, 0 and 1 with a mean and a standard deviation."""
    changed = sd * sd + delta * delta
    up, down = (changed + delta) / 2, (changed - delta) / 2
    assert min(up, down) >= 0, "no such distribution"

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        chance = rng.random(n)
        return np.where(chance < up, 1.0, np.where(chance < up + down, -1.0, 0.0))

    return draw


def only_worse(margin: float) -> Draw:
    """Differences that are the sparsest way to be worse: now and then a scenario is lost."""
    return lambda rng, n: -(rng.random(n) < margin).astype(float)


def repeats(margin: float, epochs: int) -> Draw:
    """Means of several replies; each scenario has a rate of its own, lower for the candidate."""

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        rate = rng.beta(4, 1, n)
        lower = rate * (1 - margin / 0.8)  # 0.8 is the mean of the rates
        return (rng.binomial(epochs, lower) - rng.binomial(epochs, rate)) / epochs

    return draw


def clusters(margin: float) -> Draw:
    """Means over the scenarios of a source: one to six of them, which mostly turn out alike."""

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        sizes = rng.integers(1, 7, n)
        common = changes(-margin, 0.271)(rng, n)
        own = changes(-margin, 0.271)(rng, (n, 6))  # type: ignore[arg-type]
        kept = np.arange(6)[None, :] < sizes[:, None]
        alike = rng.random((n, 6)) < 0.7
        values = np.where(alike, common[:, None], own)
        return (values * kept).sum(axis=1) / sizes

    return draw


def errors(draw: Draw, margin: float, draws: int, seed: int) -> dict[str, Any]:
    """Look after every scenario; return how often each verdict came, and when."""
    rng = np.random.default_rng(seed)
    edge = (1 - margin) / 2
    passed, failed, when = 0, 0, []
    for _ in range(draws):
        values = (draw(rng, HORIZON) + 1) / 2
        up, down = above(values, edge), below(values, edge)
        first = [r for r in (up.reached(LEVEL), down.reached(LEVEL)) if r]
        passed += up.reached(LEVEL) is not None
        failed += down.reached(LEVEL) is not None
        when.append(min(first, default=math.inf))
    return {
        "pass": passed / draws,
        "fail": failed / draws,
        "median": statistics.median(when),
    }


def informative(margin: float, draws: int, seed: int) -> dict[str, Any]:
    """At the boundary, 3 % of the candidate's replies are missing, all of them lost scenarios."""
    rng = np.random.default_rng(seed)
    edge = (1 - margin) / 2
    draw = changes(-margin, 0.271)
    passed = failed = 0
    for _ in range(draws):
        d = draw(rng, HORIZON)
        gone = (d < 0) & (rng.random(HORIZON) < 0.5)
        low, high = np.where(gone, -1.0, d), np.where(gone, 0.0, d)
        passed += above((low + 1) / 2, edge).reached(LEVEL) is not None
        failed += below((high + 1) / 2, edge).reached(LEVEL) is not None
    return {"pass": passed / draws, "fail": failed / draws, "median": math.inf}


def enlarged(margin: float, draws: int, seed: int) -> dict[str, Any]:
    """Ask a gate that needed more on 300 scenarios again, with 300 others mixed in."""
    rng = np.random.default_rng(seed)
    edge = (1 - margin) / 2
    draw = changes(-margin, 0.271)
    passed = failed = 0
    for _ in range(draws):
        first, second = draw(rng, 300), draw(rng, 300)
        both = rng.permutation(np.concatenate([first, second]))
        looks = [(values + 1) / 2 for values in (first, both)]
        passed += any(above(v, edge).reached(LEVEL) for v in looks)
        failed += any(below(v, edge).reached(LEVEL) for v in looks)
    return {"pass": passed / draws, "fail": failed / draws, "median": math.inf}


def together(margin: float, deltas: list[float], draws: int, seed: int) -> dict[str, Any]:
    """Several groups: all must pass, one is enough to fail after Holm's correction."""
    rng = np.random.default_rng(seed)
    edge = (1 - margin) / 2
    passed = failed = 0
    for _ in range(draws):
        values = [(changes(delta, 0.271)(rng, 600) + 1) / 2 for delta in deltas]
        failing = [below(v, edge) for v in values]
        needed = levels(failing, ALPHA)
        fails = any(e.reached(x) for e, x in zip(failing, needed, strict=True))
        failed += fails
        passed += not fails and all(above(v, edge).reached(LEVEL) for v in values)
    return {"pass": passed / draws, "fail": failed / draws, "median": math.inf}


def limit(rate: float, share: float, draws: int, seed: int) -> dict[str, Any]:
    """Rare violations against a limit."""
    rng = np.random.default_rng(seed)
    kept = broken = 0
    when = []
    for _ in range(draws):
        values = (rng.random(HORIZON) < rate).astype(float)
        low = below(values, share, bets=RARE).reached(LEVEL)
        high = above(values, share, bets=breaking(share)).reached(LEVEL)
        kept += low is not None
        broken += high is not None
        when.append(min([r for r in (low, high) if r], default=math.inf))
    return {"pass": kept / draws, "fail": broken / draws, "median": statistics.median(when)}


def coverage(draw: Draw, mean: float, draws: int, seed: int) -> float:
    """Return the share of draws in which the interval held the mean after every scenario."""
    rng = np.random.default_rng(seed)
    x = (mean + 1) / 2
    held = 0
    for _ in range(draws):  # the interval holds a mean while no bet against it reached 2 / alpha
        values = (draw(rng, HORIZON) + 1) / 2
        held += max(above(values, x).peak, below(values, x).peak) < math.log(2 / ALPHA)
    return held / draws


def write_run(ledger: Ledger, run: str, rate: float, seed: int) -> None:
    """Write a finished run of many scenarios."""
    rng = np.random.default_rng(seed)
    names = tuple(f"s{i}" for i in range(SCENARIOS))
    records: list[Any] = [
        RunStarted(
            run, "2026-11-21T08:15:00Z", "sha256:p", "0.1.0", "spec", "Spec", "1", "sha256:d",
            "sha256:s", ModelId("scripted", run, None, None), names, 1, 256, "0.0", 0,
        )
    ]  # fmt: skip
    for number, name in enumerate(names):
        section = f"section_{number % 40}"
        verdict = "adhered" if rng.random() < rate else "violated"
        records += [
            ScenarioPlanned(
                run, name, section, section, "root" if number % 4 else "user", "bounds", "caption",
                None, None, "any", None, (), name, "sha256:x", "sha256:b",
            ),
            ReplyRecorded(run, name, 0, "A reply.", "stop", (), 1, 1, 1, 1),
            ScoreRecorded(run, name, 0, verdict, "why", section, (), "none", "checks 1"),
        ]  # fmt: skip
    ledger.append(*records, RunFinished(run, "2026-11-21T08:16:00Z"))


def speed() -> dict[str, float]:
    """Time the whole command on two runs of 10,000 scenarios in 40 sections."""
    with tempfile.TemporaryDirectory() as folder:
        with Ledger(open_store(f"{folder}/ledger.sqlite")) as ledger:
            write_run(ledger, "base", 0.9, 1)
            write_run(ledger, "candidate", 0.9, 2)
        out = f"{folder}/gate.json"
        words = ["gate", "base", "candidate", "--margin", "2pt", "--section", "*"]
        words += ["--limit", "root<15%", "--ledger", folder, "--format", "json", "--out", out]
        times = []
        for _ in range(3):
            start = time.perf_counter()
            code = exit_code(words)
            times.append(time.perf_counter() - start)
            assert code in (0, 1, 4), code
    values = (changes(0, 0.271)(np.random.default_rng(0), SCENARIOS) + 1) / 2
    start = time.perf_counter()
    confidence_sequence(values)
    return {"command_s": min(times), "interval_s": time.perf_counter() - start}


def main() -> None:
    """Print the table and keep it."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else 4000
    sd = 0.271
    one, lost = [-0.05, 0.05, 0.05, 0.05, 0.05], changes(-0.1, 0.4)
    cases: list[tuple[str, Callable[[int], dict[str, Any]]]] = [
        (f"boundary, margin {m}", lambda s, m=m: errors(changes(-m, max(sd, 4 * m)), m, draws, s))
        for m in (0.02, 0.03, 0.05, 0.10)
    ]
    cases += [
        ("boundary, sparse: only losses, .05", lambda s: errors(only_worse(0.05), 0.05, draws, s)),
        ("boundary, sparse: only losses, .02", lambda s: errors(only_worse(0.02), 0.02, draws, s)),
        ("boundary, means of 5 replies, .05", lambda s: errors(repeats(0.05, 5), 0.05, draws, s)),
        ("boundary, means of sources, .05", lambda s: errors(clusters(0.05), 0.05, draws, s)),
        ("boundary, losses go missing, .05", lambda s: informative(0.05, draws, s)),
        ("boundary, suite enlarged, .05", lambda s: enlarged(0.05, draws, s)),
        ("5 groups, all at the boundary .05", lambda s: together(0.05, [-0.05] * 5, draws, s)),
        ("5 groups, one at the boundary .05", lambda s: together(0.05, one, draws, s)),
        ("limit .01, rate .01", lambda s: limit(0.01, 0.01, draws, s)),
        ("limit .05, rate .05", lambda s: limit(0.05, 0.05, draws, s)),
        ("limit .01, rate 0", lambda s: limit(0.0, 0.01, draws // 4, s)),
        ("limit .01, rate .001", lambda s: limit(0.001, 0.01, draws // 4, s)),
        ("limit .01, rate .03", lambda s: limit(0.03, 0.01, draws // 4, s)),
        ("equal models, margin .05", lambda s: errors(changes(0, sd), 0.05, draws // 4, s)),
        ("candidate worse by .10, margin .05", lambda s: errors(lost, 0.05, draws // 4, s)),
    ]  # fmt: skip
    found: dict[str, Any] = {}
    for seed, (name, measure) in enumerate(cases):
        row = measure(seed)
        found[name] = {k: (None if v == math.inf else v) for k, v in row.items()}
        print(f"{name:38} pass {row['pass']:.4f}  fail {row['fail']:.4f}  median {row['median']}")
    held = {
        "changes": coverage(changes(-0.05, sd), -0.05, draws, 90),
        "only losses": coverage(only_worse(0.05), -0.05, draws, 91),
        "means of 5 replies": coverage(repeats(0.05, 5), -0.05, draws, 92),
        "equal": coverage(changes(0, sd), 0.0, draws, 93),
    }
    for name, value in held.items():
        print(f"interval right at all of {HORIZON} looks, {name:20} {value:.4f}")
    took = speed()
    print(f"gate on 2 x {SCENARIOS} scenarios: {took['command_s']:.2f} s")
    target = ROOT / "bench" / "results" / "gate.json"
    target.parent.mkdir(exist_ok=True)
    document = {
        "machine": platform.processor() or platform.machine(),
        "alpha": ALPHA,
        "draws": draws,
        "horizon": HORIZON,
        "errors": found,
        "coverage": held,
        "speed": took,
    }
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
