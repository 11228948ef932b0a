"""What people decided in a period: approvals, stops, reviews, and what they set aside."""

from __future__ import annotations

from charter.govern.reports.figure import Section
from charter.govern.reports.question import IN_PERIOD, Questions, count_of

LIVE = (
    "run NOT IN (SELECT body->>'decision' FROM records WHERE kind = 'ItemQueued' "
    "AND run IN (SELECT run FROM records WHERE kind = 'AnswerKnown'))"
)
"""Items with a known answer are no live answers."""
_STOPS = (
    "SELECT body->>'at', kind, body->>'reach', body->>'name', body->>'by', body->>'reason' "  # noqa: S608
    f"FROM records WHERE kind IN ('StopOrdered', 'StopLifted') AND {IN_PERIOD} ORDER BY \"index\""
)
_OVERRIDDEN = (
    "SELECT body->>'at', body->>'run', body->>'by', body->>'role', body->>'reason' "  # noqa: S608
    f"FROM records WHERE kind = 'ReleaseOverridden' AND {IN_PERIOD} ORDER BY \"index\""
)
_BY_SECTION = (
    "SELECT body->>'section', count(*), "  # noqa: S608
    "sum(CASE WHEN body->>'label' = 'violated' THEN 1 ELSE 0 END), "
    "sum(CASE WHEN CAST(body->'decision_right' AS TEXT) = 'false' THEN 1 ELSE 0 END) "
    f"FROM records WHERE kind = 'ReviewRecorded' AND {IN_PERIOD} AND {LIVE} GROUP BY 1 ORDER BY 1"
)
_WRONG = "CAST(body->'decision_right' AS TEXT) = 'false'"


def overrides(ask: Questions) -> Section:
    """Return where people let pass, or kept from passing, what the rules alone would not."""
    voted = {
        verdict: count_of("ApprovalVoted", f"body->>'verdict' = '{verdict}'")
        for verdict in ("approve", "deny", "edit")
    }
    return Section(
        "overrides",
        "Where people decided",
        "Actions that waited for a person, stops, and releases that passed although they were "
        "refused.",
        figures=(
            ask.count("asked", "Approvals asked for", count_of("ApprovalAsked")),
            ask.count("approved", "Votes to approve", voted["approve"]),
            ask.count("denied-by-people", "Votes to deny", voted["deny"]),
            ask.count("edited", "Arguments changed", voted["edit"]),
            ask.count("expired", "Expired, which denies", count_of("ApprovalExpired")),
            ask.count("stops", "Stops", count_of("StopOrdered")),
        ),
        tables=(
            ask.table(
                "overridden-releases",
                "Releases overridden",
                ("at", "release", "by", "role", "reason"),
                _OVERRIDDEN,
            ),
            ask.table(
                "stops-ordered", "Stops", ("at", "what", "reach", "name", "by", "reason"), _STOPS
            ),
        ),
    )


def reviews(ask: Questions) -> Section:
    """Return what reviewers said. Labels are counted as given: see objectives for estimates."""
    violated = count_of("ReviewRecorded", LIVE, "body->>'label' = 'violated'")
    wrong = count_of("ReviewRecorded", LIVE, _WRONG)
    head = ("section", "opinions", "violated", "decision wrong")
    return Section(
        "reviews",
        "Reviews",
        "Opinions of people on live answers. Answers that a rule put in the queue are among them, "
        "so the counts are no rates of all traffic.",
        figures=(
            ask.count("opinions", "Opinions", count_of("ReviewRecorded", LIVE)),
            ask.count("violated", "Said to violate a section", violated),
            ask.count("overturned", "Gateway's decision found wrong", wrong),
        ),
        tables=(ask.table("by-section", "By section", head, _BY_SECTION),),
    )
