"""Somebody who takes part, as a form of theirs tells: who, where they are, whether it is ours.

The receipt and the place travel in hidden fields. There is no cookie: whoever has the page can go
on, and whoever closes it goes on with the receipt. A code names the participation, the question and
when it was shown, so that the time an answer took cannot be made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from starlette.requests import Request

from charter.console.form_code import form_code, seed_of
from charter.console.survey_post import Fields, first
from charter.console.survey_refusal import TurnedAway
from charter.console.survey_stand import Stand
from charter.console.survey_words import Frame, chosen_language, frame_of
from charter.evolve.surveys.opening import Opening
from charter.evolve.surveys.participation import Participation, find
from charter.evolve.surveys.secret_code import read_code
from charter.evolve.surveys.shown import items_for
from charter.evolve.surveys.survey import Item, Survey

MOST_LEFT = 4000
"""Characters of the list of questions that were put off."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Who sends a form, and what they see."""

    stand: Stand
    request: Request
    opening: Opening
    part: Participation
    receipt: str
    language: str
    item: str = ""
    """Id of the question that the form showed; `traits` for those about oneself; else empty."""
    shown: int = 0
    """When it was first shown: milliseconds since 1970."""
    left: frozenset[str] = frozenset()
    """Ids of items that were put off."""
    from_mine: bool = False
    """Whether they came from the list of their answers, and go back there."""
    ours: bool = True
    """Whether the form's code is ours and not too old."""
    fields: Fields = field(default_factory=dict)

    @property
    def survey(self) -> Survey:
        """The survey."""
        return self.opening.survey

    @property
    def frame(self) -> Frame:
        """The words around the questions."""
        return frame_of(self.language)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in the order of this participation."""
        return items_for(self.survey, self.part.id)

    @property
    def open(self) -> bool:
        """Whether the survey takes answers now."""
        return self.stand.takes(self.opening)

    def now_ms(self) -> int:
        """Return the time in milliseconds since 1970."""
        return int(self.stand.now() * 1000)

    def at(self, item: str, shown: int | None = None) -> Guest:
        """Return the same person at another question, shown now."""
        return replace(self, item=item, shown=self.now_ms() if shown is None else shown)

    def hidden(self) -> tuple[tuple[str, str], ...]:
        """Return the hidden fields of a form: names and values."""
        places = {item.id: number for number, item in enumerate(self.items)}
        left = ",".join(str(places[each]) for each in sorted(self.left, key=places.__getitem__))
        code = form_code(
            self.stand.form_secret(), self.stand.now(), self._wanted(), self.opening.digest
        )
        return (
            ("receipt", self.receipt),
            ("lang", self.language),
            ("item", self.item),
            ("shown", str(self.shown)),
            ("left", left),
            ("from", "mine" if self.from_mine else ""),
            ("code", code),
        )

    def is_ours(self, code: str) -> bool:
        """Whether a code was made for this form, not too long ago."""
        stand = self.stand
        found = seed_of(stand.form_secret(), code, stand.now(), self._wanted(), self.opening.digest)
        return found is not None

    def _wanted(self) -> str:
        return "\n".join(("survey", self.opening.id, self.part.id, self.item, str(self.shown)))


def guest_of(stand: Stand, request: Request, opening: Opening, fields: Fields) -> Guest:
    """Return who sent a form. Raises TurnedAway for a receipt of nobody here, or withdrawn."""
    language = language_of(request, opening.survey.languages, first(fields, "lang"))
    typed = first(fields, "receipt")
    part = find(stand.ledger, typed)
    if part is None or part.joined.survey != opening.id:
        raise TurnedAway(404, "receipt", survey=opening.id, language=language)
    if part.withdrawn:
        raise TurnedAway(410, "withdrawn", survey=opening.id, language=language)
    shown = first(fields, "shown", 20)
    made = Guest(
        stand,
        request,
        opening,
        part,
        read_code(typed),
        language,
        item=first(fields, "item"),
        shown=int(shown) if shown.isascii() and shown.isdecimal() else 0,
        from_mine=first(fields, "from") == "mine",
        fields=fields,
    )
    left = _left(made.items, first(fields, "left", MOST_LEFT))
    return replace(made, left=left, ours=made.is_ours(first(fields, "code")))


def language_of(request: Request, offered: Sequence[str], wanted: str) -> str:
    """Return the language to show: what was chosen, else what the browser asks for."""
    return chosen_language(offered, wanted, request.headers.get("accept-language", ""))


def _left(items: Sequence[Item], said: str) -> frozenset[str]:
    numbers = (each for each in said.split(",") if each.isascii() and each.isdecimal())
    places = (int(each[:6]) for each in numbers)
    return frozenset(items[place].id for place in places if place < len(items))
