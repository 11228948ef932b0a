"""Gate figures -> the digits and sentences that every document of a gate shares."""

from __future__ import annotations

import math
from collections.abc import Iterator

from charter.evals.gate.claim import Claim, GateVerdict, More
from charter.evals.gate.gate import GateResult
from charter.evals.gate.group import GroupRow
from charter.evals.gate.limits import LimitRow
from charter.evals.gate.target import Kind, Limit, Target
from charter.evals.report.wording import (
    VERDICT_WORDS,
    number,
    percent,
    plural,
    points,
    points_interval,
)
from charter.evals.result import Result

VERDICT = {
    GateVerdict.PASS: "pass",
    GateVerdict.FAIL: "fail",
    GateVerdict.NEED_MORE: "need more",
}

POPULATION = (
    "All figures speak of scenarios like these, not of these alone: that others could have been "
    "written counts as well. They hold however often and whenever the gate is asked while the "
    "runs grow."
)


def size(margin: float) -> str:
    """Return `2 points`, `2.5 points`."""
    value = f"{100 * margin:.10g}"
    return f"{value} percentage point" + ("" if value == "1" else "s")


def share_of(fraction: float) -> str:
    """Return a limit or bound as `1 %` or `0.63 %`: small shares need their digits."""
    return f"{100 * fraction:.2g} %" if fraction < 0.1 else percent(fraction)


def e_value(claim: Claim) -> str:
    """Return the e-value a claim rests on."""
    if claim.peak > math.log(999_999):
        return "over 999999"
    value = math.exp(claim.peak)
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def evidence(claim: Claim) -> str:
    """Return `e-value 3.1 of 20`."""
    return f"e-value {e_value(claim)} of {claim.level:g}"


def named(target: Target, title: str) -> str:
    """Return how a sentence speaks of a group."""
    if target.kind is Kind.WHOLE:
        return "the whole"
    return f"section {title}" if target.kind is Kind.SECTION else f"authority {target.id}"


def limited(limit: Limit) -> str:
    """Return `authority root, less than 1 % violated`."""
    return f"{named(limit.target, limit.target.id)}, less than {share_of(limit.share)} violated"


def units_of(row: GroupRow | LimitRow) -> str:
    """Return `12 scenarios`, or `12 sources of 30 scenarios` where some share one."""
    if row.units == row.scenarios:
        return plural(row.units, "scenario")
    return f"{plural(row.units, 'source')} of {plural(row.scenarios, 'scenario')}"


def reason(row: GroupRow, margin: float) -> str:
    """Return why a group passes, fails, or needs more."""
    if not row.units:
        return f"No scenario of it could be measured in both runs.{_least(row.more)}"
    if row.verdict is GateVerdict.FAIL:
        return (
            f"Shown to be more than {size(margin)} below the base after {row.failing.reached} of "
            f"{units_of(row)}: at most {points(row.at_most)} points ({evidence(row.failing)})."
        )
    if row.verdict is GateVerdict.PASS:
        return (
            f"Shown to be less than {size(margin)} below the base after {row.passing.reached} of "
            f"{units_of(row)}: at least {points(row.at_least)} points ({evidence(row.passing)})."
        )
    return (
        f"Neither is shown on {units_of(row)}: for passing {evidence(row.passing)}, for failing "
        f"{evidence(row.failing)}.{more_text(row.more, row)}"
    )


def limit_reason(row: LimitRow) -> str:
    """Return why a limit is kept, broken, or needs more."""
    share = share_of(row.limit.share)
    if row.fail_fast:
        return f"{plural(row.confirmed, 'violation')} confirmed by people: none is taken."
    if not row.units:
        return f"No scenario of it could be measured.{more_text(row.more, row)}"
    seen = f"{_violations(row)} in {units_of(row)}"
    if row.verdict is GateVerdict.FAIL:
        return f"{seen}: shown to be {share} or more ({evidence(row.failing)})."
    upper = f"the rate is below {share_of(row.upper)} at every look"
    if row.upper_once is not None:
        upper += f", {share_of(row.upper_once)} at a single one"
    if row.verdict is GateVerdict.PASS:
        return f"{seen}: {upper} ({evidence(row.passing)})."
    return f"{seen}: {upper}, which does not show less than {share}.{more_text(row.more, row)}"


def more_text(more: More | None, row: GroupRow | LimitRow) -> str:
    """Return how many units are missing, as far as that can be said."""
    if more is None:
        return ""
    noun = "scenario" if row.units == row.scenarios else "source"
    if more.to_pass is not None:
        found = f" About {more.to_pass} more {_plural(noun, more.to_pass)} like these let it pass"
    elif more.to_fail is not None:
        found = f" About {more.to_fail} more {_plural(noun, more.to_fail)} like these let it fail"
    else:
        found = " No number of scenarios like these lets it pass or fail"
    if more.to_pass is None and more.if_equal is not None:
        found += f"; about {more.if_equal} if both are equally good"
    waiting = f" ({row.pending} are still to be answered)" if row.pending else ""
    return f"{found}{waiting}."


def headline(result: GateResult) -> str:
    """Return the verdict in one sentence."""
    margin = size(result.question.margin)
    asked = [named(row.target, row.title) for row in result.tested]
    over = asked[0] if len(asked) == 1 else f"each of {len(asked)} groups"
    limits = f", and {plural(len(result.limits), 'limit')} kept" if result.limits else ""
    match result.verdict:
        case GateVerdict.PASS:
            return f"Pass: the candidate is less than {margin} below the base on {over}{limits}."
        case GateVerdict.FAIL:
            return f"Fail: {'; '.join(_failing(result))}."
    open_ = [row for row in result.rows if row.verdict is GateVerdict.NEED_MORE]
    if len(result.rows) == 1 and result.tested:
        return f"Need more: neither a pass nor a fail is shown on {asked[0]}.{_more(open_[0])}"
    return (
        f"Need more: {len(open_)} of {plural(len(result.rows), 'question')} cannot be answered "
        f"yet.{_more(open_[0]) if len(open_) == 1 else ''}"
    )


def remarks(result: GateResult) -> Iterator[str]:
    """Yield what a reader must not miss beside the figures."""
    for obstacle in result.set_aside:
        yield f"Compared although {obstacle.text}."
    yield from result.cautions
    for row in result.rows:
        name = named(row.target, row.title) if isinstance(row, GroupRow) else limited(row.limit)
        if row.passing.established and row.verdict is GateVerdict.PASS:
            if row.passing.now < math.log(row.passing.level):
                yield (
                    f"On {name} the evidence was reached after {row.passing.reached} units and "
                    "has fallen since: the later ones differ from the first."
                )
        elif row.passing.established:
            yield f"On {name} the evidence went both ways; the worse verdict holds."
        yield from _left_out(row, name)


def identity(result: Result) -> str:
    """Return what a run is, in one line."""
    run = result.run
    version = f" {run.spec_version}" if run.spec_version else ""
    return (
        f"{run.model.provider}:{run.model.name} on {run.spec_name}{version} "
        f"({run.spec_digest[:19]}), {run.at}, run {run.run}"
    )


def open_text(counts: dict[str, int]) -> str:
    """Return `2 filtered, 1 error`."""
    return ", ".join(f"{count} {VERDICT_WORDS.get(why, why)}" for why, count in counts.items())


def interval_text(row: GroupRow) -> str:
    """Return `+0.4 (-1.1 to +1.9)`, or a dash without any unit."""
    if not row.units:
        return "-"
    middle = "?" if row.difference is None else points(row.difference)
    return f"{middle} ({points_interval(row.interval)})"


def violations_text(row: LimitRow) -> str:
    """Return `0`, or `0 to 2` where replies are open."""
    if row.at_worst - row.violations < 1e-9:
        return number(row.violations)
    return f"{number(row.violations)} to {number(row.at_worst)}"


def _violations(row: LimitRow) -> str:
    text = violations_text(row)
    return "No violation" if text == "0" else f"{text} violation" + ("" if text == "1" else "s")


def _failing(result: GateResult) -> Iterator[str]:
    margin = size(result.question.margin)
    for row in result.tested:
        if row.verdict is GateVerdict.FAIL:
            yield f"on {named(row.target, row.title)} the candidate is more than {margin} below"
    for limit in result.limits:
        if limit.verdict is GateVerdict.FAIL:
            why = "has a confirmed violation" if limit.fail_fast else "is not kept"
            yield f"the limit of {limited(limit.limit)}, {why}"


def _left_out(row: GroupRow | LimitRow, name: str) -> Iterator[str]:
    if row.unmeasured:
        yield (
            f"Left out on {name}: {plural(row.unmeasured, 'scenario')} that no check could have "
            "decided, and no judge was asked about."
        )
    if isinstance(row, LimitRow):
        yield from _of_limit(row, name)
        return
    if row.unpaired:
        yield f"Left out on {name}: {plural(row.unpaired, 'scenario')} not alike in both."
    parts = [
        f"{sum(counts.values())} of the {which} ({open_text(counts)})"
        for which, counts in (("base", row.open_base), ("candidate", row.open_candidate))
        if counts
    ]
    if parts:
        yield (
            f"On {name} replies without a verdict count as the worst for passing and as the best "
            f"for failing: {' and '.join(parts)}."
        )


def _of_limit(row: LimitRow, name: str) -> Iterator[str]:
    if row.unmeasured_failures:
        yield (
            f"For {name}: in {plural(row.unmeasured_failures, 'scenario')} of those left out a "
            "check failed all the same."
        )
    if row.open:
        yield (
            f"For {name}: replies without a verdict count as violations for keeping the limit, "
            f"and as none for breaking it ({row.open})."
        )
    if row.overruled:
        yield f"For {name}: people overruled {plural(row.overruled, 'verdict')}."


def _more(row: GroupRow | LimitRow) -> str:
    return more_text(row.more, row)


def _least(more: More | None) -> str:
    if more is None or more.if_equal is None:
        return ""
    return f" It takes at least {more.if_equal}."


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
