"""What the pages of surveys work on: the ledger, what the operator settled, limits, a secret."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from starlette.requests import Request

from charter.console.desk import Keeps as Clock
from charter.console.guard import MOST_QUERY
from charter.console.limit import Limit
from charter.console.moment import stamp
from charter.console.survey_crowd import Crowd
from charter.console.survey_refusal import TurnedAway
from charter.console.whence import network_of
from charter.errors import LedgerError
from charter.evolve.surveys.conduct import note
from charter.evolve.surveys.opening import Opening, opening
from charter.evolve.surveys.quality import Note
from charter.ledger.ledger import Ledger
from charter.ledger.vault import Vault

MINUTE, HOUR = 60.0, 3600.0
MOST_ID = 200
FORMS = "public:survey-forms"
"""No record has a subject of this application: its pseudonym is a secret of the master key."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the operator settled."""

    per_network: int = 20
    """People who may join from one network in an hour."""
    per_hour: int = 5000
    """People who may join in an hour, from anywhere."""
    requests_per_network: int = 300
    """In a minute."""
    requests_per_minute: int = 20_000
    same_network: int = 5
    """Participations of one survey from one network in a day, beyond which all are noted."""
    address_header: str = ""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where people take part. Limits are kept in memory, for this process."""

    ledger: Ledger
    vaults: Callable[[], Vault | None]
    """What seals words now; None where nothing is kept."""
    clock: Clock
    terms: Terms
    secret: bytes
    """Of this process: for what is forgotten with it."""
    joins: Limit = field(init=False)
    all_joins: Limit = field(init=False)
    requests: Limit = field(init=False)
    all_requests: Limit = field(init=False)
    crowd: Crowd = field(init=False)

    def __post_init__(self) -> None:
        terms = self.terms
        for name, most, seconds in (
            ("joins", terms.per_network, HOUR),
            ("all_joins", terms.per_hour, HOUR),
            ("requests", terms.requests_per_network, MINUTE),
            ("all_requests", terms.requests_per_minute, MINUTE),
        ):
            object.__setattr__(self, name, Limit(most, seconds))
        object.__setattr__(self, "crowd", Crowd(self.secret, most=terms.same_network))

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        return self.clock.now()

    def at(self) -> str:
        """Return the time as records have it."""
        return stamp(self.clock.now())

    def vault(self) -> Vault:
        """Return what seals and opens words. Raises TurnedAway where nothing is kept."""
        found = self.vaults()
        if found is None:
            raise TurnedAway(503, "off")
        return found

    def form_secret(self) -> bytes:
        """Return what signs forms: the same on every replica and after a restart.

        Somebody whose page was open while the service was killed can send it to the next one.
        """
        return hashlib.sha256(self.vault().pseudonym(FORMS, "1").encode()).digest()

    def network(self, request: Request) -> str:
        """Return where a request comes from."""
        return network_of(request, self.terms.address_header)

    def count(self, request: Request) -> None:
        """Count a request against the limits. Raises TurnedAway where there are too many."""
        if len(request.url.query) > MOST_QUERY:
            raise TurnedAway(414, "request")
        wait = self.requests.take(self.network(request), self.now())
        if wait:
            raise TurnedAway(429, "often", wait=wait)
        wait = self.all_requests.take("", self.now())
        if wait:
            raise TurnedAway(429, "full", wait=wait)

    def admit(self, request: Request) -> None:
        """Count somebody who wants to join. Raises TurnedAway where there are too many."""
        wait = self.joins.take(self.network(request), self.now())
        if wait:
            raise TurnedAway(429, "often", wait=wait)
        wait = self.all_joins.take("", self.now())
        if wait:
            raise TurnedAway(429, "full", wait=wait)

    def find(self, survey: str) -> Opening:
        """Return a survey as it stands now. Raises TurnedAway where there is none."""
        found = opening(self.ledger, survey) if 0 < len(survey) <= MOST_ID else None
        if found is None:
            raise TurnedAway(404, "survey")
        return found

    def takes(self, opening: Opening) -> bool:
        """Whether a survey takes answers now."""
        return opening.takes(self.at())

    def note(self, survey: str, *seen: Note) -> None:
        """Write notes down. What somebody said is durable already, and is not refused for these."""
        with suppress(LedgerError):
            for each in seen:
                note(self.ledger, survey, each, at=self.at())
