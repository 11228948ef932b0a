"""`A>B=C>D` -> groups of answers, the best first; names of answers as people write them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

MOST_CHARACTERS = 2000
NONE = frozenset({"none", "no", "n/a"})
"""Words for no answer at all, where those are named that are unacceptable."""


def parse_ranking(text: str, answers: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Return the groups of a ranking; answers that are level stand sorted in one group.

    Blanks around an id mean nothing, and neither do capitals where one answer only can be meant. A
    ranking may leave answers out; one that names an answer twice, nothing between two signs, or an
    id that is not among `answers` (any, for none given) is none. Raises ValueError that says why.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS} characters")
    groups = tuple(
        tuple(sorted(_meant(each.strip(), answers) for each in group.split("=")))
        for group in text.split(">")
    )
    ids = [each for group in groups for each in group]
    if not all(ids):
        raise ValueError("it has nothing between two signs")
    twice = next((each for at, each in enumerate(ids) if each in ids[:at]), None)
    if twice is not None:
        raise ValueError(f"it names {twice[:40]!r} twice")
    unknown = next((each for each in ids if answers and each not in answers), None)
    if unknown is not None:
        raise ValueError(f"it names {unknown[:40]!r}, which is no answer")
    return groups


def parse_answers(words: Iterable[str], answers: Collection[str]) -> tuple[str, ...]:
    """Return the answers that are named, sorted, each once; `none` alone, or nothing, is no answer.

    Raises ValueError that says why for what is no answer, and for `none` beside an answer.
    """
    said = {each.strip() for each in words} - {""}
    named = {each for each in said if each in answers or each.lower() not in NONE}
    if named and said > named:
        raise ValueError("it names answers, and none")
    found = {_meant(each, answers) for each in named}
    unknown = min(found - set(answers), default=None)
    if unknown is not None:
        raise ValueError(f"it names {unknown[:40]!r}, which is no answer")
    return tuple(sorted(found))


def _meant(word: str, answers: Collection[str]) -> str:
    """Return the one answer whose id is this word in other capitals; else the word itself."""
    if word in answers:
        return word
    alike = [each for each in answers if each.casefold() == word.casefold()]
    return alike[0] if len(alike) == 1 else word


def write_ranking(groups: tuple[tuple[str, ...], ...]) -> str:
    """Return the text of a ranking: what `parse_ranking` reads."""
    return ">".join("=".join(group) for group in groups)
