"""What the gateway costs, beside LiteLLM's proxy and a bare pass-through, on two cores.

Each gateway in turn runs alone on one core; a load generator (wrk where there is one, else a small
one in Python) and a model's server that answers at once run on the other. The others are stopped
meanwhile. Charter labels, resolves, asks 60 boundaries, searches a set of 20 patterns and keeps a
durable record of every decision; LiteLLM has no guardrails on.

LiteLLM is no dependency: its newest version is installed, with its OpenTelemetry packages, into an
environment of its own in the user's cache folder. Where that cannot be done, it is left out.

Usage: python bench/gateway.py [--seconds S] [--rounds N] [--requests N] [--peers NAMES]. Writes
bench/results/gateway.json. 200,000 requests for the memory take a few minutes; the default is less.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import platformdirs

from charter.gateway.callers import digest_of_key, new_key
from charter.ledger.open import open_ledger
from charter.records.decision import DecisionRecorded

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "bench" / "gateways"
HOST = "127.0.0.1"
CONNECTIONS = 32
STREAMS = 200
GOAL, LEAST, SHARE, FIRST_MS, LATENCY = 20.0, 12.0, 0.35, 3.0, 0.1
LITELLM = (
    "litellm[proxy]",
    "opentelemetry-api",
    "opentelemetry-sdk",
    "opentelemetry-exporter-otlp",
)
LEVELS = ("root", "system", "developer", "user")

BODY: dict[str, Any] = {
    "model": "m",
    "messages": [
        {"role": "system", "content": "You answer questions about parcels, kindly and briefly."},
        {"role": "user", "content": "Where is my parcel? I ordered it on 14 March, and it should "
         "have been here on Monday. Please say when it will come."},
    ],
}  # fmt: skip


def spec() -> str:
    """Return a spec of 20 sections with three boundaries each: request, output and tool call."""
    parts = ["---\nversion: 1.0\n---\n"]
    for at in range(20):
        level = LEVELS[at % len(LEVELS)]
        parts.append(
            f"# Rule {at} {{#rule_{at} authority={level}}}\n\nThe assistant must mind it[^r{at}]."
        )
        for stage, when in (
            ("request", f"text.contains('forbidden word {at}') && words > 3"),
            ("output", f"text.matches(r'(?i)\\bproject nightjar {at}\\b')"),
            ("tool_call", f"tool == 'tool_{at}' && has(args.amount) && args.amount > 100"),
        ):
            parts.append(
                f"~~~boundary\nid: {stage}_{at}\non: {stage}\nwhen: |-\n  {when}\neffect: deny\n"
                "say: No.\n~~~"
            )
    return "\n\n".join(parts) + "\n"


def settings(key: str) -> str:
    """Return a configuration with one caller and a set of 20 patterns, on requests and answers."""
    names = (
        "alpha",
        "beta",
        "gamma",
        "delta",
        "kappa",
        "lambda",
        "omega",
        "sigma",
        "theta",
        "zeta",
    )
    patterns = [rf"(?i)\bsecret project {name}\b" for name in names]
    patterns += [rf"{name[:3].upper()}[-_ ]?[0-9]{{4,8}}\b" for name in names]
    lines = [f"{name} = '{pattern}'" for name, pattern in zip(_names(), patterns, strict=True)]
    return (
        f'[callers.bench]\nkeys = ["{digest_of_key(key)}"]\napplication = "bench"\n'
        'principal = "bench"\n\n[checks.twenty]\ncheck = "patterns"\nsection = "rule_0"\n'
        'stages = ["request", "output"]\n\n[checks.twenty.patterns]\n' + "\n".join(lines)
    ) + "\n\n[operations]\nlog_level = 'warning'\n"


def _names() -> list[str]:
    return [f"pattern_{at}" for at in range(20)]


@dataclass
class Stack:
    """One gateway under test."""

    name: str
    port: int
    key: str
    process: subprocess.Popen[bytes] | None = None
    rates: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    firsts: list[float] = field(default_factory=list)
    memory: int = 0

    def tell(self, number: int) -> None:
        """Send a signal to the processes of the gateway."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Bench:
    """The cores, the ports, and what asks."""

    def __init__(self, folder: Path, seconds: float) -> None:
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) < 2:
            raise SystemExit("bench/gateway.py needs two cores")
        self.gateway_core, self.load_core = cores[0], cores[1]
        self.folder = folder
        self.seconds = seconds
        self.wrk = shutil.which("wrk")
        self.upstream = Stack("direct", free_port(), "upstream")

    def start(self, core: int, words: list[str], **more: Any) -> subprocess.Popen[bytes]:
        """Start a program on one core, in a group of its own."""
        log = (self.folder / f"{Path(words[1]).name}-{time.monotonic_ns()}.log").open("wb")
        return subprocess.Popen(
            words, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {core}), **more,  # noqa: PLW1509 - Linux
        )  # fmt: skip

    def ask(self, words: list[str], **more: Any) -> str:
        """Run something on the core of the load, and return what it prints."""
        run = subprocess.run(
            words, capture_output=True, text=True, timeout=900, check=False,
            preexec_fn=lambda: os.sched_setaffinity(0, {self.load_core}), **more,
        )  # fmt: skip
        if run.returncode:
            raise RuntimeError(f"{Path(words[0]).name}: {(run.stderr or run.stdout)[-500:]}")
        return run.stdout

    def probe(self, how: str, stack: Stack, number: float, body: Any, *more: str) -> Any:
        """Ask with the probe."""
        headers = json.dumps({"authorization": f"Bearer {stack.key}"})
        given = [HOST, str(stack.port), str(number), headers, as_sent(body), *more]
        return json.loads(self.ask([sys.executable, str(PARTS / "probe.py"), how, *given]))

    def rate(self, stack: Stack, seconds: float | None = None) -> float:
        """Return requests a second at 32 connections."""
        seconds = seconds or self.seconds
        if self.wrk is None:
            found = self.probe("many", stack, seconds, BODY, str(CONNECTIONS))
            return float(found["rate"])
        body = {"BENCH_BODY": as_sent(BODY), "BENCH_AUTHORIZATION": f"Bearer {stack.key}"}
        url = f"http://{HOST}:{stack.port}/v1/chat/completions"
        words = [self.wrk, "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "30s"]
        said = self.ask([*words, "-s", str(PARTS / "post.lua"), url], env={**os.environ, **body})
        wrong = re.search(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)", said)
        if wrong:
            raise RuntimeError(f"{stack.name}: {wrong[0]}")
        found_rate = re.search(r"Requests/sec:\s+([0-9.]+)", said)
        assert found_rate, said
        return float(found_rate[1])


def as_sent(body: Any) -> str:
    """Return a body as the SDKs of OpenAI and Anthropic write it: without blanks."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def free_port() -> int:
    with socket.socket() as made:
        made.bind((HOST, 0))
        return int(made.getsockname()[1])


def charter(bench: Bench, key: str) -> Stack:
    """Start Charter's gateway."""
    folder = bench.folder
    (folder / "spec.md").write_text(spec())
    (folder / "gateway.toml").write_text(settings(key))
    stack = Stack("charter", free_port(), key)
    stack.process = bench.start(
        bench.gateway_core,
        [
            sys.executable, "-m", "charter", "serve", str(folder / "spec.md"),
            "--settings", str(folder / "gateway.toml"), "--port", str(stack.port),
            "--upstream", f"http://{HOST}:{bench.upstream.port}/v1",
            "--ledger", str(folder / "ledger.sqlite"),
        ],
    )  # fmt: skip
    return stack


def passthrough(bench: Bench, key: str) -> Stack:
    """Start the bare pass-through."""
    stack = Stack("passthrough", free_port(), key)
    upstream = f"http://{HOST}:{bench.upstream.port}"
    words = [sys.executable, str(PARTS / "passthrough.py"), upstream, str(stack.port)]
    stack.process = bench.start(bench.gateway_core, words)
    return stack


def litellm(bench: Bench, key: str) -> Stack:
    """Install LiteLLM's proxy where it is not there, and start it. Raises RuntimeError."""
    place = Path(platformdirs.user_cache_dir("charter")) / "bench" / "litellm"
    if not (place / "bin" / "litellm").exists():
        print("installing LiteLLM into", place, flush=True)
        shutil.rmtree(place, ignore_errors=True)
        python = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001
        bench.ask([python, "-m", "venv", str(place)])
        bench.ask([str(place / "bin" / "pip"), "install", "--quiet", *LITELLM])
        newest(bench, place / "bin" / "pip")
    config = bench.folder / "litellm.yaml"
    config.write_text(
        "model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/m\n"
        f"      api_base: http://{HOST}:{bench.upstream.port}/v1\n      api_key: upstream\n"
        f"general_settings:\n  master_key: sk-{key}\n"  # it does not start without one
    )
    stack = Stack("litellm", free_port(), f"sk-{key}")
    words = [str(place / "bin" / "litellm"), "--config", str(config), "--host", HOST]
    env = {**os.environ, "LITELLM_LOG": "ERROR", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
    words += ["--port", str(stack.port), "--num_workers", "1"]
    stack.process = bench.start(bench.gateway_core, words, env=env, cwd=bench.folder)
    return stack


def newest(bench: Bench, pip: Path) -> None:
    """Put the newest release in place where an index lacks some release that it asks for.

    A resolver then takes an older one. What is left unmet is in the results (`pip check`).
    """
    said = bench.ask([str(pip), "index", "versions", "litellm"])
    found = re.search(r"litellm \(([0-9][0-9A-Za-z.]*)\)", said)
    if found:
        bench.ask([str(pip), "install", "--quiet", "--no-deps", f"litellm=={found[1]}"])


def wait_for(bench: Bench, stack: Stack, seconds: float = 120.0) -> None:
    """Wait until a gateway answers as it should. Raises RuntimeError."""
    until, why = time.monotonic() + seconds, ""
    headers = {"authorization": f"Bearer {stack.key}", "content-type": "application/json"}
    url = f"http://{HOST}:{stack.port}/v1/chat/completions"
    while time.monotonic() < until:
        if stack.process is not None and stack.process.poll() is not None:
            logs = sorted(bench.folder.glob("*.log"), key=lambda file: file.stat().st_mtime)
            said = logs[-1].read_text(errors="replace")[-800:] if logs else ""
            raise RuntimeError(f"{stack.name} ended with {stack.process.returncode}: {said}")
        try:
            wanted = Request(url, json.dumps(BODY).encode(), headers)
            with urlopen(wanted, timeout=30) as answer:  # noqa: S310 - the same
                said = json.load(answer)["choices"][0]["message"]["content"]
            if said.startswith("Thank you"):
                return
            why = said[:200]
        except (OSError, ValueError, KeyError) as error:
            why = str(error)
        time.sleep(0.2)
    raise RuntimeError(f"{stack.name} does not answer: {why}")


@contextmanager
def running(bench: Bench, stack: Stack) -> Iterator[Stack]:
    """End a gateway at the end, however that comes."""
    try:
        wait_for(bench, stack)
        yield stack
    finally:
        stack.tell(signal.SIGCONT)
        stack.tell(signal.SIGTERM)
        if stack.process is not None:
            try:
                stack.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                stack.tell(signal.SIGKILL)


@contextmanager
def awake(stack: Stack) -> Iterator[None]:
    """Let a gateway run for a while; at other times it is stopped."""
    stack.tell(signal.SIGCONT)
    time.sleep(0.2)
    try:
        yield
    finally:
        stack.tell(signal.SIGSTOP)


def memory_of(stack: Stack) -> int:
    """Return the resident memory of a gateway's group of processes, in KiB."""
    assert stack.process is not None
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        with suppress(OSError, ValueError, IndexError):
            stat = (status.parent / "stat").read_text()
            if int(stat.rpartition(")")[2].split()[2]) == stack.process.pid:
                text = status.read_text()
                total += int(text.partition("VmRSS:")[2].split()[0])
    return total


def measure(bench: Bench, stacks: list[Stack], rounds: int) -> None:
    """Take all figures of all gateways, by turns."""
    streamed = {**BODY, "stream": True}
    for number in range(rounds):
        for stack in (bench.upstream, *stacks):
            with awake(stack) if stack.process is not bench.upstream.process else ExitStack():
                bench.rate(stack, 1.0)  # warm
                stack.rates.append(bench.rate(stack))
                stack.latencies.append(bench.probe("whole", stack, STREAMS, BODY)["p50"])
                stack.firsts.append(bench.probe("first", stack, STREAMS, streamed)["p50"])
                if stack is not bench.upstream:
                    stack.memory = memory_of(stack)
            print(
                f"round {number + 1} {stack.name:12} {stack.rates[-1]:>9,.0f} /s   "
                f"{stack.latencies[-1]:.3f} ms   first text {stack.firsts[-1]:.3f} ms",
                flush=True,
            )


def memory(bench: Bench, stack: Stack, requests: int) -> dict[str, Any]:
    """Return memory over many requests, once the first tenth has warmed everything up."""
    if not requests:
        return {}
    part = requests / 10
    seen: list[int] = []
    sent, rate = 0.0, stack.rates[-1]
    with awake(stack):
        for at in range(1, 11):
            # wrk takes whole seconds
            seconds = float(max(math.ceil((at * part - sent) / rate), 1))
            rate = bench.rate(stack, seconds)
            sent += seconds * rate
            seen.append(memory_of(stack))
    later = seen[1:]
    growth = later[-1] - later[0]
    return {"requests": round(sent), "kib": seen, "growth_kib_after_a_tenth": growth}


def recorded(bench: Bench) -> int:
    """Return the exchanges in the ledger, so that nothing was quick by leaving it out."""
    with open_ledger(bench.folder / "ledger.sqlite", create=False) as ledger:
        return len({record.exchange for record in ledger.read(DecisionRecorded)})


def version_of(stack: Stack) -> dict[str, str]:
    """Return which LiteLLM was measured, and what it asks for that it does not have."""
    if stack.name != "litellm":
        return {}
    folder = Path(platformdirs.user_cache_dir("charter")) / "bench" / "litellm" / "bin"
    code = "from importlib.metadata import version; print(version('litellm'))"
    said = [
        subprocess.run(words, capture_output=True, text=True, check=False).stdout.strip()
        for words in ([folder / "python", "-c", code], [folder / "pip", "check"])
    ]
    return {"version": said[0], "unmet": said[1]}


def figures(bench: Bench, stacks: list[Stack]) -> dict[str, Any]:
    """Return the medians of all rounds; latency is what a gateway adds to the direct way."""
    direct = bench.upstream
    found: dict[str, Any] = {}
    for stack in (direct, *stacks):
        found[stack.name] = {
            "requests_per_second": round(statistics.median(stack.rates), 1),
            "median_ms": round(statistics.median(stack.latencies), 3),
            "added_median_ms": round(
                statistics.median(stack.latencies) - statistics.median(direct.latencies), 3
            ),
            "added_first_text_ms": round(
                statistics.median(stack.firsts) - statistics.median(direct.firsts), 3
            ),
            "memory_mib": round(stack.memory / 1024, 1),
            **version_of(stack),
        }
    return found


def ratios(found: dict[str, Any]) -> dict[str, float]:
    """Return Charter's figures against those of the others."""
    mine = found["charter"]
    made = {}
    for name in ("litellm", "passthrough"):
        if name in found:
            theirs = found[name]
            made[f"requests_per_{name}"] = round(
                mine["requests_per_second"] / theirs["requests_per_second"], 2
            )
            made[f"added_latency_per_{name}"] = round(
                mine["added_median_ms"] / max(theirs["added_median_ms"], 1e-6), 3
            )
    return made


def verdicts(found: dict[str, Any], made: dict[str, float]) -> dict[str, bool]:
    """Say which limits are kept; those against a peer that is not here are left out."""
    said = {"first_text": found["charter"]["added_first_text_ms"] < FIRST_MS}
    if "requests_per_litellm" in made:
        said["least"] = made["requests_per_litellm"] >= LEAST
        said["goal"] = made["requests_per_litellm"] >= GOAL
        said["latency"] = made["added_latency_per_litellm"] <= LATENCY
    if "requests_per_passthrough" in made:
        said["passthrough"] = made["requests_per_passthrough"] >= SHARE
    return said


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=20_000, help="for the memory; 0: none")
    parser.add_argument("--peers", default="passthrough,litellm")
    given = parser.parse_args()
    left_out: dict[str, str] = {}
    key = new_key()
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), given.seconds)
        words = [sys.executable, str(PARTS / "upstream.py"), str(bench.upstream.port)]
        bench.upstream.process = bench.start(bench.load_core, words)
        stack.enter_context(running(bench, bench.upstream))
        stacks = []
        for start in (charter, passthrough, litellm):
            if start is not charter and start.__name__ not in given.peers.split(","):
                continue
            try:
                one = stack.enter_context(running(bench, start(bench, key)))
            except (RuntimeError, OSError, subprocess.SubprocessError) as error:
                if start is charter:
                    raise
                left_out[start.__name__] = str(error)[:300]
                print(f"{start.__name__} is left out: {left_out[start.__name__]}", flush=True)
                continue
            one.tell(signal.SIGSTOP)
            stacks.append(one)
        measure(bench, stacks, given.rounds)
        kept = memory(bench, stacks[0], given.requests)
        exchanges = recorded(bench)
    found = figures(bench, stacks)
    made = ratios(found)
    said = verdicts(found, made)
    result = {
        "python": platform.python_version(),
        "load": "wrk" if bench.wrk else "python",
        "connections": CONNECTIONS,
        "boundaries": 60,
        "patterns": 20,
        "exchanges_recorded": exchanges,
        "gateways": found,
        "left_out": left_out,
        "ratios": made,
        "memory": kept,
        "limits_kept": said,
    }
    target = ROOT / "bench" / "results" / "gateway.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    for each, row in found.items():
        print(f"{each:12} {json.dumps(row)}")
    print("ratios", json.dumps(made))
    print("memory", json.dumps(kept))
    print("limits", json.dumps(said))
    return 0 if all(kept for name, kept in said.items() if name != "goal") else 1


if __name__ == "__main__":
    sys.exit(main())
