"""The small model as a ranker: the whole path works, and what it cannot do counts as no order."""

import asyncio
import os

import pytest

from charter.evals.judge import JudgeOutcome
from charter.evals.ranking.open import open_ranker
from charter.models.catalogue import DEFAULT, find
from charter.models.weights import is_present

from .models import question, rules


@pytest.mark.embedded
@pytest.mark.slow
def test_what_the_embedded_model_says_is_an_order_or_a_failure_that_is_told():
    if not is_present(find(DEFAULT)) and not os.environ.get("CI"):
        pytest.skip("weights not present (run `charter models pull`)")
    options = {"context": "4096", "max_tokens": "64"}
    ranker = open_ranker("judge", "embedded", options, rules())

    async def main():
        try:
            return await ranker.rank(question(), repeat=0)
        finally:
            await ranker.close()

    found = asyncio.run(main())
    assert sorted(found.shown) == ["a0", "a1", "a2"]
    need = ranker.need(question()).tokens
    assert 0 < found.used.input <= need.input  # counted by its own tokenizer
    assert 0 < found.used.output <= need.output
    assert bool(found.order) != bool(found.failure)
    if found.order:
        assert sorted(each for group in found.order for each in group) == ["a0", "a1", "a2"]
    else:
        kind = JudgeOutcome(found.failure.partition(":")[0])
        assert kind not in (JudgeOutcome.VERDICT, JudgeOutcome.UNAVAILABLE)
        assert found.text
    assert (ranker.asks.kind, ranker.asks.name) == ("embedded", DEFAULT)
    assert ranker.asks.digest
