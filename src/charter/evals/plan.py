"""What a run will do, fixed before it starts, and what of it a ledger holds already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

from charter.errors import ConfigError
from charter.evals.scenario import Scenario
from charter.evals.suite import Suite, basis_of, digest_of_scenario
from charter.evals.target import Targets
from charter.ledger.ledger import Ledger, canonical
from charter.models.provider import ChatMessage, Identity, Request
from charter.policy.briefs.brief import Brief
from charter.policy.briefs.tokens import estimate_tokens
from charter.records.run import (
    BriefGiven,
    MessageSaid,
    ModelId,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
)
from charter.records.score import ScoreRecorded
from charter.source import digest_of
from charter.version import VERSION


@dataclass(frozen=True, slots=True)
class Settings:
    """How replies are sampled."""

    repeat: int = 1
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0


TURN_TOKENS = 8
"""What a chat template adds to a message, estimated from above."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every reply of a run: each scenario, `repeat` times."""

    suite: Suite
    model: Identity
    settings: Settings
    brief: Brief | None = None
    """The rules that every request begins with, if any."""
    targets: Targets | None = None
    """The shares of adherence that are asked for; they shape no reply."""

    @property
    def digest(self) -> str:
        """Names all that determines the replies: the same digest may be resumed."""
        settings = self.settings
        parts = [
            self.suite.spec.digest,
            self.suite.digest,
            asdict(self.model),
            [settings.repeat, settings.max_tokens, str(settings.temperature)],
            settings.seed,
        ]
        if self.brief is not None:  # a run without one keeps the digest it always had
            parts.append(self.brief.digest)
        return digest_of(canonical(parts))

    def steps(self) -> Iterator[tuple[Scenario, int]]:
        """Yield every (scenario, epoch), all scenarios once before any is repeated."""
        for epoch in range(self.settings.repeat):
            for scenario in self.suite.scenarios:
                yield scenario, epoch

    def request(self, scenario: Scenario, epoch: int) -> Request:
        """Return what the model is asked. Each epoch has a seed of its own."""
        return Request(
            messages=self._messages(scenario),
            tools=scenario.tools,
            max_tokens=self.settings.max_tokens,
            temperature=self.settings.temperature,
            seed=self.settings.seed + epoch,
        )

    def _messages(self, scenario: Scenario) -> tuple[ChatMessage, ...]:
        """Return the scenario's messages, the brief before them as what the system says first.

        A system message that opens the scenario is joined to it by an empty line: many chat
        templates take one system message only. All other messages stay as they are.
        """
        messages = scenario.messages
        if self.brief is None:
            return messages
        first = messages[0]
        if first.role != "system":
            return (ChatMessage("system", self.brief.text), *messages)
        return (replace(first, content=f"{self.brief.text}\n\n{first.content}"), *messages[1:])

    def must_fit(self, context: int | None) -> None:
        """Raise ConfigError where brief, longest scenario and reply may exceed the context.

        All are estimated from above, so that what passes fits. `context` is in tokens; None,
        where it is not known, passes. Without a brief each request is left to the model.
        """
        if self.brief is None or context is None:
            return
        longest = max(map(_tokens, self.suite.scenarios))
        left = context - longest - self.settings.max_tokens - TURN_TOKENS
        if self.brief.tokens <= left:
            return
        lower = f"give the brief at most {left} tokens, or " if left > 0 else ""
        raise ConfigError(
            f"a brief of {self.brief.tokens} tokens, a scenario of {longest} and a reply of "
            f"{self.settings.max_tokens} exceed the {context} tokens that {self.model.name} reads",
            hint=f"{lower}lower --max-tokens, or raise the provider's option `context`",
        )

    def started(self, run: str, at: str) -> RunStarted:
        """Return the fact that opens a run."""
        spec = self.suite.spec
        return RunStarted(
            run=run,
            at=at,
            plan=self.digest,
            charter=VERSION,
            spec_name=spec.name,
            spec_title=spec.title,
            spec_version=spec.version,
            spec_digest=spec.digest,
            suite_digest=self.suite.digest,
            model=ModelId(**asdict(self.model)),
            scenarios=tuple(scenario.id for scenario in self.suite.scenarios),
            repeat=self.settings.repeat,
            max_tokens=self.settings.max_tokens,
            temperature=str(self.settings.temperature),
            seed=self.settings.seed,
            brief=_given(self.brief),
            targets=tuple(self._asked_for()),
        )

    def _asked_for(self) -> Iterator[tuple[str, str]]:
        """Yield the target of every row that a report of the run will have."""
        if self.targets is None:
            return
        scenarios = self.suite.scenarios
        found = {
            "whole": self.targets.of_whole,
            **{
                f"authority:{level}": self.targets.of_authority(level)
                for level in dict.fromkeys(s.authority or "none" for s in scenarios)
            },
            **{s.section: self.targets.of_section(s.section) for s in scenarios},
            **{s.clause: self.targets.of_clause(s.clause) for s in scenarios if s.clause},
        }
        for name, target in found.items():
            if target is not None:
                yield name, repr(target.value)

    def planned(self, run: str) -> Iterator[ScenarioPlanned]:
        """Yield each scenario as the fact that is stored with the run."""
        for scenario in self.suite.scenarios:
            yield ScenarioPlanned(
                run=run,
                scenario=scenario.id,
                section=scenario.section,
                section_title=self.suite.spec.section(scenario.section).title,
                authority=scenario.authority,
                family=scenario.family,
                caption=scenario.caption,
                clause=scenario.clause,
                clause_text=scenario.clause_text,
                outcome=scenario.outcome.value,
                rubric=scenario.rubric,
                messages=tuple(
                    MessageSaid(message.role, message.content, message.tool)
                    for message in scenario.messages
                ),
                source=scenario.cluster,
                digest=digest_of_scenario(scenario),
                basis=basis_of(self.suite.spec, scenario.section, scenario.clause),
            )


def _given(brief: Brief | None) -> BriefGiven | None:
    if brief is None:
        return None
    rules = len(brief.included)
    return BriefGiven(brief.digest, brief.tokens, rules, brief.missing, brief.budget)


def _tokens(scenario: Scenario) -> int:
    """Return the tokens of a scenario's messages, estimated from above."""
    return sum(estimate_tokens(said.content) + TURN_TOKENS for said in scenario.messages)


@dataclass(frozen=True, slots=True)
class Done:
    """What a ledger holds of a run. Of a settled reply its place alone is kept in memory."""

    scored: frozenset[tuple[str, int]]
    unscored: dict[tuple[str, int], ReplyRecorded]
    """Replies of an earlier attempt that were not graded."""


def unfinished(ledger: Ledger, plan: Plan) -> str | None:
    """Return the newest run of this plan that has not finished, or None."""
    finished = {record.run for record in ledger.read(RunFinished)}
    candidates = [
        started.run
        for started in ledger.read(RunStarted)
        if started.plan == plan.digest and started.run not in finished
    ]
    return candidates[-1] if candidates else None


def done(ledger: Ledger, run: str) -> Done:
    """Return what need not be made again."""
    known = scored(ledger, run)
    replies = ((r.scenario, r.epoch, r) for r in ledger.read(ReplyRecorded, run=run))
    return Done(known, {(s, e): reply for s, e, reply in replies if (s, e) not in known})


def scored(ledger: Ledger, run: str) -> frozenset[tuple[str, int]]:
    """Return the scenarios and epochs that have a verdict."""
    return frozenset((s.scenario, s.epoch) for s in ledger.read(ScoreRecorded, run=run))
