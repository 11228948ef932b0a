"""A gateway as `charter serve` runs it, with the form for the public, over real HTTP."""

from __future__ import annotations

import re
import threading

import httpx

from charter.cli.serve_feedback import feedback_of
from charter.gateway.listener import Server, configured
from charter.gateway.open import open_service
from charter.gateway.server import App
from charter.gateway.settings_file import load_settings
from charter.gateway.table import build_table
from charter.records.comment import CommentReceived

SETTINGS = """
[upstream]
url = "http://127.0.0.1:9/v1"
[server]
port = 0
shutdown_seconds = 1.0
[feedback]
enabled = true
groups = ["developer", "researcher & <b>friends</b>"]
notice = "The <i>authors</i> read it."
"""
SPEC = """---
spec: small
version: "1.0.0"
---

# Be kind {#kind authority=user}

The assistant should greet people[^grt1]. It must not shout <b>loudly</b>[^sht1].
"""
CLAUSE = "kind/grt1"


class Front:
    """Starts on entering, ends on leaving."""

    def __init__(self, folder, *, settings=SETTINGS, spec=SPEC, more=""):
        (folder / "spec.md").write_text(spec)
        (folder / "gateway.toml").write_text(settings + more)
        self.folder = folder
        self.settings = load_settings(folder / "gateway.toml")
        table = build_table(folder / "spec.md", (), self.settings)
        self.service = open_service(table, str(folder / "ledger.sqlite"), folder=folder)
        self.app = App(self.service, feedback=feedback_of(self.service))
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        assert self._ready.wait(20)
        self.base = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.base, timeout=30)
        return self

    def __exit__(self, *_):
        self.client.close()
        self.server.should_exit = True
        self._thread.join(30)
        assert not self._thread.is_alive()
        self.service.ledger.close()

    def _run(self):
        def started(_host, port):
            self.port = port
            self._ready.set()

        self.server = Server(
            configured(self.app, self.settings.server),
            started=started,
            ending=self.service.end_soon,
        )
        self.server.run()

    def received(self):
        """Return what was recorded."""
        return list(self.service.ledger.read(CommentReceived))

    def open(self, rule=CLAUSE, **query):
        """Open the form of a rule."""
        return self.client.get("/feedback", params={"rule": rule, **query})

    def fields(self, rule=CLAUSE, **changed):
        """Open a form and fill it in."""
        token = re.search(r'name="token" value="([^"]+)"', self.open(rule).text)[1]
        return {
            "rule": rule,
            "token": token,
            "stance": "disagree",
            "text": "Because I say so.",
            "group": "developer",
            "website": "",
            **changed,
        }

    def send(self, fields=None, headers=None, **changed):
        """Send a form."""
        fields = self.fields(**changed) if fields is None else fields
        return self.client.post("/feedback/", data=fields, headers=headers)
