"""How 500 people take part in a survey at once, on two cores, while the service is killed twice.

The service is a real `charter serve` over SQLite, or over a PostgreSQL server of its own, ended by
SIGKILL when a third and when two thirds of the answers were acknowledged, and started again at
once. Each person opens the start
page, agrees, and answers every item by the form of the page, at once and without a pause: as hard
as so many people could press at the same moment. Whatever gets no answer is sent again. At the end,
every answer that anybody was told is kept is looked for in the ledger. Clients run on the same
machine and take their share of the processor; all of it is held to two cores.

Usage: python bench/voices_load.py [PEOPLE] [--store sqlite|postgres]. For 500 people or more it
writes bench/results/voices_load.json, for PostgreSQL voices_load_postgres.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import Server, programs  # noqa: E402 - the repository is no package
from tests.survival.participants import AT, SETTINGS, Participants, crowded, lost  # noqa: E402
from tests.survival.process import Process, until  # noqa: E402 - the repository is no package

from charter.evolve.surveys.opening import open_survey  # noqa: E402
from charter.ledger.master_key import MasterKey  # noqa: E402
from charter.ledger.vault import Vault  # noqa: E402

RESULTS = ROOT / "bench" / "results"
STORES = ("sqlite", "postgres")
PEOPLE, KILLS, CORES = 500, 2, 2
UPSTREAM = "http://127.0.0.1:9/v1"


@contextmanager
def place_for(store: str) -> Iterator[str]:
    """Yield where the ledger is: empty for a file in the folder of the service."""
    found = programs() if store == "postgres" else None
    if found is None:
        if store == "postgres":
            sys.exit("there are no programs of a PostgreSQL server here")
        yield ""
        return
    server = Server(found)
    try:
        yield server.database()
    finally:
        server.remove()


def measured(people: int, folder: Path, store: str, place: str) -> dict[str, Any]:
    """Return what became of so many people."""
    survey = crowded()
    gateway = Process(folder, UPSTREAM, place=place, more=SETTINGS, patience=20.0).start()
    load = os.getloadavg()[0]
    try:
        with gateway.ledger() as ledger:
            open_survey(ledger, survey, by="bench", at=AT)
            crowd = Participants(gateway.url, people)
            whole, down, killed = people * len(survey.items), list[float](), list[int]()

            def kill() -> None:
                for number in range(1, KILLS + 1):
                    until(
                        lambda least=whole * number // (KILLS + 1): crowd.acknowledged > least,
                        seconds=900,
                    )
                    begun = time.monotonic()
                    gateway.kill()
                    killed.append(crowd.acknowledged)
                    crowd.url = gateway.start().url
                    down.append(time.monotonic() - begun)

            killer = threading.Thread(target=kill)
            killer.start()
            begun = time.monotonic()
            asyncio.run(crowd.run(patience=900))
            seconds = time.monotonic() - begun
            killer.join()
            memory = gateway.memory()
            gateway.stop()
            vault = Vault(ledger.store, MasterKey.load(folder / "master.key"))
            missing, twice, joined = lost(crowd.people, ledger, vault, survey)
    finally:
        if gateway.lives:
            gateway.kill()
    waits = sorted(each for person in crowd.people for each in person.seconds)
    return {
        "store": store,
        "people": people,
        "cores": len(os.sched_getaffinity(0)),
        "load_before": round(load, 2),
        "items": len(survey.items),
        "answers_acknowledged": crowd.acknowledged,
        "answers_lost": len(missing),
        "answers_twice": twice,
        "joined": joined,
        "kills": KILLS,
        "acknowledged_at_kill": killed,
        "seconds_down": [round(each, 2) for each in down],
        "seconds": round(seconds, 1),
        "answers_per_s": round(crowd.acknowledged / (seconds - sum(down)), 1),
        "requests_answered": len(waits),
        "requests_sent": sum(person.tries for person in crowd.people),
        "refused": len(crowd.refused),
        "median_s": round(statistics.median(waits), 3),
        "p95_s": round(waits[int(len(waits) * 0.95)], 3),
        "slowest_s": round(waits[-1], 3),
        "memory_mib": round(memory / 2**20),
    }


def main() -> None:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser()
    parser.add_argument("people", type=int, nargs="?", default=PEOPLE)
    parser.add_argument("--store", choices=STORES, default=STORES[0])
    given = parser.parse_args()
    people, store = given.people, given.store
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    with TemporaryDirectory() as folder, place_for(store) as place:
        found = measured(people, Path(folder), store, place)
    print(json.dumps(found, indent=1))
    if people >= PEOPLE:
        name = "voices_load.json" if store == STORES[0] else f"voices_load_{store}.json"
        (RESULTS / name).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if found["answers_lost"] or found["answers_twice"] or found["joined"] != people:
        sys.exit("a vote is lost, or there twice")


if __name__ == "__main__":
    main()
