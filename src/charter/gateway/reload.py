"""Spec, overlays and settings on disk -> what is served, swapped whole when they change.

Files are watched by what they hold, not by their times. A change is compiled off the event loop
once it has been the same for two looks, so a half-written file is not taken; what does not compile
changes nothing and is said. Requests in flight finish under what they began with.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from charter.errors import CharterError, ConfigError
from charter.gateway.barred import Barred
from charter.gateway.settings import Settings
from charter.policy.policy import Layer

T = TypeVar("T")

MAX_BYTES = 64 * 1024 * 1024
"""Of one watched file; a larger one counts as unreadable."""
TRIES = 5
"""How often files are read again that change while they are read, where nobody looks later."""
_AT_START = ("server", "upstream", "ledger", "console", "feedback", "survey", "operations")
_VERSION = re.compile(r"v?(\d{1,6}(?:[-.]\d{1,6}){0,5})")


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What became of one change."""

    changed: bool
    """Whether something else is served now."""
    why: str = ""
    """In one line, where nothing is: what keeps the change from being served."""


NOTHING = Reloaded(changed=False)


class Reloader(Generic[T]):
    """Watches files, and hands what they make to `swap`."""

    def __init__(  # noqa: PLR0913 - what is watched, made and told, by name
        self,
        files: Callable[[], Sequence[Path]],
        build: Callable[[], T],
        swap: Callable[[T], Awaitable[None]],
        *,
        serving: T,
        layers: Callable[[T], Iterable[Layer]],
        tell: Callable[[Reloaded], None] | None = None,
        allow_older: bool = False,
    ) -> None:
        """`build` reads and compiles, in a thread.

        `swap` puts a value in the place of the one served, in one assignment. `layers` are all
        documents that a value rests on: none of them may be of a lower version than now, unless
        `allow_older`. `tell` hears of every change, taken or not.
        """
        self._files = files
        self._build = build
        self._swap = swap
        self._serving = serving
        self._layers = layers
        self._tell = tell
        self._allow_older = allow_older
        self._taken = digest_of(files())
        self._seen = self._taken
        self._refused: str | None = None
        self._one = asyncio.Lock()
        self.why = ""
        """Why the files on disk are not what is served; empty where they are."""
        self.outward = ""
        """What strangers are told of that, where it is not `why` itself."""

    def retry(self) -> None:
        """Let the next look take what was refused: what kept it from being served has changed."""
        self._refused = None

    async def run(self, every: float = 1.0) -> None:
        """Look at the files again and again, until cancelled."""
        while True:
            await asyncio.sleep(every)
            await self.look()

    async def look(self) -> Reloaded:
        """Look once; serve a change that was there at the last look already."""
        async with self._one:
            digest = await asyncio.to_thread(digest_of, self._files())
            before, self._seen = self._seen, digest
            if digest == self._taken:
                self.why, self.outward, self._refused = "", "", None
                return NOTHING
            if digest != before or digest == self._refused:
                return NOTHING
            return await self._take(digest)

    async def now(self, *, allow_older: bool | None = None) -> Reloaded:
        """Read the files again at once, as a person asked for it."""
        async with self._one:
            for _ in range(TRIES):
                digest = await asyncio.to_thread(digest_of, self._files())
                self._seen = digest
                found = await self._take(digest, allow_older=allow_older)
                if found is not NOTHING:
                    return found
            return self._kept(digest, "the files changed while they were read (ask again)")

    async def _take(self, digest: str, *, allow_older: bool | None = None) -> Reloaded:
        older = self._allow_older if allow_older is None else allow_older
        try:
            made = await asyncio.to_thread(self._build)
            if await asyncio.to_thread(digest_of, self._files()) != digest:
                return NOTHING  # changed meanwhile: the next look has all of it
            if not older:
                refuse_older(self._layers(self._serving), self._layers(made))
            await self._swap(made)
        except CharterError as error:
            return self._kept(
                digest, str(error), error.outward if isinstance(error, Barred) else ""
            )
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, what is served stays
            return self._kept(digest, f"unexpected {type(error).__name__}")
        self._serving, self._taken, self._refused = made, digest, None
        self.why = self.outward = ""
        return self._told(Reloaded(changed=True))

    def _kept(self, digest: str, why: str, outward: str = "") -> Reloaded:
        self._refused, self.outward = digest, outward
        self.why = " ".join(why.split())
        return self._told(Reloaded(changed=False, why=self.why))

    def _told(self, found: Reloaded) -> Reloaded:
        if self._tell is not None:
            self._tell(found)
        return found


def digest_of(files: Sequence[Path]) -> str:
    """Return a digest of what files hold; one that cannot be read differs from any that can."""
    whole = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as stream:
                content = stream.read(MAX_BYTES + 1)
            found = hashlib.sha256(content).hexdigest() if len(content) <= MAX_BYTES else "large"
        except OSError as error:
            found = f"unreadable {error.errno}"
        whole.update(f"{len(str(file))} {file} {found}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def waits_for_restart(now: Settings, then: Settings) -> tuple[str, ...]:
    """Return the tables of settings that have changed and are read at the start only."""
    changed = [name for name in _AT_START if getattr(now, name) != getattr(then, name)]
    if now.keep.master_key != then.keep.master_key:
        changed.append("keep")
    return tuple(changed)


def refuse_older(now: Iterable[Layer], then: Iterable[Layer]) -> None:
    """Raise ConfigError where a document would be of a lower version than it is now, or of none."""
    known = {layer.name: layer.version for layer in now if layer.version is not None}
    for layer in then:
        version = known.get(layer.name)
        if version is None or layer.version == version:
            continue
        if not is_newer(layer.version, version):
            named = layer.version or "without a version"
            raise ConfigError(
                f"{layer.name} {named} would replace {version}: going back is refused",
                hint="start again with the older one, or with [operations] allow_older = true",
            )


def is_newer(version: str | None, than: str) -> bool:
    """Whether a version follows another; False also where the two cannot be compared."""
    one, other = _numbers(version or ""), _numbers(than)
    return one is not None and other is not None and one > other


def _numbers(version: str) -> tuple[int, ...] | None:
    found = _VERSION.fullmatch(version)
    return tuple(map(int, re.split(r"[-.]", found[1]))) if found else None
