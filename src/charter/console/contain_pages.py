"""Containment from the page of an incident, and the end of a pin from that of releases."""

from __future__ import annotations

from starlette.responses import Response

from charter.console.actions import NotDone
from charter.console.contain import (
    REHEARSED,
    Boundary,
    lift_pin,
    pin_from,
    stop_from,
    tighten_from,
)
from charter.console.guard import Visit
from charter.console.incident_pages import unsaid
from charter.console.incidents import find_incident

BOUNDARY = ("id", "section", "on", "when", "effect", "say")
"""Fields of a boundary in the form that tightens an overlay."""
WRITTEN = {
    "application": "Application",
    "tool": "Tool",
    "policy": "Policy",
    "section": "Section",
    "id": "Id of the boundary",
    "on": "Looks at",
    "when": "Condition",
    "effect": "What it does",
    "say": "What is said instead",
    "reason": "Why",
}
"""What people write to contain something, by the name of its field."""
LIFTED = "Lifted. What is served goes by the pins that are left, else by what is on disk."


def contain(visit: Visit) -> Response:
    """Stop an application or a tool, pin a policy or lift a pin, or tighten an overlay."""
    wanted = visit.named("incident")
    drill = find_incident(visit.desk, wanted).drill
    try:
        done = _contained(visit, wanted)
    except NotDone as error:
        texts = {name: visit.form.get(name, "") for name in WRITTEN}
        return unsaid(visit, error, {WRITTEN[name]: text for name, text in texts.items()}, wanted)
    return visit.go(f"/incidents/{wanted}", REHEARSED if drill else done)


def _contained(visit: Visit, wanted: str) -> str:
    """Do what the form says; return what is told then. Raises NotDone."""
    desk, account, form = visit.desk, visit.account, visit.form
    reason, how = form.get("reason", ""), form.get("how", "")
    if how == "pin":
        pin_from(desk, account, wanted, policy=form.get("policy", ""), reason=reason)
        return "Pinned. Every gateway serves that policy alone within a second, or nothing."
    if how in ("app", "tool"):
        name = form.get("application" if how == "app" else "tool", "")
        stop_from(desk, account, wanted, reach=how, name=name, reason=reason)
        return "Stopped. It takes effect everywhere within a second."
    if how == "lift":
        lift_pin(desk, account, form.get("pin", ""), reason=reason)
        return LIFTED
    if how == "overlay":
        fields = {name: form.get(name, "") for name in BOUNDARY}
        said = Boundary(form.get("overlay", ""), fields, reason)
        return tighten_from(desk, account, wanted, said)
    raise NotDone("stop, pin, lift or tighten something", 422)


def lift(visit: Visit) -> Response:
    """Lift a pin, from the page of releases."""
    lift_pin(visit.desk, visit.account, visit.named("pin"), reason=visit.form.get("reason", ""))
    return visit.go("/releases", LIFTED)
