"""Sections -> an index for full-text search in the browser, by Pagefind.

Raises PluginError where Pagefind is not there or fails; a site is whole without it.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import subprocess
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import NamedTuple

from markupsafe import Markup

from charter.errors import PluginError
from charter.publish.fragment import Fragment
from charter.publish.kept import Keep, nowhere
from charter.publish.site import Site
from charter.syntax.visible import reveal

FOLDER = "pagefind"
_NEEDED = re.compile(r"(?:pagefind\.js|pagefind-worker\.js|pagefind-entry\.json|wasm\..*"
                     r"|.*\.pf_meta|index/.*|fragment/.*|filter/.*)")  # fmt: skip
_LINKS = re.compile(r"<span class=\"(?:count\"[^>]*>\d+|tie\">(?:<a [^>]*>#?</a>)*)</span>")
"""How often a clause was commented on, and its links."""
_TAG = re.compile(r"<[^<>]*>")
_OURS = re.compile("[\x00-\x04]")
MAX_SECONDS = 120
_BETWEEN = 0.01
"""Seconds between two looks at whether it is done."""
_SHOWN = 500
"""Bytes of what it says when it fails."""


class Record(NamedTuple):
    """One section, as it is searched."""

    page: str
    title: str
    level: str
    text: str


def records(site: Site, made: Mapping[str, Fragment]) -> list[Record]:
    """Return the sections of the newest version, without those that hold no words."""
    found = []
    for wanted, fragment in made.items():
        section = site.newest.spec.index[wanted]
        page = site.section_page(wanted)
        body = fragment.html.partition('<div class="body">')[2]
        text = plain_text(body.partition('<div class="remarks"')[0])
        if page is not None:
            title = reveal(section.title)
            found.append(Record(page, title, section.authority or "", text))
    return found


def plain_text(fragment: str) -> str:
    """Return the words of a fragment's HTML."""
    text = _TAG.sub(" ", _OURS.sub("", _LINKS.sub("", fragment)))
    return " ".join(html.unescape(text).split())


@contextmanager
def indexing(
    records: Sequence[Record], keep: Keep = nowhere
) -> Iterator[Callable[[], Sequence[tuple[str, bytes]]]]:
    """Make an index while pages are written; yield what waits for its files.

    It does not outlive the pages: where they fail or are interrupted, it is ended too. Raises
    PluginError at once where there can be none, and when its files are asked for where it failed.
    """
    _program()
    if not any(each.title.strip() or each.text for each in records):
        raise PluginError("there are no words to search, so the site has no search")
    stop = Event()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(index, records, keep, stop)
        try:
            yield running.result
        finally:
            stop.set()


def index(
    records: Sequence[Record], keep: Keep = nowhere, stop: Event | None = None
) -> Sequence[tuple[str, bytes]]:
    """Return the files of an index, by address; `stop`, when set, ends it. Raises PluginError."""
    digest = hashlib.sha256(json.dumps(records).encode("ascii")).hexdigest()
    made: list[tuple[str, bytes]] = []

    def make() -> dict[str, str]:
        made.extend(_made(records, stop or Event()))
        return {name: b64encode(content).decode() for name, content in made}

    pieces = keep(["search", digest], make)
    if made:
        return made
    try:
        found = [(name, b64decode(content, validate=True)) for name, content in pieces.items()]
    except ValueError:
        found = []
    if not found or not all(map(_is_ours, pieces)):  # what was kept is no index
        return _made(records, stop or Event())
    return found


def _is_ours(name: str) -> bool:
    folder, _, file = name.partition("/")
    return folder == FOLDER and _NEEDED.fullmatch(file) is not None


def _made(records: Sequence[Record], stop: Event) -> list[tuple[str, bytes]]:
    program = _program()
    try:
        with TemporaryDirectory(prefix="charter-") as folder:
            site = Path(folder) / "site"
            for each in records:
                file = site / each.page
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(_PAGE.format(**each._asdict()), "utf-8", "replace")
            _run(program, Path(folder), stop)
            found = _files(Path(folder) / FOLDER)
    except (OSError, RuntimeError) as cause:
        raise PluginError(
            f"pagefind failed, so the site has no search: {type(cause).__name__}: {cause}",
            hint="--no-search leaves it out",
        ) from cause
    if not found:
        raise PluginError("pagefind failed, so the site has no search: it wrote nothing")
    return found


def _program() -> Path:
    """Return where Pagefind is. Raises PluginError."""
    try:
        from pagefind.service import get_executable  # noqa: PLC0415 - an extra
    except ImportError:
        found = None
    else:
        found = get_executable()
    if found is None:
        raise PluginError(
            "pagefind is not installed, so the site has no search",
            hint="pip install 'charter[site]', or --no-search",
        )
    return found


def _run(program: Path, folder: Path, stop: Event) -> None:
    """Let Pagefind index `site` in a folder. Raises OSError and RuntimeError.

    It is run in a session of its own, so that Ctrl-C reaches us alone and we end it; and where no
    settings are that are not ours.
    """
    until = time.monotonic() + MAX_SECONDS
    settings = {name: value for name, value in os.environ.items() if "PAGEFIND" not in name.upper()}
    with (folder / "said").open("w+b") as said:
        command = [str(program), "--silent", "--site", "site", "--output-path", FOLDER]
        with subprocess.Popen(  # noqa: S603 - the program of the extra, on files of ours
            command,
            cwd=folder,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        ) as running:
            while running.poll() is None:
                if stop.wait(_BETWEEN) or time.monotonic() > until:
                    running.kill()
                    raise RuntimeError("it was ended before its time")
        if running.returncode:
            said.seek(0)
            words = " ".join(said.read(_SHOWN).decode("utf-8", "replace").split())
            raise RuntimeError(f"it ended with {running.returncode}: {words}")


def _files(folder: Path) -> list[tuple[str, bytes]]:
    found = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and _NEEDED.fullmatch(name):
            found.append((f"{FOLDER}/{name}", file.read_bytes()))
    return found


_PAGE = Markup(
    '<!doctype html><html lang="en"><head><title>{title}</title>'
    '<meta data-pagefind-meta="level[content]" content="{level}"></head>'
    "<body data-pagefind-body><h1>{title}</h1><p>{text}</p></body></html>"
)
