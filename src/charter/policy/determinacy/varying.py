"""Functions of the readings: what comes out for each combination of the alternatives.

Only the readings that make a difference are kept, so two functions are equal exactly if they
give the same for every combination, and the readings a value hangs on are those of its function.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Generic, NamedTuple, TypeVar

from charter.spec.reading import BY_NAME

T = TypeVar("T", bound=Hashable)
S = TypeVar("S", bound=Hashable)
U = TypeVar("U", bound=Hashable)


class Axes(NamedTuple):
    """The readings, each with its alternatives, the one in force first."""

    names: tuple[str, ...]
    choices: tuple[tuple[str, ...], ...]

    def of(self, names: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of some readings, ascending; those left out have none."""
        return tuple(sorted({self.names.index(name) for name in names if name in self.names}))

    def named(self, mask: int) -> tuple[str, ...]:
        """Return the readings of a mask, in order."""
        return tuple(name for at, name in enumerate(self.names) if mask >> at & 1)

    def sizes(self, axes: Sequence[int]) -> tuple[int, ...]:
        """Return how many alternatives some readings have."""
        return tuple(len(self.choices[axis]) for axis in axes)


def axes_of(readings: Mapping[str, str], left_out: Collection[str] = ()) -> Axes:
    """Return the axes for a policy with these readings in force."""
    names = tuple(name for name in readings if name not in left_out)
    choices = []
    for name in names:
        chosen = readings[name]
        others = [choice.name for choice in BY_NAME[name].alternatives if choice.name != chosen]
        choices.append((chosen, *others))
    return Axes(names, tuple(choices))


class Masks(NamedTuple):
    """Which readings matter to something, as sets of bits: bit n stands for reading n."""

    hangs: int = 0
    """A change of this reading changes it, for some combination of the others."""
    alone: int = 0
    """A change of this reading changes it, with the others as they are in force."""

    def join(self, other: Masks) -> Masks:
        """Return the masks of two things together."""
        if other is NO_MASKS or self == other:
            return self
        return Masks(self.hangs | other.hangs, self.alone | other.alone)


NO_MASKS = Masks()
"""Of what hangs on no reading."""


class Varying(NamedTuple, Generic[T]):
    """A function of some readings, without those that make no difference to it."""

    sizes: tuple[tuple[int, int], ...]
    """Number of each reading, ascending, with how many alternatives it has."""
    values: tuple[T, ...]
    """For every combination, the last reading changing fastest; the first is that in force."""

    @property
    def base(self) -> T:
        """The value with the readings in force."""
        return self.values[0]

    def at(self, choices: Mapping[int, int]) -> T:
        """Return the value for alternatives by reading; those not named are in force."""
        index = 0
        for axis, size in self.sizes:
            index = index * size + choices.get(axis, 0)
        return self.values[index]

    def then(self, change: Callable[[T], S]) -> Varying[S]:
        """Return what a function makes of every value."""
        if not self.sizes:
            return Varying((), (change(self.values[0]),))
        return reduced(self.sizes, tuple(map(change, self.values)))

    def masks(self) -> Masks:
        """Return which readings matter."""
        if not self.sizes:
            return NO_MASKS
        hangs = alone = 0
        for axis, size in self.sizes:
            hangs |= 1 << axis
            if any(self.at({axis: choice}) != self.base for choice in range(1, size)):
                alone |= 1 << axis
        return Masks(hangs, alone)

    def pattern(self) -> Varying[int]:
        """Return the same function with its values numbered as they come up."""
        numbers: dict[T, int] = {}
        values = tuple(numbers.setdefault(value, len(numbers)) for value in self.values)
        return Varying(self.sizes, values)


def constant(value: T) -> Varying[T]:
    """Return the function that is the same for every reading."""
    return Varying((), (value,))


def vary(axes: Axes, over: Sequence[int], value: Callable[[Mapping[int, int]], T]) -> Varying[T]:
    """Ask for the value at every combination of some readings' alternatives."""
    sizes = tuple(zip(over, axes.sizes(over), strict=True))
    return reduced(sizes, tuple(value(choices) for choices in combinations(sizes)))


def combinations(sizes: Iterable[tuple[int, int]]) -> Iterator[dict[int, int]]:
    """Yield every combination of alternatives, the one in force first."""
    known = tuple(sizes)
    numbers = [axis for axis, _ in known]
    for chosen in product(*(range(size) for _, size in known)):
        yield dict(zip(numbers, chosen, strict=True))


def together(one: Varying[T], other: Varying[S], join: Callable[[T, S], U]) -> Varying[U]:
    """Return the function that joins the values of two."""
    if not other.sizes:
        return one.then(lambda value: join(value, other.values[0]))
    if not one.sizes:
        return other.then(lambda value: join(one.values[0], value))
    sizes, first, second = _union(one.sizes, other.sizes)
    values = tuple(join(one.values[a], other.values[b]) for a, b in zip(first, second, strict=True))
    return reduced(sizes, values)


def reduced(sizes: tuple[tuple[int, int], ...], values: tuple[T, ...]) -> Varying[T]:
    """Drop the readings that make no difference."""
    if len(set(values)) == 1:
        return Varying((), values[:1])
    for place in range(len(sizes) - 1, -1, -1):
        size = sizes[place][1]
        below = 1
        for _, other in sizes[place + 1 :]:
            below *= other
        block = below * size
        kept: list[T] = []
        for start in range(0, len(values), block):
            first = values[start : start + below]
            if any(
                values[start + below * step : start + below * (step + 1)] != first
                for step in range(1, size)
            ):
                break
            kept += first
        else:
            sizes, values = (*sizes[:place], *sizes[place + 1 :]), tuple(kept)
    return Varying(sizes, values)


@lru_cache(maxsize=65536)
def _union(
    one: tuple[tuple[int, int], ...], other: tuple[tuple[int, int], ...]
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]:
    """Return the readings of both, and for every combination its place in each."""
    sizes = tuple(sorted({*one, *other}))
    return sizes, tuple(_places(sizes, one)), tuple(_places(sizes, other))


def _places(
    sizes: tuple[tuple[int, int], ...], inner: tuple[tuple[int, int], ...]
) -> Iterator[int]:
    for choices in combinations(sizes):
        index = 0
        for axis, size in inner:
            index = index * size + choices[axis]
        yield index
