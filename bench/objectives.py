"""How long a dashboard waits for objectives over 10 million decisions, on SQLite and PostgreSQL.

The counts of 10 million decisions, spread over 30 days, 3 applications, 4 models and 40 clauses in
20 sections, are generated: they are what counting would have made of such records, put straight
into the tables in the same rows. That counting makes such rows is measured apart, on a ledger file
of real records that are read, checked against their digests and counted; its rate says how long a
first count of 10 million takes. As a proof that both are the same thing, the generator makes the
rows of the real records a second time, and the tables must be equal.

A dashboard is 24 objectives, each read over 30 days and in 7 windows. Times are of one objective,
all windows of it, with nothing kept from before in the process; the limit holds for the slowest.

Usage: python bench/objectives.py. Writes bench/results/objectives.json. PostgreSQL is left out
where its server programs are not installed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

import numpy as np
import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import Server, programs  # noqa: E402 - the repository is no package

from charter.govern.instants import written_ms  # noqa: E402
from charter.govern.objectives.objective import (  # noqa: E402
    STANDARD,
    Objective,
    Objectives,
    Scope,
)
from charter.govern.objectives.rollup import Rollup  # noqa: E402
from charter.govern.objectives.rollup_hours import packed  # noqa: E402
from charter.govern.objectives.rollup_open import open_rollups  # noqa: E402
from charter.govern.objectives.rollup_store import SCHEMA, RollupStore  # noqa: E402
from charter.govern.objectives.rollup_windows import starts_of, whole_hours  # noqa: E402
from charter.govern.objectives.status import as_of, statuses  # noqa: E402
from charter.ledger.ledger import Ledger  # noqa: E402
from charter.ledger.open import open_ledger  # noqa: E402
from charter.records.decision import CheckRan, DecisionRecorded  # noqa: E402
from charter.records.review import ReviewRecorded  # noqa: E402
from charter.records.sample import (  # noqa: E402
    AnswerDrawn,
    AnswerJudged,
    SampleDrawn,
    Stratum,
)

RESULT = ROOT / "bench" / "results" / "objectives.json"
LIMIT_MS = 300
DECISIONS = 10_000_000
REAL = 200_000
SAMPLED = 5_000
DAYS = 30
END = 29_535_840
"""The last minute, since 1970."""
APPLICATIONS = ("shop", "help", "bank")
MODELS = ("m-small", "m-large", "n-small", "n-large")
CLAUSES = tuple(f"section_{n // 2:02}/clause_{n:02}" for n in range(40))
SERIES = ("failures", "checks-errored", "checks-skipped")
ROUNDS = 5
Row: TypeAlias = tuple[str, str, int, str, str, int, int, bytes]
"""As in the table `hours`."""


def drawn(seed: int, count: int) -> dict[str, Any]:
    """Return facts of decisions as columns."""
    dice = np.random.default_rng(seed)
    return {
        "minute": END - dice.integers(DAYS * 1440, size=count),
        "application": dice.integers(3, size=count),
        "model": dice.integers(4, size=count),
        "clause": dice.integers(40, size=count),
        "failures": (dice.random(count) < 0.004).astype(np.int64),
        "checks-errored": (dice.random(count) < 0.002).astype(np.int64),
        "checks-skipped": (dice.random(count) < 0.003).astype(np.int64),
    }


def record(number: int, facts: dict[str, Any], at: int) -> DecisionRecorded:
    row = {name: int(column[at]) for name, column in facts.items()}
    spread = ["errored"] * row["checks-errored"] + ["skipped"] * row["checks-skipped"]
    found = [*spread, *["ran"] * (3 - len(spread))]
    exchange = f"x_{number:026d}"
    return DecisionRecorded(
        run="s_1",
        sequence=number,
        decision=f"{exchange}.1",
        at=written_ms(row["minute"] * 60_000),
        exchange=exchange,
        stage="output",
        api="chat",
        streamed=False,
        caller="key-1",
        application=APPLICATIONS[row["application"]],
        subject="",
        model=MODELS[row["model"]],
        policy="sha256:" + "a" * 64,
        readings="",
        effect="allow",
        done="forwarded",
        citations=(CLAUSES[row["clause"]],),
        grounds=(),
        boundaries=(),
        checks=tuple(CheckRan(f"c{n}", s, "allow", "text", 9, 9) for n, s in enumerate(found)),
        failure="timeout" if row["failures"] else "",
    )


def rows_of(facts: dict[str, Any]) -> Iterator[Row]:
    """Yield the rows that counting makes of decisions, in the order of the table's key."""
    everything = np.zeros_like(facts["clause"])
    for series, checks, places in (
        ("checks-errored", 3, (([""], everything),)),
        ("checks-skipped", 3, (([""], everything),)),
        (
            "failures",
            1,
            (
                ([""], everything),
                ([f"section_{n:02}" for n in range(20)], facts["clause"] // 2),
                (CLAUSES, facts["clause"]),
            ),
        ),
    ):
        for names, place in places:
            yield from _hours(series, checks, names, place, facts)


def _hours(
    series: str, checks: int, names: Sequence[str], place: Any, facts: dict[str, Any]
) -> Iterator[Row]:
    hour, minute = np.divmod(facts["minute"], 60)
    first = int(hour.min())
    shape = (len(names), int(hour.max()) - first + 1, 3, 4, 60)
    where = (place, hour - first, facts["application"], facts["model"], minute)
    cell = np.ravel_multi_index(where, shape)
    totals = np.bincount(cell)
    used = np.flatnonzero(totals)
    bads = np.bincount(cell, weights=facts[series]).astype(np.int64)[used]
    minutes = np.stack((used % 60, bads, totals[used] * checks), axis=1)
    begins = np.flatnonzero(np.diff(used // 60, prepend=-1))
    ends = np.append(begins[1:], len(used))
    whole = np.stack(np.unravel_index(used[begins] // 60, shape[:4]), axis=1).tolist()
    for (n, h, a, m), begin, end in zip(whole, begins.tolist(), ends.tolist(), strict=True):
        mine = minutes[begin:end].tolist()
        bad, total = sum(each[1] for each in mine), sum(each[2] for each in mine)
        data = packed({minute: (b, t) for minute, b, t in mine})
        yield series, names[n], h + first, APPLICATIONS[a], MODELS[m], bad, total, data


def fill_sqlite(folder: Path, facts: dict[str, Any]) -> None:
    connection = sqlite3.connect(folder / "rollups.sqlite")
    with connection:
        connection.executemany("INSERT INTO hours VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows_of(facts))
    connection.close()


def fill_postgres(url: str, facts: dict[str, Any]) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY {SCHEMA}.hours FROM STDIN") as copy:
            for row in rows_of(facts):
                copy.write_row(row)
        cursor.execute(f"ANALYZE {SCHEMA}.hours")


def real_records(folder: Path) -> dict[str, Any]:
    """Count real records, the last ones apart; compare with the generator's rows."""
    facts = drawn(1, REAL)
    with open_ledger(folder / "real.sqlite") as ledger:
        store, _ = open_rollups(folder / "real.sqlite")
        rollup = Rollup(store)
        last = REAL - 100
        for start in range(0, last, 5000):
            ledger.append(*(record(n, facts, n) for n in range(start, min(start + 5000, last))))
        started, used = time.perf_counter(), time.process_time()
        rollup.update(ledger)
        seconds, busy = time.perf_counter() - started, time.process_time() - used
        ledger.append(*(record(n, facts, n) for n in range(last, REAL)))
        started = time.perf_counter()
        rollup.update(ledger)
        newest = time.perf_counter() - started
        with store.reading() as session:
            found = set(map(tuple, session.all("SELECT * FROM hours")))
        sampled, sampled_processor = sampled_ms(ledger, rollup, store)
        rollup.close()
    return {
        "records": REAL,
        "per_s": round(last / seconds),
        "per_processor_s": round(last / busy),
        "newest_100_ms": round(newest * 1e3, 1),
        "same_rows_as_generated": found == set(rows_of(facts)),
        "rows": len(found),
        "sampled_answers": SAMPLED,
        "sampled_ms": sampled,
        "sampled_processor_ms": sampled_processor,
    }


def sampled_ms(ledger: Ledger, rollup: Rollup, store: RollupStore) -> tuple[float, float]:
    """Time an objective over answers that were drawn and judged, and some of them labelled."""
    dice = np.random.default_rng(3)
    at = written_ms(END * 60_000)
    chosen = list(ledger.read(DecisionRecorded, limit=SAMPLED))
    ledger.append(
        SampleDrawn("s", at, "bench", "", at, at, (Stratum("all", REAL, SAMPLED),), "", ""),
        *(
            AnswerDrawn("s", d.decision, d.exchange, "all", d.application, d.model, "section_00")
            for d in chosen
        ),
    )
    wrong = ("adhered", "violated")
    ledger.append(
        *(
            AnswerJudged("s", d.decision, at, "j", "k", wrong[dice.random() < 0.1], "section_00")
            for d in chosen
        ),
        *(
            ReviewRecorded(
                run=d.decision,
                at=at,
                by="ada",
                label=wrong[dice.random() < 0.05],
                refusal=None,
                decision_right=None,
                section="section_00",
                blind=True,
                drawn="random",
                seconds=9,
            )
            for d in chosen[::5]
        ),
    )  # fmt: skip
    rollup.update(ledger)
    times, busy = [], []
    each = _objective("accord", Scope(section="section_00"))
    for _ in range(ROUNDS):
        started, used = time.perf_counter(), time.process_time()
        fresh = Rollup(store)  # the other one keeps the answers of the last period
        (status,) = statuses(Objectives("", (each,)), as_of(fresh.measure, END * 60_000))
        times.append((time.perf_counter() - started) * 1e3)
        busy.append((time.process_time() - used) * 1e3)
        assert status.measure.total == SAMPLED
    return round(median(times), 1), round(median(busy), 1)


def objectives() -> Objectives:
    scopes = [Scope(), *(Scope(application=each) for each in APPLICATIONS)]
    scopes += [Scope(model=each) for each in MODELS]
    scopes += [Scope(application=a, model=MODELS[0]) for a in APPLICATIONS]
    every = [_objective("failures", scope) for scope in scopes]
    every += [_objective("failures", Scope(section=f"section_{n:02}")) for n in range(4)]
    every += [_objective("failures", Scope(clause=CLAUSES[0], application="shop"))]
    every += [_objective(series, scope) for series in SERIES[1:] for scope in scopes[:4]]
    return Objectives("sha256:0", tuple(every))


def _objective(indicator: str, scope: Scope) -> Objective:
    name = "-".join([indicator, *(value for _, value in scope.named)])
    return Objective(name, name, indicator, scope, Fraction("0.99"), 30, STANDARD)


def timed(store: RollupStore) -> dict[str, Any]:
    """Time each objective with all its windows, and the whole dashboard, each time from nothing."""
    every, at = objectives(), END * 60_000
    whole, busy, single = [], [], []
    for _ in range(ROUNDS):
        for each in every.every:
            fresh = Rollup(store)  # one keeps what it has read of a moment
            started = time.perf_counter()
            found = statuses(Objectives("", (each,)), as_of(fresh.measure, at))
            single.append(((time.perf_counter() - started) * 1e3, each.id))
            assert found[0].measure.total > 0
        fresh = Rollup(store)
        began, used = time.perf_counter(), time.process_time()
        statuses(every, as_of(fresh.measure, at))
        whole.append((time.perf_counter() - began) * 1e3)
        busy.append((time.process_time() - used) * 1e3)
    slowest = max(single)
    return {
        "objectives": len(every.every),
        "median_ms": round(median(ms for ms, _ in single), 2),
        "slowest_ms": round(slowest[0], 2),
        "slowest": slowest[1],
        "dashboard_ms": round(median(whole), 1),
        "dashboard_processor_ms": round(median(busy), 1),
        "events_of_30_days": fresh.measure(every.every[0], 43_200, at).total,
    }


def plan(store: RollupStore, explain: str) -> list[str]:
    """Return how the database answers the query over 30 days of the whole traffic."""
    each = objectives().every[0]
    starts = starts_of(each, 43_200, END)
    statement, values = whole_hours(each.indicator, each.scope.place, starts, END)
    with store.reading() as session:
        return [str(row[-1]) for row in session.all(f"{explain} {statement}", values)]


def measured(place: str | Path, explain: str, fill: Callable[[], None]) -> dict[str, Any]:
    store, _ = open_rollups(place)
    started = time.perf_counter()
    fill()
    filled = time.perf_counter() - started
    found = {"fill_s": round(filled, 1), **timed(store), "plan": plan(store, explain)}
    with store.reading() as session:
        found["rows"] = session.all("SELECT count(*) FROM hours")[0][0]
    store.close()
    return found


def report(name: str, found: dict[str, Any], say: Callable[[str], None] = print) -> None:
    say(
        f"{name}: {found['rows']:,} rows, filled in {found['fill_s']} s;"
        f" {found['events_of_30_days']:,} decisions in 30 days"
    )
    say(f"  one objective, 8 windows   median {found['median_ms']} ms, slowest"
        f" {found['slowest_ms']} ms ({found['slowest']})   limit {LIMIT_MS} ms")  # fmt: skip
    say(f"  all {found['objectives']} objectives   {found['dashboard_ms']} ms")
    for line in found["plan"]:
        say(f"    {line}")


def main() -> int:
    """Measure, print, write."""
    found: dict[str, Any] = {"limit_ms": LIMIT_MS, "decisions": DECISIONS, "days": DAYS}
    found["load"] = round(os.getloadavg()[0], 2)
    with TemporaryDirectory() as folder:
        found["real"] = real_records(Path(folder))
        real = found["real"]
        print(
            f"counting real records: {real['per_s']:,}/s of {real['records']:,}; the newest 100 in"
            f" {real['newest_100_ms']} ms; same rows: {real['same_rows_as_generated']}"
        )
        print(f"an objective over {SAMPLED:,} sampled answers: {real['sampled_ms']} ms")
        print(f"a first count of {DECISIONS:,} would take {DECISIONS / real['per_s'] / 60:.0f} min")
        facts = drawn(2, DECISIONS)
        place = Path(folder) / "ledger.sqlite"
        found["sqlite"] = measured(
            place, "EXPLAIN QUERY PLAN", lambda: fill_sqlite(Path(folder), facts)
        )
        found["sqlite"]["file_mib"] = (Path(folder) / "rollups.sqlite").stat().st_size // 2**20
        report("SQLite", found["sqlite"])
    server_programs = programs()
    if server_programs is not None:
        server = Server(server_programs)
        try:
            url = server.database()
            found["postgresql"] = measured(
                url, "EXPLAIN (ANALYZE, BUFFERS)", lambda: fill_postgres(url, facts)
            )
        finally:
            server.remove()
        report("PostgreSQL", found["postgresql"])
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    slowest = [found[n]["slowest_ms"] for n in ("sqlite", "postgresql") if n in found]
    quick = max(*slowest, real["sampled_ms"]) < LIMIT_MS
    return 0 if real["same_rows_as_generated"] and quick else 1


if __name__ == "__main__":
    sys.exit(main())
