"""How people took part: signs of answers without thought, to be noted. Pure, and drops nobody.

A note says what was seen. It never weighs or removes a voice by itself: whoever reads figures can
look at them with and without those who were noted. Each rule is made so that people of strong or
unusual opinion do not fall under it. Its error rate on simulated honest people is in
docs/surveys.md, and a test holds it there.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from charter.evolve.surveys.answer import Compared, Voted
from charter.evolve.surveys.shown import candidates_for
from charter.evolve.surveys.sitting import Sitting
from charter.evolve.surveys.survey import Comparison, Question, Rubric, Statement, Survey
from charter.evolve.voices import PASS

STRAIGHT_LINE, TOO_FAST = "straight_line", "too_fast"
CONTRADICTION, SAME_TEXT = "contradiction", "same_text"
KINDS = (STRAIGHT_LINE, TOO_FAST, CONTRADICTION, SAME_TEXT)

CHANCE = 0.001
"""How likely something may be by chance alone, at the most, to be noted."""
LEAST_VOTES = 10
LEAST_OTHERS = 20
"""People whose votes say how usual it is to pass on a statement."""
LEAST_TIMED = 8
LEAST_MS = 400
"""Nobody reads and answers anything in less."""
CHARACTERS_A_SECOND = 60.0
"""About 650 words of English a minute; people read 238 silently (Brysbaert 2019, J. Mem. Lang.
109, 104047), few more than 400. Scripts with fewer characters to the word are read at fewer."""
LEAST_CONTRADICTIONS = 2
LEAST_TEXT = 40
"""Characters of a reason that two people do not write by chance."""
LEAST_SAME = 3
"""Times that a reason occurs, by one person or by several."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was seen of how somebody took part."""

    participation: str
    kind: str
    detail: str
    """In words; quotes nobody."""


def look(survey: Survey, sittings: Sequence[Sitting]) -> tuple[Note, ...]:
    """Return all notes, by participation and kind. The order of `sittings` does not matter."""
    passes = _passes(sittings)
    shared = _shared_texts(sittings)
    found = [
        note
        for sitting in sittings
        for note in (
            *_straight_line(survey, sitting, passes),
            *_too_fast(survey, sitting),
            *_contradiction(survey, sitting),
            *_same_text(sitting, shared),
        )
    ]
    return tuple(sorted(found, key=lambda note: (note.participation, note.kind)))


def _straight_line(
    survey: Survey, sitting: Sitting, passes: Mapping[str, tuple[int, int]]
) -> Iterator[Note]:
    """Yield a note where everything was answered alike, and conviction cannot explain it.

    - The same vote on all of at least 10 statements, among them one and its opposite.
    - A pass on all of at least 10 statements that at least 20 others voted on, where people who
      pass as often as those others would do so with a probability below 0.001: the product of
      (passes + 1) / (votes + 3) over the statements.
    - All comparisons ordered just as they were shown, or just the other way round. The order shown
      is random for each person, so that an opinion gives this with the probability 2 / k! for k
      candidates, whatever it is; noted where the product over comparisons is below 0.001.
    """
    votes = _votes(sitting)
    values = set(votes.values())
    if len(votes) >= LEAST_VOTES and len(values) == 1:
        both = any(again.reversed and first in votes for first, again in _pairs(survey, votes))
        if PASS not in values and both:
            what = f"the same vote on all of {len(votes)} statements, opposites among them"
            yield Note(sitting.id, STRAIGHT_LINE, what)
            return
        if values == {PASS} and _rare_passes(votes, passes) < CHANCE:
            yield Note(sitting.id, STRAIGHT_LINE, f"a pass on all of {len(votes)} statements")
            return
    orders = tuple(_orders(survey, sitting))
    chance = math.prod(2 / math.factorial(len(shown)) for shown, _ in orders)
    for way in (1, -1):
        if chance < CHANCE and all(order == shown[::way] for shown, order in orders):
            what = f"all {len(orders)} sets of answers in the order in which they were shown"
            yield Note(sitting.id, STRAIGHT_LINE, what if way == 1 else f"{what}, backwards")


def _too_fast(survey: Survey, sitting: Sitting) -> Iterator[Note]:
    """Yield a note where most of at least 8 timed items were answered before they could be read.

    The least time is that of 60 characters a second over all words of the item in the language of
    the participation, and never below 0.4 s. Most is more than half.
    """
    language = sitting.joined.language
    timed = [
        (said.ms, _least_ms(question, language))
        for said in sitting.said
        if said.ms is not None and (question := survey.item(said.question)) is not None
    ]
    fast = sum(ms < least for ms, least in timed)
    if len(timed) >= LEAST_TIMED and fast * 2 > len(timed):
        what = f"{fast} of {len(timed)} items answered before they could be read"
        yield Note(sitting.id, TOO_FAST, what)


def _contradiction(survey: Survey, sitting: Sitting) -> Iterator[Note]:
    """Yield a note where at least 2 statements, and most of those asked twice, are contradicted.

    A pair counts where neither vote is a pass. Of what is repeated, other votes contradict each
    other; of what is reversed, the same ones do. One slip is nobody's contradiction.
    """
    votes = _votes(sitting)
    pairs = [
        (votes[first] == votes[again.id]) == again.reversed
        for first, again in _pairs(survey, votes)
        if PASS not in (votes[first], votes[again.id])
    ]
    wrong = sum(pairs)
    if wrong >= LEAST_CONTRADICTIONS and wrong * 2 > len(pairs):
        what = f"{wrong} of {len(pairs)} statements that were asked twice are contradicted"
        yield Note(sitting.id, CONTRADICTION, what)


def _same_text(sitting: Sitting, shared: Mapping[str, set[str]]) -> Iterator[Note]:
    """Yield a note where a reason of 40 characters or more is that of 2 others, or comes 3 times.

    Reasons are compared without case and blanks.
    """
    own = Counter(_reasons(sitting))
    others = max((len(shared[text]) - 1 for text in own), default=0)
    times = max(own.values(), default=0)
    if others >= LEAST_SAME - 1:
        what = f"a reason in the words of {others} other participations"
        yield Note(sitting.id, SAME_TEXT, what)
    elif times >= LEAST_SAME:
        yield Note(sitting.id, SAME_TEXT, f"one reason in the same words {times} times")


def _passes(sittings: Iterable[Sitting]) -> dict[str, tuple[int, int]]:
    """Return passes and votes of each statement."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for sitting in sittings:
        for item, value in _votes(sitting).items():
            passed, seen = found[item]
            found[item] = (passed + (value == PASS), seen + 1)
    return dict(found)


def _rare_passes(votes: Mapping[str, int], passes: Mapping[str, tuple[int, int]]) -> float:
    """Return how likely those who pass as often as others pass on all of these; 1 if unknown."""
    others = [(passed - 1, seen - 1) for passed, seen in (passes[item] for item in votes)]
    known = [(passed + 1) / (seen + 3) for passed, seen in others if seen >= LEAST_OTHERS]
    return math.prod(known) if len(known) >= LEAST_VOTES else 1.0


def _shared_texts(sittings: Iterable[Sitting]) -> dict[str, set[str]]:
    """Return who wrote each reason."""
    found: dict[str, set[str]] = defaultdict(set)
    for sitting in sittings:
        for text in _reasons(sitting):
            found[text].add(sitting.id)
    return found


def _reasons(sitting: Sitting) -> Iterator[str]:
    for said in sitting.said:
        if isinstance(said.answer, Compared):
            text = "".join(said.answer.why.casefold().split())
            if len(text) >= LEAST_TEXT:
                yield text


def _votes(sitting: Sitting) -> dict[str, int]:
    return {s.question: s.answer.value for s in sitting.said if isinstance(s.answer, Voted)}


def _pairs(survey: Survey, votes: Mapping[str, int]) -> Iterator[tuple[str, Statement]]:
    """Yield what was asked twice and voted on twice: the first one's id, and the second one."""
    for item in survey.items:
        if isinstance(item, Statement) and item.repeats in votes and item.id in votes:
            yield item.repeats, item


def _orders(survey: Survey, sitting: Sitting) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield, for each comparison that was ordered, what was shown and what was answered.

    Candidates that are level make an order that is none of those shown.
    """
    for said in sitting.said:
        item = survey.item(said.question)
        if isinstance(said.answer, Compared) and isinstance(item, Comparison):
            groups = said.answer.personal or said.answer.world
            if groups is not None:
                strict = all(len(group) == 1 for group in groups)
                order = tuple(group[0] for group in groups) if strict else ()
                yield candidates_for(item, sitting.id), order


def _least_ms(question: Question, language: str) -> float:
    characters = sum(len(text.get(language, "")) for text in _texts(question))
    return max(float(LEAST_MS), characters / CHARACTERS_A_SECOND * 1000)


def _texts(question: Question) -> Iterator[Mapping[str, str]]:
    if isinstance(question, Comparison):
        yield from (turn.text for turn in question.prompt)
        yield from question.answers.values()
    elif isinstance(question, Statement | Rubric):
        yield question.text
