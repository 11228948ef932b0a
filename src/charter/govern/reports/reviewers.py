"""How far the reviewers of a period agree, and how they do on answers that are known."""

from __future__ import annotations

from charter.govern.oversight.agreement import Agreement
from charter.govern.oversight.figures import figures
from charter.govern.oversight.queue import Queue
from charter.govern.oversight.share import Share
from charter.govern.reports.figure import Figure, Query, Section
from charter.govern.reports.question import Questions
from charter.govern.reports.wording import several
from charter.records.review import ReviewRecorded

_LEAD = (
    "Krippendorff's alpha over opinions that were formed blindly: 1 is perfect, 0 what chance "
    "gives. Vigilance is the share of items with a known answer that were judged rightly. "
    "Reviewers are not named here."
)


def reviewers(ask: Questions) -> Section:
    """Return agreement, overrides and vigilance, as a whole and by section."""
    period = ask.period
    query = Query("verb", f"charter reviews figures --since {period.since} --until {period.until}")
    queue = Queue()
    queue.poll(ask.ledger, size=ask.size)
    found = figures(_opinions(ask), queue.seeds())
    rows = [
        _alpha("agreement", "Agreement on adherence", found.whole, query),
        _alpha("agreement-refusals", "Agreement on refusals", found.refusals, query),
        _share("override-rate", "Gateway's decision found wrong", found.overrides, query),
        _share("vigilance", "Known answers judged rightly", found.vigilance, query),
    ]
    rows += [
        _alpha(f"agreement-of-{each.name}", f"Agreement on {each.name}", each.agreement, query)
        for each in found.sections
    ]
    return Section("reviewers", "Agreement of reviewers", _LEAD, figures=tuple(rows))


def _opinions(ask: Questions) -> list[ReviewRecorded]:
    since, until = ask.period.since, ask.period.until
    return [
        record
        for index, record in ask.ledger.read_any((ReviewRecorded,))
        if isinstance(record, ReviewRecorded) and index <= ask.size and since <= record.at < until
    ]


def _alpha(id_: str, label: str, found: Agreement, query: Query) -> Figure:
    few = found.too_few or found.alpha is None or found.low is None
    opinions = several(found.opinions, "opinion")
    note = f"{opinions} on {several(found.units, 'answer')} with two or more"
    return Figure(
        id=id_,
        label=label,
        value=None if few else found.alpha,
        unit="coefficient",
        query=query,
        low=None if few else found.low,
        high=None if few else found.high,
        n=found.units,
        note=f"{note}: too few to say" if few else note,
    )


def _share(id_: str, label: str, found: Share, query: Query) -> Figure:
    interval = found.interval
    return Figure(
        id=id_,
        label=label,
        value=None if interval is None else found.count / found.n,
        unit="share",
        query=query,
        low=None if interval is None else interval.low,
        high=None if interval is None else interval.high,
        n=found.n,
        note="too few to say" if interval is None else "",
    )
