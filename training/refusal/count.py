"""Checks the written answers and counts them by kind and label.

    python training/refusal/count.py           # check, print the table
    python training/refusal/count.py --write   # the same, and put the table into the README

Exits 1 when something is wrong, with one line for each fault: file, line, what.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

ANSWERS = Path(__file__).parent / "answers"
README = ANSWERS / "README.md"
LABELS = ("none", "partial", "full")
FIELDS = ("id", "kind", "language", "request", "answer", "label")
OPENS, CLOSES = "<!-- counts -->", "<!-- /counts -->"

Row = dict[str, str]


def rows(path: Path) -> tuple[list[Row], list[str]]:
    """Read the answers of one file, and what is wrong with its lines taken one by one."""
    found: list[Row] = []
    faults: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as bad:
            faults.append(f"{path.name}:{number}: not JSON: {bad}")
            continue
        fault = shape(row, path.stem.partition("_")[0])
        if fault:
            faults.append(f"{path.name}:{number}: {fault}")
        else:
            found.append(row)
    return found, faults


def shape(row: object, prefix: str) -> str:
    """Say what is wrong with one line's fields; empty when nothing is.

    `prefix` is what the file's name begins with (`en`, `hard`, `lang`); ids begin with it too.
    """
    if not isinstance(row, dict):
        return "not an object"
    if sorted(row) != sorted(FIELDS):
        return f"fields are {sorted(row)}, not {sorted(FIELDS)}"
    for field in FIELDS:
        if not isinstance(row[field], str) or not row[field].strip():
            return f"{field} is not a text or is empty"
    if row["label"] not in LABELS:
        return f"label {row['label']!r} is none of {', '.join(LABELS)}"
    if not row["id"].startswith(f"{prefix}-"):
        return f"id {row['id']!r} does not begin with {prefix!r}, as its file does"
    return ""


def repeats(answers: list[Row]) -> list[str]:
    """Ids used twice, and the same answer to the same request (case and spaces aside)."""
    faults: list[str] = []
    ids: set[str] = set()
    pairs: dict[tuple[str, str], str] = {}
    for row in answers:
        if row["id"] in ids:
            faults.append(f"{row['id']}: id used twice")
        ids.add(row["id"])
        pair = (plain(row["request"]), plain(row["answer"]))
        if pair in pairs:
            faults.append(f"{row['id']}: same request and answer as {pairs[pair]}")
        pairs.setdefault(pair, row["id"])
    return faults


def plain(text: str) -> str:
    """Lower the case, make runs of white space one space and every apostrophe a plain one."""
    return re.sub(r"\s+", " ", text).strip().lower().replace("\u2019", "'")


def table(answers: list[Row]) -> str:
    """Make a Markdown table: one row for each kind, then the totals by family."""
    counts: Counter[tuple[str, str, str, str]] = Counter(
        (family(row), row["language"], row["kind"], row["label"]) for row in answers
    )
    lines = [
        "| files | language | kind | none | partial | full | all |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    lines += [
        record(key, [counts[*key, label] for label in LABELS])
        for key in sorted({key[:3] for key in counts})
    ]
    for name in sorted({family(row) for row in answers}):
        each = Counter(row["label"] for row in answers if family(row) == name)
        lines.append(record((name, "", "**all**"), [each[label] for label in LABELS]))
    each = Counter(row["label"] for row in answers)
    lines.append(record(("**all**", "", ""), [each[label] for label in LABELS]))
    return "\n".join(lines)


def family(row: Row) -> str:
    """Take the family of files from the id: `en`, `hard`, `lang`."""
    return row["id"].partition("-")[0]


def record(names: tuple[str, str, str], figures: list[int]) -> str:
    """Make one row of the table."""
    return f"| {' | '.join((*names, *map(str, figures), str(sum(figures))))} |"


def main(arguments: list[str]) -> int:
    """Check every file, print the table, write it on demand."""
    answers: list[Row] = []
    faults: list[str] = []
    for path in sorted(ANSWERS.glob("*.jsonl")):
        found, wrong = rows(path)
        answers += found
        faults += wrong
    faults += repeats(answers)
    counted = table(answers)
    sys.stdout.write(counted + "\n")
    if "--write" in arguments:
        text = README.read_text(encoding="utf-8")
        before, _, rest = text.partition(OPENS)
        _, _, after = rest.partition(CLOSES)
        README.write_text(f"{before}{OPENS}\n\n{counted}\n\n{CLOSES}{after}", encoding="utf-8")
    sys.stderr.write("".join(f"{fault}\n" for fault in faults))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
