"""A seed -> a whole year in a real ledger, and everything that was planted in it.

One file for each kind of record; what is the same for a seed is every record, and so the root of
the tree. Payloads are sealed under random nonces, which no record knows of.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from charter.ledger.erasure import erase
from charter.ledger.ledger import Ledger
from charter.ledger.master_key import MasterKey
from charter.ledger.open import open_ledger
from charter.ledger.signing import LogKey, checkpoint
from charter.ledger.vault import Vault
from charter.records.decision import DecisionRecorded
from charter.records.erasure import SubjectErased

from .alerts import alert
from .approvals import Approvals
from .calibration import calibrate
from .diary import Diary
from .incidents import Incidents
from .people import People, Words
from .plan import Plan, stamp
from .releases import Version, release, versions
from .samples import WEEK, Samples
from .stops import stop
from .traffic import Allowed, Traffic
from .truth import Truth

ORIGIN = "example.com/year"
SECRET = b"a year that never took place 00 "
"""32 bytes, of both keys: nothing here is worth keeping."""
DELAY = 2
"""Days after which an action that people allowed is done: all votes are there by then."""
WRITTEN = 5
"""Days that are written at once: a part of the 30 after which a checkpoint is signed."""
ERASED = 3
"""People who ask for their words to be erased."""


def log_key() -> LogKey:
    """Return the key of the log."""
    return LogKey(ORIGIN, Ed25519PrivateKey.from_private_bytes(SECRET))


def generate(place: Path | str, plan: Plan | None = None) -> Truth:
    """Write the year into a new ledger, and return what was planted."""
    with open_ledger(str(place)) as ledger:
        return _Year(plan or Plan(), ledger).run()


class _Year:
    """The year while it is written."""

    def __init__(self, plan: Plan, ledger: Ledger) -> None:
        self.plan, self.ledger = plan, ledger
        self.truth, self.diary = Truth(plan), Diary()
        self.vault = Vault(ledger.store, MasterKey.of(SECRET))
        self.key = log_key()
        self.traffic = Traffic(plan, self.truth, self.diary)
        self.approvals = Approvals(plan, self.truth, self.diary)
        self.people = People(plan, self.truth, self.diary)
        self.samples = Samples(plan, self.truth, self.diary, calibrate(plan, self.diary))
        self.versions = {round((v.at - plan.start).days): v for v in versions(plan)}
        self.allowed: dict[int, list[Allowed]] = defaultdict(list)
        """By the day on which what was allowed is done."""
        self.kept: list[DecisionRecorded] = []

    def run(self) -> Truth:
        """Write day by day."""
        Incidents(self.plan, self.truth, self.diary).note()
        stop(self.plan, self.truth, self.diary)
        alert(self.plan, self.diary)
        for day in range(self.plan.days):
            self._day(day)
            if day % 30 == 29:
                checkpoint(self.ledger, self.key)
        self._erase()
        checkpoint(self.ledger, self.key)
        return self.truth

    def _day(self, day: int) -> None:
        plan = self.plan
        if day in self.versions:
            self._release(self.versions[day], first=day == 0)
        if day and day % WEEK == 0:
            at = plan.day(day, hours=1.5)
            for sample, answer, stratum in self.samples.week(day):
                self.people.queue(answer, sample, stratum, at)
            self.people.plant(day)
        allowed = self.allowed.pop(day, [])
        for answer, on in self.traffic.day(day, allowed, plan.day(day, hours=0.5)):
            self.samples.take(answer)
            if answer.payload:
                self.kept.append(answer)
            if on is not None:
                self.approvals.use(answer)
            elif answer.approval:
                found = self.approvals.ask(answer)
                self.allowed[day + DELAY] += [found] if found else []
        last = day == plan.days - 1
        self.traffic.count(plan.day(day, hours=23.99), last=last)
        if last or day % WRITTEN == WRITTEN - 1:
            self._write(day)

    def _release(self, version: Version, *, first: bool) -> None:
        release(self.plan, self.truth, self.diary, version, self.key)
        at = version.at + timedelta(minutes=5)
        if first:
            self.traffic.start(version.policy, version.documents, at)
        else:
            self.traffic.serve(version.policy, version.documents, str(version.number), at)

    def _write(self, day: int) -> None:
        records = self.diary.until(self.plan.day(day + 1))
        words = [
            Words(each.payload, each.subject, each.at, {"texts": [f"words of {each.decision}"]})
            for each in self.kept
        ]
        payloads = [
            self.vault.seal(each.subject, each.content, each.at, id=each.payload)
            for each in (*words, *self.people.sealed)
        ]
        self.ledger.append(*records, payloads=payloads)
        self.kept.clear()
        self.people.sealed.clear()

    def _erase(self) -> None:
        at = stamp(self.plan.end - timedelta(milliseconds=1))
        for person in range(ERASED):
            subject = self.plan.id("sub_", "subject", "shop", person)
            done = erase(
                self.ledger,
                self.vault,
                subject,
                by="dora",
                reason="asked for it",
                basis="Art. 17 GDPR",
                at=at,
            )
            assert isinstance(done, SubjectErased)
            self.truth.erased[subject] = done.payloads
