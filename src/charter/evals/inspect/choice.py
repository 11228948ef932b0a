"""How a log is read: which score counts, what it means, and what its samples are about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from charter.errors import ConfigError
from charter.evals.inspect.placing import Foreign, InSpec, Own, Placing
from charter.evals.inspect.read_log import Header, Log
from charter.evals.inspect.survey import Survey, survey
from charter.evals.inspect.value import Higher, Reading
from charter.ledger.ledger import canonical
from charter.source import digest_of
from charter.spec.spec import Spec

LISTED = 12
"""Paths of scores that a message names."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How a log is to be read, as far as it does not say itself."""

    score: str | None = None
    higher: Higher | None = None
    threshold: float | None = None
    spec: Spec | None = None
    section: str | None = None
    section_field: str | None = None
    clause_field: str = "clause_id"


@dataclass(frozen=True, slots=True)
class Found:
    """A log that was looked through, and how it will be read."""

    log: Log
    survey: Survey
    reading: Reading | None
    placing: Placing
    digest: str
    """Of the file."""
    plan: str
    """Of the file and the way it is read."""

    @property
    def run(self) -> str:
        """Id of the run that it becomes."""
        return f"{self.begun:%Y%m%d-%H%M%S}-{self.plan.partition(':')[2][:6]}"

    @property
    def begun(self) -> datetime:
        """When the task was begun; 1970 where the log does not say it."""
        try:
            moment = datetime.fromisoformat(self.log.header.created)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            return datetime(1970, 1, 1, tzinfo=UTC)

    @property
    def at(self) -> str:
        """The same, as the ledger has it."""
        return f"{self.begun:%Y-%m-%dT%H:%M:%SZ}"


def look(log: Log, choice: Choice) -> Found:
    """Look through a log and settle how it is read.

    Raises ConfigError where the choice does not fit, ParseError where a sample cannot be read.
    """
    found = survey(log)
    own = log.header.charter is not None
    if own and (choice.spec is not None or choice.section_field is not None):
        raise ConfigError(
            "this log is of Charter's own task and says what its samples are about",
            hint="leave --spec and --section-field out",
        )
    reading = None if own and choice.score is None else _reading(found, choice)
    placing = _placing(log.header, choice, own=own)
    digest = log.archive.digest()
    spec = choice.spec.digest if choice.spec else None
    where = [choice.section, choice.section_field, choice.clause_field]
    parts = ["import inspect", digest, reading.words if reading else None, spec, where]
    return Found(log, found, reading, placing, digest, digest_of(canonical(parts)))


def _reading(found: Survey, choice: Choice) -> Reading:
    """Settle how values are read. Raises ConfigError rather than guess which way they go."""
    path = _path(found, choice.score)
    seen = found.paths[path]
    if seen.scored == 0:
        raise ConfigError(f"no value of {path} is a number", hint=_offer(found))
    if not seen.plain and choice.higher is None:
        raise ConfigError(
            f"the values of {path} are numbers (mean {seen.mean:g}): say what a high one means",
            hint="--higher-is compliant, or --higher-is violating",
        )
    if not seen.binary and choice.threshold is None:
        raise ConfigError(
            f"the values of {path} are not only 0 and 1 (mean {seen.mean:g})",
            hint="say from where on one is high: --threshold NUMBER",
        )
    threshold = 1.0 if choice.threshold is None else choice.threshold
    return Reading(path, choice.higher or Higher.COMPLIANT, threshold)


def _path(found: Survey, named: str | None) -> str:
    usable = [path for path, seen in found.paths.items() if seen.scored]
    if named is None:
        if len(usable) == 1:
            return usable[0]
        what = "has more than one score" if usable else "has no score that is a number"
        raise ConfigError(f"the log {what}", hint=_offer(found))
    if named not in found.paths:
        raise ConfigError(f"the log has no score {named[:80]!r}", hint=_offer(found))
    return named


def _offer(found: Survey) -> str:
    paths = sorted(found.paths)
    more = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
    return f"--score takes {', '.join(paths[:LISTED])}{more}" if paths else "it has none at all"


def _placing(header: Header, choice: Choice, *, own: bool) -> Placing:
    if choice.spec is None and choice.section is not None:
        raise ConfigError("--section names a section of a spec", hint="name that with --spec")
    if own:
        return Own((header.charter or {}).get("brief"))
    if choice.spec is None:
        return Foreign(header, choice.section_field)
    if choice.section is not None:
        choice.spec.section(choice.section)
    field = choice.section_field or "section_id"
    return InSpec(choice.spec, choice.section, field, choice.clause_field)
