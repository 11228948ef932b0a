"""How a version of a spec became official. `run` is the id of the request, or as it says."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against a release."""

    kind: str
    """gate, evaluation, threshold, budget, breach, roles or spec."""
    name: str
    """Of the gate, the threshold, the objective."""
    what: str


@dataclass(frozen=True, slots=True)
class ReleaseAsked:
    """Somebody asks for a version to become official: what was found, and who has to agree."""

    run: str
    at: str
    by: str
    spec_name: str
    spec_version: str | None
    policy: str
    """Digest of the compiled policy."""
    documents: tuple[str, ...]
    """Digests of spec and overlays, from the base up."""
    before: str
    """Id of the release that it follows; empty for the first."""
    level: str
    """The highest authority changed; empty where no rule is."""
    facts: str
    """Canonical JSON of everything found: differences, stale evaluations, gates, thresholds."""
    refusals: tuple[Refusal, ...]
    needed: int
    """People who have to agree."""
    roles: tuple[str, ...]
    """Who may agree."""
    roles_digest: str = ""
    """Of the file that says who has which role."""


@dataclass(frozen=True, slots=True)
class ReleaseVoted:
    """One person decided, once."""

    run: str
    at: str
    by: str
    role: str
    verdict: str
    """approve or deny."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ReleaseOverridden:
    """A named role lets it pass although it is refused. Shown wherever the release is."""

    run: str
    at: str
    by: str
    role: str
    reason: str
    refusals: tuple[str, ...]
    """Kind and name of each that is set aside, such as `gate whole`."""


@dataclass(frozen=True, slots=True)
class Released:
    """A version is official from now on."""

    run: str
    """Name of the spec: its releases are one line."""
    number: int
    """From 1 without a gap within `run`: of two at once, one comes late."""
    at: str
    by: str
    release: str
    """Id of the request."""
    spec_version: str | None
    policy: str
    documents: tuple[str, ...]
    overridden: bool
    note: str
    """The statement, signed by the key of the ledger: a C2SP signed note."""


@dataclass(frozen=True, slots=True)
class ReleaseDecided:
    """What became of a request, once: kept together with the record that brought it about.

    Of two who end one request at the same time, the ledger takes one.
    """

    run: str
    at: str
    by: str
    outcome: str
    """released, denied or withdrawn."""


@dataclass(frozen=True, slots=True)
class ReleaseWithdrawn:
    """A version, or the request for one, is official no more."""

    run: str
    at: str
    by: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class PolicyPinned:
    """Nothing but one policy is served until the pin is lifted. `run` is the id of the pin."""

    run: str
    at: str
    by: str
    policy: str
    reason: str
    incident: str = ""


@dataclass(frozen=True, slots=True)
class PinLifted:
    """A pin came to its end. `run` is the id of the pin."""

    run: str
    at: str
    by: str
    reason: str
