"""The small model as a judge: the whole path works, and its failures are counted as such."""

import asyncio
import os

import pytest
from tests.evals.conftest import SMALL
from tests.evals.judging.conftest import item

from charter.evals.judge import JudgeOutcome
from charter.evals.judging.open import open_judge
from charter.evals.judging.rules import SpecRules
from charter.load import load_effective
from charter.models.catalogue import DEFAULT, find
from charter.models.weights import is_present


@pytest.mark.embedded
@pytest.mark.slow
def test_the_embedded_model_says_something_that_is_read():
    if not is_present(find(DEFAULT)) and not os.environ.get("CI"):
        pytest.skip("weights not present (run `charter models pull`)")
    rules = SpecRules(load_effective(SMALL))
    judge = open_judge("embedded", {"context": "4096", "max_tokens": "64"}, rules)

    async def main():
        try:
            return await judge.judge(item(), sample=0)
        finally:
            await judge.close()

    found = asyncio.run(main())
    assert found.outcome in set(JudgeOutcome) - {JudgeOutcome.UNAVAILABLE}
    assert judge.identity.kind == "embedded"
    assert judge.identity.digest
