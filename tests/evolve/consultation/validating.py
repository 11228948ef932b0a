"""The survey that shows people the final words of a proposal, and what they say of them."""

from __future__ import annotations

from collections.abc import Mapping

from charter.evolve.surveys.answer import Voted
from charter.evolve.surveys.given import Reply, give
from charter.evolve.surveys.invitation import invite
from charter.evolve.surveys.opening import close_survey, open_survey
from charter.evolve.surveys.participation import consent_digest, join
from charter.evolve.surveys.survey import Promise, Rules, Statement, Survey

from .asked import same
from .plan import LOUD, MARGINS, PASSES, QUIET, Plan
from .taking_part import AT, Held, code

STATEMENTS = 6
"""All on the same words: whether they say what people meant, rule by rule."""
CLAUSE = "politics/pown"


def validating(id_: str, proposal: str, spec: str) -> Survey:
    """Return a survey of a panel about the text that a proposal makes."""
    return Survey(
        id=id_,
        title=same("Final words"),
        languages=("en", "de", "ar"),
        promise=Promise(same("I agree."), same("To validate."), "rules@example.org", 365),
        items=tuple(
            Statement(f"v{n}", (CLAUSE,), same(f"Part {n} says what I meant."))
            for n in range(STATEMENTS)
        ),
        rules=Rules(margins={}),
        channels=("panel",),
        spec=spec,
        spec_name="helper",
        spec_version="3",
        validates=proposal,
    )


def validate(held: Held, survey: Survey, agree: Mapping[str, float], *, people: int = 80) -> None:
    """Open a survey, let a panel answer it, close it. `agree` is the chance of each group."""
    opening = open_survey(held.ledger, survey, by="ada", at=AT)
    plan = Plan(seed=held.plan.seed + 1)
    codes = [code(plan, f"{survey.id}/panel/{n}") for n in range(people)]
    invite(held.ledger, survey.id, codes, frame="drawn by the seed", by="ada", at=AT)
    minority = round(people * min(MARGINS.values()))
    for number, invitation in enumerate(codes):
        dice = plan.chance(f"{survey.id}/{number}")
        language = dice.choice(survey.languages)
        part = join(
            held.ledger,
            held.vault,
            opening,
            receipt=code(plan, f"{survey.id}/{number}"),
            language=language,
            consent=consent_digest(survey, language),
            code=invitation,
            at=AT,
        )
        chance = agree[LOUD if number < minority else QUIET]
        for item in survey.items:
            value = 0 if dice.random() < PASSES else 1 if dice.random() < chance else -1
            give(held.ledger, held.vault, opening, part, Reply(item, Voted(value)), at=AT)
    close_survey(held.ledger, survey.id, by="ada", reason="all have answered", at=AT)
