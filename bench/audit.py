"""What an audit costs: conversations of 400 bytes under a policy of 20 patterns, on two cores.

Every hundredth conversation breaks a boundary. Texts in columns of a Parquet file, as most logs
have them, have the limit; messages as JSON, CSV and JSON lines are measured beside it. Before that,
the results of some rows are compared with deciding each by itself.

Usage: python bench/audit.py [ROWS]. Writes bench/results/audit.json.
"""

from __future__ import annotations

import json
import os
import platform
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import polars as pl

from charter.audit.auditor import Auditor
from charter.audit.logs import open_logs
from charter.audit.row import Decided, Row
from charter.audit.run import audit
from charter.audit.turns import decide_row
from charter.load import load_policy

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 500_000
ROWS = 1_000_000
ROUNDS = 3
BREAKING = 100
REQUEST, ANSWER = 150, 250
SECRET = "AKIA1234567890ABCDEF"  # noqa: S105 - of the form of a key, and none
PATTERNS = (
    r"AKIA[0-9A-Z]{16}",
    r"gh[pousr]_[A-Za-z0-9]{36}",
    r"(?i)password\s{0,4}[:=]\s{0,4}\S{8,64}",
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    r"\b[0-9]{3}-[0-9]{2}-[0-9]{4}\b",
    r"\b4[0-9]{3}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}\b",
    r"(?i)i am a real human",
    r"(?i)ignore (all )?previous instructions",
    r"xox[abp]-[A-Za-z0-9-]{20,80}",
    r"[A-Za-z0-9._%+-]{1,64}@internal[.]example",
    *(rf"(?i)project {name}" for name in ("alpha", "beta", "gamma", "delta", "kappa")),
    *(rf"(?i)\b{name} (acquisition|merger)\b" for name in ("blue", "red", "green", "grey", "pink")),
)


def spec() -> str:
    """Return a spec with a boundary for each pattern; every fifth is about requests."""
    parts = ["# Secrets {#secrets authority=root}\n\nThe assistant must keep secrets[^sec1].\n"]
    for at, pattern in enumerate(PATTERNS):
        stage = "request" if at % 5 == 4 else "output"
        when = f"text.matches(r'{pattern}')"
        parts.append(
            f"~~~boundary\nid: pattern_{at}\non: {stage}\nwhen: |-\n  {when}\n"
            "effect: deny\nsay: No.\n~~~\n"
        )
    return "\n".join(parts)


def rows(number: int) -> pl.DataFrame:
    """Return conversations of 400 characters, made of words that mean nothing."""
    chance = random.Random(7)  # noqa: S311 - a repeatable choice, no secret
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(5000)]
    some = [" ".join(chance.choices(words, k=60)) for _ in range(20_000)]
    requests = [some[at % 20_000][:REQUEST] for at in range(number)]
    answers = [some[(at * 7 + at // 20_000) % 20_000][:ANSWER] for at in range(number)]
    for at in range(0, number, BREAKING):
        answers[at] = f"{answers[at][: ANSWER - len(SECRET) - 1]} {SECRET}"
    return pl.DataFrame({"request": requests, "answer": answers})


def messages(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the same conversations as JSON."""
    texts = [
        json.dumps([{"role": "user", "content": one}, {"role": "assistant", "content": other}])
        for one, other in zip(frame["request"], frame["answer"], strict=True)
    ]
    return pl.DataFrame({"messages": texts})


def same(auditor: Auditor, file: Path, frame: pl.DataFrame) -> int:
    """Assert that an audit finds what deciding on each row finds. Returns how many restrict."""
    part = frame.head(2_000)
    part.write_parquet(file)
    found = audit(auditor, open_logs(file, {}), listed=part.height)
    expected = []
    for at, row in enumerate(part.iter_rows(named=True)):
        each = decide_row(auditor.policy, Row(**row))
        assert isinstance(each, Decided)
        if each.findings:
            expected.append((at, each.findings))
    assert found.first == expected, "not the same results"
    return len(expected)


def speed(auditor: Auditor, file: Path, number: int) -> float:
    """Return rows a second, the best of some rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        before = time.perf_counter()
        found = audit(auditor, open_logs(file, {}))
        best = max(best, number / (time.perf_counter() - before))
        assert found.restricted == -(-number // BREAKING), found
    return best


def main() -> int:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "spec.md").write_text(spec())
        auditor = Auditor(load_policy(folder / "spec.md", cache=False))
        assert not auditor.everywhere
        frame = rows(number)
        fewer = frame.head(max(number // 10, 1))
        compared = same(auditor, folder / "same.parquet", frame)
        frame.write_parquet(folder / "texts.parquet", row_group_size=100_000)
        messages(frame).write_parquet(folder / "messages.parquet", row_group_size=100_000)
        fewer.write_csv(folder / "texts.csv")
        fewer.write_ndjson(folder / "texts.jsonl")
        found: dict[str, Any] = {}
        for file, count in (
            ("texts.parquet", number),
            ("messages.parquet", number),
            ("texts.csv", fewer.height),
            ("texts.jsonl", fewer.height),
        ):
            found[file] = round(speed(auditor, folder / file, count))
            print(f"{file:18} {found[file]:>12,} conversations/s")
    result = {
        "python": platform.python_version(),
        "polars_threads": pl.thread_pool_size(),
        "patterns": len(PATTERNS),
        "bytes": REQUEST + ANSWER,
        "rows": number,
        "equal_rows_that_restrict": compared,
        "limit": LIMIT,
        "conversations_per_second": found,
    }
    target = ROOT / "bench" / "results" / "audit.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    good = found["texts.parquet"] >= LIMIT
    print(f"limit {LIMIT:,}: {'kept' if good else 'missed'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
