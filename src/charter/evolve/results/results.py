"""What a survey came to: every figure with its interval, or with the reason why there is none.

A cell is a set of people that figures are about: all of a channel, those of a group, those who said
something of themselves, each as far as they saw what was asked. Nothing is shown about fewer than
`Rules.smallest` people, nor about so few by subtracting what is shown; None stands for what is not
shown. How many of enough people gave an answer is shown also where that is few: it tells how many,
not who.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter.evolve.surveys.survey import Rules


@dataclass(frozen=True, slots=True)
class Figure:
    """A share in [0, 1], or what its place says, with the bounds of its 95 % interval."""

    value: float
    low: float | None
    """None where there is no interval."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Shares:
    """How people voted, as shares of those who saw the statement."""

    agree: Figure
    disagree: Figure
    passed: Figure
    effective: float
    """People of equal weight who would tell as much."""


@dataclass(frozen=True, slots=True)
class GroupView:
    """How one group of opinion voted on a statement."""

    group: int
    seen: int | None
    """People of it who saw the statement; None where that is not shown."""
    shares: Shares | None
    """Everybody counts the same."""


@dataclass(frozen=True, slots=True)
class FloorView:
    """The minority floor, held against the value that was settled before."""

    value: float | None
    """Lower bound of the least agreeing group; None where that group is too small to show."""
    group: int | None
    against: str
    """met, not met, or too small to say."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far groups lie apart in agreement, everybody counting the same."""

    gap: Figure
    by_chance: float
    """What it would be on average if groups did not differ."""
    q: float
    """Accounting for there being many statements."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """A statement in the bridging factorisation; there is none where it did not come to rest."""

    status: str
    sure: bool
    across: Figure
    """Rating, 0 to 1, by somebody who stands between the sides."""
    intercept: Figure
    factor: Figure
    """Size of the factor: how far it divides."""


@dataclass(frozen=True, slots=True)
class StatementResult:
    """One statement in one channel."""

    item: str
    text: str
    clauses: tuple[str, ...]
    withheld: bool
    seen: int | None = None
    """People who agreed, disagreed or passed; all others did not see it, and count in no share."""
    agreed: int | None = None
    disagreed: int | None = None
    passed: int | None = None
    plain: Shares | None = None
    """Everybody counts the same."""
    weighted: Shares | None = None
    """None where there are no weights, too, or where plain and weighted shares tell of few."""
    unnoted: Shares | None = None
    """Without those of whom something was noted, everybody counting the same."""
    unnoted_weighted: Shares | None = None
    """The same with weights."""
    groups: tuple[GroupView, ...] = ()
    floor: FloorView | None = None
    group_aware: Figure | None = None
    """Product of all groups' shares: compare statements of these groups only."""
    split: Figure | None = None
    """`4 * agree * disagree`: 1 where half are for and half against."""
    gap: Gap | None = None
    bridge: Bridge | None = None
    consensus: str = ""
    """agree or disagree where it is on the list of consensus, else empty."""
    why_hidden: str = ""


@dataclass(frozen=True, slots=True)
class ClauseResult:
    """All statements on a clause or section that are shown, together."""

    clause: str
    statements: tuple[str, ...]
    people: int
    votes: int
    agree: Figure
    effective: float
    """Independent votes that would tell as much."""
    lean: float
    """Share of agree less share of disagree."""
    p: float
    """Of a lean that large if as many people leaned either way."""
    q: float
    """The same, accounting for there being many clauses."""
    verdict: str
    """agreed, rejected or open."""
    weighted: bool = False
    """Whether weights are in it: not where too few of an option that is weighed by answered."""


@dataclass(frozen=True, slots=True)
class PairResult:
    """Two candidate answers, among those who put both in order."""

    better: str
    worse: str
    people: int | None
    share: Figure | None
    """Of those who prefer `better`; whoever holds both level counts half."""


@dataclass(frozen=True, slots=True)
class ScopeResult:
    """How people ordered the candidates, for themselves or for the world."""

    scope: str
    people: int | None
    pairs: tuple[PairResult, ...]
    borda: Mapping[str, Figure]
    """Share of the other answers that each beats, on average; level counts half.

    Empty where too few people left the same answers out: pairs and averages would tell of them.
    """
    winner: str
    """The answer that most people prefer to each other one; empty where there is none."""


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """One comparison in one channel."""

    item: str
    text: str
    clauses: tuple[str, ...]
    scopes: tuple[ScopeResult, ...]
    asked_unacceptable: int | None
    """People who said which answers are unacceptable, or that none is."""
    unacceptable: Mapping[str, Figure]
    weighted: bool = False
    """As of a clause."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """The words of each answer, by its id; their beginning where they are long."""


@dataclass(frozen=True, slots=True)
class RubricResult:
    """One rule that was rated, in one channel."""

    item: str
    text: str
    clauses: tuple[str, ...]
    people: int | None
    mean: Figure | None
    for_it: Figure | None
    """Share of ratings above 0."""
    against_it: Figure | None
    """Share of ratings below 0."""
    effective: float | None
    weighted: bool = False
    """As of a clause."""


@dataclass(frozen=True, slots=True)
class WeightsResult:
    """What weights were given, and what they cost."""

    used: bool
    reasons: tuple[str, ...]
    """Why none were, or which trait has no part in them."""
    effect: float
    effective: float | None
    """None where there are too few people."""
    error: float
    """Largest difference of a weighted share and its target."""
    trimmed: int | None


@dataclass(frozen=True, slots=True)
class PickResult:
    """A statement that sets a group apart."""

    group: int
    item: str
    side: str
    significant: bool


@dataclass(frozen=True, slots=True)
class ConsideredResult:
    """One number of groups, and how it did."""

    k: int
    gain: float
    """Log probability per held-out vote, over that of one group."""
    error: float
    steady: float | None
    """Mean adjusted Rand index among four fifths of the people."""
    placed: float


@dataclass(frozen=True, slots=True)
class GroupsResult:
    """Groups of opinion: a description of votes, not a fact about people."""

    k: int
    reason: str
    sizes: tuple[int | None, ...]
    unplaced: int | None
    considered: tuple[ConsideredResult, ...]
    structure: float
    """Chance of votes hanging together as much by chance alone."""
    picks: tuple[PickResult, ...]
    coverage: tuple[float | None, ...]
    """By group, the share of statements that enough of its people saw."""


@dataclass(frozen=True, slots=True)
class PublishedResult:
    """The groups found here beside those that the publisher of the votes saw."""

    groups: int
    likeness: Figure | None
    """Adjusted Rand index: 1 the same, about 0 unrelated; None where one group was found here."""
    people: int | None
    """In a group on both sides."""
    left_out: int | None


@dataclass(frozen=True, slots=True)
class BridgingResult:
    """The factorisation as a whole."""

    mean: float
    gain: float
    """Share of the objective that the division takes away."""
    p: float | None
    """Of a gain as large where nothing divides people; None where too many votes were cast to try.
    """
    shuffles: int
    converged: bool


@dataclass(frozen=True, slots=True)
class HeardResult:
    """Somebody who should be heard."""

    trait: str
    option: str
    target: float | None
    """Share of the population; None where none was named."""
    people: int | None
    heard: str


@dataclass(frozen=True, slots=True)
class ChannelResult:
    """All figures of one channel: never together with another."""

    channel: str
    people: int | None
    languages: Mapping[str, int | None]
    noted: Mapping[str, int | None]
    """People of whom something was noted, by what; nobody was left out for it."""
    weights: WeightsResult
    statements: tuple[StatementResult, ...]
    clauses: tuple[ClauseResult, ...]
    comparisons: tuple[ComparisonResult, ...]
    rubrics: tuple[RubricResult, ...]
    groups: GroupsResult | None
    published: PublishedResult | None
    bridging: BridgingResult | None
    heard: tuple[HeardResult, ...]
    notes: tuple[str, ...]
    """What a reader of these figures must know, as sentences."""


@dataclass(frozen=True, slots=True)
class Results:
    """What people said, in figures."""

    source: str
    digest: str
    """Of the voices."""
    survey: str
    """Id of the survey; empty for voices from elsewhere."""
    spec: str
    rules: Rules
    seed: int
    channels: tuple[ChannelResult, ...]
    findings: tuple[str, ...]
    """What did not add up in the voices."""
