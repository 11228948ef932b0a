"""A small catalogue entry, its wheel, and a package index on the loopback."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

import pytest

from charter.models import catalogue
from charter.models.catalogue import Weights

NAME = "tiny"


@dataclass
class Index:
    """A simple index with one wheel; the fields choose how it misbehaves."""

    wheel: bytes
    url: str = ""
    json_pages: bool = False
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    """Bytes after which the next connections break, one each."""
    password: str | None = None
    page: bytes | None = None
    requests: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range header of each request."""


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """Weights of the size of a test: they replace the catalogue, in a cache of their own."""
    content = b"GGUF" + random.Random(1).randbytes(1_500_000)  # any bytes do
    path = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tiny/__init__.py", "raise SystemExit('never run')")
        archive.writestr("tiny/w.gguf", content)
    entry = Weights(
        name=NAME,
        licence="Apache-2.0",
        context=2048,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        member="tiny/w.gguf",
        project="tiny",
        version="1.0",
        wheel=path.name,
        wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        wheel_size=path.stat().st_size,
    )
    monkeypatch.setattr(catalogue, "CATALOGUE", MappingProxyType({NAME: entry}))
    monkeypatch.setattr(catalogue, "DEFAULT", NAME)
    monkeypatch.setenv("CHARTER_CACHE", str(tmp_path / "cache"))
    return entry


@pytest.fixture
def wheel(tiny, tmp_path):
    return Path(tmp_path / tiny.wheel)


@pytest.fixture
def index(wheel, use_pip):
    """The index, running, and pip set to it alone."""
    state = Index(wheel.read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state, wheel.name))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/simple"
    use_pip(index_url=state.url)
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def use_pip(monkeypatch):
    """Set pip through the environment, and keep the files of this machine out."""

    def use_pip(**settings):
        for name in ("FIND_LINKS", "INDEX_URL", "EXTRA_INDEX_URL", "NO_INDEX", "CERT", "PROXY"):
            monkeypatch.delenv(f"PIP_{name}", raising=False)
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
        for name, value in settings.items():
            monkeypatch.setenv(f"PIP_{name.upper()}", value)

    return use_pip


def _handler(state, name):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            state.requests.append((self.path, self.headers.get("Range")))
            if state.password and self.headers.get("Authorization") != state.password:
                self.send_error(401)
            elif self.path == "/simple/tiny/":
                self.page()
            elif self.path == f"/files/{name}":
                self.file()
            else:
                self.send_error(404)

        def page(self):
            link = f"../../files/{name}#sha256=0"
            html = f'<a href="other.whl">other</a><a data-x href="{link}">it</a>'
            text = json.dumps({"files": [{"filename": "x", "url": link}]})
            body = state.page or (text if state.json_pages else html).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def file(self):
            wanted = self.headers.get("Range") if state.ranges else None
            start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
            body = state.wheel[start:]
            self.send_response(206 if wanted else 200)
            if wanted:
                end = f"{len(state.wheel) - 1}/{len(state.wheel)}"
                self.send_header("Content-Range", f"bytes {start}-{end}")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: state.cuts.pop(0)] if state.cuts else body)

        def log_message(self, *_):
            pass

    return Handler
