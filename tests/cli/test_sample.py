"""`charter sample`: from a ledger with traffic to an estimate of all of it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest
from click.testing import CliRunner
from tests.console.world import Clock, World, busy

from charter.cli.main import cli
from charter.cli.sample_judge import judge_digest
from charter.errors import ConfigError
from charter.evals.judging.open import open_judge
from charter.evals.judging.rules import SpecRules
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.stores.sqlite import SqliteStore
from charter.ledger.vault import Vault
from charter.load import STARTER, load_effective
from charter.records.calibration import (
    CalibrationFinished,
    CalibrationItem,
    CalibrationStarted,
)
from charter.records.decision import DecisionRecorded
from charter.records.oversight import AnswerKnown, ItemQueued
from charter.records.review import ReviewRecorded
from charter.records.sample import AnswerDrawn, AnswerJudged, SampleDrawn

SINCE = ("--since", "2020-01-01")
SAID = json.dumps(
    {"reason": "Secret words.", "quotes": ["It is"], "cites": ["protect_privacy"], "rating": 7}
)
PRIVACY = ("--section", "protect_privacy")


@pytest.fixture
def place(tmp_path):
    """A folder with a busy gateway's ledger and its key."""
    master = MasterKey.create(tmp_path / "master.key")
    store = SqliteStore(tmp_path / "ledger.sqlite")
    world = World(Ledger(store), Vault(store, master), Clock(1_700_000_000.0))  # 2023-11-14
    busy(world)
    world.ledger.close()
    (tmp_path / "judge.json").write_text(json.dumps({"default": SAID}))
    return tmp_path


def run(place, *words, code=0):
    verb, *rest = words
    given = ["sample", verb, *rest, "--ledger", str(place / "ledger.sqlite")]
    if verb == "judge":
        given += ["--master-key", str(place / "master.key")]
    done = CliRunner().invoke(cli, given, catch_exceptions=False, standalone_mode=True)
    assert done.exit_code == code, done.output
    return done


def draw(place, *more, code=0):
    words = ("--precision", "0.1", *SINCE, "--by", "ada", "--seed", "s")
    return run(place, "draw", *words, *more, code=code)


def records(place, kind):
    with open_ledger(str(place / "ledger.sqlite"), create=False) as ledger:
        return list(ledger.read(kind))


def append(place, *what):
    with open_ledger(str(place / "ledger.sqlite"), create=False) as ledger:
        ledger.append(*what)


def test_a_draw_is_recorded_queued_and_can_be_checked(place):
    draw(place)
    (sample,) = records(place, SampleDrawn)
    drawn, items = records(place, AnswerDrawn), records(place, ItemQueued)
    assert sum(each.drawn for each in sample.strata) == len(drawn) == 15
    assert {each.decision for each in items} == {each.decision for each in drawn}
    assert {(each.drawn, each.needed, each.sample) for each in items} == {("random", 1, sample.run)}
    held = next(each for each in items if each.section == "confirm_irreversible")
    assert held.priority > next(i for i in items if i.section == "cyber_misuse").priority
    assert "the same 15 answers" in run(place, "check", "latest").output
    listed = json.loads(run(place, "list", "--json").stdout)
    assert listed["samples"][0]["id"] == sample.run


def test_a_dry_run_records_nothing(place):
    found = json.loads(draw(place, "--dry-run", "--json").stdout)
    assert (found["recorded"], found["drawn"]) == (False, 15)
    assert records(place, SampleDrawn) == []


def test_the_same_draw_is_recorded_once(place):
    draw(place, "--until", "2023-11-20")
    assert "drawn before" in draw(place, "--until", "2023-11-20", code=1).output
    assert len(records(place, ItemQueued)) == 15


def test_an_answer_in_two_samples_is_queued_once(place):
    draw(place)
    draw(place, "--seed", "another")
    assert len(records(place, SampleDrawn)) == 2
    items = records(place, ItemQueued)
    named = {(each.decision, each.section) for each in items}
    assert len(items) == len(named)
    assert named == {(each.decision, each.section) for each in records(place, AnswerDrawn)}


def test_people_can_be_asked_about_a_random_part(place):
    draw(place, "--people", "1", "--opinions", "2")
    items = records(place, ItemQueued)
    (sample,) = records(place, SampleDrawn)
    assert len(items) == len(sample.strata)
    assert {each.needed for each in items} == {2}


def test_a_sample_that_was_tampered_with_is_found_out(place):
    draw(place)
    (sample,) = records(place, SampleDrawn)
    extra = records(place, AnswerDrawn)[0]
    append(place, AnswerDrawn(**{**asdict(extra), "decision": "x_0.1"}))
    assert "1 answer was not drawn by its seed" in run(place, "check", sample.run, code=1).output


def test_what_a_gateway_writes_after_the_draw_is_no_part_of_it(place):
    draw(place)
    late = next(each for each in records(place, DecisionRecorded) if each.stage == "output")
    append(place, replace(late, decision="x_9.1", exchange="x_9", sequence=9999))
    assert "the same 15 answers" in run(place, "check", "latest").output


def test_people_alone_give_an_estimate(place):
    draw(place)
    drawn = records(place, AnswerDrawn)
    said = [review(each, "violated" if at == 0 else "adhered") for at, each in enumerate(drawn)]
    append(place, *said)
    whole = json.loads(run(place, "estimate", "latest", "--json").stdout)["figures"][0]
    assert whole["adhered"] == pytest.approx(14 / 15)
    assert whole["basis"] == "people alone"
    assert whole["interval"] == pytest.approx([14 / 15, 14 / 15])  # every answer was judged


def test_an_estimate_by_people_says_whether_they_were_given_known_answers(place):
    draw(place)
    append(place, *(review(each, "adhered") for each in records(place, AnswerDrawn)))
    never = "no known answer was given to the one person who judged"
    assert never in json.loads(run(place, "estimate", "latest", "--json").stdout)["note"]
    assert f"{never}: plant some with" in run(place, "estimate", "latest").output
    at = "2026-11-22T00:00:00.000Z"
    known = replace(records(place, AnswerDrawn)[0], decision="x_known.2")
    append(
        place,
        ItemQueued("it_1", at, "eve", "x_known.2", "x_known", "app", "honest", "random", 0, 1),
        AnswerKnown("it_1", at, "eve", "c", "p", "s"),
        review(known, "adhered"),
    )
    assert json.loads(run(place, "estimate", "latest", "--json").stdout)["note"] == ""
    assert "known answer" not in run(place, "estimate", "latest").output


def review(drawn, label, **changes):
    given = {"blind": True, "section": drawn.section, **changes}
    return ReviewRecorded(
        run=drawn.decision, at="2026-11-22T00:00:00.000Z", by="rita", label=label, refusal=None,
        decision_right=None, drawn="random", seconds=5, **given,
    )  # fmt: skip


def test_a_sample_judged_before_the_calibration_is_judged_again_after_it(place):
    draw(place, *PRIVACY)
    name = f"scripted:{place / 'judge.json'}"
    run(place, "judge", "latest", "--judge", name, "--uncalibrated")
    calibrated = calibrate(place, name)
    shown = run(place, "judge", "latest", "--judge", name, "--json").stdout
    found = json.loads(shown)
    assert (found["judge"], found["calibration"], found["earlier"]) == (calibrated, "c_1", 0)
    assert sum(found["recorded"].values()) == 6
    shown = run(place, "estimate", "latest", "--json").stdout
    assert json.loads(shown)["judge"] == calibrated
    again = run(place, "judge", "latest", "--judge", name)
    assert "nothing new; 6 judged before" in again.output


def test_nobody_judged_is_not_known(place):
    draw(place)
    assert "not known" in run(place, "estimate", "latest", code=1).output


def test_an_uncalibrated_judge_is_refused_and_what_it_says_counts_for_nothing(place):
    draw(place, *PRIVACY)
    judge = ("--judge", f"scripted:{place / 'judge.json'}")
    with pytest.raises(Exception, match="never calibrated"):
        run(place, "judge", "latest", *judge)
    assert records(place, AnswerJudged) == []
    run(place, "judge", "latest", *judge, "--uncalibrated")
    judged = records(place, AnswerJudged)
    assert len(judged) == 6
    assert sorted(each.verdict for each in judged) == ["adhered"] * 5 + ["failed"]
    assert {each.calibration for each in judged} == {""}
    assert not any("Secret" in each.reason for each in judged)  # it may quote a conversation
    assert "6 judged before" in run(place, "judge", "latest", *judge, "--uncalibrated").output
    assert "not known to be fit" in run(place, "estimate", "latest", code=1).output


def calibrate(place, name):
    rules = SpecRules(load_effective(STARTER, ()))
    judge = open_judge(name, {}, rules).identity
    started = CalibrationStarted(
        run="c_1", at="2026-01-01T00:00:00Z", charter="0", judge=judge, spec_name="starter",
        spec_version=None, spec_digest=rules.digest, labels="l", labels_digest="sha256:0",
        items=200, samples=1, thresholds=(),
    )  # fmt: skip
    other = {"adhered": "violated", "violated": "adhered"}
    rows = [
        (str(at), truth, truth if at % 20 else other[truth])
        for at, truth in enumerate(["adhered"] * 100 + ["violated"] * 100)
    ]
    items = [
        CalibrationItem(
            run="c_1", item=item, sample=0, section="honest", cluster=item, expected="",
            grade=truth, truth=truth, outcome="verdict", verdict=verdict,
            rating=7 if verdict == "adhered" else 1, position=0, characters=1, flipped=False,
            request="", text="", stop="stop", input_tokens=0, output_tokens=0, cached=False,
        )
        for item, truth, verdict in rows
    ]  # fmt: skip
    finished = CalibrationFinished("c_1", "2026-01-01T00:00:00Z", "fit", ())
    append(place, started, *items, finished)
    return judge_digest(judge, rules.digest, "c_1")


def test_a_calibrated_judge_is_corrected(place):
    draw(place, *PRIVACY)
    name = f"scripted:{place / 'judge.json'}"
    digest = calibrate(place, name)
    found = json.loads(run(place, "judge", "latest", "--judge", name, "--json").stdout)
    assert (found["judge"], found["calibration"]) == (digest, "c_1")
    assert found["recorded"] == {"adhered": 5, "failed": 1}  # one answer holds no such words
    whole = json.loads(run(place, "estimate", "latest", "--json").stdout)["figures"][0]
    assert whole["basis"] == "a judge, corrected by its calibration"
    assert (whole["raw"], whole["adhered"]) == (1.0, 1.0)
    assert whole["interval"][0] < 0.95
    assert (whole["judged"], whole["lost"]) == (5, 1)
    assert whole["bounds"][0] < whole["interval"][0]


def test_what_was_erased_is_lost_and_not_dropped(place):
    draw(place)
    with open_ledger(str(place / "ledger.sqlite"), create=False) as ledger:
        Vault(ledger.store, MasterKey.load(place / "master.key")).erase("sub_1")
    name = f"scripted:{place / 'judge.json'}"
    calibrate(place, name)
    run(place, "judge", "latest", "--judge", name)
    assert {each.reason for each in records(place, AnswerJudged)} == {"nothing is kept of it"}
    done = run(place, "estimate", "latest", "--json", code=1)
    whole = json.loads(done.stdout)["figures"][0]
    assert (whole["lost"], whole["covered"], whole["bounds"]) == (15, 0, [0, 1])


BAD = [
    (("--precision", "0.1", "--since", "yesterday"), "no time"),
    (("--precision", "0.1", "--since", "2030-01-01"), "not before"),
    (("--precision", "0.1", *SINCE, "--until", "2999-01-01"), "lies ahead"),
    (("--precision", "0.1", *SINCE, "--section", "nowhere"), "no answer"),
    (SINCE, "how precise"),
    (("--precision", "0.1", "--objective", "a#b", *SINCE), "how precise"),
    (("--objective", "nothing", *SINCE), "FILE#ID"),
    (("--precision", "0.1", *SINCE, "--seed", "a\nb"), "no seed"),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_what_is_wrong_is_said_in_one_line(place, words, said):
    with pytest.raises(Exception, match=said):
        run(place, "draw", *words, "--by", "ada")
    assert records(place, SampleDrawn) == []


def test_an_objective_asks_for_half_of_its_budget(place):
    file = place / "objectives.yaml"
    file.write_text(
        "format: charter-objectives/1\nobjectives:\n"
        "  - {id: accord, title: Accord, indicator: accord, target: '0.8',\n"
        "     alerts: [ticket-1d]}\n"
    )
    done = run(place, "draw", "--objective", f"{file}#accord", *SINCE, "--by", "ada", "--json")
    found = json.loads(done.stdout)
    assert (found["objective"], found["precision"]) == ("accord", "0.1")


OBJECTIVES = """format: charter-objectives/1
objectives:
  - {id: privacy, title: P, indicator: accord, target: '0.6', alerts: [],
     scope: {section: protect_privacy}}
  - {id: answers, title: A, indicator: failures, target: '0.8', alerts: []}
  - {id: blocks, title: B, indicator: blocked-overturned, target: '0.8', alerts: []}
  - {id: shop, title: S, indicator: accord, target: '0.8', alerts: [], scope: {application: shop}}
"""


def test_an_objective_of_a_section_is_drawn_for_from_its_answers(place):
    file = place / "o.yaml"
    file.write_text(OBJECTIVES, encoding="utf-8")
    run(place, "draw", "--objective", f"{file}#privacy", *SINCE, "--by", "ada")
    assert {each.section for each in records(place, AnswerDrawn)} == {"protect_privacy"}
    assert "are drawn again" in run(place, "check", "latest").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("answers",), "answers is about failures: nothing has to be drawn"),
        (("blocks",), "blocks is about blocked-overturned: nothing has to be drawn"),
        (("shop",), "shop is of one application or model"),
        (("privacy", "--section", "honesty"), "about section protect_privacy, not 'honesty'"),
    ],
)
def test_an_objective_that_no_sample_speaks_of_draws_nothing(place, words, said):
    file = place / "o.yaml"
    file.write_text(OBJECTIVES, encoding="utf-8")
    name, *more = words
    with pytest.raises(ConfigError, match=said):
        run(place, "draw", "--objective", f"{file}#{name}", *SINCE, *more, "--by", "ada")
    assert records(place, SampleDrawn) == []
