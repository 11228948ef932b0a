"""Finds personal data that has a form: addresses, numbers, accounts.

What it finds
    By kind: `e-mail`; `phone`, written with a leading `+` and country code, or as North American
    numbers are; `iban`, of a country in the register and of its length, with the right check
    digits; `card`, a payment card number of a known issuer range and length, with the right check
    digit (Luhn); `us-ssn`, a US social security number written with hyphens or spaces, of an area,
    group and serial that can exist; `ip`, an IPv4 or IPv6 address.

Settings
    `kinds`: the kinds to look for; all unless given. `checksums`: true (the default) lets only
    numbers with right check digits count as `iban` and `card`; false takes every number of that
    form. `allowed_hosts`: host names; e-mail addresses at them, such as your own support address,
    are no hits.

What it misses
    Names, postal addresses, dates of birth, health and anything else without a form of its own.
    National numbers of other countries. Phone numbers in local form outside North America. What is
    spelled out ("at example dot com"). It takes version numbers of four parts for addresses, and
    invented numbers for real ones: it does not know who a number belongs to.

On streams
    Check digits cannot be computed by a pattern. So with `checksums` and one of the kinds `iban`
    and `card`, or with `allowed_hosts`, it needs the whole text and answers wait for their end.
    Otherwise it streams, and finds in a stream exactly what it finds in the whole text: either
    choose other kinds, or set `checksums` to false and accept that about nine of ten random
    numbers of a card's form are taken for cards.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from charter.gateway import forms
from charter.gateway.check import CLEAR, Outcome, Target
from charter.gateway.search import Accept, Search, named, ranges

STAGES = frozenset({"offer", "request", "output", "tool_call", "tool_result"})
CHANNELS = frozenset(
    {"text", "refusal", "reasoning", "arguments", "description", "transcript", "annotations"}
)
EFFECT = "redact"

IBAN_LENGTHS: Mapping[int, str] = MappingProxyType(
    {
        15: "NO", 16: "BE", 18: "DK|FO|FI|GL|NL|SD|FK", 19: "MK|SI", 20: "AT|BA|EE|KZ|LT|LU|XK|MN",
        21: "CH|HR|LI|LV", 22: "BG|BH|CR|DE|GB|GE|IE|ME|RS|VA", 23: "AE|GI|IL|IQ|TL|OM|SO",
        24: "AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG", 25: "LY|PT|ST", 26: "IS|TR",
        27: "FR|GR|IT|MC|MR|SM|BI|DJ", 28: "AL|AZ|BY|CY|DO|GT|HU|LB|PL|SV|NI|HN",
        29: "BR|EG|PS|QA|UA", 30: "JO|KW|MU|YE", 31: "MT|SC", 32: "LC", 33: "RU",
    }
)  # fmt: skip
"""Length to countries. Source: SWIFT IBAN registry (ISO 13616)."""

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = r"[0-9A-Fa-f]{1,4}"
_GAP = r"[ -]?"


def _iban(length: int, countries: str) -> str:
    whole, rest = divmod(length - 4, 4)
    last = f"{_GAP}[0-9A-Z]{{{rest}}}" if rest else ""
    return f"(?:{countries})[0-9]{{2}}(?:{_GAP}[0-9A-Z]{{4}}){{{whole}}}{last}"


KINDS: Mapping[str, str] = MappingProxyType(
    {
        "e-mail": r"[\pL\pN._%+'-]{1,64}@(?:[\pL\pN-]{1,63}\.){1,4}\pL{2,24}",
        "phone": r"\+[0-9](?:[ ().\x{2f}-]{0,2}[0-9]){7,14}\b"
        r"|\b(?:1[ .-])?\(?[2-9][0-9]{2}\)?[ .-]{1,2}[2-9][0-9]{2}[ .-][0-9]{4}\b",
        "iban": r"\b(?i:"
        + "|".join(_iban(length, countries) for length, countries in IBAN_LENGTHS.items())
        + r")\b",
        "card": r"\b(?:"
        # Visa, Mastercard, Discover, JCB, UnionPay of 16 digits
        rf"(?:4[0-9]{{3}}|5[1-5][0-9]{{2}}|2[2-7][0-9]{{2}}|6011|64[4-9][0-9]|65[0-9]{{2}}"
        rf"|35[2-8][0-9]|62[0-9]{{2}}|81[0-9]{{2}})(?:{_GAP}[0-9]{{4}}){{3}}(?:{_GAP}[0-9]{{3}})?"
        rf"|3[47][0-9]{{2}}{_GAP}[0-9]{{6}}{_GAP}[0-9]{{5}}"  # American Express
        rf"|3(?:0[0-5]|[689][0-9])[0-9]{_GAP}[0-9]{{6}}{_GAP}[0-9]{{4}}"  # Diners Club
        r")\b",
        "us-ssn": r"\b(?:00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])(?:"
        + "|".join(
            rf"{mark}(?:0[1-9]|[1-9][0-9]){mark}"
            r"(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
            for mark in ("-", " ")
        )
        + r")\b",
        "ip": rf"\b{_OCTET}(?:\.{_OCTET}){{3}}\b"
        rf"|\b(?:{_HEX}:){{7}}{_HEX}\b|\b(?:{_HEX}:){{2,6}}(?::{_HEX}){{1,5}}\b"
        rf"|\b(?:2[0-9A-Fa-f]{{3}}|[Ff][CcDd][0-9A-Fa-f]{{2}}|[Ff][Ee]80)::{_HEX}(?::{_HEX}){{0,5}}\b",
    }
)


@dataclass(frozen=True, slots=True)
class Ready:
    """The patterns of the kinds chosen, and further tests of what they match."""

    search: Search
    patterns: Mapping[str, str]
    accept: Mapping[str, Accept]

    def look(self, target: Target) -> Outcome:
        """Find all personal data."""
        found = self.search.of(target, self.accept)
        return Outcome(hit=True, reason=named(found), ranges=ranges(found)) if found else CLEAR


def build(settings: Mapping[str, Any]) -> Ready:
    """Compile the kinds. Raises ConfigError for a kind that is not known."""
    forms.check_names(settings, ["kinds", "checksums", "allowed_hosts"])
    chosen = {kind: KINDS[kind] for kind in forms.words(settings, "kinds", KINDS)}
    accept: dict[str, Accept] = {}
    if forms.flag(settings, "checksums", default=True):
        tests: dict[str, Accept] = {"iban": is_iban, "card": is_card}
        accept = {kind: test for kind, test in tests.items() if kind in chosen}
    hosts = tuple(host.casefold() for host in forms.texts(settings, "allowed_hosts"))
    if hosts and "e-mail" in chosen:
        accept["e-mail"] = lambda found: found.rpartition("@")[2].casefold() not in hosts
    return Ready(Search(chosen), {} if accept else chosen, accept)


def is_card(found: str) -> bool:
    """Say whether the last digit of a card number is the one that the others give.

    Source: ISO/IEC 7812-1, annex B (Luhn).
    """
    total = 0
    for place, digit in enumerate(reversed(re.sub(r"[^0-9]", "", found))):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def is_iban(found: str) -> bool:
    """Say whether the check digits of an IBAN are right. Source: ISO 7064, MOD 97-10."""
    plain = re.sub(r"[ -]", "", found).upper()
    turned = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return int(turned) % 97 == 1
