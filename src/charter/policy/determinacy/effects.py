"""Effects as functions of the readings, each kept once and joined once with each other."""

from __future__ import annotations

from collections.abc import Iterable

from charter.policy.determinacy.varying import Masks, Varying, constant, together


class Effects:
    """Numbers for functions from readings to how strict an effect is."""

    def __init__(self) -> None:
        self._numbers: dict[Varying[int], int] = {}
        self.known: list[Varying[int]] = []
        self._masks: list[Masks] = []
        self._joined: dict[tuple[int, int], int] = {}
        self._worse: dict[tuple[int, int], tuple[bool, bool]] = {}
        self.none = self.number(constant(0))

    def number(self, effect: Varying[int]) -> int:
        """Return the number of an effect."""
        found = self._numbers.get(effect)
        if found is None:
            found = self._numbers[effect] = len(self.known)
            self.known.append(effect)
            self._masks.append(effect.masks())
        return found

    def masks(self, number: int) -> Masks:
        """Return which readings decide an effect."""
        return self._masks[number]

    def join(self, one: int, other: int) -> int:
        """Return the stricter of two effects, for every combination of readings."""
        if other in (one, self.none):
            return one
        if one == self.none:
            return other
        key = (one, other) if one < other else (other, one)
        found = self._joined.get(key)
        if found is None:
            joined = together(self.known[one], self.known[other], _stricter)
            found = self._joined[key] = self.number(joined)
        return found

    def join_all(self, numbers: Iterable[int]) -> int:
        """Return the strictest of several."""
        found = self.none
        for number in numbers:
            found = self.join(found, number)
        return found

    def stricter(self, before: int, after: int) -> tuple[bool, bool]:
        """Whether the second is stricter: with the readings in force, and with any at all."""
        if before == after:
            return False, False
        found = self._worse.get((before, after))
        if found is None:
            worse = together(self.known[before], self.known[after], _less)
            found = self._worse[before, after] = (worse.base, any(worse.values))
        return found


def _stricter(one: int, other: int) -> int:
    return max(one, other)


def _less(one: int, other: int) -> bool:
    return one < other
