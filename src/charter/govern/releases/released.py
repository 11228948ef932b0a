"""Releases that stand: a fold of their records, each held against the signature it carries.

A record of a release whose statement no known key signed, or says something else, is no release:
whoever can write into a ledger cannot make a version official without its key.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from charter.govern.releases.statement import check
from charter.ledger.tlog.note import parse_vkey
from charter.records.record import Record
from charter.records.release import Released, ReleaseWithdrawn

Kinds: TypeAlias = tuple[type[Record], ...]
KINDS: Kinds = (Released, ReleaseWithdrawn)
"""What releases are made of."""


class Releases:
    """Every line of releases. `take` must be given records in the order of a ledger."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Released]] = {}
        self._withdrawn: dict[str, ReleaseWithdrawn] = {}

    def take(self, record: Record) -> None:
        """Fold one record; one that was taken before, or is of another kind, changes nothing."""
        match record:
            case Released(run=line):
                known = self._lines.setdefault(line, [])
                if all(each.number != record.number for each in known):
                    known.append(record)
                    known.sort(key=lambda each: each.number)
            case ReleaseWithdrawn(run=run):
                self._withdrawn.setdefault(run, record)

    def newest(self, line: str, keys: tuple[str, ...]) -> Released | None:
        """Return the newest release of a line that stands; None where there is none."""
        standing = (each for each in reversed(self._lines.get(line, ())) if self._stands(each))
        return next((each for each in standing if not unsigned(each, keys)), None)

    def of(self, policy: str, keys: tuple[str, ...], line: str = "") -> Released | None:
        """Return the newest release of a policy that stands, in one line or in any."""
        named = (each for each in self._all(line) if each.policy == policy and self._stands(each))
        return next((each for each in named if not unsigned(each, keys)), None)

    def lines_of(self, policy: str) -> tuple[str, ...]:
        """Return the lines in which a policy was ever released."""
        found = (each.run for each in self._all("") if each.policy == policy)
        return tuple(dict.fromkeys(found))

    def withdrawn(self, policy: str) -> bool:
        """Whether a release of a policy was withdrawn."""
        return any(each.policy == policy and not self._stands(each) for each in self._all(""))

    def why_unsigned(self, policy: str, keys: tuple[str, ...]) -> str:
        """Return why a release of a policy that was recorded does not count; empty without one."""
        found = (unsigned(each, keys) for each in self._all("") if each.policy == policy)
        return next(filter(None, found), "")

    def _all(self, line: str) -> Iterable[Released]:
        lines = [self._lines.get(line, [])] if line else self._lines.values()
        return (each for known in lines for each in reversed(known))

    def _stands(self, release: Released) -> bool:
        return release.release not in self._withdrawn


def unsigned(release: Released, keys: tuple[str, ...]) -> str:
    """Return why the statement of a release cannot be trusted; empty where it can.

    `keys` are verifier keys, `name+id+base64`.
    """
    return _checked(release, keys)


@lru_cache(maxsize=4096)
def _checked(release: Released, keys: tuple[str, ...]) -> str:
    return check(release, [parse_vkey(key) for key in keys]).reason
