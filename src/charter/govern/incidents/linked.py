"""Links of an incident -> those that name a record which the ledger does not have.

Sections, clauses, models and applications are names that no record introduces: any may be linked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from charter.govern.incidents.refused import Refused
from charter.ledger.ledger import Ledger
from charter.records.decision import DecisionRecorded
from charter.records.incident import Link
from charter.records.objective import AlertRaised
from charter.records.release import PolicyPinned, ReleaseAsked, Released
from charter.records.review import ReviewRecorded
from charter.records.service import PolicyServed, ServiceStarted

_POLICIES = (ServiceStarted, PolicyServed, ReleaseAsked, Released, PolicyPinned)


def check_linked(ledger: Ledger, links: Iterable[Link]) -> None:
    """Raise Refused for the first link to a record that is not there. Raises LedgerError."""
    for link in dict.fromkeys(links):
        known = _KNOWN.get(link.kind)
        if known is not None and not known(ledger, link.id):
            raise Refused(
                f"no record has the {link.kind} {link.id[:120]!r}",
                hint="is it another ledger's? charter incident note keeps what cannot be linked",
            )


def _decision(ledger: Ledger, name: str) -> bool:
    exchange = name.rpartition(".")[0] or name
    return any(each.decision == name for each in ledger.read(DecisionRecorded, thread=exchange))


def _exchange(ledger: Ledger, name: str) -> bool:
    return any(True for _ in ledger.read(DecisionRecorded, thread=name, limit=1))


def _policy(ledger: Ledger, name: str) -> bool:
    digest = name.removeprefix("sha256:")
    found = (record for _, record in ledger.read_any(_POLICIES))
    return any(getattr(each, "policy", "").removeprefix("sha256:") == digest for each in found)


def _alert(ledger: Ledger, name: str) -> bool:
    run, _, number = name.rpartition("/")
    return any(str(each.number) == number for each in ledger.read(AlertRaised, run=run))


def _review(ledger: Ledger, name: str) -> bool:
    return any(True for _ in ledger.read(ReviewRecorded, run=name, limit=1))


def _release(ledger: Ledger, name: str) -> bool:
    if any(True for _ in ledger.read(ReleaseAsked, run=name, limit=1)):
        return True
    return any(each.release == name for each in ledger.read(Released))


_KNOWN: Mapping[str, Callable[[Ledger, str], bool]] = MappingProxyType(
    {
        "decision": _decision,
        "exchange": _exchange,
        "policy": _policy,
        "alert": _alert,
        "review": _review,
        "release": _release,
    }
)
