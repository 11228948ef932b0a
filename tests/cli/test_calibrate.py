"""`charter calibrate`: judges over a real endpoint, graders and recorded verdicts."""

import json
import re

import pytest
from aiohttp import web

from charter.cli.main import exit_code
from charter.ledger.ledger import Ledger
from charter.ledger.stores.sqlite import open_store
from charter.records.calibration import CalibrationFinished, CalibrationItem, CalibrationStarted

from .conftest import SMALL, reply

XSTEST = (
    *("--column", "request=prompt", "--column", "answer=completion"),
    *("--column", "label=final_label", "--map", "1_full_compliance=none"),
    *("--map", "2_full_refusal=full", "--map", "3_partial_refusal=partial"),
)
KEYLESS = ("--judge-option", "key_env=")


class Said:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def calibrate(tmp_path, monkeypatch, capsys):
    """Run the verb in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments):
        capsys.readouterr()
        code = exit_code(["calibrate", *map(str, arguments)])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


def recorded(folder, kind):
    with Ledger(open_store(str(folder / "runs" / "ledger.sqlite"), create=False)) as ledger:
        return list(ledger.read(kind))


def judged(request, *, rating=None):
    """Reply as a judge that finds the bad answers of the small spec by their words."""
    text = request["messages"][-1]["content"]
    mark = re.search(r"----- ([0-9a-f]{16}) begins: answer of", text)[1]
    answer = text.split(f"----- {mark} begins: answer of")[1].split("\n")[1]
    bad = "State your" in answer or "4711" in answer
    cites = re.search(r"\[([a-z_]+(?:/[a-z]+)?)\]", text)[1]
    found = rating if rating is not None else (2 if bad else 7)
    return json.dumps({"reason": "r", "quotes": [answer], "cites": [cites], "rating": found})


@pytest.fixture
def judge(endpoint):
    """An endpoint that judges well; `spoken` may be replaced."""
    endpoint.spoken = judged

    async def answer(body):
        return web.json_response(reply(endpoint.spoken(body)))

    endpoint.answer = answer
    return endpoint


def over(endpoint, *more):
    return (SMALL, "--judge", "openai:m", "--judge-option", f"base_url={endpoint.url}", *more)


def test_a_judge_is_measured_on_the_graded_examples(calibrate, judge, tmp_path):
    done = calibrate(*over(judge))
    assert done.code == 1
    assert done.out.startswith("openai:m is unfit.\n  - not enough labels: 2 answers with a")
    assert re.search(r"Violations found +100.0 % ", done.out)
    assert "4 answers to 2 conversations labelled by examples, spec small 1.0 sha256:" in done.out
    assert len(judge.asked) == 8  # each once, and once more as a retest
    (started,) = recorded(tmp_path, CalibrationStarted)
    assert (started.judge.kind, started.judge.name) == ("openai", "m")
    assert started.judge.prompt.startswith("sha256:")
    assert started.spec_digest.startswith("sha256:")
    items = recorded(tmp_path, CalibrationItem)
    assert {(item.truth, item.verdict) for item in items} == {
        ("adhered", "adhered"),
        ("violated", "violated"),
    }
    assert recorded(tmp_path, CalibrationFinished)[0].fitness == "unfit"


def test_no_request_tells_a_grade(calibrate, judge):
    calibrate(*over(judge))
    for body in judge.asked:
        text = json.dumps(body)
        for word in (
            "GOOD",
            "BAD",
            "greets back",
            "says nothing of the greeting",
            "gives the code",
        ):
            assert word not in text


def test_the_same_command_again_asks_only_retests(calibrate, judge):
    calibrate(*over(judge))
    before = len(judge.asked)
    calibrate(*over(judge, "--retest", "1"))
    assert len(judge.asked) == before + 1
    calibrate(*over(judge, "--retest", "0", "--fresh"))
    assert len(judge.asked) == before + 1 + 4


def test_samples_turn_the_scale(calibrate, judge):
    document = calibrate(*over(judge, "--samples", "2", "--retest", "0", "--json")).json
    assert document["bias"]["order"]["flips"]["decided"] == 4
    assert document["between_samples"]["same_verdict"]["count"] == 4
    assert document["retest"] is None
    assert document["cost"]["requests"] == 8


def test_failures_of_the_judge_are_counted(calibrate, judge):
    judge.spoken = lambda _body: "I would rather not say."
    done = calibrate(*over(judge, "--json"))
    assert done.code == 1
    assert done.json["failures"] == done.json["failures"] | {"count": 4, "decided": 4}
    assert done.json["agreement"]["bounds"] == [0, 1]
    assert "unparsable" in done.json["outcomes"] or "refused" in done.json["outcomes"]


def test_a_dry_run_asks_nobody_and_needs_no_key(calibrate, tmp_path):
    done = calibrate(SMALL, "--judge", "openai:m", "--dry-run")
    assert done.code == 0, done.err
    assert "4 labelled answers from examples" in done.out
    assert "8 judgements: 8 to ask, 0 known" in done.out
    assert not (tmp_path / "runs").exists()
    costs = calibrate(SMALL, "--judge", "openai:m", "--dry-run", "--json").json
    assert costs["requests"] == 8
    assert costs["money"] is None


def test_prices_make_it_money(calibrate, tmp_path):
    (tmp_path / "charter.toml").write_text('[prices."m"]\ninput = 1.0\noutput = 1.0\n')
    costs = calibrate(SMALL, "--judge", "openai:m", "--dry-run", "--json").json
    assert float(costs["money"]) == pytest.approx(
        (costs["input_tokens"] + costs["output_tokens"]) / 1e6, abs=1e-4
    )


def test_a_budget_stops_it(calibrate, judge, tmp_path):
    done = calibrate(*over(judge, "--budget-tokens", "1"))
    assert done.code == 1
    assert "stopped at the end of the budget" in done.err
    assert "is not measured yet" in done.out
    assert judge.asked == []
    again = calibrate(*over(judge))
    assert len(recorded(tmp_path, CalibrationStarted)) == 1
    assert "is unfit" in again.out


def test_a_server_that_refuses_everything_leaves_a_calibration_to_carry_on(calibrate, judge):
    async def answer(_body):
        return web.json_response({}, status=403)

    good, judge.answer = judge.answer, answer
    done = calibrate(*over(judge))
    assert done.code == 3
    assert "the same command carries on" in done.err
    judge.answer = good
    assert calibrate(*over(judge)).code == 1


def csv_labels(tmp_path, rows, name="labels.csv"):
    lines = ["request,answer,label,section,other", *rows]
    (tmp_path / name).write_text("\n".join(lines) + "\n")
    return tmp_path / name


def test_labels_of_a_file_measure_a_judge(calibrate, judge, tmp_path):
    file = csv_labels(tmp_path, ["Hi,Hello!,GOOD,greet,", "Hi,State your business,BAD,greet,"])
    document = calibrate(*over(judge, "--labels", file, "--json")).json
    assert document["labels"]["from"] == "labels.csv" or str(file) in document["labels"]["from"]
    assert document["answers"] == 2
    assert document["agreement"]["count"] == 2
    assert document["conversations"] == 1


def test_a_defect_of_a_file_is_one_line(calibrate, tmp_path):
    csv_labels(tmp_path, ["Hi,Hello!,GOOD,gone,"])
    done = calibrate(SMALL, "--judge", "scripted:x.yaml", "--labels", "labels.csv")
    assert done.code == 2
    (tmp_path / "x.yaml").write_text("default: x\n")
    done = calibrate(SMALL, "--judge", "scripted:x.yaml", "--labels", "labels.csv")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "labels.csv:2: the spec has no section 'gone'" in done.err


def many(tmp_path, wrong=2):
    """One hundred answers, of which the column `other` gets `wrong` of either kind wrong."""
    rows = []
    for number in range(100):
        label = "GOOD" if number % 2 else "BAD"
        other = ("BAD" if number % 2 else "GOOD") if number < 2 * wrong else label
        rows.append(f"Question {number},Answer {number},{label},greet,{other}")
    return csv_labels(tmp_path, rows)


def test_a_recorded_judge_is_fit(calibrate, tmp_path):
    done = calibrate("--judge", "labels:other", "--labels", many(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("labels:other is fit.\n  - kappa with people is 0.920 (95 % 0.")


def test_thresholds_come_from_the_configuration(calibrate, tmp_path):
    (tmp_path / "charter.toml").write_text("[calibration]\nfit_kappa = 0.99\n")
    done = calibrate("--judge", "labels:other", "--labels", many(tmp_path))
    assert done.code == 1
    assert "is fit for screening only" in done.out
    (tmp_path / "charter.toml").write_text("[calibration]\nkappa = 0.99\n")
    done = calibrate("--judge", "labels:other", "--labels", "labels.csv")
    assert done.code == 2
    assert "[calibration]: no threshold 'kappa' (known: fit_kappa" in done.err


def test_calibrations_are_listed_and_shown(calibrate, tmp_path):
    many(tmp_path)
    calibrate("--judge", "labels:other", "--labels", "labels.csv")
    listed = calibrate("--list")
    assert "labels:other" in listed.out
    (entry,) = calibrate("--list", "--json").json
    assert (entry["fitness"], entry["answers"]) == ("fit", 100)
    assert calibrate("--show", "latest").out.startswith("labels:other is fit.")
    shown = calibrate("--show", entry["calibration"], "--json").json
    assert shown["kappa"]["value"] == pytest.approx(0.92)
    assert calibrate("--show", "gone").code == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "no judge is named"),
        (("--judge", "what:x"), "no judge named 'what'"),
        (("--judge", "labels:other"), "no column 'other' to take verdicts from"),
        (("--judge", "grader:gone"), "no check named 'gone'"),
        (("--judge", "grader:refusal"), "the judge says none or partial or full"),
        (("--judge", "labels:a", "--judge-option", "x=1"), "has no options"),
        (("--judge", "labels:a", "--judge-option", "x"), "is not KEY=VALUE"),
        (("--judge", "openai:m", *KEYLESS, "--budget", "1"), "--budget needs the price of m"),
        (("--judge", "labels:a", "--map", "x=GOOD"), "--column and --map describe a file"),
        (("--judge", "labels:a", "--labels", "run:x", "--labels", "y.csv"), "stands alone"),
        (("--judge", "labels:a", "--labels", "gone.csv"), "no such file"),
    ],
)
def test_usage_errors_are_one_line(calibrate, arguments, words):
    done = calibrate(SMALL, *arguments)
    assert done.code == 2, done.err
    assert words in done.err
    assert done.err.count("\n") == 1


def test_an_unknown_run_is_named(calibrate):
    done = calibrate(SMALL, "--judge", "grader:refusal", "--labels", "run:gone")
    assert done.code == 3
    assert "has no run 'gone'" in done.err


@pytest.mark.data
def test_the_published_judge_of_xstest(calibrate, data_dir):
    files = [data_dir / "xstest" / f"{m}.csv" for m in ("gpt4", "llama2new", "mistralguard")]
    labels = [part for file in files for part in ("--labels", file)]
    document = calibrate("--judge", "labels:gpt4_label", *labels, *XSTEST, "--json").json
    assert document["answers"] == 1350
    assert document["conversations"] == 450
    assert document["agreement"]["count"] == 1118
    assert document["kappa"]["value"] == pytest.approx(0.682050, abs=1e-6)
    assert document["two_way"]["kappa"]["value"] == pytest.approx(0.710287, abs=1e-6)
    assert document["two_way"]["alpha"]["value"] == pytest.approx(0.704333, abs=1e-6)
    assert document["two_way"]["ac1"]["value"] == pytest.approx(0.706141, abs=1e-6)
    assert document["two_way"]["kappa"]["interval"] == pytest.approx([0.660, 0.757], abs=0.01)
    sensitivity, specificity = document["sensitivity"], document["specificity"]
    assert (sensitivity["count"], sensitivity["decided"]) == (537, 734)
    assert (specificity["count"], specificity["decided"]) == (614, 616)
    assert sensitivity["value"] == pytest.approx(0.731608, abs=1e-6)
    assert specificity["value"] == pytest.approx(0.996753, abs=1e-6)
    assert document["assessment"]["fitness"] == "screening"


@pytest.mark.data
@pytest.mark.parametrize(
    ("model", "agreements", "three", "two", "alpha", "ac1", "sensitivity", "specificity"),
    [
        ("gpt4", 421, 0.872866, 0.875149, 0.874801, 0.876437, 0.872727, 1.0),
        ("llama2new", 352, 0.616908, 0.623116, 0.609130, 0.609082, 0.678832, 1.0),
        ("mistralguard", 345, 0.571409, 0.637976, 0.627100, 0.635434, 0.662500, 0.990476),
    ],
)
def test_each_model_of_xstest(  # noqa: PLR0917 - the columns of a table
    calibrate, data_dir, model, agreements, three, two, alpha, ac1, sensitivity, specificity
):
    file = data_dir / "xstest" / f"{model}.csv"
    document = calibrate("--judge", "labels:gpt4_label", "--labels", file, *XSTEST, "--json").json
    assert document["agreement"]["count"] == agreements
    halves = document["two_way"]
    found = [
        document["kappa"]["value"],
        *(halves[name]["value"] for name in ("kappa", "alpha", "ac1")),
    ]
    assert found == pytest.approx([three, two, alpha, ac1], abs=1e-6)
    assert document["sensitivity"]["value"] == pytest.approx(sensitivity, abs=1e-6)
    assert document["specificity"]["value"] == pytest.approx(specificity, abs=1e-6)


@pytest.mark.data
def test_people_among_themselves(calibrate, data_dir):
    file = data_dir / "xstest" / "gpt4.csv"
    how = [part if part != "label=final_label" else "label=annotation_1" for part in XSTEST]
    document = calibrate("--judge", "labels:annotation_2", "--labels", file, *how, "--json").json
    assert document["agreement"]["count"] == 443
    assert document["kappa"]["value"] == pytest.approx(0.970107, abs=1e-6)
    assert document["alpha"]["value"] == pytest.approx(0.970135, abs=1e-6)


@pytest.mark.data
def test_the_model_spec_has_397_answers_to_ask_about(calibrate, data_dir, tmp_path):
    (tmp_path / "j.yaml").write_text("default: '{}'\n")
    spec = data_dir / "model_spec" / "2025-12-18"
    costs = calibrate(
        spec, "--judge", "scripted:j.yaml", "--dry-run", "--retest", "0", "--json"
    ).json
    assert costs["judgements"] == 397
    assert costs["input_tokens"] / 397 < 3500


def test_an_option_that_may_be_a_secret_is_not_repeated(calibrate):
    done = calibrate(SMALL, "--judge", "openai:m", "--judge-option", "sk-secret")
    assert done.code == 2
    assert "secret" not in done.err


def test_what_cannot_begin_leaves_no_ledger(calibrate, tmp_path):
    assert calibrate(SMALL, "--judge", "what:x").code == 2
    assert not (tmp_path / "runs").exists()


def test_an_estimate_takes_what_was_done_into_account(calibrate, judge, tmp_path):
    async def answer(body):
        spoken = web.json_response(reply(judge.spoken(body)))
        return spoken if len(judge.asked) <= 6 else web.json_response({}, status=403)

    judge.answer = answer
    assert calibrate(*over(judge, "--concurrency", "1")).code == 3
    assert len(recorded(tmp_path, CalibrationItem)) == 6  # two of them asked again
    left = calibrate(*over(judge, "--dry-run", "--json")).json
    assert (left["judgements"], left["recorded"], left["requests"]) == (8, 6, 2)


def test_labels_of_a_run_speak_of_the_rules_it_was_held_to(calibrate, tmp_path):
    (tmp_path / "model.yaml").write_text("default: Hello!\n")
    (tmp_path / "judge.yaml").write_text("default: x\n")
    assert exit_code(["eval", str(SMALL), "--model", "scripted:model.yaml"]) == 0
    done = calibrate("--judge", "scripted:judge.yaml", "--labels", "run:latest")
    assert done.code == 2
    assert "and the spec given is sha256:" in done.err


def test_null_in_json_lines_is_an_empty_cell(calibrate, tmp_path):
    rows = [
        {
            "answer": f"Answer {n}",
            "label": "GOOD" if n % 2 else "BAD",
            "other": None if n else "BAD",
        }
        for n in range(4)
    ]
    (tmp_path / "l.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    document = calibrate("--judge", "labels:other", "--labels", "l.jsonl", "--json").json
    assert document["failures"]["count"] == 3
    assert document["cost"]["requests"] == 0


def test_verdicts_that_differ_between_the_rows_of_an_answer_are_refused(calibrate, tmp_path):
    lines = ["id,by,answer,label,other", "1,ann,A,GOOD,GOOD", "1,bob,A,GOOD,BAD", "2,ann,B,BAD,BAD"]
    (tmp_path / "l.csv").write_text("\n".join(lines) + "\n")
    done = calibrate("--judge", "labels:other", "--labels", "l.csv")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert (
        "l.csv:2: no column 'other' to take verdicts from, the same in all rows of '1'" in done.err
    )


@pytest.mark.data
def test_the_classifier_is_not_measured_on_what_it_was_trained_on(calibrate, data_dir):
    done = calibrate(
        "--judge", "grader:refusal", "--labels", data_dir / "xstest" / "gpt4.csv", *XSTEST
    )
    assert done.code == 2
    assert "was trained on all 450 answers of" in done.err
    assert "Traceback" not in done.err


def test_answers_it_was_trained_on_are_left_out_and_counted(calibrate, root, tmp_path):
    answers = min((root / "training" / "refusal" / "answers").glob("*.jsonl"))
    known = json.loads(answers.read_text(encoding="utf-8").splitlines()[0])["answer"]
    rows = [
        {"request": "Say a number.", "answer": known, "label": "none"},
        {"request": "Say a number.", "answer": "7251 it is, said the lamp post.", "label": "none"},
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    done = calibrate("--judge", "grader:refusal", "--labels", tmp_path / "rows.jsonl")
    assert "left out: 1 answer that the classifier was trained on" in done.err
