"""How long a site takes to build, what it weighs, and how soon a reader can use it.

Three versions of the Model Spec with every pair compared: a first build, a rebuild after one edit,
the memory of the build with all its children, the largest page compressed, and the time until the
largest pages are usable in a Chromium with a CPU slowed down four times on a slow 4G line (150 ms,
1.6 Mbit/s: Lighthouse's mobile profile), from a server that compresses, as static hosts do.

Usage: python bench/publish.py [ROUNDS]. Needs the Model Spec under CHARTER_DATA or ../shared/data,
and Chromium for the last part. Writes bench/results/publish.json.
"""

from __future__ import annotations

import functools
import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = "/usr/bin/chromium"
LIMITS = {"build_s": 15, "memory_mb": 400, "rebuild_s": 2, "page_kb": 400, "usable_ms": 1000}
PAGES = ("index.html", "all.html")
SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}


def specs(into: Path) -> list[Path]:
    """Copy the versions to where they may be edited."""
    data = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    found = sorted((data / "model_spec").glob("*/model_spec.md"))
    assert len(found) == 3, f"no three versions in {data}"
    made = []
    for file in found:
        made.append(into / file.parent.name / file.name)
        made[-1].parent.mkdir()
        shutil.copy(file, made[-1])
    return made


def publish(files: list[Path], out: Path, cache: Path) -> tuple[float, float, float]:
    """Build once; return seconds, seconds of CPU, and the largest memory of all processes in MB."""
    command = [sys.executable, "-m", "charter", "publish", *map(str, files), "--out", str(out)]
    env = {**os.environ, "CHARTER_CACHE": str(cache)}
    before = os.times()
    began = time.perf_counter()
    with subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) as running:
        most = 0
        while running.poll() is None:
            most = max(most, memory(running.pid))
            time.sleep(0.02)
        took = time.perf_counter() - began
    assert running.returncode == 0
    after = os.times()
    cpu = after.children_user + after.children_system
    return took, cpu - before.children_user - before.children_system, most / 1e6


def memory(pid: int) -> int:
    """Return the bytes that a process and its children hold."""
    total = 0
    try:
        one = psutil.Process(pid)
        for each in (one, *one.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.Error:  # one of them just ended
        pass
    return total


def edit(file: Path, number: int) -> None:
    """Change one word of a rule."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(" should ", f" should (edit {number}) ", 1), encoding="utf-8")


class Compressing(SimpleHTTPRequestHandler):
    """A static server that compresses, as hosts do."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file."""
        file = Path(self.translate_path(self.path))
        if not file.is_file():
            self.send_error(404)
            return
        body = gzip.compress(file.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(file)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def first_loads(folder: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return, for each page, the milliseconds until it is drawn and until it can be used."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional

    handler = functools.partial(Compressing, directory=str(folder))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/"
    parts = [file for file in folder.glob("*.html") if file.name not in PAGES]
    largest = max(parts, key=lambda file: file.stat().st_size).name
    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for page in (*PAGES, largest):
            runs = [first_load(browser, base + page) for _ in range(rounds)]
            found[page] = min(runs, key=lambda run: run["usable_ms"])
        browser.close()
    server.shutdown()
    return found


def first_load(browser: Any, url: str) -> dict[str, float]:
    """Load a page with nothing kept, slowed down."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.goto("about:blank")
    session = context.new_cdp_session(tab)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    tab.goto(url, wait_until="load")
    tab.wait_for_timeout(300)
    times = tab.evaluate(
        "() => { const n = performance.getEntriesByType('navigation')[0];"
        " const p = performance.getEntriesByName('first-contentful-paint')[0];"
        " return {first_paint_ms: p ? p.startTime : -1, interactive_ms: n.domInteractive,"
        " scripts_ms: n.domContentLoadedEventEnd, load_ms: n.loadEventEnd,"
        " transferred_kb: n.transferSize / 1000}; }"
    )
    context.close()
    # what is drawn can be read and followed: links and folds need no script
    times["usable_ms"] = times["first_paint_ms"]
    return {name: round(value, 1) for name, value in times.items()}


def main() -> int:
    """Measure, print and keep."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        files, out = specs(here), here / "site"
        builds = [publish(files, here / f"site-{at}", here / f"cache-{at}") for at in range(rounds)]
        publish(files, out, here / "cache")
        rebuilds = []
        for at in range(rounds):
            edit(files[-1], at)
            rebuilds.append(publish(files, out, here / "cache"))
        pages = {
            file.relative_to(out).as_posix(): len(gzip.compress(file.read_bytes(), 6)) / 1000
            for file in out.rglob("*.html")
        }
        largest = max(pages, key=lambda page: pages[page])
        loads = first_loads(out, rounds) if Path(CHROMIUM).exists() else {}
        result = {
            "machine": f"{platform.machine()}, {os.cpu_count()} cores",
            "load": os.getloadavg()[0],
            "rounds": rounds,
            "limits": LIMITS,
            "build_s": round(min(each[0] for each in builds), 2),
            "build_cpu_s": round(min(each[1] for each in builds), 2),
            "memory_mb": round(max(each[2] for each in (*builds, *rebuilds)), 1),
            "rebuild_s": round(min(each[0] for each in rebuilds), 2),
            "rebuild_cpu_s": round(min(each[1] for each in rebuilds), 2),
            "largest_page": largest,
            "page_kb": round(pages[largest], 1),
            "pages": len(pages),
            "first_load": loads,
            "usable_ms": max((each["usable_ms"] for each in loads.values()), default=None),
        }
    into = ROOT / "bench" / "results"
    into.mkdir(exist_ok=True)
    (into / "publish.json").write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
