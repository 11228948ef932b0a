"""The survey of the consultation, in three languages, one of them written from right to left."""

from __future__ import annotations

from charter.evolve.surveys.survey import (
    Comparison,
    Promise,
    Rubric,
    Rules,
    Statement,
    Survey,
    Trait,
    Turn,
)

from .plan import AGAIN, AGES, DAILY, LETTERS, MARGINS, PER_SECTION, RARELY, STATEMENTS, UNHEARD
from .spec import CLAUSES, SECTIONS

ID = "helper-2026"
_SAYS = {
    "en": "The assistant should follow rule {}, as it stands now, whenever it answers somebody.",
    "de": "Der Assistent soll Regel {} in ihrer jetzigen Fassung in jeder Antwort befolgen.",
    "ar": "ينبغي للمساعد أن يتبع القاعدة {} كما هي الآن كلما أجاب أحدا.",
}
_NOT = {
    "en": "The assistant should not follow rule {}, neither now nor whenever it answers somebody.",
    "de": "Der Assistent soll Regel {} nicht befolgen, weder jetzt noch in irgendeiner Antwort.",
    "ar": "لا ينبغي للمساعد أن يتبع القاعدة {} لا الآن ولا كلما أجاب أحدا.",
}
_ASK = {
    "en": "What do you say to case {}?",
    "de": "Was sagst du zu Fall {}?",
    "ar": "ما رأيك في {}؟",
}
_ANSWER = {
    "en": "In case {} I would do {}.",
    "de": "In Fall {} täte ich {}.",
    "ar": "في {} أفعل {}.",
}

_RUBRIC = Rubric("short", ("brief",), dict.fromkeys(_SAYS, "It is short."))


def each(form: dict[str, str], *parts: str) -> dict[str, str]:
    """Return words in every language."""
    return {language: text.format(*parts) for language, text in form.items()}


def same(text: str) -> dict[str, str]:
    """Return the same words in every language."""
    return dict.fromkeys(_SAYS, text)


def comparisons() -> tuple[Comparison, ...]:
    """Return the comparisons, by section."""
    return tuple(
        Comparison(
            f"{section}-{number}",
            (CLAUSES[section][number % 2],),
            (Turn("user", each(_ASK, f"{section} {number}")),),
            {letter: each(_ANSWER, f"{section} {number}", letter) for letter in LETTERS},
        )
        for section in SECTIONS
        for number in range(PER_SECTION)
    )


def survey(spec=None, again=AGAIN, **changes) -> Survey:
    """Return the survey; with a spec, one that asks about it."""
    said = tuple(Statement(one.id, (one.clause,), each(_SAYS, one.id)) for one in STATEMENTS)
    clause = {one.id: one.clause for one in STATEMENTS}
    turned = tuple(
        Statement(f"x-{one}", (clause[one],), each(_NOT, one), one, reversed=True) for one in again
    )
    fields = {
        "id": ID,
        "title": same("Helper"),
        "languages": tuple(_SAYS),
        "promise": Promise(same("I agree."), same("To learn."), "rules@example.org", 365),
        "items": (
            *said,
            *turned,
            *comparisons(),
            Rubric("short", ("brief",), same("It is short.")),
        ),
        "traits": (
            Trait("use", same("Use?"), {use: same(use) for use in (DAILY, RARELY)}),
            Trait("age", same("Age?"), {age: same(age) for age in (*AGES, UNHEARD)}),
        ),
        "rules": Rules(margins={"use": {use: str(share) for use, share in MARGINS.items()}}),
    }
    if spec is not None:
        fields |= {"spec": spec.digest, "spec_name": spec.name, "spec_version": spec.version}
    return Survey(**(fields | changes))
