"""A gateway coming, counting and going: what completeness is checked against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServiceStarted:
    """One replica began to serve."""

    run: str
    at: str
    charter: str
    replica: str
    policy: str
    spec_name: str
    spec_version: str | None
    documents: tuple[str, ...]
    """Digests of spec and overlays, from the base up."""
    settings: str
    """Digest of the configuration file."""


@dataclass(frozen=True, slots=True)
class PolicyServed:
    """Another policy took effect; requests in flight finish under theirs."""

    run: str
    at: str
    number: int
    """From 1 within `run`."""
    policy: str
    before: str
    spec_version: str | None
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceCounted:
    """Counters of one replica, written in intervals: a silence of them shows."""

    run: str
    at: str
    number: int
    """From 1 within `run`, without a gap."""
    sequence: int
    """Of the last decision recorded before."""
    received: int
    """Requests, since the start; also those below."""
    answered: int
    refused: int
    failed: int
    last: bool = False
    """Whether it was written at an orderly end."""
