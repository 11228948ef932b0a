"""A judge that grades every candidate by itself, by each clause of an item: `clauses`.

`--model` names a judge, as for `charter grade`: `openai:NAME`, `embedded` or `scripted:FILE`, with
its options. A candidate stands by the lowest of its ratings, then by their mean: one clear breach
is not made good by keeping to other rules. Equal ones are level. No candidate is seen beside
another, so no place can be preferred; but a scale of seven says less than a comparison does.
How much the rules speak to an item is not asked, so its relevance is 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from charter.errors import ConfigError
from charter.evals.judge import Item, Judge, Judgement, JudgeOutcome, Rules
from charter.evals.judging.cost import NONE, Tokens, used_of
from charter.evals.judging.open import open_judge
from charter.evals.ranking.ranker import Need, Part, Question, Ranked, Ranker
from charter.evals.ranking.read_ranking import MOST_TEXT
from charter.ledger.ledger import canonical

VERSION = "charter-clauses/1"
MOST_REASON = 2000


def open(name: str, options: Mapping[str, str], rules: Rules) -> Ranker:  # noqa: A001  # the plug-in's word
    """Return the ranker. Raises ConfigError and ModelUnavailable."""
    if not name:
        raise ConfigError("no judge is named that grades", hint="e.g. --model openai:NAME")
    return ByClauses(open_judge(name, options, rules))


class ByClauses:
    """A judge whose ratings make an order. Use it within one event loop."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self.asks = me = judge.identity
        self.identity = canonical(
            {
                "ranker": VERSION,
                "judge": [me.kind, me.name, me.digest, me.prompt, me.settings],
            }
        )

    def need(self, question: Question) -> Need:
        """Return what the grades of all candidates by all parts take."""
        steps = _steps(question)
        most = (self._most(_item(question, name, part)) for name, part in steps)
        return Need(len(steps), sum(most, NONE))

    async def rank(self, question: Question, *, repeat: int) -> Ranked:
        """Grade every candidate by every part; one that cannot be graded leaves no order."""
        steps = [(name, _item(question, name, part)) for name, part in _steps(question)]
        said = await asyncio.gather(*(self._judge.judge(item, sample=repeat) for _, item in steps))
        used = sum(
            (used_of(one, self._most(item)) for (_, item), one in zip(steps, said, strict=True)),
            NONE,
        )
        for (name, _), one in zip(steps, said, strict=True):
            if one.rating is None:
                return Ranked(
                    failure=f"{one.outcome.value}: candidate {name[:80]}: {one.reason}"[:1000],
                    unavailable=one.outcome is JudgeOutcome.UNAVAILABLE,
                    text=one.text[-MOST_TEXT:],
                    used=used,
                )
        by: dict[str, list[Judgement]] = {}
        for (name, _), one in zip(steps, said, strict=True):
            by.setdefault(name, []).append(one)
        return replace(_ranked(question, by), used=used)

    async def close(self) -> None:
        """Close the judge."""
        await self._judge.close()

    def _most(self, item: Item) -> Tokens:
        return Tokens(self._judge.tokens(item), self._judge.reply_tokens)


def _steps(question: Question) -> list[tuple[str, Part]]:
    return [(name, part) for name in sorted(question.answers) for part in question.parts]


def _item(question: Question, name: str, part: Part) -> Item:
    return Item(
        id=question.id,
        section=part.section,
        clause=part.clause,
        outcome="any",
        messages=question.messages,
        tools=(),
        answer=question.answers[name],
        calls=(),
        rubric=None,
    )


def _ranked(question: Question, by: Mapping[str, Sequence[Judgement]]) -> Ranked:
    groups: dict[tuple[int, float], list[str]] = {}
    for name, said in by.items():
        ratings = [one.rating or 0 for one in said]
        groups.setdefault((min(ratings), sum(ratings) / len(ratings)), []).append(name)
    order = tuple(tuple(sorted(groups[key])) for key in sorted(groups, reverse=True))
    best, worst = by[order[0][0]][0].reason, by[order[-1][0]][0].reason
    return Ranked(
        order=order,
        section=question.parts[0].section,
        clauses=tuple(
            dict.fromkeys(name for said in by.values() for one in said for name in one.cites)
        ),
        reason=f"of the best: {best} Of the last: {worst}"[:MOST_REASON],
    )
