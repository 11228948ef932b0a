"""Spec, overlays and settings -> everything a request is served under, as one immutable value.

Overlays of a caller are laid over those of the service, so there is one policy for each set of
overlays that callers have. Whatever is wrong with any of them is said here, before it is served.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from charter.errors import ConfigError
from charter.gateway.callers import Callers
from charter.gateway.check import Check, checks
from charter.gateway.configure import configure
from charter.gateway.judging.plan import plan
from charter.gateway.served import Caller, Served
from charter.gateway.settings import GovernSettings, Settings
from charter.gateway.wire.trail import Terms
from charter.load import load_policy, spec_file
from charter.policy.briefs.brief import brief
from charter.policy.policy import Layer, Policy

Overlays = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What is served, and to whom. Swapped whole."""

    settings: Settings
    callers: Callers
    served: Mapping[Overlays, Served]
    """By the overlays of a caller; those of the service alone are under ()."""
    sources: tuple[tuple[Path, tuple[Path, ...]], ...] = field(default=(), repr=False)
    """Spec and overlays of each policy."""

    @property
    def base(self) -> Served:
        """What callers without overlays of their own get."""
        return self.served[()]

    def of(self, caller: Caller) -> Served:
        """Return what a caller gets."""
        return self.served[caller.overlays]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All documents that anything served rests on."""
        found = (layer for served in self.served.values() for layer in served.policy.layers)
        return tuple(dict.fromkeys(found))

    @property
    def policies(self) -> tuple[Served, ...]:
        """What is served, one of each policy: the base first."""
        return tuple({served.policy.digest: served for served in self.served.values()}.values())


def build_table(
    spec: str | Path, overlays: Sequence[str | Path], settings: Settings, *, cache: bool = True
) -> Table:
    """Read, compile and check everything.

    Raises SpecError for specs and overlays, ConfigError for settings that do not fit them, and
    PluginError for a check that does not load.
    """
    known = checks() if settings.checks else {}
    sets: dict[Overlays, None] = {(): None}
    sets |= {entry.caller.overlays: None for entry in settings.callers}
    served: dict[Overlays, Served] = {}
    sources = []
    for own in sets:
        laid = (*overlays, *own)
        readings = dict(settings.request.readings) or None
        policy = load_policy(spec, laid, readings, cache=cache)
        with _naming(settings.path):
            served[own] = serve(policy, settings, known)
        sources.append((spec_file(spec), tuple(spec_file(each) for each in laid)))
    with _naming(settings.path):
        for entry in settings.callers:
            _check_caller(entry.caller, served[entry.caller.overlays].policy)
        for each in served.values():
            _check_four_eyes(each, settings)
    callers = Callers((entry.caller, entry.keys) for entry in settings.callers)
    return Table(settings, callers, served, tuple(sources))


def serve(policy: Policy, settings: Settings, known: Mapping[str, Check]) -> Served:
    """Return what is served under one policy. Raises ConfigError."""
    configured = tuple(configure(entry, policy, known) for entry in settings.checks)
    request = settings.request
    text = ""
    if request.brief_tokens:
        text = brief(policy, budget=request.brief_tokens).text
    return Served(
        policy=policy,
        spec_version=policy.layers[-1].version,
        documents=tuple(layer.digest for layer in policy.layers),
        checks=configured,
        streaming=plan(policy, configured),
        tools=settings.tools,
        terms=Terms(request.system_as, policy.ladder, policy.readings),
        approvals=settings.approvals,
        brief=text,
        delimiting=request.delimiting,
        refuse_as=request.refuse_as,
        keep=settings.keep.payloads,
        sample=settings.keep.sample,
    )


@contextmanager
def _naming(file: str) -> Iterator[None]:
    """Put the file before what is wrong with a setting in it."""
    try:
        yield
    except ConfigError as error:
        if not file:
            raise
        raise ConfigError(f"{file}: {error.message}", hint=error.hint) from error


def evidence_files(settings: GovernSettings) -> tuple[Path, ...]:
    """Return the files that thresholds are read from and held against."""
    if settings.thresholds is None:
        return ()
    roles = () if settings.roles is None else (settings.roles,)
    return (settings.thresholds, *settings.evidence, *roles)


def files_of(table: Table) -> tuple[Path, ...]:
    """Return every file that a table was made of."""
    found: dict[Path, None] = {}
    for spec, overlays in table.sources:
        found |= dict.fromkeys((spec, *overlays))
    if table.settings.path:
        found[Path(table.settings.path)] = None
    found |= dict.fromkeys(evidence_files(table.settings.govern))
    return tuple(found)


def _check_caller(caller: Caller, policy: Policy) -> None:
    if caller.level not in policy.ladder.names:
        levels = ", ".join(level.name for level in policy.ladder.levels)
        raise ConfigError(
            f"callers.{caller.id}.level: no level {caller.level!r}", hint=f"one of {levels}, none"
        )


def _check_four_eyes(served: Served, settings: Settings) -> None:
    """Raise ConfigError for an id that names nothing: it would ask for two people in vain."""
    policy = served.policy
    boundaries = {boundary.id for boundary in policy.boundaries}
    named = boundaries | set(settings.tools) | {each.id for each in served.checks}
    for wanted in sorted(settings.approvals.four_eyes):
        if wanted not in named and not policy.knows(wanted):
            raise ConfigError(
                f"approvals.four_eyes: {wanted!r} is no boundary, section, check or declared tool",
                hint="declare the tool in [tools], or correct the id",
            )


def whole_because(served: Served) -> Iterator[tuple[str, str]]:
    """Yield what makes streams wait for whole texts: its id, and what it is."""
    by_id = {each.id: each for each in served.checks}
    for one in served.streaming.whole:
        check = by_id.get(one)
        what = f"check {check.check}" if check is not None else "boundary"
        yield one, what
