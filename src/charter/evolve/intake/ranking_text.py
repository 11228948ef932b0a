"""`A>B=C>D` -> groups of answers, the best first."""

from __future__ import annotations

from collections.abc import Collection

MOST_CHARACTERS = 2000


def parse_ranking(text: str, answers: Collection[str] = ()) -> tuple[tuple[str, ...], ...]:
    """Return the groups of a ranking; answers that are level stand sorted in one group.

    Blanks around an id mean nothing. A ranking may leave answers out; one that names an answer
    twice, nothing between two signs, or an id that is not among `answers` (any, for none given) is
    none. Raises ValueError that says why.
    """
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS} characters")
    groups = tuple(
        tuple(sorted(each.strip() for each in group.split("="))) for group in text.split(">")
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


def write_ranking(groups: tuple[tuple[str, ...], ...]) -> str:
    """Return the text of a ranking: what `parse_ranking` reads."""
    return ">".join("=".join(group) for group in groups)
