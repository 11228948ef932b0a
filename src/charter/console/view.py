"""A page for whoever is logged in: with their name, what they may do, and a token for forms."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from charter.console.guard import Visit
from charter.console.render import page
from charter.console.roles import Right


def view(visit: Visit, template: str, *, status: int = 200, **values: Any) -> Response:
    """Fill a template for one visit; what an action left to tell is told once."""
    said, visit.session.said = visit.session.said, ""
    with visit.desk.up_to_date() as board:
        stopped, pending = board.stops, len(board.pending(visit.desk.now()))
    return page(
        visit.request,
        template,
        status=status,
        account=visit.account,
        form_token=visit.desk.sessions.form_token(visit.session),
        said=said,
        stopped=stopped,
        pending=pending,
        commented=_commented(visit),
        **values,
    )


def _commented(visit: Visit) -> bool:
    """Whether there are comments to lead to: they can come in, or wait from when they could."""
    desk = visit.desk
    if not desk.public and visit.may(Right.REVIEW):
        desk.comments.poll(desk.ledger)
    return desk.public or desk.comments.waiting > 0
