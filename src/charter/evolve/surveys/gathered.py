"""A survey in a ledger -> Voices: what everybody said last, but for those who withdrew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

from charter.evolve.surveys.answer import Compared, Rated, Told, Voted
from charter.evolve.surveys.given import Said
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.sitting import Sitting, Sittings, sittings_of
from charter.evolve.surveys.survey import TRAIT, Comparison, Item, Rubric, Survey
from charter.evolve.voices import (
    PERSONAL,
    WORLD,
    Asked,
    Barred,
    Order,
    Person,
    Rating,
    Reason,
    Voices,
    Vote,
)
from charter.ledger.body import canonical
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault
from charter.source import Finding, Severity, Source, Span, digest_of

BOTH = "both"
"""Scope of a reason: it was asked for once, for both orders."""


def gather(ledger: Ledger, vault: Vault, opening: Opening) -> Voices:
    """Return what people said in a survey, sorted by key, with what did not add up.

    Somebody who joined and answered no item is nobody's voice, and counted in a finding.
    """
    return voices_of(opening.survey, sittings_of(ledger, vault, opening))


def voices_of(survey: Survey, found: Sittings) -> Voices:
    """Return the voices of sittings; pure. The digest is of all that was asked and said."""
    heard = tuple(each for each in found.sittings if any(_items(each)))
    rows = _Rows()
    for sitting in heard:
        for said in sitting.said:
            rows.add(sitting.id, said)
    voices = Voices(
        source=f"survey {survey.id}",
        digest="",
        asked=tuple(sorted((_asked(item, survey) for item in survey.items), key=_id_of)),
        people=tuple(sorted(map(_person, heard), key=_id_of)),
        votes=tuple(sorted(rows.votes, key=_key_of)),
        ratings=tuple(sorted(rows.ratings, key=_key_of)),
        orders=tuple(sorted(rows.orders, key=lambda order: (*_key_of(order), order.scope))),
        barred=tuple(sorted(rows.barred, key=_key_of)),
        reasons=tuple(sorted(rows.reasons, key=_key_of)),
    )
    findings = tuple(_findings(survey, found, len(heard)))
    return replace(voices, digest=digest_of(canonical(asdict(voices))), findings=findings)


@dataclass(slots=True)
class _Rows:
    """What was said, taken apart by kind."""

    votes: list[Vote] = field(default_factory=list)
    ratings: list[Rating] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    barred: list[Barred] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    def add(self, person: str, said: Said) -> None:
        item, answer = said.question, said.answer
        if isinstance(answer, Voted):
            self.votes.append(Vote(person, item, answer.value))
        elif isinstance(answer, Rated):
            self.ratings.append(Rating(person, item, answer.value))
        elif isinstance(answer, Compared):
            self.compared(person, item, answer)

    def compared(self, person: str, item: str, answer: Compared) -> None:
        for scope, groups in ((PERSONAL, answer.personal), (WORLD, answer.world)):
            if groups is not None:
                self.orders.append(Order(person, item, scope, groups))
        if answer.unacceptable is not None:
            self.barred.append(Barred(person, item, answer.unacceptable))
        if answer.why:
            self.reasons.append(Reason(person, item, BOTH, answer.why))


def _id_of(each: Asked | Person) -> str:
    return each.id


def _key_of(each: Vote | Rating | Order | Barred | Reason) -> tuple[str, str]:
    return each.person, each.item


def _items(sitting: Sitting) -> Iterator[str]:
    return (said.question for said in sitting.said if not said.question.startswith(TRAIT))


def _person(sitting: Sitting) -> Person:
    joined = sitting.joined
    traits = {
        said.question.removeprefix(TRAIT): said.answer.option
        for said in sitting.said
        if isinstance(said.answer, Told)
    }
    return Person(joined.run, joined.channel, joined.language, traits, sitting.noted)


def _asked(item: Item, survey: Survey) -> Asked:
    first = survey.languages[0]
    if not isinstance(item, Comparison):
        kind = "rubric" if isinstance(item, Rubric) else "statement"
        return Asked(item.id, kind, item.text[first], item.clauses)
    prompt = "\n\n".join(f"{turn.role}: {turn.text[first]}" for turn in item.prompt)
    return Asked(
        item.id,
        "comparison",
        item.prompt[-1].text[first],
        item.clauses,
        tuple(item.answers),
        prompt=prompt,
        candidates={letter: text[first] for letter, text in item.answers.items()},
    )


def _findings(survey: Survey, found: Sittings, heard: int) -> Iterator[Finding]:
    """Yield what is missing or could not be read."""
    place = Source(f"<survey {survey.id}>", "").locate(Span(0, 0))
    lost = sum(sitting.lost for sitting in found.sittings)
    silent = len(found.sittings) - heard
    counts = (
        ("survey-withdrawn", found.withdrawn, "people withdrew what they said"),
        ("survey-erased", lost, "answers were erased or have expired"),
        ("survey-silent", silent, "people joined, and there is no answer of theirs to an item"),
    )
    for rule, count, what in counts:
        if count:
            severity = Severity.WARNING if rule == "survey-erased" else Severity.INFO
            yield Finding(rule, severity, f"{count} {what}", place)
    for sitting in found.sittings:
        for what in sitting.damaged:
            yield Finding("survey-damaged", Severity.ERROR, what, place, "it counts nowhere")
