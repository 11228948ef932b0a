"""A request under a policy: labelled, its directives gathered, and resolved."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from charter.errors import ConfigError
from charter.policy.conversation import Conversation, Transcript
from charter.policy.directives.collect import Gathered, directives_in
from charter.policy.directives.extractor import Extractor
from charter.policy.fates.resolve import resolve
from charter.policy.labels.label import label
from charter.policy.labels.wire import read
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.policy.scope import Scope
from charter.spec.ladder import NONE, Ladder
from charter.spec.reading import BY_NAME, Part

CALLER = "developer"
"""The role whose words the metadata of a request are, unless the caller says otherwise."""

_LABELLING = [name for name, reading in BY_NAME.items() if reading.part is Part.LABEL]


class Seen(NamedTuple):
    """A conversation as one policy sees it."""

    conversation: Conversation
    gathered: Gathered
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Situation:
    """A policy and a conversation, read and ready."""

    policy: Policy
    transcript: Transcript
    metadata: Mapping[str, Any] | None = None
    """Of the request; what stands under `charter` is read."""
    caller: str | None = None
    """Level of the metadata; None: `usual_caller`."""
    extractor: Extractor | None = None
    capabilities: Collection[str] | None = None
    """All that the assistant can do; None: anything."""
    within: Scope | None = None
    """The scope of the agent that started this one, if one did."""
    _labelled: dict[tuple[str, ...], tuple[Conversation, Gathered]] = field(default_factory=dict)

    def seen(self, policy: Policy | None = None) -> Seen:
        """Label, collect and resolve: under the policy itself, or one with other readings."""
        policy = policy or self.policy
        conversation, gathered = self._label(policy)
        given = gathered.directives
        can, within = self.capabilities, self.within
        found = resolve(policy, conversation, given, capabilities=can, within=within)
        return Seen(conversation, gathered, found)

    def _label(self, policy: Policy) -> tuple[Conversation, Gathered]:
        key = tuple(policy.readings[name] for name in _LABELLING)
        if key not in self._labelled:
            conversation = label(self.transcript, policy.ladder, policy.readings)
            known = [*policy.by_id, *policy.clause_texts]
            gathered = directives_in(
                conversation,
                ladder=policy.ladder,
                readings=policy.readings,
                extractor=self.extractor,
                known=known,
                metadata=self.metadata,
                metadata_level=self.caller or usual_caller(policy.ladder),
                taken=[*known, *(directive.id for directive in policy.directives)],
            )
            self._labelled[key] = conversation, gathered
        return self._labelled[key]


def usual_caller(ladder: Ladder) -> str:
    """Return the level of a request's metadata where nobody says it.

    That at which developers speak; in a ladder without developers the lowest that speaks at all.
    """
    speaking = [level.name for level in ladder.levels if level.roles]
    return ladder.by_role.get(CALLER) or (speaking[-1] if speaking else NONE)


def see(  # noqa: PLR0913 - how a request can be read, by name
    policy: Policy,
    request: object,
    *,
    wire: str | None = None,
    system_as: str | None = None,
    caller: str | None = None,
    extractor: Extractor | None = None,
    capabilities: Collection[str] | None = None,
    within: Scope | None = None,
) -> Seen:
    """Return a request as the policy sees it: whose words, which directives, what is in force.

    `request` is parsed JSON of any wire (Chat Completions, Responses, Messages), or the text of an
    `~~~xml` fence; `wire` names the shape instead of guessing, and `system_as` says whom a system
    message speaks for. `caller` is the level of the request's own metadata, without it that of
    developers. `capabilities` and `within` are those of `resolve`. Raises ParseError for what is no
    conversation, ConfigError for an unknown wire or level.
    """
    if caller is not None and caller not in policy.ladder.names:
        known = ", ".join(level.name for level in policy.ladder.levels)
        raise ConfigError(f"caller: no level {caller!r:.80}", hint=f"one of {known}")
    transcript = read(request, wire, system_as=system_as)
    metadata = request.get("metadata") if isinstance(request, dict) else None
    own = metadata if isinstance(metadata, dict) else None
    found = Situation(policy, transcript, own, caller, extractor, capabilities, within)
    return found.seen()
