"""Which rules were in force in a period, and what was decided on live traffic."""

from __future__ import annotations

from charter.govern.reports.decided import Decided
from charter.govern.reports.figure import Section
from charter.govern.reports.question import IN_PERIOD, Questions, count_of
from charter.govern.reports.wording import counts_of, several

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
_TAKEN_UP_FIRST = (
    "SELECT min(body->>'at'), body->>'spec_version', body->>'policy' FROM records "  # noqa: S608
    f"WHERE kind IN ('ServiceStarted', 'PolicyServed') AND {IN_PERIOD} GROUP BY 2, 3 ORDER BY 1, 3"
)
_BY_POLICY = (
    "SELECT body->>'policy', count(*), min(body->>'at'), max(body->>'at') FROM records "  # noqa: S608
    f"WHERE {_DECIDED} GROUP BY 1 ORDER BY 3, 1"
)
_PINS = (
    "SELECT body->>'at', kind, body->>'run', body->>'by', body->>'reason' FROM records "  # noqa: S608
    f"WHERE kind IN ('PolicyPinned', 'PinLifted') AND {IN_PERIOD} ORDER BY \"index\""
)


def in_force(ask: Questions, found: Decided, *, public: bool = False) -> Section:
    """Return which policies were served, and what was decided under each.

    What is `public` names no service, and no pins: who set one, and why, is not for everybody.
    """
    idle = "no gateway started, and none took up another policy"
    words = ("at", "version", "policy", "service")
    if public:
        taken_up = ask.table(
            "taken-up", "Policies taken up", words[:3], _TAKEN_UP_FIRST, empty=idle
        )
    else:
        taken_up = ask.table("taken-up", "Policies taken up", words, _TAKEN_UP, empty=idle)
    head = ("policy", "decisions", "first", "last")
    under = ask.listed(
        "decided-under", "Decisions under each policy", head, _BY_POLICY, found.by_policy()
    )
    pinned = ("at", "what", "pin", "by", "reason")
    pins = () if public else (ask.table("pins", "Pins", pinned, _PINS),)
    return Section(
        "in-force",
        "Rules in force",
        "Each policy that a gateway took up, and what was decided under it. A policy is a spec "
        "with its overlays and readings, named by its digest.",
        tables=(taken_up, under, *pins),
    )


def decisions(ask: Questions, found: Decided) -> Section:
    """Return what was decided."""
    denied = count_of("DecisionRecorded", "body->>'effect' = 'deny'")
    held = count_of("DecisionRecorded", "body->>'effect' = 'require_approval'")
    refusing = "a refusal is no success by itself: see reviews and objectives"
    head = ("application", "effect", "done", "decisions")
    figures = (
        ask.count("exchanges", "Exchanges", _EXCHANGES),
        ask.counted(
            "decided", "Decisions", count_of("DecisionRecorded"), found.sums(lambda g: g.decisions)
        ),
        ask.counted("denied", "Denied", denied, _with(found, "deny"), note=refusing),
        ask.counted("held", "Held for a person", held, _with(found, "require_approval")),
        ask.counted(
            "checks-errored",
            "Checks that errored",
            _ERRORED,
            found.sums(lambda g: g.errored),
            note="none counted as passed",
        ),
    )
    by_effect = ask.listed(
        "by-effect", "By application and effect", head, _BY_EFFECT, found.by_effect()
    )
    counts = counts_of(figures)
    said = (
        f"{several(counts['decided'], 'decision')} on {several(counts['exchanges'], 'exchange')}: "
        f"{counts['denied']} denied, {counts['held']} held for a person; "
        f"{several(counts['checks-errored'], 'check')} errored."
    )
    return Section(
        "decisions",
        "Decisions",
        "What gateways decided on requests, answers and actions. These are counts of a complete "
        "log, not estimates.",
        figures=figures,
        tables=(by_effect,),
        headline=said,
    )


def _with(found: Decided, effect: str) -> tuple[int, int]:
    return found.sums(lambda group: group.decisions if group.effect == effect else 0)
