"""Notes of how people took part, written into the ledger, each once."""

from __future__ import annotations

from contextlib import suppress

from charter.errors import AlreadyRecorded
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.quality import Note, look
from charter.evolve.surveys.sitting import sittings_of
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.survey import ConductNoted


def note(ledger: Ledger, survey: str, seen: Note, *, at: str) -> bool:
    """Record something that was seen, such as many participations from one network.

    Its detail identifies nobody. Returns False where this kind was noted of them before.
    """
    with suppress(AlreadyRecorded):
        ledger.append(ConductNoted(seen.participation, seen.kind, at, survey, seen.detail))
        return True
    return False


def note_conduct(ledger: Ledger, vault: Vault, opening: Opening, *, at: str) -> int:
    """Look at everybody who took part and record what `quality` sees; return how many new notes.

    May be done again and again, by several at once. A note stays where answers change later.
    """
    found = sittings_of(ledger, vault, opening).sittings
    known = {sitting.id: sitting.noted for sitting in found}
    return sum(
        note(ledger, opening.id, each, at=at)
        for each in look(opening.survey, found)
        if each.kind not in known[each.participation]
    )
