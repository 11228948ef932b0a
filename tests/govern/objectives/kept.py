"""Records for the tests of objectives, in short."""

from datetime import UTC, datetime, timedelta

from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.calibration import CalibrationFinished, CalibrationItem
from charter.records.decision import CheckRan, DecisionRecorded, Ground
from charter.records.oversight import ItemQueued
from charter.records.review import ReviewRecorded

END = datetime(2026, 3, 1, tzinfo=UTC)
"""The moment that tests look from."""


def ago(minutes=0.0, *, days=0.0):
    """Return a time of a record so long before END."""
    at = END - timedelta(minutes=minutes, days=days)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


END_MS = int(END.timestamp() * 1000)


def decision(number, at, *, run="s_1", statuses=("ran", "ran"), **changed):
    """Return a decision of its own exchange."""
    exchange = f"x_{run}_{number}"
    fields = {
        "decision": f"{exchange}.1",
        "stage": "output",
        "api": "chat",
        "streamed": False,
        "caller": "key-1",
        "application": "shop",
        "subject": "",
        "model": "m",
        "policy": "a" * 64,
        "readings": "",
        "effect": "allow",
        "done": "forwarded",
        "citations": ("greet/hello",),
        "grounds": (Ground("allow", "greet", "greet"),),
        "boundaries": (),
        "checks": tuple(
            CheckRan(f"c{place}", status, "allow", "text", 10, 5)
            for place, status in enumerate(statuses)
        ),
    }
    return DecisionRecorded(
        run=run, sequence=number, at=at, exchange=exchange, **(fields | changed)
    )


def review(of, at, by="ada", label="adhered", section="greet", **changed):
    """Return a review of a decision."""
    fields = {"refusal": None, "decision_right": None, "blind": True, "drawn": "random"}
    return ReviewRecorded(
        run=of, at=at, by=by, label=label, section=section, seconds=9, **(fields | changed)
    )


def asked(run, at, *, needed=1, expires=None):
    """Return an approval that is asked for."""
    return ApprovalAsked(
        run=run,
        at=at,
        expires=expires or ago(-60),
        binding=f"b{run}",
        conversation="c",
        attempt=1,
        stage="tool_call",
        tool="pay",
        arguments="d",
        policy="p",
        caller="key-1",
        application="shop",
        subject="",
        principal="team",
        boundary="money",
        section="pay",
        say="",
        needed=needed,
        exchange=f"x{run}",
        payload="",
    )


def voted(run, at, by="ada", verdict="approve"):
    """Return a vote on it."""
    return ApprovalVoted(run, at, by, verdict, f"b{run}")


def queued(item, of, at, section="greet"):
    """Return an item of the queue."""
    return ItemQueued(item, at, "charter", of, of, "shop", section, "random", 0, 2)


def calibrated(run, *, hits, violated, right, adhered):
    """Yield the records of a calibration with these counts."""
    for truth, good, every, wrong in (
        ("violated", hits, violated, "adhered"),
        ("adhered", right, adhered, "violated"),
    ):
        for number in range(every):
            yield CalibrationItem(
                run=run,
                item=f"{truth}{number}",
                sample=0,
                section="greet",
                cluster=f"{truth}{number}",
                expected="",
                grade="",
                truth=truth,
                outcome="verdict",
                verdict=truth if number < good else wrong,
                rating=None,
                position=0,
                characters=1,
                flipped=False,
                request="",
                text="",
                stop="",
                input_tokens=0,
                output_tokens=0,
                cached=False,
            )
    yield CalibrationFinished(run, ago(), "fit", ())
