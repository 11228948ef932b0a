"""What the survey that validates a proposal came to, read for whoever adopts it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from charter.cli.propose_found import Acting
from charter.cli.screen import note, plain
from charter.cli.vault_options import opened
from charter.errors import ConfigError, StorageError
from charter.evolve.proposals.tries import Try
from charter.evolve.surveys.gathered import gather
from charter.evolve.surveys.opening import opening

if TYPE_CHECKING:  # what computes figures takes long to import
    from charter.evolve.proposals.validation import Validation


def read_validation(given: dict[str, Any], a: Acting, asked: Sequence[Try]) -> Validation | None:
    """Return what the validation came to; None, after a note, where that cannot be told.

    `asked` are all surveys that were to validate the words: the later one of them is, the wider
    the intervals that it is held against.
    """
    survey = a.state.survey
    found = opening(a.ledger, survey) if survey else None
    number = next((each.number for each in asked if each.survey == survey), 0)
    if found is None or not number:
        return None
    if found.open:
        past = "" if found.takes(a.at) else f", though its last day was {found.survey.closes}"
        note(plain(f"{survey} is still open{past}: its result is read once it is closed"))
        return None
    if found.record.number > 1:
        note(plain(f"{survey} was opened again after it was closed: it validates nothing"))
        return None
    try:
        from charter.evolve.proposals.validation import validation  # noqa: PLC0415 - slow
        from charter.evolve.results.results_of import reading_of, results_of  # noqa: PLC0415

        with opened(given) as (ledger, vault):
            results = results_of(gather(ledger, vault, found), reading_of(found.survey))
    except (ConfigError, StorageError) as error:
        if given["master"] and isinstance(error, StorageError):
            raise  # it was named, and is not there
        note(plain(f"what people said cannot be read: {error}"))
        return None
    return validation(found.survey, results, number=number)
