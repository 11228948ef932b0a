"""Decisions for the tests of the ledger."""

from charter.records.decision import CheckRan, DecisionRecorded, Ground


def decision(sequence=0, run="s_1", exchange="x_1", **changed):
    """Return a decision with three checks."""
    fields = {
        "decision": f"{exchange}.1",
        "at": "2026-11-22T02:00:00.000Z",
        "stage": "request",
        "api": "chat",
        "streamed": False,
        "caller": "key-1",
        "application": "shop",
        "subject": "",
        "model": "m",
        "policy": "a" * 64,
        "readings": "R1=a;R2=b",
        "effect": "allow",
        "done": "forwarded",
        "citations": ("greet/hello",),
        "grounds": (Ground("allow", "no_refunds", "greet"),),
        "boundaries": ("no_refunds quiet allow", "no_code quiet allow"),
        "checks": tuple(
            CheckRan(f"check_{at}", "ran", "allow", "text", 120 + at, 13) for at in range(3)
        ),
    }
    return DecisionRecorded(run=run, sequence=sequence, exchange=exchange, **(fields | changed))
