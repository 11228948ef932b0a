"""How often a simulated consultation finds what was planted in it, and what it costs.

The consultation is the generated one of tests/evolve/consultation: two groups of opinion, a loud
minority, a quiet majority, people of whom nobody comes, sybils and trolls, three languages, an open
call and a panel.

- rates: over many seeds, how many groups are found where two and where none are planted, with and
  without statements asked again; divisive statements found, and others named; clauses; intervals of
  the weighted and the plain share that hold the share of the population; notes by kind of people;
- trolls: what sybils move in the open call, as they are and where they claim a rare trait;
- size: processor time of a larger one through a real ledger.

Usage: python bench/consultation.py [rates|trolls|size ...] [SEEDS]. Updates what was asked for, all
by default, in bench/results/consultation.json.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.evolve.consultation.asked import survey  # noqa: E402 - the root comes first
from tests.evolve.consultation.plan import AGAIN, RARELY, STATEMENTS, SYBIL, Plan  # noqa: E402
from tests.evolve.consultation.taking_part import hold, run_of, voices  # noqa: E402
from tests.evolve.consultation.truth import held_truths, kinds, of_channel, without  # noqa: E402

from charter.estimates.interval import wilson  # noqa: E402
from charter.evolve.results.results import ChannelResult  # noqa: E402
from charter.evolve.results.results_of import reading_of, results_of  # noqa: E402
from charter.evolve.results.table import Effort  # noqa: E402
from charter.evolve.surveys.gathered import gather  # noqa: E402
from charter.evolve.voices import Voices  # noqa: E402
from charter.ledger.master_key import MasterKey  # noqa: E402
from charter.ledger.open import open_ledger  # noqa: E402
from charter.ledger.vault import Vault  # noqa: E402

RESULT = ROOT / "bench" / "results" / "consultation.json"
SEEDS = 40
EFFORT = Effort(draws=100, refits=20, shuffles=19, permutations=99)
HONEST_PANEL = {"open": 0, "panel": 80, "sybils": 0, "straight": 0, "careless": 0}
DIVIDES = {one.id for one in STATEMENTS if one.divides}
LARGE = Plan(seed=1, open=600, panel=200, sybils=40, straight=10, careless=10)


def share(good: Iterable[bool]) -> dict[str, float | int]:
    """Return how often something held, with Wilson's 95 % interval."""
    known = list(good)
    bounds = wilson(sum(known), len(known))
    return {
        "of": len(known),
        "share": round(sum(known) / len(known), 4),
        "low": round(bounds.low, 4),
        "high": round(bounds.high, 4),
    }


def read(said: Voices, again: tuple[str, ...], channel: str, seed: int) -> ChannelResult:
    """Return the figures of one channel."""
    reading = reading_of(survey(again=again))
    return results_of(said, reading, seed=seed, channels=(channel,), effort=EFFORT).channels[0]


def rates(seeds: int) -> dict[str, Any]:
    """How often what was planted is found."""
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    found, false, run_over = [], [], []
    for seed in range(seeds):
        for planted in (True, False):
            for again in ((), AGAIN):
                plan = Plan(seed=seed, groups=planted, **HONEST_PANEL)
                of = read(voices(plan, survey(again=again)), again, "panel", seed)
                name = f"{'two' if planted else 'none'} planted"
                name += ", three asked again" if again else ""
                groups[name][1 if of.groups is None else of.groups.k] += 1
                if planted and not again:
                    said = {each.item: each for each in of.statements}
                    named = {i for i, e in said.items() if e.gap is not None and e.gap.q <= 0.05}
                    found += [item in named for item in sorted(DIVIDES)]
                    false += [item not in DIVIDES for item in sorted(named)]
                    floor = said["d0"].floor
                    run_over.append(floor is not None and floor.against == "not met")
    return {
        "seeds": seeds,
        "people": HONEST_PANEL["panel"],
        "groups": {name: dict(sorted(each.items())) for name, each in sorted(groups.items())},
        "divisive_found": share(found),
        "named_divisive_and_not": share(false),
        "minority_run_over_shown": share(run_over),
        **weighted(seeds),
        "noted": noted(seeds),
    }


def weighted(seeds: int) -> dict[str, Any]:
    """How often 95 % intervals of an open call of honest people hold the population's share."""
    asked = survey()
    sums: dict[str, list[bool]] = defaultdict(list)
    for seed in range(seeds):
        plan = Plan(seed=seed, panel=0, sybils=0, straight=0, careless=0)
        said = voices(plan, asked)
        for name, weigh in (("plain", False), ("weighted", True)):
            for item, good in held_truths(said, asked.rules, weigh=weigh).items():
                sums[f"{name}_{'divisive' if item in DIVIDES else 'other'}"].append(good)
    return {"intervals": {name: share(each) for name, each in sorted(sums.items())}}


def noted(seeds: int) -> dict[str, Any]:
    """Of how many people of each kind something is noted; of honest ones it is a false alarm."""
    asked = survey()
    seen: dict[str, list[bool]] = defaultdict(list)
    for seed in range(seeds):
        plan = Plan(seed=seed)
        kind = kinds(plan)
        for person in voices(plan, asked).people:
            seen[kind[person.id]].append(bool(person.noted))
    return {name: share(each) for name, each in sorted(seen.items())}


def trolls(seeds: int) -> dict[str, Any]:
    """By how much sybils move shares of the open call, on average over divisive statements."""
    asked = survey()
    moved: dict[str, list[float]] = defaultdict(list)
    floors: dict[str, list[bool]] = defaultdict(list)
    hidden: Counter[str] = Counter()
    for seed in range(seeds):
        plan = Plan(seed=seed, panel=0, straight=0, careless=0)
        said = voices(plan, asked)
        sybils = {run_of(plan, each) for each in plan.crowd() if each.kind == SYBIL}
        honest = figures(without(said, sybils), seed)
        for name, each in (("as they are", said), ("claiming a rare trait", claim(said, sybils))):
            other = figures(each, seed)
            for item in DIVIDES:
                for kind in ("plain", "weighted"):
                    now, before = other[item][kind], honest[item][kind]
                    if now is None or before is None:
                        hidden[f"{kind}, {name}"] += 1  # it could tell of few people
                    else:
                        moved[f"{kind}, {name}"].append(abs(now - before))
            for item in ("a0", "a1", "a2", "a3"):
                floors[name].append(other[item]["floor"] == "met")
                floors["without them"].append(honest[item]["floor"] == "met")
    return {
        "seeds": seeds,
        "sybils": Plan().sybils,
        "honest": Plan().open,
        "mean_shift_of_agreement": {
            name: round(sum(each) / len(each), 4) for name, each in sorted(moved.items())
        },
        "not_shown": dict(sorted(hidden.items())),
        "floor_met_on_what_all_want": {name: share(each) for name, each in sorted(floors.items())},
    }


def claim(said: Voices, sybils: set[str]) -> Voices:
    """Have sybils say that they are of those of whom few come."""
    people = tuple(
        replace(each, traits={"use": RARELY}) if each.id in sybils else each for each in said.people
    )
    return replace(said, people=people)


def figures(said: Voices, seed: int) -> dict[str, dict[str, Any]]:
    """Return the shares and the floor of each statement of the open call."""
    of = read(of_channel(said, "open"), AGAIN, "open", seed)
    return {
        each.item: {
            "plain": None if each.plain is None else each.plain.agree.value,
            "weighted": None if each.weighted is None else each.weighted.agree.value,
            "floor": None if each.floor is None else each.floor.against,
        }
        for each in of.statements
    }


def size(_seeds: int) -> dict[str, Any]:
    """Measure what a larger consultation costs, through a real ledger on disk."""
    asked = survey()
    took: dict[str, float] = {}

    def timed(name: str, job: Callable[[], Any]) -> Any:
        started = time.process_time()
        made = job()
        took[name] = round(time.process_time() - started, 2)
        return made

    with TemporaryDirectory() as folder, open_ledger(folder) as ledger:
        vault = Vault(ledger.store, MasterKey.load_or_create(Path(folder) / "master.key"))
        held = timed("taking_part", lambda: hold(ledger, vault, asked, LARGE))
        said = timed("gathering", lambda: gather(ledger, vault, held.opening))
        timed("results", lambda: results_of(said, reading_of(asked)))
        timed("check_of_the_ledger", ledger.check)
        records = ledger.size()
    answers = len(said.votes) + len({(o.person, o.item) for o in said.orders}) + len(said.ratings)
    return {
        "people": len(said.people),
        "answers": answers,
        "records": records,
        "processor_s": took,
        "ms_an_answer": round(1000 * took["taking_part"] / answers, 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Run what was asked for."""
    parts = {"rates": rates, "trolls": trolls, "size": size}
    words = sys.argv[1:]
    seeds = next((int(each) for each in words if each.isdigit()), SEEDS)
    results = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for name in [each for each in words if not each.isdigit()] or parts:
        results[name] = parts[name](seeds)
        print(name, json.dumps(results[name], indent=1))
        RESULT.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
