"""What a run costs: 10,000 replies with the scripted provider, beside Inspect AI and its mock.

Both ask 500 prompts 20 times each, take the same reply, test it for one phrase and keep a log of
everything. Each is a process of its own; samples are counted for each second of its processor time,
start and imports included. Memory is the most that the process held, at a tenth of the replies and
at all of them.

Usage: python bench/run.py. Writes bench/results/run.json.
"""

from __future__ import annotations

import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "bench" / "results" / "run.json"
PROMPTS = 500
REPEATS = (2, 20)
LIMIT = 10.0
"""Times the samples of Inspect AI for each second of processor time."""

SPEC = "# Be kind {#kind authority=user}\n\nThe assistant should greet everybody[^grt1].\n"
SCENARIO = """
**Scenario**: somebody says hello, number {n} {{#hello_{n} family=freedom clause=grt1}}

~~~xml
<user>
Hello, this is visitor {n}. What do you say?
</user>
~~~

~~~expect
outcome: any
checks:
  - contains: {{any: ["welcome"]}}
~~~
"""
REPLY = "Hello and welcome! It is good to see you here; make yourself at home."

OURS = """
import asyncio, sys
from charter.evals.plan import Plan, Settings
from charter.evals.run import carry_out, open_run
from charter.evals.suite import compile_suite
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.load import load
from charter.models.open import open_model

class Silent:
    def advance(self, verdict): pass

model = open_model("scripted:script.yaml", {})
with Ledger(open_store("ledger.sqlite")) as ledger:
    plan = Plan(compile_suite(load("spec.md")), model.identity, Settings(repeat=int(sys.argv[1])))
    opened = open_run(ledger, plan)
    asyncio.run(carry_out(
        opened, plan, model, ledger=ledger, concurrency=16, progress=Silent()))
"""
THEIRS = """
import sys
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import includes

def answer(*_, **__):
    output = ModelOutput.from_content("mockllm/model", REPLY)
    output.usage = ModelUsage(input_tokens=10, output_tokens=10, total_tokens=20)
    return output

class Endless:
    def __iter__(self): return self
    def __next__(self): return answer()

samples = [
    Sample(input=f"Hello, this is visitor {n}. What do you say?", target="welcome", id=f"hello_{n}")
    for n in range(PROMPTS)
]
logs = eval(
    Task(dataset=samples, scorer=includes(), epochs=int(sys.argv[1])),
    model=get_model("mockllm/model", custom_outputs=Endless()),
    display="none", log_realtime=False, log_dir="logs", max_connections=16,
)
assert logs[0].status == "success", logs[0].error
""".replace("REPLY", repr(REPLY)).replace("PROMPTS", str(PROMPTS))


def measure(program: str, repeat: int) -> dict[str, Any]:
    """Run a program in an empty folder; return its processor time, wall time and memory."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        prepare(folder)
        (folder / "program.py").write_text(program, encoding="utf-8")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        probe = (
            "import resource, runpy, sys; sys.argv = ['program.py', sys.argv[1]]; "
            "runpy.run_path('program.py', run_name='__main__'); "
            "print('PEAK', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
        )
        done = subprocess.run(
            [sys.executable, "-c", probe, str(repeat)],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = re.search(r"PEAK (\d+)", done.stdout)
    if done.returncode or peak is None:
        raise SystemExit(f"the program failed:\n{done.stderr[-2000:]}")
    cpu = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    samples = PROMPTS * repeat
    return {
        "samples": samples,
        "cpu_seconds": round(cpu, 2),
        "wall_seconds": round(wall, 2),
        "samples_per_cpu_second": round(samples / cpu, 1),
        "peak_mb": int(peak[1]),
    }


def prepare(folder: Path) -> None:
    """Write the spec, its scenarios and the script."""
    (folder / "spec.md").write_text(SPEC, encoding="utf-8")
    (folder / "scenarios").mkdir()
    text = "---\nsection: kind\n---\n" + "".join(SCENARIO.format(n=n) for n in range(PROMPTS))
    (folder / "scenarios" / "kind.md").write_text(text, encoding="utf-8")
    (folder / "script.yaml").write_text(f"default: {json.dumps(REPLY)}\n", encoding="utf-8")


def main() -> int:
    """Measure both, print, write."""
    found: dict[str, Any] = {"limit": LIMIT, "inspect_ai": version("inspect-ai")}
    for name, program in (("charter", OURS), ("inspect", THEIRS)):
        found[name] = [measure(program, repeat) for repeat in REPEATS]
        for row in found[name]:
            print(
                f"{name:8} {row['samples']:6,} samples  {row['cpu_seconds']:7.2f} s of processor  "
                f"{row['samples_per_cpu_second']:8.1f} samples/s  peak {row['peak_mb']} MB"
            )
    ours, theirs = found["charter"][-1], found["inspect"][-1]
    found["ratio"] = round(ours["samples_per_cpu_second"] / theirs["samples_per_cpu_second"], 1)
    found["memory_growth_mb"] = ours["peak_mb"] - found["charter"][0]["peak_mb"]
    print(f"ratio {found['ratio']} (asked for: {LIMIT:g})")
    print(f"memory from a tenth of the replies to all: +{found['memory_growth_mb']} MB")
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
