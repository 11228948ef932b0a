"""What reading a spec costs: time against a second parser, memory, imports.

Usage: python bench/parse.py [spec.md]. Writes bench/results/parse.json.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from markdown_it import MarkdownIt

from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 40
RATIO_LIMIT = 1.0
MEMORY_LIMIT_MB = 30.0

_RESIDENT = """
import os, sys
def resident():
    with open("/proc/self/statm") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
def peak():
    with open("/proc/self/status") as stream:
        return next(int(line.split()[1]) * 1024 for line in stream if line.startswith("VmHWM"))
before = resident()
from charter.source import Source
from charter.spec.build import build
from charter.syntax.reader import parse
imported = resident()
with open(sys.argv[1], encoding="utf-8", newline="") as stream:
    spec = build(parse(Source("spec", stream.read())))
print(before, imported, resident(), peak(), len(spec.sections))
"""
_IMPORT = """
import sys, time
before = time.process_time()
__import__(sys.argv[1])
print(time.process_time() - before)
"""


def fresh(code: str, *arguments: str) -> list[float]:
    """Run code in a new interpreter and return the numbers it prints."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def times(text: str) -> dict[str, object]:
    """Time both parsers in turns, so that a busy machine slows both."""
    other = MarkdownIt("commonmark")
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(seconds(lambda: build(parse(Source("spec", text)))))
        theirs.append(seconds(lambda: other.parse(text)))
    pairs = [one / two for one, two in zip(ours, theirs, strict=True)]
    return {
        "charter_ms": {"best": min(ours) * 1e3, "median": statistics.median(ours) * 1e3},
        "markdown_it_ms": {"best": min(theirs) * 1e3, "median": statistics.median(theirs) * 1e3},
        "ratio": {"best": min(ours) / min(theirs), "median": statistics.median(pairs)},
        "ratio_limit": RATIO_LIMIT,
    }


def memory(path: Path) -> dict[str, float]:
    before, imported, built, peak, _ = fresh(_RESIDENT, str(path))
    megabyte = 2**20
    return {
        "interpreter_mb": before / megabyte,
        "imports_mb": (imported - before) / megabyte,
        "spec_mb": (built - imported) / megabyte,
        "peak_above_interpreter_mb": (peak - before) / megabyte,
        "limit_mb": MEMORY_LIMIT_MB,
    }


def imports() -> dict[str, float]:
    """CPU milliseconds of importing a module in a new interpreter, the best of several."""
    modules = ("charter", "charter.syntax.reader", "charter.spec.build", "charter.load")
    return {name: min(fresh(_IMPORT, name)[0] for _ in range(7)) * 1e3 for name in modules}


def main() -> None:
    data = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    default = data / "model_spec" / "2025-12-18" / "model_spec.md"
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else default
    if not path.is_file():
        sys.exit(f"{path}: no such file (set CHARTER_DATA, or name a spec)")
    text = path.read_bytes().decode()
    result = {
        "spec": path.name,
        "characters": len(text),
        "python": sys.version.split()[0],
        "time": times(text),
        "memory": memory(path),
        "import_cpu_ms": imports(),
    }
    target = ROOT / "bench" / "results" / "parse.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    report = json.dumps(result, indent=2)
    target.write_text(report + "\n", encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
