"""The stop button: stop everything, an application or a tool, and let it go on again."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.actions import lift_stop, order_stop
from charter.console.guard import Visit
from charter.console.view import view
from charter.records.stop import StopLifted, StopOrdered

PAST = 50


def stops(visit: Visit) -> Response:
    """Show stops in force, the button, and what was stopped and lifted before."""
    with visit.desk.up_to_date() as board:
        in_force = board.stops
    past = visit.desk.ledger.read_any((StopOrdered, StopLifted), newest=True, limit=PAST)
    return view(
        visit,
        "stops.html.j2",
        in_force=in_force,
        past=[(record, isinstance(record, StopOrdered)) for _, record in past],
        now=visit.desk.now(),
    )


def order(visit: Visit) -> Response:
    """Stop."""
    reach = visit.form.get("reach", "")
    name = visit.form.get("application" if reach == "app" else "tool", "")
    order_stop(visit.desk, visit.account, reach, name, visit.form.get("reason", ""))
    return visit.go("/stops", "Stopped. It takes effect everywhere within a second.")


def lift(visit: Visit) -> Response:
    """Resume."""
    lift_stop(visit.desk, visit.account, visit.named("stop"), visit.form.get("reason", ""))
    return visit.go("/stops", "Lifted.")
