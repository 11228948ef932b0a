"""Each query: records in a real ledger, and how much of what it looks for is there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from charter.govern.obligations.answer import State, answers
from charter.govern.obligations.facts import gather
from charter.govern.obligations.organisation import Organisation
from charter.govern.obligations.pack_file import load_packs
from charter.govern.obligations.query import (
    Configuration,
    Found,
    Look,
    RolesSeen,
    queries,
)
from charter.ledger.open import open_ledger
from charter.load import load
from charter.records.approval import ApprovalExpired
from charter.records.comment import CommentModerated, CommentReceived
from charter.records.erasure import PayloadsExpired, SubjectErased
from charter.records.objective import AlertEnded, AlertRaised, NoticeSent
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.release import Refusal, ReleaseWithdrawn
from charter.records.sample import SampleDrawn, Stratum
from charter.records.service import PolicyServed
from charter.records.stop import StopLifted, StopOrdered

from .kept import (
    NOW,
    amended,
    asked_release,
    at,
    calibrated,
    counted,
    decision,
    evaluation,
    held_action,
    incident,
    released,
    review,
    started,
    vote,
)

FULL, PARTIAL, NONE = Found.FULL, Found.PARTIAL, Found.NONE
SPEC = load("starter")
SETTINGS = Configuration(
    digest="ab" * 32, payload_days=180, payloads="all", review_share=0, checkpoint_seconds=10,
    console=True, comments=False, checks=("pii",), approval_seconds=60,
)  # fmt: skip
CLOCK = {"report": "us-ca-sb53/report", "hours": 360, "starts": ["discovered_at"]}
THRESHOLDS = '{"evidence":{"thresholds":[{}]}}'
YEAR = {"days": 365}


def sent(run, number, days, **more):
    return amended(run, number, "submitted", "us-ca-sb53/report", at(days), **more)


def found_out(run, number, days):
    return amended(run, number, "time", "discovered_at", at(days))


def closed(run, *changes):
    return [amended(run, n, *change) for n, change in enumerate((*changes, ("closed",)), 1)]


CAUSE, TRIED, LEARNED = ("cause", "", "c"), ("regression", "s", "r1 r2"), ("postmortem", "", "p")
"""The first three changes of an incident that is closed as it should be."""


def read_by(by, number=4, *, state="accepted", of=3):
    return amended("i", number, "reviewed", "", str(of), by=by, state=state)


def learned(*changes, records=()):
    """Return an incident with these changes, then records that say more, then its end."""
    made = [amended("i", n, *change) for n, change in enumerate(changes, 1)]
    end = amended("i", len(made) + len(records) + 1, "closed")
    return [incident("i"), *made, *records, end]


def alert(number, *, days=1):
    return AlertRaised("o/page", number, at(days), "o", "page", "d", 60, 9, 10, "20", "20")


def comment(run):
    return CommentReceived(run, at(), "honesty", "s", "p", "agree", "", "c", "pay", "sub")


def sample(drawn, days=1):
    return SampleDrawn("s", at(days), "ada", "", at(9), at(1), (Stratum("x", 9, drawn),), "1", "")


def stop(run, days):
    return StopOrdered(run, at(days), "all", "", "ada", "drill")


def seed(decision_id):
    item = f"it_{decision_id}"
    return (
        ItemQueued(item, at(), "eve", decision_id, "x", "desk", "honesty", "random", 0, 2),
        AnswerKnown(item, at(), "eve", "c", "p", "s"),
    )


TWICE = [(f"d{n}", who) for n in range(30) for who in ("ada", "bob")]
AGREED = [review(d, who, "violated" if int(d[1:]) % 2 else "adhered") for d, who in TWICE]
MOSTLY = [  # 24 of 30 pairs agree: alpha about 0.6, its lower bound below 0.5
    review(
        d, who, "violated" if (int(d[1:]) + (who == "bob" and int(d[1:]) < 6)) % 2 else "adhered"
    )
    for d, who in TWICE
]
SPLIT = [review(d, who, "violated" if who == "bob" else "adhered") for d, who in TWICE]

CASES = [  # query, arguments, records, found, deleted
    ("decisions-logged", {}, [], NONE, False),
    ("decisions-logged", {}, [decision(1), decision(2), counted(2)], FULL, False),
    ("decisions-logged", {}, [decision(1), decision(3)], PARTIAL, True),
    ("decisions-logged", {}, [decision(1), counted(2)], PARTIAL, True),
    ("decisions-logged", {}, [counted(4)], NONE, True),
    ("logs-kept", {"days": 184}, [decision(1, days=184), decision(2)], FULL, False),
    ("logs-kept", {"days": 184}, [decision(1, days=183)], PARTIAL, False),
    ("logs-kept", {"days": 184}, [decision(2, days=200)], PARTIAL, True),
    ("logs-kept", {"days": 184}, [counted(3)], NONE, True),
    ("logs-kept", {"days": 184}, [], NONE, False),
    ("policy-on-record", {}, [started(SPEC.digest)], FULL, False),
    ("policy-on-record", {}, [started("sha256:other")], PARTIAL, False),
    (
        "policy-on-record",
        {},
        [started(SPEC.digest), PolicyServed("svc", at(), 1, "n", "p", None, ("sha256:x",))],
        PARTIAL,
        False,
    ),
    ("policy-on-record", {}, [], NONE, False),
    ("people-review", {"days": 90, "least": 2}, [review("a", "x"), review("b", "x")], FULL, False),
    ("people-review", {"days": 90, "least": 2}, [review("a", "x")], PARTIAL, False),
    ("people-review", {"days": 90, "least": 1}, [review("a", "x", days=91)], PARTIAL, False),
    ("people-review", {"days": 90, "least": 1}, [], NONE, False),
    (  # an item with a known answer is no live answer
        "people-review",
        {"days": 90, "least": 1},
        [
            ItemQueued("i", at(), "ada", "a", "x", "desk", "honesty", "random", 0, 1),
            AnswerKnown("i", at(), "ada", "c", "p", "s"),
            review("a", "x"),
        ],
        NONE,
        False,
    ),
    ("reviewers-agree", {"percent": 50, **YEAR}, AGREED, FULL, False),
    ("reviewers-agree", {"percent": 50, **YEAR}, SPLIT, PARTIAL, False),
    ("reviewers-agree", {"percent": 50, **YEAR}, MOSTLY, PARTIAL, False),
    ("reviewers-agree", {"percent": 20, **YEAR}, MOSTLY, FULL, False),
    ("reviewers-agree", {"percent": 50, **YEAR}, AGREED[:10], PARTIAL, False),
    (  # on answers that are known people agree by knowing better: no live answer is among these
        "reviewers-agree",
        {"percent": 50, **YEAR},
        [*[record for d, _ in TWICE[::2] for record in seed(d)], *AGREED],
        NONE,
        False,
    ),
    ("reviewers-agree", {"percent": 50, **YEAR}, AGREED[:1], NONE, False),
    ("stops-tried", YEAR, [stop("s", 9), StopLifted("s", at(8), "ada", "r")], FULL, False),
    ("stops-tried", YEAR, [stop("s", 9)], PARTIAL, False),
    ("stops-tried", YEAR, [stop("s", 400), StopLifted("s", at(1), "a", "r")], PARTIAL, False),
    ("stops-tried", YEAR, [], NONE, False),
    ("approvals-by-people", {"people": 1, **YEAR}, [held_action("a"), vote("a", "x")], FULL, False),
    ("approvals-by-people", {"people": 1, **YEAR}, [held_action("a")], PARTIAL, False),
    (
        "approvals-by-people",
        {"people": 1, **YEAR},
        [held_action("a"), vote("a", "x"), held_action("b"), ApprovalExpired("b", at())],
        PARTIAL,
        False,
    ),
    (
        "approvals-by-people",
        {"people": 2, **YEAR},
        [held_action("a", needed=2), vote("a", "x")],
        PARTIAL,
        False,
    ),
    ("approvals-by-people", {"people": 2, **YEAR}, [held_action("a"), vote("a", "x")], NONE, False),
    (  # each needed two, and got one
        "approvals-by-people",
        {"people": 2, **YEAR},
        [
            held_action("a", needed=2),
            vote("a", "x"),
            ApprovalExpired("a", at()),
            held_action("b", needed=2),
            vote("b", "y"),
        ],
        PARTIAL,
        False,
    ),
    (
        "approvals-by-people",
        {"people": 2, **YEAR},
        [held_action("a", needed=2), vote("a", "x"), vote("a", "y")],
        FULL,
        False,
    ),
    ("incidents-recorded", {}, [incident("i", links=[("section", "honesty")])], FULL, False),
    ("incidents-recorded", {}, [incident("i", drill=True)], PARTIAL, False),
    ("incidents-recorded", {}, [], NONE, False),
    ("incident-clocks-met", CLOCK, [], NONE, False),
    ("incident-clocks-met", CLOCK, [incident("i", days=30)], NONE, False),
    (
        "incident-clocks-met",
        CLOCK,
        [incident("i", days=30), found_out("i", 1, 30), sent("i", 2, 15)],
        FULL,
        False,
    ),
    (
        "incident-clocks-met",
        CLOCK,
        [incident("i", days=30), found_out("i", 1, 30), sent("i", 2, 14)],
        PARTIAL,
        False,
    ),
    (
        "incident-clocks-met",
        CLOCK,
        [
            incident("i", days=30, drill=True),
            found_out("i", 1, 30),
            sent("i", 2, 29),
            incident("j"),
        ],
        NONE,
        False,
    ),
    ("incident-clocks-met", CLOCK, [incident("i", days=30), sent("i", 1, 29)], PARTIAL, False),
    (  # another was never handed in, and its time is over
        "incident-clocks-met",
        CLOCK,
        [
            incident("i", days=30),
            found_out("i", 1, 30),
            sent("i", 2, 15),
            incident("j", days=30),
            found_out("j", 1, 30),
        ],
        PARTIAL,
        False,
    ),
    (  # its time is not over
        "incident-clocks-met",
        CLOCK,
        [
            incident("i", days=30),
            found_out("i", 1, 30),
            sent("i", 2, 15),
            incident("j", days=0),
            found_out("j", 1, 0),
        ],
        FULL,
        False,
    ),
    (
        "incidents-learned-from",
        {},
        learned(CAUSE, TRIED, LEARNED, records=[read_by("bob")]),
        FULL,
        False,
    ),
    *(
        ("incidents-learned-from", {}, learned(*changes, records=records), PARTIAL, False)
        for changes, records in (
            ((CAUSE, TRIED, LEARNED), [read_by("bob", state="changes")]),  # rejected
            ((CAUSE, TRIED, LEARNED), [read_by("ada")]),  # by its author
            ((CAUSE, TRIED, LEARNED), [read_by("bob"), read_by("eve", 5, state="changes")]),
            ((CAUSE, TRIED, LEARNED), [read_by("bob"), amended("i", 5, *LEARNED)]),  # a later text
            ((CAUSE, TRIED, LEARNED), [read_by("bob"), amended("i", 5, "regression", "s")]),
            ((CAUSE, ("regression", "s", "r1"), LEARNED), [read_by("bob")]),  # never seen to pass
        )
    ),
    ("incidents-learned-from", {}, [incident("i"), *closed("i", ("cause",))], PARTIAL, False),
    (
        "incidents-learned-from",
        {},
        [incident("i"), *closed("i"), amended("i", 2, "reopened")],
        NONE,
        False,
    ),
    ("incident-records-kept", {}, [], NONE, False),
    ("incident-records-kept", {}, [incident("i")], PARTIAL, False),
    (
        "incident-records-kept",
        {},
        [decision(1, payload="pay_1"), incident("i", links=[("decision", "dec_svc_1")])],
        PARTIAL,
        True,
    ),
    ("spec-released", {}, [released(SPEC.digest)], FULL, False),
    ("spec-released", {}, [released("sha256:other")], PARTIAL, False),
    ("spec-released", {}, [released(SPEC.digest, overridden=True)], PARTIAL, False),
    (
        "spec-released",
        {},
        [released(SPEC.digest), ReleaseWithdrawn("rel", at(), "ada", "override", "bad")],
        NONE,
        False,
    ),
    ("spec-released", {}, [], NONE, False),
    (
        "evaluations-recent",
        YEAR,
        [calibrated("c"), *evaluation("r", SPEC.digest, calibration="c")],
        FULL,
        False,
    ),
    (
        "evaluations-recent",
        YEAR,
        [calibrated("c", "unfit"), *evaluation("r", SPEC.digest, calibration="c")],
        PARTIAL,
        False,
    ),
    ("evaluations-recent", YEAR, evaluation("r", SPEC.digest), PARTIAL, False),
    (
        "evaluations-recent",
        YEAR,
        [calibrated("c"), *evaluation("r", "sha256:other", calibration="c")],
        PARTIAL,
        False,
    ),
    ("evaluations-recent", YEAR, evaluation("r", SPEC.digest)[:3], NONE, False),
    ("judges-calibrated", YEAR, [calibrated("c")], FULL, False),
    ("judges-calibrated", YEAR, [calibrated("c", "screening")], PARTIAL, False),
    ("judges-calibrated", YEAR, [calibrated("c", days=366)], PARTIAL, False),
    ("judges-calibrated", YEAR, [], NONE, False),
    ("thresholds-in-releases", {}, [asked_release(facts=THRESHOLDS)], FULL, False),
    (
        "thresholds-in-releases",
        {},
        [asked_release(refusals=(Refusal("threshold", "cyber", "crossed"),))],
        FULL,
        False,
    ),
    (
        "thresholds-in-releases",
        {},
        [asked_release(facts=THRESHOLDS), asked_release(run="two")],
        PARTIAL,
        False,
    ),
    ("thresholds-in-releases", {}, [asked_release(facts='{"thresholds":[{}]}')], NONE, False),
    ("thresholds-in-releases", {}, [asked_release(facts='{"evidence":[{}]}')], NONE, False),
    ("thresholds-in-releases", {}, [asked_release(facts="[" * 100_000)], NONE, False),
    ("thresholds-in-releases", {}, [], NONE, False),
    ("comments-open", {}, [comment("c"), CommentModerated("c", at(), "a", "accepted", "")], PARTIAL,
     False),
    ("comments-open", {}, [], NONE, False),
    ("erasure-done", {}, [SubjectErased("sub", at(), 1, "ada", "asked", "", 2)], FULL, False),
    ("erasure-done", {}, [PayloadsExpired("retention", at(), 1, at(), 0)], PARTIAL, False),
    ("erasure-done", {}, [PayloadsExpired("retention", at(), 1, at(), 3)], FULL, False),
    ("erasure-done", {}, [], PARTIAL, False),
    ("checkpoint-signed", {}, [decision(1)], NONE, False),
    ("live-answers-sampled", YEAR, [sample(5)], FULL, False),
    ("live-answers-sampled", YEAR, [sample(0)], PARTIAL, False),
    ("live-answers-sampled", YEAR, [sample(5, 400)], PARTIAL, False),
    ("live-answers-sampled", YEAR, [], NONE, False),
    (
        "alerts-watched",
        YEAR,
        [
            alert(1),
            NoticeSent("o/page/1", 1, at(), "alert.raised", "hook", "sent"),
            AlertEnded("o/page", 1, at(), "ada", "fixed"),
        ],
        FULL,
        False,
    ),
    ("alerts-watched", YEAR, [alert(1)], PARTIAL, False),
    (  # of the second nobody was told
        "alerts-watched",
        YEAR,
        [
            alert(1),
            NoticeSent("o/page/1", 1, at(), "alert.raised", "hook", "sent"),
            AlertEnded("o/page", 1, at(), "ada", "fixed"),
            alert(2),
            NoticeSent("o/page/2", 1, at(), "alert.ended", "hook", "sent"),
            AlertEnded("o/page", 2, at(), "ada", "fixed"),
        ],
        PARTIAL,
        False,
    ),
    ("alerts-watched", YEAR, [], NONE, False),
    ("settings-in-force", {}, [started(settings="ab" * 32)], FULL, False),
    ("settings-in-force", {}, [started(settings="cd" * 32)], PARTIAL, False),
    ("payloads-kept", {"days": 180}, [], FULL, False),
    ("payloads-kept", {"days": 181}, [], PARTIAL, False),
    ("chain-of-command-stated", {}, [], FULL, False),
    ("not-known", {}, [started(SPEC.digest)], NONE, False),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_what_a_query_finds(tmp_path, case):
    query, arguments, records, found, deleted = case
    with open_ledger(tmp_path) as ledger:
        if records:
            ledger.append(*records)
        facts = gather(ledger, at=NOW)
    look = Look(at=NOW, facts=facts, spec=SPEC, configuration=SETTINGS)
    evidence = queries()[query].answer(look, arguments)
    assert (evidence.found, evidence.deleted) == (found, deleted), evidence.what
    assert evidence.what
    assert all(0 <= link.index <= facts.size for link in evidence.records)


def test_every_query_is_tried_and_answers_with_nothing_at_hand():
    assert {case[0] for case in CASES} | {"document-kept", "roles-assigned", "rule-stated"} == set(
        queries()
    )
    values = {int: 1, str: "x", list: ["x"]}
    for id_, query in queries().items():
        arguments = {name: values[kind] for name, kind in query.ARGUMENTS.items()}
        found = query.answer(Look(at=NOW), arguments)
        assert found.found is NONE, id_
        assert not found.deleted


RULES = [
    (("honesty_none_such",), NONE),
    ((SPEC.sections[0].id,), NONE),
    ((next(s.id for s in SPEC.sections if s.normative),), FULL),
    ((next(s.clauses[0].id for s in SPEC.sections if s.normative and s.clauses), "gone"), PARTIAL),
    ((), NONE),
]


@pytest.mark.parametrize(("named", "found"), RULES)
def test_a_rule_has_to_bind(named, found):
    look = Look(at=NOW, spec=SPEC, organisation=Organisation(rules={"t": named}))
    if found is NONE and named == (SPEC.sections[0].id,):
        assert not SPEC.sections[0].normative
    assert queries()["rule-stated"].answer(look, {"topic": "t"}).found is found


def test_settings_without_a_check_are_not_whole(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(started(settings="ab" * 32))
        facts = gather(ledger, at=NOW)
    look = Look(at=NOW, facts=facts, configuration=replace(SETTINGS, checks=()))
    assert queries()["settings-in-force"].answer(look, {}).found is PARTIAL


def test_roles_are_held_by_people_and_used(tmp_path):
    query, arguments = queries()["roles-assigned"], {"roles": ["owner", "approver"]}
    look = Look(at=NOW, roles=RolesSeen("sha256:r", {"owner": 1, "approver": 2}))
    assert query.answer(look, arguments).found is PARTIAL
    with open_ledger(tmp_path) as ledger:
        ledger.append(asked_release(roles_digest="sha256:r"))
        used = replace(look, facts=gather(ledger, at=NOW))
    assert query.answer(used, arguments).found is FULL
    for held, found in (({"owner": 1}, PARTIAL), ({"owner": 0, "approver": 0}, NONE)):
        less = replace(used, roles=RolesSeen("sha256:r", held))
        assert query.answer(less, arguments).found is found


def test_an_open_form_with_everything_read_is_whole(tmp_path):
    settings = replace(SETTINGS, comments=True)
    with open_ledger(tmp_path) as ledger:
        ledger.append(comment("c"))
        look = Look(at=NOW, facts=gather(ledger, at=NOW), configuration=settings)
        assert queries()["comments-open"].answer(look, {}).found is PARTIAL
        ledger.append(CommentModerated("c", at(), "ada", "accepted", ""))
        look = replace(look, facts=gather(ledger, at=NOW))
    assert queries()["comments-open"].answer(look, {}).found is FULL


def test_a_checkpoint_over_more_than_there_is_shows_a_deletion(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.append(decision(1), decision(2))
        ledger.store.save_checkpoint(2, b"note")
        look = Look(at=NOW, facts=gather(ledger, at=NOW))
        assert queries()["checkpoint-signed"].answer(look, {}).found is FULL
        facts = replace(look.facts, size=1, lost=((2, 2),))
    found = queries()["checkpoint-signed"].answer(replace(look, facts=facts), {})
    assert (found.found, found.deleted) == (NONE, True)


def test_a_checkpoint_over_nothing_is_none(tmp_path):
    with open_ledger(tmp_path) as ledger:
        ledger.store.save_checkpoint(0, b"note")
        for size in (0, 1):
            found = queries()["checkpoint-signed"].answer(
                Look(at=NOW, facts=gather(ledger, at=NOW)), {}
            )
            assert (found.found, found.measured["records"]) == (NONE, str(size))
            ledger.append(decision(size + 1))


def test_reviews_say_whether_those_who_judge_were_given_known_answers(tmp_path):
    query, arguments = queries()["people-review"], {"days": 1, "least": 1}
    said = "in 1 day: 1 blind, 1 drawn by chance"
    with open_ledger(tmp_path) as ledger:
        ledger.append(review("a", "bob"))
        found = query.answer(Look(at=NOW, facts=gather(ledger, at=NOW)), arguments)
        assert found.measured["given_known_answers"] == "0"
        assert f"{said}; people's word counts as true, and no known answer was" in found.what
        ledger.append(*seed("b"), review("b", "Bob"))
        found = query.answer(Look(at=NOW, facts=gather(ledger, at=NOW)), arguments)
    assert found.measured["given_known_answers"] == "1"
    assert found.what.endswith(said)


def test_a_ledger_that_lost_records_gives_no_whole_evidence(tmp_path):
    organisation = Organisation(actors=("provider",))
    packs = load_packs(["nist-ai-rmf"])
    with open_ledger(tmp_path) as ledger:
        ledger.append(stop("s", 9), StopLifted("s", at(8), "ada", "r"))
        look = Look(at=NOW, facts=gather(ledger, at=NOW), organisation=organisation)

    def state(look):
        (found,) = answers(packs, look)
        return next(a.state for a in found.answers if a.obligation.id == "rmf-manage-switch-off")

    assert state(look) is State.EVIDENCE
    assert state(replace(look, facts=replace(look.facts, lost=((3, 3),)))) is State.PARTIAL
    assert state(replace(look, at=NOW + timedelta(days=400))) is State.OUT_OF_DATE
