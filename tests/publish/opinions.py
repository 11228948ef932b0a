"""Results and records of voices on the small specs of `texts`."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

from tests.evolve.proposals.made import made, wording
from tests.evolve.results.simulated import QUICK, voices
from tests.evolve.surveys.people import small

from charter.estimates.interval import wilson
from charter.evolve.results.export import results_json
from charter.evolve.results.results import Figure, Shares
from charter.evolve.results.results_of import Reading, results_of
from charter.evolve.surveys.opening import close_survey, open_survey
from charter.ledger.body import canonical
from charter.ledger.open import open_ledger
from charter.records.proposal import Origin, ProposalMoved, ProposalVoted

CLAUSES = {"s00": ("keep_loans/loan",), "s01": ("welcome",), "s02": ("welcome/gree",)}


@cache
def results(seed=1, people=60, channel="open"):
    """Return results about the third of the small specs."""
    heard = voices(seed, people, channel=channel, noted=0.4)
    asked = tuple(replace(e, clauses=CLAUSES.get(e.id, ())) for e in heard.asked)
    return replace(
        results_of(replace(heard, asked=asked), Reading(), effort=QUICK), survey="reading-room"
    )


def both(seed=1):
    """Return results with people who came, and others who were drawn."""
    drawn = results(seed + 50, 60, "panel")
    return replace(results(seed), channels=(*results(seed).channels, *drawn.channels))


def without(found, item, people):
    """Return results in which that many fewer people saw a statement."""
    channel = found.channels[0]
    rows = tuple(_fewer(row, people) if row.item == item else row for row in channel.statements)
    return replace(found, channels=(replace(channel, statements=rows), *found.channels[1:]))


def _fewer(row, people):
    left = {"agreed": row.agreed, "disagreed": row.disagreed, "passed": row.passed}
    for _ in range(people):
        left[max(left, key=left.get)] -= 1
    return replace(counted(row, *left.values()), groups=())


def answered(found, item, *counts):
    """Return results in which so many agreed with a statement, disagreed and passed."""
    channel = found.channels[0]
    rows = tuple(counted(e, *counts) if e.item == item else e for e in channel.statements)
    return replace(found, channels=(replace(channel, statements=rows), *found.channels[1:]))


def counted(row, agreed, disagreed, passed):
    """Return a statement with other counts, and the shares that go with them."""
    seen, known = agreed + disagreed + passed, (agreed, disagreed, passed)
    plain = Shares(*(_share(each, seen) for each in known), effective=float(seen))
    return replace(
        row,
        seen=seen,
        agreed=agreed,
        disagreed=disagreed,
        passed=passed,
        plain=plain,
        unnoted=None,
    )


def _share(count, seen):
    bounds = wilson(count, seen)
    return Figure(count / seen, bounds.low, bounds.high)


def written(file, found):
    """Write results to a file, as `charter survey results --out` does."""
    file.write_text(json.dumps(results_json(found)), encoding="utf-8")
    return file


AT = "2026-11-22T12:00:00.000Z"
SECRETS = ("gus-who-proposed", "ada-who-moved", "com_secret", "words of a participant")


def recorded(folder, *, hostile=""):
    """Write a ledger with an open survey, a closed one, and proposals in every state."""
    gus, ada, comment, note = SECRETS
    origins = (
        Origin("comment", comment, note),
        Origin("comment", f"{comment}2", note),
        Origin("survey", "reading-room#s00", note),
    )
    title = f"Say enough {hostile}".strip()
    with open_ledger(folder) as ledger:
        open_survey(
            ledger,
            small("is-open", title={"en": f"Small survey {hostile}".strip()}),
            by=ada,
            at=AT,
        )
        open_survey(ledger, small("reading-room"), by=ada, at=AT)
        close_survey(ledger, "reading-room", by=ada, reason="done", at=AT)
        for number, states in enumerate(STORIES, 1):
            run, last = f"prop_{number}", states[-1]
            given = {"sections": ("welcome",), "origins": origins, "title": f"{title} {number}"}
            ledger.append(made(run, by=gus, **given), worded(run, gus, CHANGED[number % 2]))
            why = f"why {last} {hostile}"
            ledger.append(ProposalVoted(run, 1, "adopted", AT, ada, "approver", "approve", why))
            for at, state in enumerate(states, 1):
                survey = "is-open" if state in {"consultation", "validation"} else ""
                said = json.dumps({"overridden": True, "validation": {"holds": False}})
                found = said if state == "adopted" else ""
                move = ProposalMoved(run, at, AT, ada, "owner", state, 1, why, survey, found)
                ledger.append(move)
        ledger.append(made("prop_draft", by=gus, title="A draft"), wording(run="prop_draft"))
    return folder


def worded(run, by, clauses):
    """Return a wording of the welcome; which of its rules change is said only here."""
    record = wording(run=run)
    facts = json.loads(record.facts) | {"sections": ["welcome"], "clauses": list(clauses)}
    return replace(record, by=by, facts=canonical(facts))


CHANGED = ((), ("welcome/gree", "welcome/new1"))
"""By the odd proposals, a rule that is there and one that is not yet."""
STORIES = (
    ("consultation",),
    ("consultation", "validation"),
    ("consultation", "validation", "adopted"),
    ("deferred",),
    ("set_aside",),
)
