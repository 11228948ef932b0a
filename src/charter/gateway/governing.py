"""What may be served now: pins, releases and thresholds, held against what is served.

Two things follow from them. A table that is not allowed is refused, at the start and at a reload.
And what is served already may be barred: its requests are then refused until that has changed. A
pin of another policy has the gateway go back to that policy, where it has served it before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from charter.errors import ConfigError
from charter.gateway.barred import Barred
from charter.gateway.check import checks
from charter.gateway.served import Served
from charter.gateway.settings import GovernSettings
from charter.gateway.table import Overlays, Table, serve
from charter.gateway.watched import CROSSED, Judged, refuse_crossed
from charter.govern.pins import KINDS as PIN_KINDS
from charter.govern.pins import Pins
from charter.govern.releases.released import KINDS as RELEASE_KINDS
from charter.govern.releases.released import Releases
from charter.ledger.ledger import Ledger
from charter.records.record import Record
from charter.records.release import Released

KINDS = (*PIN_KINDS, *RELEASE_KINDS)
MOST_PAST, TABLES = 32, 4
"""Policies that are kept to go back to, and tables: whichever is more."""
PINNED = "another policy is pinned"
WITHDRAWN = "the release of this policy was withdrawn"
UNRELEASED = "this policy is not released"


@dataclass(slots=True)
class Governing:
    """What a gateway goes by. Everything but `wanted` is for the thread of its event loop."""

    latest: Table
    """The last table that was taken from files: what is served unless a pin says otherwise."""
    key: str = ""
    """Verifier key of the ledger; empty where it has none."""
    pins: Pins = field(default_factory=Pins)
    releases: Releases = field(default_factory=Releases)
    judged: Judged = field(default_factory=Judged)
    barred: Mapping[str, str] = field(default_factory=dict)
    """By the digest of what is served and must not be: why, in words for anybody."""
    _past: dict[tuple[Overlays, str], Served] = field(default_factory=dict)
    _made: tuple[Table, str, Table] | None = None
    """The latest table, a pin, and what is served under it."""

    @property
    def settings(self) -> GovernSettings:
        """What the newest settings say."""
        return self.latest.settings.govern

    def take(self, record: Record) -> None:
        """Fold one record; those of other kinds change nothing."""
        self.pins.take(record)
        self.releases.take(record)

    def read(self, ledger: Ledger) -> None:
        """Fold what a ledger has. Raises LedgerTampered and LedgerUnavailable."""
        for _, record in ledger.read_any(KINDS):
            self.take(record)

    def refuse(self, table: Table, reasons: tuple[str, ...]) -> None:
        """Raise ConfigError, saying why, where a table must not be served."""
        pin = self.pins.current
        digests = [each.policy.digest for each in table.policies]
        if pin is not None and pin.policy not in digests:
            raise Barred(
                f"policy {pin.policy[:19]} is pinned by {pin.by}, and this is {digests[0][:19]}",
                hint=f"serve what is pinned, or lift the pin: charter pin --lift {pin.run}",
                outward=PINNED,
            )
        if table.settings.govern.released_only:
            for served in table.policies:
                self._refuse_unreleased(served, table)
        refuse_crossed(reasons)

    def settle(self, table: Table) -> None:
        """Tell what of a table is barred, and keep it in mind as served."""
        for overlays, served in table.served.items():
            key = overlays, served.policy.digest
            self._past.pop(key, None)
            self._past[key] = served
        while len(self._past) > max(MOST_PAST, TABLES * len(table.served)):
            del self._past[next(iter(self._past))]
        found = {each.policy.digest: self._why_barred(each) for each in table.policies}
        self.barred = {digest: why for digest, why in found.items() if why}

    def why_not(self, table: Table) -> str:
        """Return why a gateway is not ready, in words for anybody; empty where it is."""
        barred = self.barred.get(table.base.policy.digest, "")
        return barred or (CROSSED if self.judged.reasons else "")

    def wanted(self) -> Table:
        """Return what is to be served: the latest table, with the pinned policy in its place.

        The pinned policy is served under the callers and the settings of today; where these do
        not fit it any more, with the checks it was served with.
        """
        latest, pin = self.latest, self.pins.current
        if pin is None or any(each.policy.digest == pin.policy for each in latest.policies):
            return latest
        made = self._made
        if made is not None and made[0] is latest and made[1] == pin.run:
            return made[2]
        found = {
            overlays: _anew(served, latest)
            for (overlays, digest), served in list(self._past.items())
            if digest == pin.policy and overlays in latest.served
        }
        if not found:
            return latest
        whole = replace(latest, served={**latest.served, **found})
        self._made = latest, pin.run, whole
        return whole

    def told(self, table: Table) -> dict[str, Any]:
        """Return what /health says: digests, ids and numbers, no words of people."""
        found: dict[str, Any] = {}
        pin, release = self.pins.current, self._release(table.base)
        if pin is not None:
            found["pinned"] = {"pin": pin.run, "policy": pin.policy}
        if release is not None:
            found["release"] = {
                "line": release.run,
                "number": release.number,
                "overridden": release.overridden,
            }
        if self.releases.withdrawn(table.base.policy.digest) and release is None:
            found["withdrawn"] = True
        if self.barred:
            found["barred"] = dict(self.barred)
        if self.judged.reasons:
            found["thresholds_crossed"] = len(self.judged.reasons)
        return found

    # Releases

    def _keys(self, settings: GovernSettings) -> tuple[str, ...]:
        return settings.keys or ((self.key,) if self.key else ())

    def _release(self, served: Served) -> Released | None:
        keys = self._keys(self.settings)
        return self.releases.of(served.policy.digest, keys) if keys else None

    def _why_barred(self, served: Served) -> str:
        pin, digest = self.pins.current, served.policy.digest
        if pin is not None and pin.policy != digest:
            return PINNED
        settings = self.settings
        if not settings.released_only or self._release(served) is not None:
            return ""
        if self.releases.withdrawn(digest):
            return "" if settings.withdrawn == "serve" else WITHDRAWN
        return UNRELEASED

    def _refuse_unreleased(self, served: Served, table: Table) -> None:
        settings, digest = table.settings.govern, served.policy.digest
        keys = self._keys(settings)
        if not keys:
            raise ConfigError(
                "govern.released_only: there is no key to check releases with",
                hint='name whose releases count: keys = ["NAME+ID+BASE64"] in [govern]',
            )
        pin = self.pins.current
        pinned = pin is not None and pin.policy == digest
        is_base = digest == table.base.policy.digest
        line = (settings.line or served.policy.layers[-1].name) if is_base else ""
        newest = None
        for each in (line,) if line else self.releases.lines_of(digest):
            newest = self.releases.newest(each, keys)
            if newest is not None and newest.policy == digest:
                return
        if pinned and self.releases.of(digest, keys, line) is not None:
            return
        raise ConfigError(
            f"policy {digest[:19]} of {served.policy.name}"
            f" {served.spec_version or 'without a version'} is not released:"
            f" {self._instead(digest, line, newest, keys)}",
            hint="`charter release` makes a version official; [govern] released_only asks for it",
        )

    def _instead(
        self, digest: str, line: str, newest: Released | None, keys: tuple[str, ...]
    ) -> str:
        """Return what there is in place of a release that counts."""
        bad = self.releases.why_unsigned(digest, keys)
        if bad:
            return bad
        if self.releases.withdrawn(digest) and self.releases.of(digest, keys, line) is None:
            return "its release was withdrawn"
        if newest is None:
            return f"no release of {line} stands" if line else "no release of it stands"
        version = newest.spec_version or "without a version"
        return f"release {newest.number} of {newest.run} is {version}, policy {newest.policy[:19]}"


def _anew(served: Served, table: Table) -> Served:
    settings = table.settings
    try:
        return serve(served.policy, settings, checks() if settings.checks else {})
    except ConfigError:
        return served
