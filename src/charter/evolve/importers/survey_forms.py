"""Answers from exported forms of a survey: the folder with survey.json and the files sent back.

Every other `.json` file in it is one filled form. One that cannot be read is left out and named, so
that nobody's broken file keeps out the others. The same form saved twice counts once; where two of
its files differ, nothing tells which came last, and what differs is left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from charter.errors import ConfigError
from charter.evolve.importer import Imported, Wanted, check_wanted
from charter.evolve.intake.bounded import read_bounded
from charter.evolve.intake.gathering import Gathering
from charter.evolve.intake.labels import read_labels
from charter.evolve.intake.place import finding
from charter.evolve.surveys.answer import MOST_WHY, Compared, Rated, Told, Voted
from charter.evolve.surveys.filled import MOST_FILLED, Filled, read_filled
from charter.evolve.surveys.read import digest_of_survey, survey_of
from charter.evolve.surveys.survey import TRAIT, Comparison, Item, Rubric, Survey
from charter.evolve.voices import PERSONAL, WORLD, Asked

SURVEY = "survey.json"
MOST_FILES = 100_000
BOTH = "both"
"""Scope of a reason: it was asked for once, for both orders."""


def read(wanted: Wanted) -> Imported:
    """Return what was sent back. Raises ConfigError for a folder without a survey, StorageError."""
    check_wanted(wanted, reads=frozenset({"labels"}))
    folder = Path(wanted.path)
    if not folder.is_dir() or not (folder / SURVEY).is_file():
        hint = "the folder with the survey.json that `charter survey forms` wrote"
        raise ConfigError(f"{folder} has no {SURVEY}", hint=hint)
    survey = survey_of(read_bounded(folder / SURVEY, most=8 * MOST_FILLED).strip())
    found = Gathering(
        wanted.source or f"Forms of the survey {survey.id}", wanted.channel, wanted.clauses
    )
    for item in survey.items:
        found.ask(_asked(item, survey))
    forms, broken = _forms(folder, survey)
    people = _people(found, forms)
    for form in forms:
        for name, answer in form.answers:
            if not isinstance(answer, Told):
                _take(found, form.person, name, answer)
    left_out = found.settle(str(folder))
    if broken:
        what = f"{len(broken):,} files cannot be read: left out"
        found.findings.append(finding("unreadable", str(folder), what, about=broken))
    if wanted.labels is not None:
        found.published, findings = read_labels(wanted.labels, found.people)
        found.findings += findings
    facts: dict[str, Any] = {
        "survey": survey.id,
        "survey_digest": digest_of_survey(survey),
        "files": len(forms) + len(broken),
        "unreadable": len(broken),
        "people": people,
        "left_out_said_twice": left_out,
    }
    return Imported(found.voices(), facts)


def _forms(folder: Path, survey: Survey) -> tuple[list[Filled], list[str]]:
    """Return the forms of a folder, and why others are none."""
    files = sorted(each for each in folder.glob("*.json") if each.name != SURVEY)
    if len(files) > MOST_FILES:
        raise ConfigError(f"{folder} has more than {MOST_FILES:,} files", hint="divide it")
    forms, broken = [], []
    for file in files:
        try:
            text = read_bounded(file, most=4 * MOST_FILLED)
            forms.append(read_filled(text, survey, place=file.name))
        except ConfigError as cause:
            broken.append(cause.message.removeprefix(f"{folder}/")[:200])
    return forms, broken


def _people(found: Gathering, forms: list[Filled]) -> int:
    """Note everybody; what somebody says of themselves in two ways is left out."""
    said: dict[str, dict[str, set[str]]] = {}
    for form in forms:
        mine = said.setdefault(form.person, {})
        mine.setdefault("", set()).add(form.language)
        for name, answer in form.answers:
            if isinstance(answer, Told):
                mine.setdefault(name, set()).add(answer.option)
    for who, mine in said.items():
        once = {name: next(iter(each)) for name, each in mine.items() if len(each) == 1}
        language = once.pop("", "")
        traits = {name.removeprefix(TRAIT): option for name, option in once.items()}
        found.person(who, language=language, traits=traits)
    return len(said)


def _take(found: Gathering, who: str, item: str, answer: Voted | Rated | Compared) -> None:
    if isinstance(answer, Voted):
        found.once("votes", (who, item), answer.value)
    elif isinstance(answer, Rated):
        found.once("ratings", (who, item), answer.value)
    else:
        for scope, groups in ((PERSONAL, answer.personal), (WORLD, answer.world)):
            if groups is not None:
                found.once("orders", (who, item, scope), groups)
        if answer.unacceptable is not None:
            found.once("barred", (who, item), answer.unacceptable)
        if answer.why:
            found.once("reasons", (who, item, BOTH), answer.why[:MOST_WHY])


def _asked(item: Item, survey: Survey) -> Asked:
    first = survey.languages[0]
    if not isinstance(item, Comparison):
        kind = "rubric" if isinstance(item, Rubric) else "statement"
        return Asked(item.id, kind, item.text[first], item.clauses)
    return Asked(
        item.id,
        "comparison",
        item.prompt[-1].text[first],
        item.clauses,
        tuple(sorted(item.answers)),
        prompt="\n\n".join(f"{turn.role}: {turn.text[first]}" for turn in item.prompt),
        candidates={letter: item.answers[letter][first] for letter in sorted(item.answers)},
    )
