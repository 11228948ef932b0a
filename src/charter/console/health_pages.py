"""The health of services and ledger."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.guard import Visit
from charter.console.health import head, services
from charter.console.view import view


def health(visit: Visit) -> Response:
    """Show services, the ledger's head, stops and what waits."""
    now = visit.desk.now()
    with visit.desk.up_to_date() as board:
        stops, waiting = board.stops, board.pending(now)
    return view(
        visit,
        "health.html.j2",
        services=services(visit.desk.ledger, now),
        head=head(visit.desk.ledger),
        stops=stops,
        waiting=waiting,
        where=visit.desk.ledger.where,
        now=now,
    )
