"""Asks every check about one text: what ran, what it found, and what could not look.

A check that raises has errored. That never counts as passed: where it fails closed it asks for
deny, else for flag, so that it shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from charter.gateway.check import NOT_APPLICABLE, Configured, Outcome, Target
from charter.policy.decision import Effect, Ran
from charter.records.decision import CheckRan

MOST_TEXT = 32 * 1024 * 1024
"""Characters of one text; of a longer one every check says that it could not look."""

Looked = tuple[Configured, CheckRan, Outcome]


def look_all(
    configured: Iterable[Configured],
    target: Target,
    now_ns: Callable[[], int],
    application: str | None = None,
) -> list[Looked]:
    """Ask each check that is for this stage and channel; those for others are left out.

    `now_ns` tells nanoseconds that only grow. With `application`, what is configured for other
    applications only has status `skipped`. Never raises.
    """
    covered = -1
    found: list[Looked] = []
    for each in configured:
        if target.stage not in each.stages or target.channel not in each.channels:
            continue
        if each.applications and application is not None and application not in each.applications:
            found.append(_unasked(each, target))
            continue
        if covered < 0:
            covered = _bytes_of(target.text)
        start = now_ns()
        outcome, status, effect, reason = _ask(each, target)
        micros = max(0, now_ns() - start) // 1000
        looked_at = covered if status is Ran.RAN else 0
        ran = CheckRan(each.id, status, effect, target.channel, looked_at, micros, reason)
        found.append((each, ran, outcome))
    return found


def _ask(each: Configured, target: Target) -> tuple[Outcome, Ran, Effect, str]:
    try:
        outcome = _outcome(each, target)
    except Exception as cause:  # noqa: BLE001 - whatever went wrong, it did not look
        effect = Effect.DENY if each.closed else Effect.FLAG
        # Only the kind of error: its message may hold content.
        reason = f"could not look: {type(cause).__name__}"
        return Outcome(hit=False, reason=reason), Ran.ERRORED, effect, reason
    if not outcome.applies:
        return outcome, Ran.NOT_APPLICABLE, Effect.ALLOW, outcome.reason
    return outcome, Ran.RAN, each.effect if outcome.hit else Effect.ALLOW, outcome.reason


def _outcome(each: Configured, target: Target) -> Outcome:
    if len(target.text) > MOST_TEXT:
        raise OverflowError("the text is too long")
    outcome = each.ready.look(target)
    if not isinstance(outcome, Outcome):
        raise TypeError("a check returned no outcome")
    return outcome


def _unasked(each: Configured, target: Target) -> Looked:
    reason = "for other applications"
    ran = CheckRan(each.id, Ran.SKIPPED, Effect.ALLOW, target.channel, 0, 0, reason)
    return each, ran, NOT_APPLICABLE


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
