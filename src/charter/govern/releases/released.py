"""Which policies are official now: for whoever serves nothing else.

The newest release of each line that is not withdrawn and whose statement a trusted key signed. What
no trusted key signed is no release, whatever the record says.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping

from charter.govern.releases.statement import check
from charter.ledger.ledger import Ledger
from charter.ledger.tlog.note import Key
from charter.records.release import Released, ReleaseWithdrawn


class ReleasedPolicies:
    """Releases of a ledger; each signature is checked once. May be used from any thread."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._keys = tuple(keys)
        self._index = 0
        self._lines: dict[str, dict[int, Released]] = {}
        self._untrusted: dict[str, str] = {}
        self._withdrawn: set[str] = set()
        self._lock = threading.Lock()

    def poll(self, ledger: Ledger) -> bool:
        """Take what the ledger has gained; return whether there was anything."""
        with self._lock:
            before = self._index
            for index, record in ledger.read_any((Released, ReleaseWithdrawn), after=before):
                if isinstance(record, ReleaseWithdrawn):
                    self._withdrawn.add(record.run)
                elif isinstance(record, Released):
                    self._take(record)
                self._index = index
            return self._index != before

    def _take(self, record: Released) -> None:
        checked = check(record, self._keys)
        if checked.statement is None:
            self._untrusted[record.release] = checked.reason
        else:
            self._lines.setdefault(record.run, {})[record.number] = record

    def newest(self, line: str) -> Released | None:
        """Return the official release of a line: the highest number that is not withdrawn."""
        with self._lock:
            return self._newest(line)

    def _newest(self, line: str) -> Released | None:
        found = self._lines.get(line, {})
        standing = (n for n, each in found.items() if each.release not in self._withdrawn)
        number = max(standing, default=None)
        return None if number is None else found[number]

    def lines(self) -> Mapping[str, Released]:
        """Return the official release of each line that has one."""
        with self._lock:
            found = {line: self._newest(line) for line in self._lines}
        return {line: each for line, each in found.items() if each is not None}

    def is_released(self, policy: str, line: str = "") -> bool:
        """Whether the policy of this digest is official: in one line, or in any for none named."""
        lines = self.lines()
        found = [lines[line]] if line in lines else [] if line else list(lines.values())
        return any(each.policy == policy for each in found)

    @property
    def untrusted(self) -> Mapping[str, str]:
        """Requests whose release nobody trusted signed, and why that is said."""
        with self._lock:
            return dict(self._untrusted)


def released_policies(ledger: Ledger, keys: Iterable[Key]) -> Mapping[str, Released]:
    """Return the official release of each line of a ledger."""
    found = ReleasedPolicies(keys)
    found.poll(ledger)
    return found.lines()
