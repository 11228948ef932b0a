"""Asks, a model, what is there already -> new drafts, and an account of everything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from charter.errors import BadModelReply, ModelError
from charter.evals.drafts.canary import canaries
from charter.evals.drafts.decide import decide_expected
from charter.evals.drafts.draft import (
    Ask,
    Draft,
    Nearest,
    Proposal,
    Provenance,
    conversation_text,
    draft_id,
)
from charter.evals.drafts.markdown import draft_markdown, front_matter, reads_back
from charter.evals.drafts.prompt import write
from charter.evals.drafts.read_drafts import Known, read_drafts
from charter.evals.drafts.similar import CONTRAST, Similarity
from charter.evals.grader import graders
from charter.evals.judging.rules import SpecRules
from charter.evals.suite import chat_message
from charter.models.provider import Model, Reply, Request
from charter.policy.briefs.tokens import estimate_tokens
from charter.policy.policy import Policy
from charter.spec.overlays.effective import Effective
from charter.spec.spec import Example, ScenarioSet, Spec


class Settings(NamedTuple):
    """How the model is asked."""

    max_tokens: int = 4096
    temperature: float = 0.8
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Peer:
    """A conversation that is there already."""

    id: str
    text: str
    outcome: str | None
    """None where none is expected: an example."""


@dataclass(slots=True)
class Grown:
    """What came of asking."""

    drafts: list[Draft] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    """Ids of drafts that are in a file already, or were rejected before."""
    alike: list[tuple[str, Nearest]] = field(default_factory=list)
    """Captions of drafts that are the same as something that is there, and as what."""
    unusable: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    stopped: ModelError | None = None
    """Why the model was not asked for the rest."""


class Grower:
    """Asks a model for drafts of one spec, one request after another."""

    def __init__(
        self,
        spec: Spec,
        effective: Effective,
        policy: Policy,
        measure: Similarity,
        *,
        rejected: Sequence[ScenarioSet] = (),
    ) -> None:
        """Take in what is there: scenarios, drafts, examples, and what was rejected before.

        Drafts are for `spec`; `effective` has overlays laid over it, and `policy` is made of it.
        """
        self._spec = spec
        self._effective = effective
        self._policy = policy
        self._measure = measure
        self._rules = SpecRules(effective)
        self._checks = graders()
        self._peers: list[Peer] = []
        self._canaries = canaries(spec.scenario_sets)
        groups = (*spec.scenario_sets, *rejected)
        found = [_peer(each, _local(each)) for group in groups for each in group.scenarios]
        found += [_peer(example, example.id) for example in spec.examples if example.messages]
        self._taken = {_local(each) for group in groups for each in group.scenarios}
        self._add(found)

    @property
    def similarity(self) -> str:
        """Name of the method by which conversations are compared."""
        return self._measure.name

    @property
    def threshold(self) -> float:
        """From which on two of them are the same."""
        return self._measure.threshold

    def request(self, ask: Ask, settings: Settings) -> Request:
        """Return what a model is asked. Raises UnknownClause."""
        messages = write(ask, self._effective.spec, self._rules)
        return Request(messages, (), settings.max_tokens, settings.temperature, settings.seed)

    def tokens(self, ask: Ask) -> int:
        """Estimate from above the tokens of a request."""
        asked = self.request(ask, Settings())
        return sum(estimate_tokens(message.content) for message in asked.messages)

    async def grow(
        self, asks: Sequence[Ask], model: Model, settings: Settings, provenance: Provenance
    ) -> Grown:
        """Ask for drafts, request by request; what came before a failure is kept.

        A reply outside of the endpoint's protocol costs that request alone; any other failure of
        the model ends the asking and is in `stopped`.
        """
        grown = Grown()
        for number, ask in enumerate(asks):
            seed = (settings.seed + number) % 2**31
            asked = self.request(ask, settings._replace(seed=seed))
            try:
                reply = await model.reply(asked)
            except BadModelReply as failure:
                grown.requests += 1
                grown.unusable[f"no usable reply: {failure.message[:120]}"] += ask.count
                continue
            except ModelError as failure:
                grown.stopped = failure
                break
            grown.requests += 1
            grown.input_tokens += reply.input_tokens
            grown.output_tokens += reply.output_tokens
            self._take(reply, ask, grown, provenance)
        return grown

    def _take(self, reply: Reply, ask: Ask, grown: Grown, provenance: Provenance) -> None:
        spec = self._spec
        known = Known(spec.section(ask.section), self._checks, spec.scenario_tools, self._canaries)
        read = read_drafts(reply, ask, known)
        grown.unusable.update(read.unusable)
        for proposal in read.proposals:
            self._judge(proposal, grown, provenance)

    def _judge(self, proposal: Proposal, grown: Grown, provenance: Provenance) -> None:
        """Keep a proposal, unless it is there already or cannot be written down."""
        ask = proposal.ask
        name = draft_id(ask.section, ask.kind, proposal.messages)
        if name in self._taken:
            grown.known.append(name)
            return
        expected, decided = decide_expected(proposal, self._policy)
        text = conversation_text(proposal.messages)
        nearest, same = self._nearest(text, expected.outcome.value)
        if nearest is not None and same:
            grown.alike.append((proposal.caption, nearest))
            return
        draft = Draft(name, proposal, expected, decided, nearest)
        written = front_matter(ask.section, "") + "\n" + draft_markdown(draft, provenance)
        if not reads_back(draft, written, self._spec, "<draft>"):
            grown.unusable["it does not read back as it was written"] += 1
            return
        grown.drafts.append(draft)
        self._taken.add(name)
        self._add([Peer(name, text, expected.outcome.value)])

    def _nearest(self, text: str, outcome: str) -> tuple[Nearest | None, bool]:
        """Return what is most like a text, and whether the two are the same."""
        matches = self._measure.nearest(text)
        for match in matches:
            peer = self._peers[match.place]
            contrast = peer.outcome is not None and peer.outcome != outcome
            if match.similarity >= (CONTRAST if contrast else self._measure.threshold):
                return Nearest(peer.id, match.similarity), True
        if not matches:
            return None, False
        return Nearest(self._peers[matches[0].place].id, matches[0].similarity), False

    def _add(self, peers: Sequence[Peer]) -> None:
        self._peers += peers
        self._measure.add([peer.text for peer in peers])


def _local(scenario: Example) -> str:
    return scenario.id.partition("/")[2]


def _peer(example: Example, name: str) -> Peer:
    messages = tuple(chat_message(message) for message in example.messages)
    fields = example.expectation.fields if example.expectation else {}
    outcome = fields.get("outcome")
    return Peer(name, conversation_text(messages), str(outcome) if outcome else None)
