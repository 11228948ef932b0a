"""The crowd takes part: through every step into a real ledger, or at once, for many consultations.

Receipts come of the seed, and so does every order in which things are shown. The one way and the
other give the same voices, and a test says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from charter.evolve.surveys.conduct import note, note_conduct
from charter.evolve.surveys.gathered import voices_of
from charter.evolve.surveys.given import Said, give
from charter.evolve.surveys.invitation import invite
from charter.evolve.surveys.opening import Opening, open_survey
from charter.evolve.surveys.participation import Participation, consent_digest, join
from charter.evolve.surveys.quality import Note, look
from charter.evolve.surveys.secret_code import ALPHABET, LENGTH, participation_id, read_code
from charter.evolve.surveys.sitting import Sitting, Sittings
from charter.evolve.surveys.survey import Survey, question_id
from charter.evolve.voices import Voices
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.records.survey import OPEN, PANEL, ParticipantJoined

from .answers import replies
from .plan import SYBIL, Plan, Someone

AT = "2026-11-22T12:00:00.000Z"
NETWORK = "same_network"


def code(plan: Plan, what: str) -> str:
    """Return a receipt or an invitation of the seed."""
    dice = plan.chance(f"code/{what}")
    return read_code("".join(dice.choice(ALPHABET) for _ in range(LENGTH)))


def receipt(plan: Plan, someone: Someone) -> str:
    """Return somebody's receipt."""
    return code(plan, f"receipt/{someone.number}")


def run_of(plan: Plan, someone: Someone) -> str:
    """Return the id of somebody's participation."""
    return participation_id(receipt(plan, someone))


@dataclass(frozen=True, slots=True)
class Held:
    """A consultation in a ledger."""

    ledger: Ledger
    vault: Vault
    opening: Opening
    plan: Plan


def hold(ledger: Ledger, vault: Vault, survey: Survey, plan: Plan) -> Held:
    """Open a survey and let everybody take part through the steps of a page."""
    opening = open_survey(ledger, survey, by="ada", at=AT)
    held = Held(ledger, vault, opening, plan)
    crowd = plan.crowd()
    drawn = [code(plan, f"panel/{each.number}") for each in crowd if each.channel == PANEL]
    if drawn:
        invite(ledger, survey.id, drawn, frame="drawn by the seed", by="ada", at=AT)
    for someone in crowd:
        part = joined(held, someone)
        for reply in replies(plan, survey, someone, part.id):
            give(ledger, vault, opening, part, reply, at=AT)
        if someone.kind == SYBIL:  # whoever serves pages sees the network, and nobody else does
            many = f"one of {plan.sybils} from one network"
            note(ledger, survey.id, Note(part.id, NETWORK, many), at=AT)
    note_conduct(ledger, vault, opening, at=AT)
    return held


def joined(held: Held, someone: Someone) -> Participation:
    """Let somebody join."""
    plan, drawn = held.plan, someone.channel == PANEL
    return join(
        held.ledger,
        held.vault,
        held.opening,
        receipt=receipt(plan, someone),
        language=someone.language,
        consent=consent_digest(held.opening.survey, someone.language),
        code=code(plan, f"panel/{someone.number}") if drawn else "",
        at=AT,
    )


def sittings(plan: Plan, survey: Survey) -> tuple[Sitting, ...]:
    """Return what everybody says, noted, without a ledger."""
    crowd = plan.crowd()
    found = [_sitting(plan, survey, someone) for someone in crowd]
    noted: dict[str, set[str]] = {each.id: set() for each in found}
    for each in look(survey, found):
        noted[each.participation].add(each.kind)
    for someone in crowd:
        if someone.kind == SYBIL:
            noted[run_of(plan, someone)].add(NETWORK)
    return tuple(
        replace(each, noted=tuple(sorted(noted[each.id])))
        for each in sorted(found, key=lambda each: each.id)
    )


def voices(plan: Plan, survey: Survey) -> Voices:
    """Return the voices of everybody, without a ledger."""
    return voices_of(survey, Sittings(sittings(plan, survey), 0))


def _sitting(plan: Plan, survey: Survey, someone: Someone) -> Sitting:
    run = run_of(plan, someone)
    record = ParticipantJoined(
        run=run,
        at=AT,
        survey=survey.id,
        digest="",
        channel=PANEL if someone.channel == PANEL else OPEN,
        invitation="",
        language=someone.language,
        consent="",
        receipt="",
        subject=run,
    )
    said = (
        Said(question_id(reply.question), reply.answer, reply.ms, number, AT)
        for number, reply in enumerate(replies(plan, survey, someone, run), 1)
    )
    return Sitting(record, tuple(islice(said, 10_000)))
