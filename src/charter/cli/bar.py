"""Progress of something that takes a while, on stderr, so that stdout holds the results alone."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from charter.cli.screen import console, note

EVERY = 25
"""Steps between two lines where there is no terminal."""


class Bar:
    """A bar on a terminal, and elsewhere a line now and then."""

    def __init__(self, doing: str, planned: int, done: int = 0) -> None:
        screen = console(stderr=True)
        self._shown = screen.is_terminal
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=screen,
            disable=not self._shown,
        )
        self._doing = doing
        self._task = self._progress.add_task(doing, total=planned, completed=done)
        self._planned, self._done = planned, done

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def advance(self, verdict: str) -> None:
        """One step is done, and came to this."""
        self._done += 1
        self._progress.update(self._task, advance=1, description=f"{self._doing} ({verdict})")
        if not self._shown and self._done % EVERY == 0:
            note(f"{self._done} of {self._planned}")
