"""The console of a gateway, put together from what the gateway works on."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

from anyio import from_thread

from charter.cli.whole_file import write_whole
from charter.console.accounts import Accounts
from charter.console.app import console
from charter.console.desk import Edits
from charter.console.govern import Govern, Stacked, nowhere
from charter.gateway.judging.editing import edit_approval
from charter.gateway.send import AsgiApp
from charter.gateway.service import Service
from charter.govern.incidents.closing import Proof
from charter.govern.incidents.state import Regression
from charter.ledger.board import Board
from charter.ledger.vault import Vault
from charter.policy.policy import Policy
from charter.records.approval import ApprovalAsked

MOST_POLICIES = 64
"""Policies that were served since the start whose decisions are still explained."""


def console_of(service: Service, place: str | None = None) -> AsgiApp | None:
    """Return the console of a gateway; None where its settings name no accounts.

    `place` is that of the ledger, beside which counts for objectives are kept; None: in memory.
    Raises ConfigError for a file of accounts that cannot be used.
    """
    said = service.settings.console
    if said.accounts is None:
        return None
    return console(
        service.ledger,
        vault=service.vault,
        policies=_Policies(service),
        accounts=Accounts.at(said.accounts),
        secret=secrets.token_bytes(32),
        clock=service.clock,
        edit=None if service.vault is None else _edits(service, service.vault),
        secure_cookie=said.secure_cookie,
        session_minutes=said.session_minutes,
        idle_minutes=said.idle_minutes,
        public=service.settings.feedback.enabled,
        govern=Govern(
            roles=lambda: service.governing.settings.roles,
            objectives=lambda: service.governing.settings.objectives,
            counts=place,
            proves=lambda named: _proofs(service, named),
            overlays=lambda: _overlays(service),
            write=write_whole,
            reread=lambda: _read_again(service),
        ),
    )


def _overlays(service: Service) -> tuple[Stacked, ...]:
    """Return the overlays of what is served now, each once on what it stands on."""
    table, found = service.table, dict[tuple[Path, ...], Stacked]()
    wholes = [(spec, *overlays) for spec, overlays in table.sources]
    for served, whole in zip(table.served.values(), wholes, strict=True):
        sections = tuple(rule.id for rule in served.policy.rules)
        for place, file in enumerate(whole[1:], 1):
            every = tuple(each for each in wholes if file in each)
            found.setdefault(whole[: place + 1], Stacked(file, whole[:place], every, sections))
    return tuple(found.values())


def _read_again(service: Service) -> str:
    """Have the gateway read spec, overlays and settings again; return why it does not take them.

    Called in a worker thread of the loop that serves.
    """
    if service.reloader is None:
        return "the gateway takes it when it is started again"
    found = from_thread.run(service.reloader.now)
    return "" if found.changed else found.why


def _proofs(service: Service, named: Sequence[Regression]) -> Sequence[Proof]:
    """Return what scenarios came to, where the settings say in which folder runs are."""
    runs = service.governing.settings.runs
    if runs is None or not named:
        return nowhere(named)
    from charter.cli.incident_trial import proofs_of  # noqa: PLC0415 - evaluations are slow to load

    return proofs_of(named, runs)


class _Policies:
    """The policies of a gateway by digest, those too that it served before."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._known: dict[str, Policy] = {}
        self._lock = threading.Lock()
        self("")

    def __call__(self, digest: str) -> Policy | None:
        """Return the policy of a digest, None where it was never seen here."""
        with self._lock:
            for served in self._service.table.policies:
                self._known.setdefault(served.policy.digest, served.policy)
            while len(self._known) > MOST_POLICIES:
                del self._known[next(iter(self._known))]
            return self._known.get(digest)


def _edits(service: Service, vault: Vault) -> Edits:
    board, lock = Board(), threading.Lock()

    def edit(asked: ApprovalAsked, arguments: str, by: str, now: float) -> str:
        with lock:  # two people may change two actions at the same time
            found = edit_approval(
                service.ledger, vault, board, asked.run, arguments, by=by, now=now
            )
        return found.run

    return edit
