"""Forty incidents under different regimes, five of them drills, and what each of them owes.

The due times are worked out here from hours alone, and from nothing of Charter's.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from charter.records.incident import IncidentAmended, IncidentOpened, Link

from .diary import Diary
from .plan import APPLICATIONS, DRIFT_SECTION, Plan, stamp
from .truth import Due, Truth

NUMBER = 40
DRILLS = 8
"""One in so many is a drill."""
RESOLVED = 4
"""Hours after the first step of its end, an incident is resolved."""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


class Owed(NamedTuple):
    """A first report, and the time that starts its clock."""

    regime: str
    stage: str
    time: str
    hours: int


class Kind(NamedTuple):
    """A kind of incident: how its questions are answered, and what follows of it."""

    fields: tuple[tuple[str, str], ...]
    owes: tuple[Owed, ...]


def _kind(fields: dict[str, str], *owes: Owed) -> Kind:
    return Kind(tuple(fields.items()), owes)


EU = {"jurisdictions": "eu", "roles": "gpai_systemic_provider"}
CODE = "eu-gpai-code"
SUSPECTED, AWARE, FOUND = "causal_link_suspected_at", "aware_at", "discovered_at"
KINDS = (
    _kind(EU | {"harm_kinds": "critical_infrastructure"}, Owed(CODE, "initial", SUSPECTED, 48)),
    _kind(EU | {"harm_kinds": "cybersecurity"}, Owed(CODE, "initial", SUSPECTED, 120)),
    _kind(
        {"jurisdictions": "eu", "roles": "gpai_systemic_provider, high_risk_provider"}
        | {"harm_kinds": "death, health", "widespread_infringement": "no"},
        Owed(CODE, "initial", SUSPECTED, 240),
        Owed("eu-ai-act-73", "initial", SUSPECTED, 240),
    ),
    _kind(EU | {"harm_kinds": "environment"}, Owed(CODE, "initial", SUSPECTED, 360)),
    _kind(
        {"jurisdictions": "california", "roles": "frontier_developer", "weights_injury": "no"}
        | {"catastrophic_risk_harm": "no", "loss_of_control_injury": "no"}
        | {"deceived_developer": "yes", "imminent_risk": "yes"},
        Owed("us-ca-sb53", "imminent", FOUND, 24),
        Owed("us-ca-sb53", "report", FOUND, 360),
    ),
    _kind(
        {"jurisdictions": "new_york", "roles": "frontier_developer"}
        | {"ny_safety_incident": "yes", "imminent_risk": "no"},
        Owed("us-ny-raise", "report", SUSPECTED, 72),
    ),
    _kind(
        {"jurisdictions": "eu", "roles": "data_controller", "harm_kinds": "none"}
        | {"personal_data_breach": "yes", "personal_data_risk": "yes"},
        Owed("gdpr-33", "notification", AWARE, 72),
    ),
    _kind({"jurisdictions": "none", "roles": "none"}),
)
IN_FORCE = {
    CODE: datetime(2025, 8, 2, tzinfo=UTC),
    "eu-ai-act-73": datetime(2026, 8, 2, tzinfo=UTC),
    "us-ca-sb53": datetime(2026, 1, 1, tzinfo=UTC),
    "us-ny-raise": datetime(2027, 1, 1, tzinfo=UTC),
    "gdpr-33": datetime(2018, 5, 25, tzinfo=UTC),
}
"""From when on each asks for anything; in the usual year, all do."""
OUTCOMES = ("met", "met late", "met", "overdue", "met")


class Incidents:
    """All incidents of the year."""

    def __init__(self, plan: Plan, truth: Truth, diary: Diary) -> None:
        self._plan, self._truth, self._diary = plan, truth, diary
        self._chance = plan.chance("incidents")

    def note(self) -> None:
        """Note everything that is said of any incident."""
        days = self._plan.days - 50
        for number in range(NUMBER):
            self._incident(number, round(days * number / NUMBER) + 1)
        self._truth.incidents = NUMBER if self._plan.drills else NUMBER - NUMBER // DRILLS

    def _incident(self, number: int, day: int) -> None:
        plan, chance, truth = self._plan, self._chance, self._truth
        name = plan.id("inc_", number)
        drill = number % DRILLS == DRILLS - 1
        kind = KINDS[(number + number // len(KINDS)) % len(KINDS)]
        zone = ZoneInfo(ZONES[number % len(ZONES)])
        found = plan.day(day) + timedelta(minutes=chance.randrange(24 * 60))
        if drill and not plan.drills:
            return
        opened = found + timedelta(minutes=20)
        section = DRIFT_SECTION if number % 5 == 0 else "protect_privacy"
        application = list(APPLICATIONS)[number % 3]
        self._diary.note(
            opened,
            IncidentOpened(
                run=name,
                at=stamp(opened),
                by="cleo",
                source=("alert", "reviewer", "console", "api", "cli")[number % 5],
                title=f"Incident {number + 1}",
                summary="Answers departed from the rules.",
                severity=("hazard", "incident", "serious-incident")[number % 3],
                drill=drill,
                links=(Link("section", section), Link("application", application)),
            ),
        )
        story = list(_story(kind, found, zone))
        outcome = OUTCOMES[number % len(OUTCOMES)]
        closes = outcome != "overdue" and number % 4 != 3
        starts = {FOUND: found, SUSPECTED: found + timedelta(hours=3)}
        starts[AWARE] = found + timedelta(hours=5)
        for owed in kind.owes:
            if starts[owed.time] < IN_FORCE[owed.regime]:
                continue
            due = starts[owed.time] + timedelta(hours=owed.hours)
            handed = due + timedelta(minutes=1 if outcome == "met late" else -1)
            if outcome == "met" and number % 2:
                handed = due  # the last moment is in time
            if outcome != "overdue":
                regime = f"{owed.regime}/{owed.stage}"
                local = handed.astimezone(zone).isoformat()
                story.append((handed + timedelta(minutes=2), "submitted", regime, "", local))
                if owed.regime == CODE and not closes:
                    self._owe(name, "intermediate", handed + timedelta(weeks=4))
            truth.dues.append(Due(name, owed.regime, owed.stage, due, outcome))
        if closes:
            ends = max(at for at, *_ in story) + timedelta(days=2)
            story += _end(ends, name)
            truth.closed.add(name)
            if any(owed.regime == CODE for owed in kind.owes):
                self._owe(name, "final", ends + timedelta(hours=RESOLVED, days=60))
        if drill:
            truth.drills.add(name)
        self._tell(name, sorted(story, key=lambda each: each[0]), opened)

    def _owe(self, name: str, stage: str, due: datetime) -> None:
        """Remember a report that follows the first, and that nobody hands in."""
        state = "overdue" if due < self._plan.end else "running"
        self._truth.dues.append(Due(name, CODE, stage, due, state))

    def _tell(self, name: str, story: list[Said], opened: datetime) -> None:
        at = opened
        for place, (moment, change, what, state, told) in enumerate(story):
            at = max(moment, at + timedelta(seconds=1))
            by = "dora" if change == "reviewed" else "cleo"
            # a review names the record of the post-mortem: the one before it
            value = str(place) if change == "reviewed" else told
            said = IncidentAmended(
                name, place + 1, stamp(at), by, change, what, state, value, "as found"
            )
            self._diary.note(at, said)


Said = tuple[datetime, str, str, str, str]
"""When, change, name, state, value."""


def _story(kind: Kind, found: datetime, zone: ZoneInfo) -> Iterator[Said]:
    """Yield answers and times. Times are those of a clock on the wall, with its offset."""
    at = found + timedelta(hours=6)
    times = (
        ("occurred_from", found - timedelta(hours=2)),
        (FOUND, found),
        (SUSPECTED, found + timedelta(hours=3)),
        (AWARE, found + timedelta(hours=5)),
    )
    for name, moment in times:
        yield at, "time", name, "", moment.astimezone(zone).isoformat()
    for name, value in kind.fields:
        yield at + timedelta(minutes=5), "field", name, "value", value
    yield at + timedelta(minutes=6), "field", "victims", "unknown", ""
    yield at + timedelta(minutes=7), "note", "", "", "looked at"


def _end(at: datetime, name: str) -> Iterator[Said]:
    """Yield how an incident comes to its end."""
    steps = (
        ("cause", "", "", "a rule was read too narrowly"),
        ("regression", f"scenario-{name[-6:]}", "", "run-before run-after"),
        ("postmortem", "", "", "# What happened\n\nAnswers departed from the rules.\n"),
        ("reviewed", "", "accepted", ""),
        ("resolved", "", "", ""),  # the step number RESOLVED
        ("closed", "", "", ""),
    )
    for hours, (change, what, state, value) in enumerate(steps):
        moment = at + timedelta(hours=hours)
        yield moment, change, what, state, stamp(moment) if change == "resolved" else value
