"""What the spec would choose: by a script that goes with people, but for planted sections."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from pathlib import Path

import yaml

from charter.evals.judging.rules import SpecRules
from charter.evals.ranking.open import open_ranker
from charter.evals.ranking.questions import questions_of
from charter.evals.ranking.rank import carry_out_ranking, open_ranking
from charter.evolve.choices.rankings import Rankings, rankings_of
from charter.load import load_effective
from charter.policy.compiled.compile import compile_policy
from charter.records.ranking import RankingStarted

from .asked import comparisons
from .plan import Plan
from .taking_part import Held

REPEATS = 3
NOISE = 0.15
"""Chance, for each pair of neighbours, that a repeat has them the other way round."""


class _Silent:
    """Is told of every step, and tells nobody."""

    def advance(self, verdict: str) -> None:
        """Take note of nothing."""


def script(plan: Plan, path: Path, opposed: Collection[str]) -> Path:
    """Write what the ranker says; in some sections it has people's order reversed."""
    items = {}
    for item in comparisons():
        order = plan.order(item.id)
        turned = item.id.partition("-")[0] in opposed
        text = ">".join(order[::-1] if turned else order)
        items[item.id] = {"order": text, "noise": NOISE, "reason": f"The rule decides {item.id}."}
    path.write_text(yaml.safe_dump({"items": items}), encoding="utf-8")
    return path


def rank(held: Held, spec_file: Path, asked, file: Path) -> Rankings:
    """Rank the comparisons of a consultation into its ledger, by a script."""
    effective = load_effective(str(spec_file))
    questions, findings = questions_of(asked, effective.spec)
    assert not findings
    ranker = open_ranker("scripted", str(file), {}, SpecRules(effective))
    started = RankingStarted(
        run="",
        at="",
        survey=held.opening.digest,
        spec=effective.digest,
        policy=compile_policy(effective).digest,
        ranker="scripted",
        identity=ranker.identity,
        repeats=REPEATS,
        items=tuple(question.id for question in questions),
    )
    opened = open_ranking(held.ledger, started)

    async def work() -> None:
        await carry_out_ranking(
            opened, ranker, questions, repeats=REPEATS, ledger=held.ledger, progress=_Silent()
        )
        await ranker.close()

    asyncio.run(work())
    return rankings_of(held.ledger, held.opening.digest, opened.run)
