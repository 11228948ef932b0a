"""A survey -> one self-contained HTML page for each language, for hosting without a server.

The page connects to nothing and sends nothing: its script writes the answers into a file that
people send by the way the author has named; `charter survey import survey-forms` reads such files.
The content security policy lets exactly this script and style run.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from charter.evolve.surveys.answer import MOST_WHY, UNACCEPTABLE, WHY
from charter.evolve.surveys.participation import consent_digest
from charter.evolve.surveys.read import digest_of_survey
from charter.evolve.surveys.survey import (
    Comparison,
    Item,
    Rubric,
    Survey,
    Trait,
    question_id,
)
from charter.evolve.surveys.wording import Wording, direction, speaker, wording_of
from charter.evolve.voices import PERSONAL, WORLD

FOLDER = Path(__file__).parent / "form"


def form_of(survey: Survey, language: str) -> str:
    """Return the page of one language. Raises KeyError for a language the survey is not in."""
    own, say = wording_of(language)
    promise = survey.promise
    style, script = (_file(name) for name in ("form.css", "form.js"))
    page: str = _template().render(
        language=language,
        direction=direction(language),
        own=own,
        lent=own != language.partition("-")[0],
        say=say,
        survey=survey.id,
        digest=digest_of_survey(survey),
        consent_digest=consent_digest(survey, language),
        title=survey.title[language],
        purpose=promise.purpose[language],
        consent=promise.consent[language],
        contact=promise.contact,
        retention=say.retention.format(days=promise.retention_days),
        until=say.until.format(day=survey.closes) if survey.closes else "",
        send=say.send.replace("{contact}", promise.contact),
        items=[_item(item, language, say) for item in survey.items],
        traits=[_trait(trait, language, say) for trait in survey.traits],
        most_why=MOST_WHY,
        style=Markup(style),  # noqa: S704 - files of our own, whose hashes the policy names
        script=Markup(script),  # noqa: S704 - the same
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    return page


def _item(item: Item, language: str, say: Wording) -> dict[str, Any]:
    if isinstance(item, Comparison):
        return _comparison(item, language, say)
    if isinstance(item, Rubric):
        options = [_option(str(each), str(each)) for each in range(item.least, item.most + 1)]
        kind, hint = "rating", say.rating.format(least=item.least, most=item.most)
    else:
        votes = (("agree", say.agree), ("disagree", say.disagree), ("pass", say.undecided))
        options = [_option(value, text, own=True) for value, text in votes]
        kind, hint = "vote", ""
    options.append(_option("", say.unanswered, own=True))
    text = item.text[language]
    return {"id": item.id, "kind": kind, "text": text, "hint": hint, "options": options}


def _comparison(item: Comparison, language: str, say: Wording) -> dict[str, Any]:
    scopes = [(PERSONAL, say.personal), (WORLD, say.world)]
    return {
        "id": item.id,
        "kind": "comparison",
        "prompt": [
            {"role": speaker(say, turn.role), "text": turn.text[language]} for turn in item.prompt
        ],
        "candidates": [
            {"letter": letter, "text": text[language]} for letter, text in item.answers.items()
        ],
        "scopes": [{"id": each, "text": text} for each, text in scopes if each in item.ask],
        "places": range(1, len(item.answers) + 1),
        "hint": say.place.format(count=len(item.answers)),
        "barred": UNACCEPTABLE in item.ask,
        "why": WHY in item.ask,
    }


def _trait(trait: Trait, language: str, say: Wording) -> dict[str, Any]:
    options = [_option(each, text[language]) for each, text in trait.options.items()]
    options.append(_option("", say.unanswered, own=True))
    return {"id": question_id(trait), "text": trait.text[language], "options": options}


def _option(value: str, text: str, *, own: bool = False) -> dict[str, Any]:
    return {"value": value, "text": text, "own": own}


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@lru_cache(maxsize=4)
def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("form.html.j2")
