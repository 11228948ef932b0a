"""The stop button: stop everything, an application or a tool, and let it go on again."""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response

from charter.console.actions import lift_stop, order_stop
from charter.console.guard import Visit
from charter.console.known import known
from charter.console.view import view
from charter.ledger.ledger import Ledger
from charter.records.stop import StopLifted, StopOrdered

PAST = 50


def stops(visit: Visit) -> Response:
    """Show stops in force, the button, and what was stopped and lifted before."""
    with visit.desk.up_to_date() as board:
        in_force = board.stops
    return view(
        visit,
        "stops.html.j2",
        in_force=in_force,
        known=known(visit.desk.ledger),
        past=[*_past(visit.desk.ledger)],
        now=visit.desk.now(),
    )


def _past(ledger: Ledger) -> Iterator[tuple[StopOrdered | StopLifted, StopOrdered | None]]:
    """Yield what was ordered and lifted, newest first, with the stop that it is about."""
    for _, record in ledger.read_any((StopOrdered, StopLifted), newest=True, limit=PAST):
        if isinstance(record, StopOrdered):
            yield record, record
        elif isinstance(record, StopLifted):
            yield record, next(iter(ledger.read(StopOrdered, run=record.run)), None)


def order(visit: Visit) -> Response:
    """Stop."""
    reach = visit.form.get("reach", "")
    name = visit.form.get("application" if reach == "app" else "tool", "")
    stop = order_stop(visit.desk, visit.account, reach, name, visit.form.get("reason", ""))
    told = "Stopped. It takes effect everywhere within a second."
    if stop.name and stop.name not in known(visit.desk.ledger).of(reach):
        told += " But no decision has lately named this: see that it is spelled rightly."
    return visit.go("/stops", told)


def lift(visit: Visit) -> Response:
    """Resume."""
    lift_stop(visit.desk, visit.account, visit.named("stop"), visit.form.get("reason", ""))
    return visit.go("/stops", "Lifted.")
