"""Which versions became official in a period, which did not, and what was set aside."""

from __future__ import annotations

from charter.govern.reports.figure import Section
from charter.govern.reports.question import IN_PERIOD, Questions, count_of
from charter.govern.reports.wording import counts_of, several

_RELEASED = (
    "SELECT body->>'at', run, body->>'number', body->>'spec_version', body->>'by', "  # noqa: S608
    "CASE WHEN CAST(body->'overridden' AS TEXT) = 'true' THEN 'overridden' ELSE '' END, "
    f"body->>'policy' FROM records WHERE kind = 'Released' AND {IN_PERIOD} ORDER BY \"index\""
)
_REFUSED = (
    "SELECT body->>'at', records.run, r.value->>'kind', r.value->>'name', r.value->>'what' "  # noqa: S608
    "FROM records, json_each(body, '$.refusals') AS r "
    f"WHERE records.kind = 'ReleaseAsked' AND {IN_PERIOD} ORDER BY \"index\", 3, 4, 5"
)


def releases(ask: Questions) -> Section:
    """Return releases and refusals: what changed since the report before."""
    head = ("at", "spec", "release", "version", "by", "overridden", "policy")
    figures = (
        ask.count("released", "Released", count_of("Released")),
        ask.count("releases-asked", "Asked for", count_of("ReleaseAsked")),
        ask.count("withdrawn", "Requests or releases withdrawn", count_of("ReleaseWithdrawn")),
        ask.count("overridden", "Requests with refusals overridden", count_of("ReleaseOverridden")),
    )
    counts = counts_of(figures)
    withdrawn = several(counts["withdrawn"], "request or release", "requests or releases")
    said = (
        f"{several(counts['released'], 'version')} released; {withdrawn} withdrawn; refusals of "
        f"{several(counts['overridden'], 'request')} overridden."
    )
    return Section(
        "releases",
        "Releases",
        "Versions that became official, and what stood against those that were asked for. An "
        "override lets a refused version pass: it is named here and in the statement signed.",
        figures=figures,
        headline=said,
        tables=(
            ask.table("released-versions", "Released", head, _RELEASED),
            ask.table(
                "refusals",
                "Reasons against versions asked for",
                ("at", "request", "kind", "name", "what"),
                _REFUSED,
            ),
        ),
    )
