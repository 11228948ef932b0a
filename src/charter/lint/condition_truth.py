"""Which truth values can a condition take? Exact where it answers, silent where it cannot.

A condition is `&&`, `||` and `!` over parts. A part that compares an expression with literals
(`words > 100`, `tool == 'pay'`, `tool in ['a', 'b']`) is tried with every value that the
literals tell apart; any other part is tried as true and as false. If no combination makes the
condition true, no facts can: the values tried stand for all others, and an evaluation error
never makes a CEL condition true. Anything not understood is one part without a structure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise, product
from typing import Literal, TypeAlias

from charter.policy.boundaries.condition import VARIABLES

MAX_COMBINATIONS = 512
MAX_DEPTH = 40

_TOKEN = re.compile(
    r"""[rR]'[^'\n]*'|[rR]"[^"\n]*"|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"
    |\d+\.\d+|\d+u?|[A-Za-z_]\w*|&&|\|\||[<>=!]=|//|\S""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SIZE = re.compile(r"size\([\w.]{1,200}\)|[\w.]{1,200}\.size\(\)")
_COUNTS = frozenset({variable.name for variable in VARIABLES if variable.type == "int"})
"""The variables that are whole numbers from 0: all of type int are."""
_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_RELATIONS = frozenset({*_FLIPPED, "in"})
_OPENING = {"(": ")", "[": "]", "{": "}"}
_MEANINGLESS = {
    "contains": {""},
    "startsWith": {""},
    "endsWith": {""},
    "matches": {"", ".*", "^", "$"},
}
"""Arguments with which a test of a text is always true."""

_Value: TypeAlias = tuple[Literal["number", "text", "bool", "other"], Fraction | str | bool | None]
_OTHER: _Value = ("other", None)
_Facts: TypeAlias = Mapping[str, _Value]
_Formula: TypeAlias = Callable[[_Facts], bool]


@dataclass(frozen=True, slots=True)
class Truth:
    """What was found out about a condition."""

    when_true: str | None
    """Facts that make it true, in words; None when nothing can."""
    when_false: str | None
    """Facts that make it false; None when nothing can."""
    tried: str
    """The values its comparisons tell apart, in words; empty where it has none."""


def tokens(condition: str) -> list[str]:
    """Return the tokens of a CEL expression, white space left out."""
    return _TOKEN.findall(condition)


@lru_cache(maxsize=4096)
def truth_of(condition: str) -> Truth | None:
    """Return the truth values a condition can take, or None where that cannot be decided."""
    words = tokens(condition)
    if not words or "//" in words or "'''" in condition or '"""' in condition:
        return None
    reader = _Reader(words)
    try:
        formula = reader.read(0, len(words), 0)
    except _UndecidedError:
        return None
    domains = reader.domains()
    total = 1
    for domain in domains.values():
        total *= len(domain)
        if total > MAX_COMBINATIONS:
            return None
    outcomes: dict[bool, str] = {}
    for values in product(*domains.values()):
        facts = dict(zip(domains, values, strict=True))
        outcome = formula(facts)
        if outcome not in outcomes:
            outcomes[outcome] = _described(facts) or "anything is the case"
        if len(outcomes) == 2:
            break
    return Truth(outcomes.get(True), outcomes.get(False), _tried(domains))


class _UndecidedError(Exception):
    """The condition has a form that is not taken apart."""


@dataclass(slots=True)
class _Reader:
    """Turns tokens into a formula, collecting what each compared expression can be."""

    words: list[str]
    compared: dict[str, set[_Value]] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)

    def read(self, low: int, high: int, depth: int) -> _Formula:
        """Read `words[low:high]`."""
        if depth > MAX_DEPTH or low >= high:
            raise _UndecidedError
        if any(self.words[at] == "?" for at in self._outside(low, high)):
            raise _UndecidedError
        for operator, combine in (("||", _any_of), ("&&", _all_of)):
            parts = self._split(low, high, operator)
            if len(parts) > 1:
                return combine([self.read(start, end, depth + 1) for start, end in parts])
        return self._operand(low, high, depth)

    def domains(self) -> dict[str, list[_Value]]:
        """Return the values to try for each expression, and both truth values for each part."""
        found = {name: _domain(name, values) for name, values in sorted(self.compared.items())}
        both: list[_Value] = [("bool", False), ("bool", True)]
        return found | dict.fromkeys(sorted(self.free), both)

    def _operand(self, low: int, high: int, depth: int) -> _Formula:
        first = self.words[low]
        relations = [at for at in self._outside(low, high) if self.words[at] in _RELATIONS]
        if first == "!" and not relations:
            inner = self.read(low + 1, high, depth + 1)
            return lambda facts: not inner(facts)
        if first == "(" and self._closing(low, high) == high - 1:
            return self.read(low + 1, high - 1, depth + 1)
        if high - low == 1 and first in ("true", "false"):
            return _constant(value=first == "true")
        if len(relations) == 1:
            compared = self._comparison(low, relations[0], high)
            if compared is not None:
                return compared
        if self._meaningless(low, high):
            return _constant(value=True)
        name = "?" + self._name(low, high)  # apart from the compared expressions
        self.free.add(name)
        return lambda facts: facts[name][1] is True

    def _comparison(self, low: int, at: int, high: int) -> _Formula | None:
        operator = self.words[at]
        if operator == "in":
            values = _listed(self.words[at + 1 : high])
            return self._equal(self._name(low, at), values) if values else None
        left, right = _literal(self.words[low:at]), _literal(self.words[at + 1 : high])
        if left is not None and right is None:
            left, right, operator = right, left, _FLIPPED[operator]
            name = self._name(at + 1, high)
        else:
            name = self._name(low, at)
        if right is None or left is not None:
            return None
        if operator in ("==", "!="):
            equal = self._equal(name, {right})
            return equal if operator == "==" else lambda facts: not equal(facts)
        if right[0] != "number":
            return None
        self.compared.setdefault(name, set()).add(right)
        return _ordered(name, operator, right)

    def _equal(self, name: str, values: set[_Value]) -> _Formula:
        self.compared.setdefault(name, set()).update(values)
        return lambda facts: facts[name] in values

    def _meaningless(self, low: int, high: int) -> bool:
        tail = self.words[max(low, high - 5) : high]
        if len(tail) != 5 or (tail[0], tail[2], tail[4]) != (".", "(", ")"):
            return False
        value = _literal([tail[3]])
        return value is not None and value[1] in _MEANINGLESS.get(tail[1], ())

    def _name(self, low: int, high: int) -> str:
        return "".join(
            f" {word} " if word in _RELATIONS or word in "&&||+-*/%" else word
            for word in self.words[low:high]
        )

    def _outside(self, low: int, high: int) -> Iterator[int]:
        """Yield the positions that stand in no brackets. Raises where brackets do not match."""
        open_brackets: list[str] = []
        for at in range(low, high):
            word = self.words[at]
            if word in _OPENING:
                open_brackets.append(_OPENING[word])
            elif word in (")", "]", "}"):
                if not open_brackets or open_brackets.pop() != word:
                    raise _UndecidedError
            elif not open_brackets:
                yield at
        if open_brackets:
            raise _UndecidedError

    def _closing(self, low: int, high: int) -> int:
        depth = 0
        for at in range(low, high):
            depth += (self.words[at] == "(") - (self.words[at] == ")")
            if depth == 0:
                return at
        raise _UndecidedError

    def _split(self, low: int, high: int, operator: str) -> list[tuple[int, int]]:
        cuts = [at for at in self._outside(low, high) if self.words[at] == operator]
        starts = [low, *(at + 1 for at in cuts)]
        return list(zip(starts, [*cuts, high], strict=True))


def _any_of(parts: list[_Formula]) -> _Formula:
    return lambda facts: any(part(facts) for part in parts)


def _all_of(parts: list[_Formula]) -> _Formula:
    return lambda facts: all(part(facts) for part in parts)


def _constant(*, value: bool) -> _Formula:
    return lambda _: value


def _ordered(name: str, operator: str, bound: _Value) -> _Formula:
    limit = bound[1]

    def holds(facts: _Facts) -> bool:
        kind, value = facts[name]
        if kind != "number" or not isinstance(value, Fraction) or not isinstance(limit, Fraction):
            return False
        if operator in ("<", "<="):
            return value < limit or (operator == "<=" and value == limit)
        return value > limit or (operator == ">=" and value == limit)

    return holds


def _literal(words: list[str]) -> _Value | None:
    sign = -1 if len(words) == 2 and words[0] == "-" else 1
    if len(words) != 1 + (sign < 0):
        return None
    word = words[-1]
    if _NUMBER.fullmatch(word):
        return "number", sign * Fraction(word)
    if sign < 0:
        return None
    if word in ("true", "false"):
        return "bool", word == "true"
    if word[0] in "rR" and word[1:2] in ("'", '"'):
        return "text", word[2:-1]
    if word[0] in "'\"" and "\\" not in word:  # an escape can spell a text in two ways
        return "text", word[1:-1]
    return None


def _listed(words: list[str]) -> set[_Value]:
    """Return the literals of `[a, b, …]`; empty when it is anything else."""
    if len(words) < 3 or words[0] != "[" or words[-1] != "]" or len(words) % 2 == 0:
        return set()
    if any(comma != "," for comma in words[2:-1:2]):
        return set()
    values = [_literal([word]) for word in words[1:-1:2]]
    return {value for value in values if value is not None} if None not in values else set()


def _domain(name: str, values: set[_Value]) -> list[_Value]:
    """Return one value for every set of values that the literals cannot tell apart."""
    numbers = sorted({value[1] for value in values if isinstance(value[1], Fraction)})
    rest = sorted((value for value in values if value[0] != "number"), key=repr)
    if name in _COUNTS or _SIZE.fullmatch(name):  # whole numbers from 0
        whole = {0} | {int(number) + step for number in numbers for step in (-1, 0, 1)}
        return [("number", Fraction(count)) for count in sorted(whole) if count >= 0]
    tried: list[Fraction] = list(numbers)
    if numbers:
        tried += [(low + high) / 2 for low, high in pairwise(numbers)]
        tried += [numbers[0] - 1, numbers[-1] + 1]
    return [*(("number", number) for number in sorted(tried)), *rest, _OTHER]


def _spoken(value: _Value) -> str:
    if value[0] == "other":
        return "anything else"
    if value[0] == "number" and isinstance(value[1], Fraction):
        return str(value[1].numerator) if value[1].denominator == 1 else str(float(value[1]))
    return repr(value[1]) if value[0] == "text" else str(value[1]).lower()


def _described(facts: _Facts) -> str:
    parts = [
        f"`{name[1:]}` is {_spoken(value)}" if name[0] == "?" else f"{name} is {_spoken(value)}"
        for name, value in facts.items()
    ]
    return _cut(" and ".join(parts))


def _tried(domains: Mapping[str, list[_Value]]) -> str:
    shown = [
        f"{name} = {', '.join(_spoken(value) for value in values)}"
        for name, values in domains.items()
        if name[0] != "?"
    ]
    return _cut("; ".join(shown))


def _cut(text: str, limit: int = 160) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "\u2026"
