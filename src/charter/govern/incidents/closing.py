"""What keeps an incident from closing, and the records that lead there. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from charter.errors import ConfigError
from charter.estimates.interval import Interval, wilson
from charter.govern.counted import counted
from charter.govern.incidents.amend import MOST_REASON, MOST_TEXT, amended
from charter.govern.incidents.clocks import RUNNING, Clock
from charter.govern.incidents.fold import ACCEPTED
from charter.govern.incidents.refused import Refused
from charter.govern.incidents.state import CLOSED, OPEN, Incident, Regression
from charter.ledger.board import folded
from charter.records.incident import IncidentAmended

ADHERED, VIOLATED = "adhered", "violated"
FEW = 4
"""Replies below which passing tells little: the interval of a clean sweep reaches below a half."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a scenario came to in one run, as the ledger of the evaluation has it."""

    run: str
    scenario: str
    started_at: str
    """Of the run, as records have it."""
    digest: str
    """Of what was asked, expected and checked."""
    verdicts: tuple[str, ...]
    """One for each reply."""

    def count(self, verdict: str) -> int:
        """Return how many replies got a verdict."""
        return self.verdicts.count(verdict)


@dataclass(frozen=True, slots=True)
class Proof:
    """A scenario that failed before and passes now, or why that is not shown."""

    regression: Regression
    before: Tried | None
    """None where the ledger of evaluations does not have it."""
    after: Tried | None

    @property
    def objection(self) -> str:
        """Return why it shows nothing; empty where it does."""
        before, after, name = self.before, self.after, self.regression.scenario
        if before is None:
            return f"{name}: run {self.regression.before} has no such scenario"
        if not before.count(VIOLATED):
            return f"{name}: it did not fail in run {before.run}"
        if not self.regression.after:
            return f"{name}: no run is named in which it passes"
        if after is None:
            return f"{name}: run {self.regression.after} has no such scenario"
        if after.run == before.run or after.started_at <= before.started_at:
            return f"{name}: run {after.run} is not later than run {before.run}"
        if not before.digest or after.digest != before.digest:
            return f"{name}: what it asks or expects is not the same in both runs"
        if not after.verdicts or after.count(ADHERED) != len(after.verdicts):
            passed = f"{after.count(ADHERED)} of {counted(len(after.verdicts), 'reply', 'replies')}"
            return f"{name}: in run {after.run} {passed} adhered: all have to"
        return ""

    @property
    def interval(self) -> Interval | None:
        """The share of replies that adhere now, Wilson 95 %; None where there are none."""
        found = self.after
        if found is None or not found.verdicts:
            return None
        return wilson(found.count(ADHERED), len(found.verdicts))

    @property
    def said(self) -> str:
        """The proof in one line, with its interval."""
        interval, after = self.interval, self.after
        if self.objection or interval is None or after is None or self.before is None:
            return self.objection
        few = "; few replies prove little" if len(after.verdicts) < FEW else ""
        return (
            f"{self.regression.scenario}: violated in {self.before.count(VIOLATED)} of "
            f"{len(self.before.verdicts)} in run {self.before.run}, adhered in "
            f"{after.count(ADHERED)} of {len(after.verdicts)} in run {after.run} "
            f"(95 % interval {interval.low:.1%} to {interval.high:.1%}{few})"
        )


@dataclass(frozen=True, slots=True)
class Closing:
    """What stands between an incident and its end."""

    missing: tuple[str, ...]
    """Closes only when this is empty."""
    warnings: tuple[str, ...]
    """What is still owed although it may close."""


def closing(incident: Incident, proofs: Iterable[Proof], clocks: Iterable[Clock]) -> Closing:
    """Return what is missing, and what remains to be done after closing.

    Needed: it is resolved, its cause is known, every scenario named for it failed before and passes
    now, there being one at least, and somebody other than its author accepted the post-mortem as it
    stands.
    """
    missing, found = [], tuple(proofs)
    if incident.status == OPEN:
        missing.append("it is not resolved")
    if not incident.cause:
        missing.append("no root cause is recorded")
    if not found:
        missing.append("no scenario is named that failed before and passes now")
    missing += [proof.objection for proof in found if proof.objection]
    if incident.postmortem is None:
        missing.append("there is no post-mortem")
    else:
        missing += _unreviewed(incident)
    warnings = [_owed(clock) for clock in clocks if clock.state in RUNNING]
    warnings += [f"odd: {each}" for each in incident.oddities]
    return Closing(tuple(missing), tuple(warnings))


def _unreviewed(incident: Incident) -> list[str]:
    said = [
        f"{review.by} asks for changes of the post-mortem"
        for review in incident.latest_reviews
        if not review.accepted
    ]
    if not incident.reviewers:
        author = incident.postmortem.by if incident.postmortem else ""
        said.append(f"nobody other than its author ({author}) accepted the post-mortem")
    return said


def _owed(clock: Clock) -> str:
    due = f", due {clock.due_at:%Y-%m-%d %H:%M} UTC" if clock.due_at else ""
    maybe = f" (if it applies: {', '.join(clock.undecided)})" if clock.undecided else ""
    return f"{clock.regime} {clock.stage}: {clock.state}{due}{maybe}"


def regression(  # noqa: PLR0913 - what is said of it, each by name
    incident: Incident, *, at: str, by: str, scenario: str, before: str, after: str
) -> IncidentAmended:
    """Return which scenario shows the fault, and in which runs; `after` may come later."""
    for what, name in (("a scenario", scenario), ("a run before", before)):
        if not 0 < len(name) <= 300 or not name.isprintable() or " " in name:
            raise ConfigError(f"{what} is named by its id", hint="see `charter report`")
    if after and (len(after) > 300 or not after.isprintable() or " " in after):
        raise ConfigError("a run after is named by its id", hint="see `charter report --list`")
    value = f"{before} {after}".strip()
    return amended(incident, "regression", at=at, by=by, name=scenario, value=value)


def withdrawn(
    incident: Incident, *, at: str, by: str, scenario: str, reason: str
) -> IncidentAmended:
    """Return that a scenario was named by mistake: it shows nothing of this incident."""
    if all(each.scenario != scenario for each in incident.regressions):
        raise Refused(f"no scenario {scenario[:80]!r} is named here")
    if not 0 < len(reason.strip()) <= MOST_REASON:
        raise ConfigError("why is it withdrawn?", hint="say so: it is part of the record")
    return amended(incident, "regression", at=at, by=by, name=scenario, reason=reason.strip())


def postmortem(incident: Incident, *, at: str, by: str, text: str) -> IncidentAmended:
    """Return a post-mortem; it takes the place of the one before, and has to be reviewed anew."""
    if not text.strip():
        raise ConfigError("the post-mortem is empty", hint="say what happened, and what is learned")
    if len(text) > MOST_TEXT:
        raise ConfigError(f"a post-mortem has at most {MOST_TEXT} characters", hint="shorten it")
    return amended(incident, "postmortem", at=at, by=by, value=text)


def reviewed(incident: Incident, *, at: str, by: str, accepted: bool, note: str) -> IncidentAmended:
    """Return what somebody says of the post-mortem as it stands. Its author may not."""
    found = incident.postmortem
    if found is None:
        raise Refused("there is no post-mortem to review")
    if folded(by) == folded(found.by):
        raise Refused(f"{by} wrote the post-mortem: somebody else has to review it")
    if not accepted and not note.strip():
        raise ConfigError("what should be changed?", hint="say so: it is part of the record")
    if len(note) > MOST_REASON:
        raise ConfigError(f"a note has at most {MOST_REASON} characters", hint="shorten it")
    state = ACCEPTED if accepted else "changes"
    return amended(
        incident,
        "reviewed",
        at=at,
        by=by,
        state=state,
        value=str(found.number),
        reason=note.strip(),
    )


def close(incident: Incident, found: Closing, *, at: str, by: str) -> IncidentAmended:
    """Return the record that closes it. Raises Refused, naming all that is missing."""
    if incident.status == CLOSED:
        raise Refused("it is closed already")
    if found.missing:
        raise Refused(f"it cannot close: {'; '.join(found.missing)}")
    return amended(incident, "closed", at=at, by=by, reason="; ".join(found.warnings)[:MOST_REASON])
