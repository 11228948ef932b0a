"""`KIND:ID` -> what a proposal comes from; refused where the ledger has no such record."""

from __future__ import annotations

from collections.abc import Iterable

from charter.errors import ConfigError
from charter.evolve.proposals.refused import Refused
from charter.evolve.surveys.opening import opening
from charter.ledger.ledger import Ledger
from charter.records.comment import CommentReceived
from charter.records.incident import IncidentOpened
from charter.records.proposal import Origin
from charter.records.ranking import RankingStarted
from charter.records.record import Record
from charter.records.run import RunStarted
from charter.records.survey import VoicesImported
from charter.spec.spec import Spec

KINDS = ("comment", "survey", "incident", "determinacy", "suite", "person")
MOST = 200
"""Of the characters of an id."""
_RECORDS: dict[str, tuple[type[Record], ...]] = {
    "comment": (CommentReceived,),
    "survey": (VoicesImported,),
    "incident": (IncidentOpened,),
    "suite": (RunStarted, RankingStarted),
}


def origin_of(text: str) -> Origin:
    """Read `KIND:ID`, or `KIND:ID=what it says`. Raises ConfigError."""
    kind, colon, rest = text.partition(":")
    id_, _, note = rest.partition("=")
    if kind not in KINDS or not colon or not 0 < len(id_) <= MOST or not id_.isprintable():
        raise ConfigError(
            f"--origin {text[:80]!r}", hint=f"write KIND:ID, where KIND is {', '.join(KINDS)}"
        )
    return Origin(kind, id_, " ".join(note.split()))


def check_origin(
    ledger: Ledger, origin: Origin, specs: Iterable[Spec], *, runs: Ledger | None = None
) -> None:
    """Raise Refused where an origin is not to be found.

    A finding of determinacy is in no ledger: it names a section, clause or boundary of one of the
    specs. Runs are looked for in the ledger of evaluations, too. Nobody can look a person up:
    whoever proposes answers for that.
    """
    if origin.kind == "person":
        return
    if origin.kind == "determinacy":
        known = any(origin.id in _ids(spec) for spec in specs)
    elif origin.kind == "survey":
        known = _survey(ledger, origin.id)
    else:
        places = (ledger,) if runs is None or origin.kind != "suite" else (ledger, runs)
        known = any(_recorded(each, origin.kind, origin.id) for each in places)
    if not known:
        where = "the spec" if origin.kind == "determinacy" else "the ledger"
        raise Refused(
            f"{where} has no {origin.kind} {origin.id!r:.100}", hint="an origin can be looked up"
        )


def _ids(spec: Spec) -> set[str]:
    found: set[str] = set()
    for section in spec.sections:
        found.add(section.id)
        found.update(each.id for each in section.clauses)
        found.update(each.id for each in section.boundaries)
    return found


def _survey(ledger: Ledger, id_: str) -> bool:
    name, hash_, item = id_.partition("#")
    found = opening(ledger, name)
    if found is None:
        return not hash_ and _recorded(ledger, "survey", name)
    return not hash_ or found.survey.item(item) is not None


def _recorded(ledger: Ledger, kind: str, id_: str) -> bool:
    kinds = _RECORDS[kind]
    return next(iter(ledger.read_any(kinds, run=id_, limit=1)), None) is not None
