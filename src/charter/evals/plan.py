"""What a run will do, fixed before it starts, and what of it a ledger holds already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from charter.evals.scenario import Scenario
from charter.evals.suite import Suite
from charter.ledger.ledger import Ledger, canonical
from charter.models.provider import Identity, Request
from charter.records import (
    MessageSaid,
    ModelId,
    ReplyRecorded,
    RunFinished,
    RunStarted,
    ScenarioPlanned,
    ScoreRecorded,
)
from charter.source import digest_of
from charter.version import VERSION


@dataclass(frozen=True, slots=True)
class Settings:
    """How replies are sampled."""

    repeat: int = 1
    max_tokens: int = 256
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Every reply of a run: each scenario, `repeat` times."""

    suite: Suite
    model: Identity
    settings: Settings

    @property
    def digest(self) -> str:
        """Names all that determines the replies: the same digest may be resumed."""
        settings = self.settings
        return digest_of(
            canonical(
                [
                    self.suite.spec.digest,
                    self.suite.digest,
                    asdict(self.model),
                    [settings.repeat, settings.max_tokens, str(settings.temperature)],
                    settings.seed,
                ]
            )
        )

    def steps(self) -> Iterator[tuple[Scenario, int]]:
        """Yield every (scenario, epoch), all scenarios once before any is repeated."""
        for epoch in range(self.settings.repeat):
            for scenario in self.suite.scenarios:
                yield scenario, epoch

    def request(self, scenario: Scenario, epoch: int) -> Request:
        """Return what the model is asked. Each epoch has a seed of its own."""
        return Request(
            messages=scenario.messages,
            tools=scenario.tools,
            max_tokens=self.settings.max_tokens,
            temperature=self.settings.temperature,
            seed=self.settings.seed + epoch,
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
        )

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
            )


@dataclass(frozen=True, slots=True)
class Done:
    """What a ledger holds of a run."""

    replies: dict[tuple[str, int], ReplyRecorded]
    scored: frozenset[tuple[str, int]]


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
    """Return the replies and scores that need not be made again."""
    replies = {(r.scenario, r.epoch): r for r in ledger.read(ReplyRecorded, run=run)}
    scored = frozenset((s.scenario, s.epoch) for s in ledger.read(ScoreRecorded, run=run))
    return Done(replies, scored)
