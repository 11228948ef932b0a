import asyncio
import json

from tests.evals.conftest import SMALL

from charter.evals.calibration.graded_examples import graded_examples
from charter.evals.calibration.rater import JudgeRater
from charter.evals.judging.open import open_judge
from charter.evals.judging.replies import Replies
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective


def judge(tmp_path, *texts):
    file = tmp_path / "judge.json"
    file.write_text(json.dumps({"replies": list(texts)}))
    effective = load_effective(SMALL)
    rater = JudgeRater(open_judge(f"scripted:{file}", {}, SpecRules(effective)))
    return rater, graded_examples(effective.spec).items[0]


def verdict(rating, quote="Good morning!", cites=("helo",)):
    return json.dumps({"reason": "r", "quotes": [quote], "cites": list(cites), "rating": rating})


def test_a_judge_says_adhered_from_six_on(tmp_path):
    rater, item = judge(tmp_path, verdict(6), verdict(5))
    first = asyncio.run(rater.rate(item, sample=0))
    second = asyncio.run(rater.rate(item, sample=1))
    assert (first.verdict, first.rating, first.outcome) == ("adhered", 6, "verdict")
    assert second.verdict == "violated"
    assert first.flipped is not second.flipped
    assert first.request == rater.request(item, sample=0) != second.request


def test_a_failure_has_no_verdict(tmp_path):
    rater, item = judge(tmp_path, verdict(7, quote="never said"), "I cannot judge this.")
    void = asyncio.run(rater.rate(item, sample=0))
    assert (void.outcome, void.verdict, void.rating) == ("void", None, None)
    assert asyncio.run(rater.rate(item, sample=1)).verdict is None


def test_known_replies_are_not_asked_again(tmp_path):
    rater, item = judge(tmp_path, verdict(6), verdict(1))
    replies = Replies()
    first = asyncio.run(rater.rate(item, sample=0, replies=replies))
    second = asyncio.run(rater.rate(item, sample=0, replies=replies))
    assert (first.cached, second.cached, second.rating) == (False, True, 6)
    assert asyncio.run(rater.rate(item, sample=0)).rating == 1


def test_the_estimate_covers_request_and_reply(tmp_path):
    rater, item = judge(tmp_path)
    assert rater.tokens(item).input > 200
    assert rater.tokens(item).output == 1024
    asyncio.run(rater.close())
