"""Records with what matters for obligations, and defaults for the rest."""

from datetime import UTC, datetime, timedelta

from charter.records.approval import ApprovalAsked, ApprovalVoted
from charter.records.calibration import CalibrationFinished
from charter.records.decision import DecisionRecorded
from charter.records.grading import GradingFinished, GradingStarted
from charter.records.incident import IncidentAmended, IncidentOpened, Link
from charter.records.release import ReleaseAsked, Released
from charter.records.review import ReviewRecorded
from charter.records.run import ModelId, RunFinished, RunStarted
from charter.records.service import ServiceCounted, ServiceStarted

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(days=0, hours=0):
    """Return the time so many days and hours before NOW, as records hold it."""
    when = NOW - timedelta(days=days, hours=hours)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def decision(sequence, *, days=0, run="svc", **more):
    given = {
        "run": run,
        "sequence": sequence,
        "decision": f"dec_{run}_{sequence}",
        "at": at(days),
        "exchange": f"ex_{sequence}",
        "stage": "output",
        "api": "chat",
        "streamed": False,
        "caller": "web",
        "application": "desk",
        "subject": "",
        "model": "m",
        "policy": "sha256:p",
        "readings": "",
        "effect": "allow",
        "done": "forwarded",
        "citations": ("honesty",),
        "grounds": (),
        "boundaries": (),
        "checks": (),
    }
    return DecisionRecorded(**(given | more))


def counted(sequence, *, number=1, days=0, run="svc"):
    return ServiceCounted(
        run=run, at=at(days), number=number, sequence=sequence, received=sequence,
        answered=sequence, refused=0, failed=0,
    )  # fmt: skip


def started(*documents, days=0, run="svc", settings=""):
    return ServiceStarted(
        run=run, at=at(days), charter="0", replica="r", policy="sha256:p", spec_name="s",
        spec_version=None, documents=documents, settings=settings,
    )  # fmt: skip


def review(decision_id, by, label="adhered", *, days=0, **more):
    given = {
        "run": decision_id, "at": at(days), "by": by, "label": label, "refusal": None,
        "decision_right": True, "section": "honesty", "blind": True, "drawn": "random",
        "seconds": 20,
    }  # fmt: skip
    return ReviewRecorded(**(given | more))


def incident(run, *, days=0, drill=False, links=()):
    return IncidentOpened(
        run=run, at=at(days), by="ada", source="cli", title="t", summary="s", severity="serious",
        drill=drill, links=tuple(Link(kind, id_) for kind, id_ in links),
    )  # fmt: skip


def amended(run, number, change, name="", value="", *, days=0, by="ada", state=""):
    return IncidentAmended(run, number, at(days), by, change, name=name, state=state, value=value)


def asked_release(*, facts="{}", refusals=(), days=0, run="rel", roles_digest=""):
    return ReleaseAsked(
        run=run, at=at(days), by="ada", spec_name="s", spec_version=None, policy="sha256:p",
        documents=(), before="", level="root", facts=facts, refusals=refusals, needed=2,
        roles=("approver",), roles_digest=roles_digest,
    )  # fmt: skip


def released(*documents, days=0, overridden=False, release="rel"):
    return Released(
        run="s", number=1, at=at(days), by="ada", release=release, spec_version="1.0",
        policy="sha256:p", documents=documents, overridden=overridden, note="",
    )  # fmt: skip


def held_action(run, *, needed=1, days=0):
    return ApprovalAsked(
        run=run, at=at(days), expires=at(days - 1), binding="b", conversation="c", attempt=1,
        stage="tool_call", tool="pay", arguments="a", policy="sha256:p", caller="web",
        application="desk", subject="", principal="web", boundary="b", section="honesty", say="",
        needed=needed, exchange="ex", payload="",
    )  # fmt: skip


def vote(run, by, verdict="approve", *, days=0):
    return ApprovalVoted(run, at(days), by, verdict, "b")


def evaluation(run, spec_digest, *, days=0, calibration=""):
    begun = RunStarted(
        run=run, at=at(days), plan="p", charter="0", spec_name="s", spec_title="S",
        spec_version=None, spec_digest=spec_digest, suite_digest="d",
        model=ModelId("scripted", "m", None, None), scenarios=("a",), repeat=1, max_tokens=10,
        temperature="0", seed=0,
    )  # fmt: skip
    graded = GradingStarted(
        run=run, grading="g", at=at(days), charter="0", spec_digest=spec_digest, judges=(),
        samples=1, rule="median", calibrations=(calibration,) if calibration else (),
        uncalibrated=not calibration,
    )  # fmt: skip
    return begun, graded, GradingFinished(run, "g", at(days)), RunFinished(run, at(days))


def calibrated(run, fitness="fit", *, days=0):
    return CalibrationFinished(run, at(days), fitness, ())
