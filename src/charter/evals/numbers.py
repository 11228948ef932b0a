"""The numbers that a reply states, read as a person would.

Where a separator is ambiguous the English reading wins: `1,234` is over a thousand and `1.234`
a little over one; `1.234,5` and `3,14` leave no doubt and are read the other way.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from charter.prose.normalize import normalize
from charter.source import Span

MAX_DIGITS = 400

_SCALES = {"thousand": 1e3, "k": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POINTS = {"\u066b": ".", "\u066c": ",", "\uff0e": ".", "\uff0c": ","}
_CURRENCY = frozenset("$€£¥₹₽₩₺₪")

# Every repetition here is over characters that nothing after it can take: linear time.
_BODY = re.compile(r"[0-9]+(?:[.,'][0-9]+)*|[\u00bc-\u00be\u2150-\u215e]")
_SPACED = re.compile(r"[1-9][0-9]{0,2}(?: [0-9]{3})+(?![0-9])(?:[.,][0-9]+)?")
_ENGLISH = re.compile(r"[1-9][0-9]{0,2}(?:[,'][0-9]{3})+(?:\.[0-9]+)?")
_INDIAN = re.compile(r"[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]+)?")
_EUROPEAN = re.compile(r"[1-9][0-9]{0,2}(?:[.'][0-9]{3})+,[0-9]+|[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")

_DATE_OR_TIME = re.compile(
    r"[0-9]{1,4}(?P<mark>[-/.])[0-9]{1,2}(?P=mark)[0-9]{1,4}(?!\.?[0-9])"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])"
)
_CODE = re.compile(r"[^\W\d_]{1,40}[0-9_]|_")
_ORDINAL = re.compile(r"(?:st|nd|rd|th)\b", re.IGNORECASE)
_LABEL = re.compile(r"(?m)^ ?([0-9]{1,3})[.)] ")

_MIXED = re.compile(r" ([0-9]{1,9})[/\u2044]([0-9]{1,9})(?![0-9/])")
_UNDER = re.compile(r"[/\u2044]([0-9]{1,15})(?![0-9/])")
_VULGAR = re.compile(r" ?([\u00bc-\u00be\u2150-\u215e])")
_EXPONENT = re.compile(r"e([+-]?[0-9]{1,3})(?![0-9a-z])", re.IGNORECASE)
_POWER_MARK = (
    r"(?:\^ ?\{?([+-]?[0-9]{1,3})\}?|([\u207b\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,4}))"
)
_TIMES_TEN = re.compile(rf" ?(?:[x\u00d7*\u00b7]|\\times|\\cdot) ?10 ?{_POWER_MARK}")
_POWER = re.compile(_POWER_MARK)
_SCALE = re.compile(r" (thousand|million|billion|trillion)\b|(k)\b", re.IGNORECASE)
_PERCENT = re.compile(r" ?%| (?:percent|per cent)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as stated."""

    values: tuple[float, ...]
    """Its readings: 45 % is both 45 and 0.45."""
    span: Span


def numbers(text: str) -> list[Number]:
    """Return the numbers of `text` in order.

    Parts of names (`GPT-4`, `v2`), dates, times, versions, ordinals and list labels are none;
    nor are numbers in words.
    """
    plain = normalize(text, keep_lines=True, form="NFC")
    line = "".join(_as_ascii(char) for char in plain.text)
    return [
        Number(values, plain.span(start, end))
        for start, end, values in _scan(line)
        if all(map(math.isfinite, values))
    ]


def _scan(line: str) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    labels, position = _labels(line), 0
    while body := _BODY.search(line, position):
        start, position = body.start(), body.end()
        if start in labels or position - start > MAX_DIGITS:
            continue
        if skipped := _DATE_OR_TIME.match(line, start):
            position = skipped.end()
            continue
        if _in_name(line, start, position):
            continue
        end, value = _magnitude(line, start, position)
        if value is None:
            continue
        end, values = _suffixed(line, end, value)
        position = max(end, start + 1)
        start, negative = _sign(line, start)
        yield start, end, tuple(-value if negative else value for value in values)


def _as_ascii(char: str) -> str:
    if char.isascii():
        return char
    return str(unicodedata.decimal(char)) if char.isdecimal() else _POINTS.get(char, char)


def _labels(line: str) -> set[int]:
    """Return where labels of numbered lists stand: a lone `42.` at a line's start is none."""
    found = {match.start(1): int(match[1]) for match in _LABEL.finditer(line)}
    used = set(found.values())
    return {at for at, number in found.items() if used & {number - 1, number + 1}}


def _in_name(line: str, start: int, end: int) -> bool:
    """Say whether digits belong to a name, code or ordinal."""
    before, further = line[start - 1 : start], line[start - 2 : start - 1] if start > 1 else ""
    if before.isalpha() or before == "_":
        return True
    if before in ("-", "/", ".") and further.isalpha():
        return True
    return bool(_CODE.match(line, end) and not _EXPONENT.match(line, end)) or bool(
        _ORDINAL.match(line, end)
    )


def _magnitude(line: str, start: int, end: int) -> tuple[int, float | None]:
    """Read the digits and separators; return where they end and their value, if they have one."""
    body = line[start:end]
    if not body[0].isascii():
        return end, unicodedata.numeric(body)
    if line[start - 1 : start] == "." and not line[start - 2 : start - 1].isalnum():
        return end, float(f"0.{body}") if body.isdigit() else None
    if spaced := _SPACED.match(line, start):
        return spaced.end(), float(spaced[0].replace(" ", "").replace(",", "."))
    if _ENGLISH.fullmatch(body) or _INDIAN.fullmatch(body):
        return end, float(body.replace(",", "").replace("'", ""))
    if _EUROPEAN.fullmatch(body):
        return end, float(body.replace(".", "").replace("'", "").replace(",", "."))
    in_list = line[start - 1 : start] == "," and line[start - 2 : start - 1].isdigit()
    if _PLAIN.fullmatch(body) and not (in_list and "," in body):
        return end, float(body.replace(",", "."))
    first = re.split("[,']", body, maxsplit=1)[0]
    if len(first) < len(body) and _PLAIN.fullmatch(first):
        return start + len(first), float(first)
    return end, None


def _suffixed(line: str, end: int, value: float) -> tuple[int, tuple[float, ...]]:
    """Apply what follows the digits: a fraction, a power, a scale word, a percent sign."""
    if (mixed := _MIXED.match(line, end)) and value.is_integer() and int(mixed[2]):
        end, value = mixed.end(), value + int(mixed[1]) / int(mixed[2])
    elif (under := _UNDER.match(line, end)) and int(under[1]):
        end, value = under.end(), value / int(under[1])
    elif vulgar := _VULGAR.match(line, end):
        end, value = vulgar.end(), value + unicodedata.numeric(vulgar[1])
    elif exponent := _EXPONENT.match(line, end):
        end, value = exponent.end(), value * _power(10, exponent[1])
    elif times := _TIMES_TEN.match(line, end):
        end, value = times.end(), value * _power(10, times[1] or times[2])
    elif power := _POWER.match(line, end):
        end, value = power.end(), _power(value, power[1] or power[2])
    if scale := _SCALE.match(line, end):
        end, value = scale.end(), value * _SCALES[(scale[1] or scale[2]).lower()]
    if percent := _PERCENT.match(line, end):
        return percent.end(), (value, value / 100)
    return end, (value,)


def _power(number: float, exponent: str) -> float:
    try:
        return float(number) ** int(exponent.translate(_SUPERSCRIPTS))
    except (OverflowError, ZeroDivisionError, ValueError):
        return math.nan


def _sign(line: str, start: int) -> tuple[int, bool]:
    """Return where the number begins with its sign, and whether the sign is a minus."""
    if line[start - 1 : start] == ".":
        start -= 1
    first = start
    if start and line[start - 1] in _CURRENCY:
        first = start - 1
    mark = line[first - 1 : first]
    before = line[first - 2 : first - 1] if first > 1 else ""
    if mark not in ("-", "+") or before.isalnum() or before in (")", "]", "%", "-"):
        return start, False
    return first - 1, mark == "-"
