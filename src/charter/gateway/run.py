"""Runs a service under uvicorn until somebody ends it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable

from charter.errors import ConfigError
from charter.gateway.listener import Server, configured, listening_at
from charter.gateway.reload import Reloaded, Reloader
from charter.gateway.send import AsgiApp
from charter.gateway.server import App
from charter.gateway.service import Service
from charter.gateway.table import Table, files_of

COLLECT = (20_000, 20, 100)
"""Objects between two collections of garbage, and collections between two of older objects.

An exchange makes thousands of objects and leaves no cycles: with the interpreter's own thresholds
an eighth of the time goes into looking for some.
"""


def run(  # noqa: PLR0913 - what is mounted, each by name
    service: Service,
    *,
    started: Callable[[str, int], None] | None = None,
    again: Callable[[], Table] | None = None,
    console: AsgiApp | None = None,
    api: AsgiApp | None = None,
    feedback: AsgiApp | None = None,
    survey: AsgiApp | None = None,
) -> None:
    """Serve until a signal. `again` reads everything anew, for SIGHUP and changes of files.

    Raises AddressUnavailable, with nothing recorded yet, and LedgerError where the beginning
    cannot be recorded.
    """
    sockets = listening_at(service.settings.server)
    app = App(service, console=console, api=api, feedback=feedback, survey=survey)
    reloading: list[asyncio.Task[None]] = []

    def begun(host: str, port: int) -> None:
        _settle()
        if started is not None:
            started(host, port)
        if again is not None:
            reloading.append(asyncio.get_running_loop().create_task(_reload(service, again)))

    server = Server(
        configured(app, service.settings.server), started=begun, ending=service.end_soon
    )
    # uvicorn ends the process where an app does not start; the app knows why.
    with contextlib.suppress(SystemExit):
        server.run(sockets)
    if app.failed is not None:
        raise app.failed


async def _reload(service: Service, again: Callable[[], Table]) -> None:
    """Serve what the files say, on SIGHUP and, where that is set, whenever they change."""

    def tell(found: Reloaded) -> None:
        if found.changed:
            _settle()
            service.say("info", "reloaded", policy=service.table.base.policy.digest)
        else:
            service.metrics.policy("", None, "kept")
            service.say("error", "not.reloaded", reason=found.why)

    reloader: Reloader[Table] = Reloader(
        lambda: files_of(service.table),
        lambda: refuse_emptied(service.table, again()),
        service.replace,
        serving=service.table,
        layers=lambda table: table.layers,
        tell=tell,
        allow_older=service.settings.operations.allow_older,
    )
    service.reloader = reloader
    asked = asyncio.Event()
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not the main thread
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    every = service.settings.operations.reload_seconds
    watching = asyncio.create_task(reloader.run(every)) if every else None
    try:
        while True:
            await asked.wait()
            asked.clear()
            await reloader.now()
    finally:
        if watching is not None:
            watching.cancel()


def _settle() -> None:
    """Leave what is there now, specs and policies above all, out of collections from now on."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT)


def refuse_emptied(now: Table, then: Table) -> Table:
    """Return what is to be served. Raises ConfigError where all rules would go at once.

    So it looks when a file is read while somebody writes it.
    """
    if now.base.policy.rules and not then.base.policy.rules:
        hint = "save it whole; to serve it as it is, start the gateway again"
        raise ConfigError("no section of the spec binds any more", hint=hint)
    return then
