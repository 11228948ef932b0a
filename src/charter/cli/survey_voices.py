"""What a verb reads voices from: a survey in a ledger, `FORMAT:PATH`, or results in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from charter.cli.vault_options import opened, opened_ledger
from charter.cli.voices_options import imported
from charter.errors import ConfigError
from charter.evolve.importer import formats
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.opening import Opening, opening
from charter.evolve.surveys.survey import Rules
from charter.evolve.voices import Voices
from charter.ledger.ledger import Ledger
from charter.records.survey import OPEN

if TYPE_CHECKING:  # what computes figures takes long to import
    from charter.evolve.choices.rankings import Rankings
    from charter.evolve.results.results import Results
    from charter.evolve.results.results_of import Reading


class Heard(NamedTuple):
    """Voices and how they are read."""

    voices: Voices
    reading: Reading


def heard(survey: str | None, elsewhere: str | None, given: dict[str, Any]) -> Heard:
    """Return the voices of a survey in a ledger, or of `FORMAT:PATH`. Raises ConfigError."""
    from charter.evolve.results.results_of import Reading, reading_of  # noqa: PLC0415 - slow
    from charter.evolve.results.rules_file import read_rules  # noqa: PLC0415 - the same

    if (survey is None) == (elsewhere is None):
        raise ConfigError("which voices?", hint="name a survey, or --import FORMAT:PATH")
    if elsewhere is not None:
        format_, colon, path = elsewhere.partition(":")
        if not colon or not path:
            raise ConfigError(f"{elsewhere[:80]!r}: what format?", hint="--import FORMAT:PATH")
        channel, file = given.get("channel") or OPEN, given.get("rules")
        rules = Rules() if file is None else read_rules(file)
        options = {trait: tuple(shares) for trait, shares in rules.margins.items()}
        voices = imported(format_, path, given, channel=channel).voices
        return Heard(voices, Reading(rules, options=options))
    if given.get("rules") is not None:
        what = "--rules, but a survey has its own, settled before anybody answered"
        raise ConfigError(what, hint="leave it out")
    with opened(given) as (ledger, vault):
        found = _opened_survey(ledger, survey or "")
        return Heard(gather(ledger, vault, found), reading_of(found.survey))


class Ranked(NamedTuple):
    """Voices, and what two specs would choose."""

    voices: Voices
    rankings: tuple[Rankings, Rankings]
    rules: Rules


def ranked(name: str, runs: tuple[str, str], given: dict[str, Any]) -> Ranked:
    """Return the voices of a survey, or of `FORMAT:PATH`, with two rankings of their questions."""
    from charter.evolve.choices.rankings import digest_of_asked, rankings_of  # noqa: PLC0415

    if _is_elsewhere(name):
        found = heard(None, name, given)
        with opened_ledger(given) as ledger:
            digest = digest_of_asked(found.voices.asked)
            one, other = (rankings_of(ledger, digest, run) for run in runs)
        return Ranked(found.voices, (one, other), found.reading.rules)
    with opened(given) as (ledger, vault):
        survey = _opened_survey(ledger, name)
        one, other = (rankings_of(ledger, survey.digest, run) for run in runs)
        return Ranked(gather(ledger, vault, survey), (one, other), survey.survey.rules)


def _is_elsewhere(name: str) -> bool:
    format_, colon, _ = name.partition(":")
    return bool(colon) and format_ in formats()


def _opened_survey(ledger: Ledger, name: str) -> Opening:
    found = opening(ledger, name)
    if found is None:
        what = f"no survey {name!r:.80} was ever opened"
        raise ConfigError(what, hint="see `charter survey list`")
    return found


def results_named(name: str, given: dict[str, Any], *, seed: int) -> Results:
    """Return results by a file of them, `FORMAT:PATH`, or the id of a survey in the ledger."""
    from charter.evolve.results.export import read_results  # noqa: PLC0415 - slow to import
    from charter.evolve.results.results_of import results_of  # noqa: PLC0415 - the same

    if name.endswith(".json"):
        return read_results(Path(name))
    elsewhere = _is_elsewhere(name)
    found = heard(None if elsewhere else name, name if elsewhere else None, given)
    return results_of(found.voices, found.reading, seed=seed)
