"""`charter serve` as a process of its own, that can be killed and started again."""

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import time
from pathlib import Path

import httpx2

from charter.gateway.callers import digest_of_key, new_key
from charter.ledger.open import FILE, open_ledger

FOLDER = Path(__file__).parent
SPEC = FOLDER / "survival_spec.md"
CHAT = "/v1/chat/completions"
KEYS = {name: new_key() for name in ("ann", "eve", "bob")}
"""One key for each caller: ann and eve of one application, bob of another."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Given to every client, which would else read all certificates anew."""
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}
    for name in ("transfer", "look_up")
]


def ask(text="What is it?", **more):
    """Return the body of a request."""
    return {"model": "m", "messages": [{"role": "user", "content": text}]} | more


def asking_to_pay(text, **more):
    """Return the body of a request to which the upstream answers with a call that is held."""
    return ask(text, model="pay", tools=TOOLS, **more)


class Process:
    """A gateway with a folder of its own; `start` and `kill` may be called again and again.

    `patience` is how many times longer than usual it waits for clients and the upstream.
    """

    def __init__(
        self, folder, upstream_url, *, place="", more="", module=None, server="", patience=1.0
    ):
        self.folder = folder
        self.spec = SPEC
        self.place = str(place or folder / FILE)
        self.module = module or ("-c", "from charter.cli.main import run; run()")
        self.settings = folder / "gateway.toml"
        self.settings.write_text(_settings(upstream_url, server, patience) + more)
        self.process = None
        self.url = ""
        self._starts = 0

    def start(self):
        """Start it, and wait until it listens."""
        self._starts += 1
        self.log = self.folder / f"log{self._starts}"
        arguments = [
            *("serve", self.spec, "--settings", self.settings),
            *("--ledger", self.place, "--port", "0"),
        ]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.module, *map(str, arguments)],
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self.folder,
                env=os.environ | {"NO_COLOR": "1"},
            )
        line = self.process.stdout.readline().decode()
        found = re.search(r"http://\S+?:\d+", line)
        if found is None:
            self._ended()
        assert found, line + self.log.read_text()
        self.url = found[0]
        return self

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self):
        return self.process.pid

    def kill(self):
        """End it as `kill -9` does."""
        self.process.kill()
        self._ended()

    def stop(self):
        """End it as it should end."""
        self.process.send_signal(signal.SIGTERM)
        self._ended()

    def _ended(self):
        self.process.stdout.close()
        self.process.wait(60)

    @property
    def lives(self):
        return self.process is not None and self.process.poll() is None

    def client(self, who="ann", **more):
        """Return a client with a caller's key."""
        headers = {"authorization": f"Bearer {KEYS[who]}"}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=60, verify=NO_TLS, **more)

    def health(self):
        return httpx2.get(f"{self.url}/health", timeout=20, verify=NO_TLS).json()

    def ready(self):
        return httpx2.get(f"{self.url}/ready", timeout=20, verify=NO_TLS).status_code == 200

    def memory(self):
        """Return the bytes of memory that it holds."""
        text = Path(f"/proc/{self.pid}/statm").read_text()
        return int(text.split()[1]) * os.sysconf("SC_PAGESIZE")

    def ledger(self):
        """Open its ledger beside it, as the command line does."""
        return open_ledger(self.place, create=False)

    def charter(self, *arguments, status=0):
        """Run another verb, in a process of its own; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", "from charter.cli.main import run; run()", *arguments],
            capture_output=True,
            text=True,
            cwd=self.folder,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def verified(self):
        """Return what `charter verify` says of the ledger, which must hold."""
        key = self.folder / "log.key"
        vkey = self.charter("export", "vkey", str(key)).strip()
        return json.loads(self.charter("verify", self.place, "--key", vkey, "--json"))


def _settings(upstream_url, server, patience):
    callers = "".join(
        f'\n[callers.{name}]\nkeys = ["{digest_of_key(KEYS[name])}"]\n'
        f'application = "{"desk" if name == "bob" else "shop"}"\nprincipal = "{name}"\n'
        for name in KEYS
    )
    return f"""
[server]
header_seconds = {2.5 * patience}
body_seconds = {4.0 * patience}
write_seconds = {4.0 * patience}
shutdown_seconds = 5.0
{server}
[upstream]
url = "{upstream_url}"
connect_seconds = {5.0 * patience}
silence_seconds = {2.0 * patience}
total_seconds = 60.0

[ledger]
key = "log.key"
checkpoint_seconds = 1.0

[keep]
master_key = "master.key"
{callers}
"""


def until(true, seconds=60.0, every=0.05):
    """Wait until something is so; return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(every)
    return found
