"""Thresholds and evidence on disk -> which thresholds stand in the way of a model, at any time.

Evidence grows old while a gateway serves, and thresholds expire: what was read is asked again as
time goes on. Files that cannot be read count as a threshold that is crossed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from charter.errors import CharterError
from charter.gateway.barred import Barred
from charter.gateway.settings import GovernSettings
from charter.govern.roles import APPROVER, Roles, load_roles
from charter.govern.thresholds.judge import judge
from charter.govern.thresholds.read_evidence import load_evidence
from charter.govern.thresholds.read_thresholds import load_thresholds
from charter.govern.thresholds.threshold import Evidence, State, Thresholds, ThresholdState

CROSSED = "a threshold is crossed, or its evidence is missing or too old"
MOST_NAME = 500
"""Characters of the name of a model; nothing is known of one with a longer name."""
MOST_MODELS = 1000
"""Models whose states are at hand; clients name them."""
MOST_SAID = 20
"""Reasons that one message has."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What the files said when they were read."""

    thresholds: Thresholds
    evidence: tuple[Evidence, ...]
    roles: Roles | None
    models: tuple[str, ...]
    """That have to pass before anything is served."""

    def crossed(self, model: str, now: float) -> tuple[ThresholdState, ...]:
        """Return the thresholds that a model does not pass, at a time in seconds since 1970."""
        at = datetime.fromtimestamp(now, UTC)
        approvers = None
        if self.roles is not None:
            approvers = self.roles.anywhere(APPROVER, at=at.isoformat())
        states = judge(self.thresholds, self.evidence, at=at, model=model, approvers=approvers)
        return tuple(each for each in states if each.threshold.gateway and each.crossed)

    def reasons(self, now: float) -> tuple[str, ...]:
        """Return in a line each why the models of the settings do not pass."""
        return tuple(
            f"{each.id} ({model}): {_why(each)}"
            for model in self.models
            for each in self.crossed(model, now)
        )


class Judged:
    """What thresholds say now, of the models of the settings and of those that requests name."""

    def __init__(self) -> None:
        self.watched: Watched | None = None
        self.reasons: tuple[str, ...] = ()
        """Why it is not ready; empty where it is, and where there are no thresholds."""
        self._unreadable = ""
        self._crossed: dict[str, int] = {}

    def put(self, watched: Watched | None, reasons: tuple[str, ...]) -> None:
        """Go by what was read; `reasons` are those of now, see `reasons_of`."""
        self.watched, self.reasons, self._unreadable = watched, reasons, ""
        self._crossed = {}

    def lost(self, why: str) -> None:
        """Go by nothing: the files cannot be read any more, which counts as crossed."""
        self._unreadable = why
        self.reasons = (why,)
        self._crossed = {}

    def crossed(self, model: str, now: float) -> int:
        """Return how many thresholds a model does not pass; 1 for too long a name."""
        if self._unreadable:
            return 1
        if self.watched is None:
            return 0
        if len(model) > MOST_NAME:  # neither looked for in patterns nor kept
            return 1
        found = self._crossed.get(model)
        if found is None:
            if len(self._crossed) >= MOST_MODELS:
                self._crossed.clear()
            found = self._crossed[model] = len(self.watched.crossed(model, now))
        return found


def read_watched(settings: GovernSettings) -> Watched | None:
    """Read thresholds, evidence and roles; None where the settings name no thresholds.

    Raises ConfigError and StorageError.
    """
    if settings.thresholds is None:
        return None
    evidence = (each for file in settings.evidence for each in load_evidence(file))
    return Watched(
        thresholds=load_thresholds(settings.thresholds),
        evidence=tuple(evidence),
        roles=None if settings.roles is None else load_roles(settings.roles),
        models=settings.models,
    )


def read_again(settings: GovernSettings) -> Watched | str | None:
    """Read as `read_watched` does; return why it could not be done, in one line."""
    try:
        return read_watched(settings)
    except CharterError as error:
        return " ".join(str(error).split())


def reasons_of(watched: Watched | None, now: float) -> tuple[str, ...]:
    """Return why models of the settings do not pass; takes long with many, so not on the loop."""
    return () if watched is None else watched.reasons(now)


def refuse_crossed(reasons: tuple[str, ...]) -> None:
    """Raise ConfigError with the reasons where a model of the settings does not pass."""
    if not reasons:
        return
    more = f"; and {len(reasons) - MOST_SAID} more" if len(reasons) > MOST_SAID else ""
    raise Barred(
        f"a threshold is crossed: {'; '.join(reasons[:MOST_SAID])}{more}",
        hint="renew the evidence, or agree on the threshold anew; then serve",
        outward=CROSSED,
    )


def _why(state: ThresholdState) -> str:
    told = [
        f"{each.indicator.id}: {each.said}"
        for each in state.indicators
        if each.state is State.CROSSED
    ]
    return f"{state.why} ({'; '.join(told)})" if told else state.why
