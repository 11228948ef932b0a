"""Which rules were in force in a period, and what was decided on live traffic."""

from __future__ import annotations

from charter.govern.reports.figure import Section
from charter.govern.reports.question import IN_PERIOD, Questions, count_of
from charter.govern.reports.wording import counts_of

_DECIDED = f"kind = 'DecisionRecorded' AND {IN_PERIOD}"
_EXCHANGES = f"SELECT count(DISTINCT body->>'exchange') FROM records WHERE {_DECIDED}"  # noqa: S608
_ERRORED = (
    "SELECT count(*) FROM records, json_each(body, '$.checks') AS c "  # noqa: S608
    f"WHERE {_DECIDED} AND c.value->>'status' = 'errored'"
)
_BY_EFFECT = (
    "SELECT body->>'application', body->>'effect', body->>'done', count(*) FROM records "  # noqa: S608
    f"WHERE {_DECIDED} GROUP BY 1, 2, 3 ORDER BY 1, 4 DESC, 2, 3"
)
_TAKEN_UP = (
    "SELECT body->>'at', body->>'spec_version', body->>'policy', body->>'run' FROM records "  # noqa: S608
    f"WHERE kind IN ('ServiceStarted', 'PolicyServed') AND {IN_PERIOD} ORDER BY \"index\""
)
_BY_POLICY = (
    "SELECT body->>'policy', count(*), min(body->>'at'), max(body->>'at') FROM records "  # noqa: S608
    f"WHERE {_DECIDED} GROUP BY 1 ORDER BY 3, 1"
)
_PINS = (
    "SELECT body->>'at', kind, body->>'run', body->>'by', body->>'reason' FROM records "  # noqa: S608
    f"WHERE kind IN ('PolicyPinned', 'PinLifted') AND {IN_PERIOD} ORDER BY \"index\""
)


def in_force(ask: Questions) -> Section:
    """Return which policies were served, and what was decided under each."""
    taken_up = ask.table(
        "taken-up",
        "Policies taken up",
        ("at", "version", "policy", "service"),
        _TAKEN_UP,
        empty="no gateway started, and none took up another policy",
    )
    head = ("policy", "decisions", "first", "last")
    under = ask.table("decided-under", "Decisions under each policy", head, _BY_POLICY)
    pins = ask.table("pins", "Pins", ("at", "what", "pin", "by", "reason"), _PINS)
    return Section(
        "in-force",
        "Rules in force",
        "Each policy that a gateway took up, and what was decided under it. A policy is a spec "
        "with its overlays and readings, named by its digest.",
        tables=(taken_up, under, pins),
    )


def decisions(ask: Questions) -> Section:
    """Return what was decided."""
    denied = count_of("DecisionRecorded", "body->>'effect' = 'deny'")
    held = count_of("DecisionRecorded", "body->>'effect' = 'require_approval'")
    refusing = "a refusal is no success by itself: see reviews and objectives"
    head = ("application", "effect", "done", "decisions")
    figures = (
        ask.count("exchanges", "Exchanges", _EXCHANGES),
        ask.count("decided", "Decisions", count_of("DecisionRecorded")),
        ask.count("denied", "Denied", denied, note=refusing),
        ask.count("held", "Held for a person", held),
        ask.count("checks-errored", "Checks that errored", _ERRORED, note="none counted as passed"),
    )
    said = (
        "{decided} decisions on {exchanges} exchanges: {denied} denied, {held} held for a person; "
    )
    return Section(
        "decisions",
        "Decisions",
        "What gateways decided on requests, answers and actions. These are counts of a complete "
        "log, not estimates.",
        figures=figures,
        tables=(ask.table("by-effect", "By application and effect", head, _BY_EFFECT),),
        headline=(said + "{checks-errored} checks errored.").format_map(counts_of(figures)),
    )
