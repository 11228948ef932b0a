"""What a context says about a section: nothing, that it is set aside, or that two clash.

Whoever speaks may be opposed, in each of the ways that the readings tell apart. An ordinary
instruction is opposed in the same ways, so it stands beside the sections as one more thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from charter.policy.determinacy.kinds import Kind, pairs_of
from charter.policy.determinacy.row import (
    Features,
    Move,
    Row,
    Speaker,
    above,
    index_of,
    speakers_of,
)
from charter.policy.determinacy.turn import Said, Turn
from charter.policy.directive import Relation, Risk
from charter.policy.policy import Policy
from charter.spec.ladder import Yields

ORDINARY = "an ordinary instruction"
NOTES = "notes"
"""The tool whose output speaks."""

_ORDER = ("same_level_order", "superseder_must_apply", "defeat")
_POWERS = ("first_party", "both_roles")
_LIFTS = ("untrusted_lift", "cue_source")

SAME = "by the opposite in the same message"
LATER = "by the opposite in a later message"
LATER_VETOED = "by the opposite in a later message that a higher level sets aside"
HIGHER = "by a higher level"
HIGHER_VETOED = "by a higher level that a still higher one sets aside"
HIGHER_DENIED = "by a higher level whose premise is then denied from below"


class _About(NamedTuple):
    """What somebody speaks about, and how it is said and contradicted."""

    name: str
    kind: Kind | None = None

    def said(self, *, explicit: bool = True) -> Mapping[str, object]:
        if self.kind is None:
            return _tone("said", "casual")
        verb = "override" if explicit else "soften"
        return {verb: [self.kind.example], "id": "said"}

    def opposite(self) -> Mapping[str, object]:
        if self.kind is None:
            return _tone("said-against", "formal")
        return {"keep": [self.kind.example], "id": "said-against"}

    def before(self, policy: Policy) -> tuple[Turn, ...]:
        """Return what switches on the settings that the section depends on."""
        speakers = speakers_of(policy)
        if self.kind is None or not speakers:
            return ()
        return tuple(
            speakers[-1].says({"setting": {name: True}, "id": f"on{at}"})
            for at, name in enumerate(self.kind.conditions)
        )


class _Voice(NamedTuple):
    """Who speaks, and how."""

    features: tuple[tuple[str, str], ...]
    speaker: Speaker | None
    """None for tool output."""
    explicit: bool = True
    relation: Relation | None = None
    risk: Risk | None = None
    lifter: Speaker | None = None
    """Who delegates to the tool output."""
    rank: int = 0
    """At which it speaks, if at all."""

    def turns(self, *said: Mapping[str, object]) -> tuple[Turn, ...]:
        """Return what is said, in one message."""
        if self.speaker is not None:
            return (self.speaker.says(*said),)
        words = tuple(Said(each, self.relation, self.risk) for each in said)
        output = Turn("tool", words, tool=NOTES)
        if self.lifter is None:
            return (output,)
        lift = {"delegate": {"to": [f"tool:{NOTES}"]}, "id": "said-lift"}
        return (self.lifter.says(lift), output)

    @property
    def reads(self) -> tuple[str, ...]:
        return _POWERS if self.speaker is not None else (*_POWERS, *_LIFTS)


def said(policy: Policy, kinds: Iterable[Kind]) -> Iterator[Row]:
    """Yield what can be said of sections of each kind, and of an ordinary instruction."""
    yield from _overrides(policy, kinds)
    yield from _clashes(policy)


def _tone(own: str, value: str) -> Mapping[str, object]:
    return {"instruct": f"Answer in a {value} tone.", "subject": "tone", "value": value, "id": own}


def _overrides(policy: Policy, kinds: Iterable[Kind]) -> Iterator[Row]:
    abouts = [_About(ORDINARY)]
    for kind in kinds:
        if_on = f", which needs {' and '.join(kind.conditions)}" if kind.conditions else ""
        abouts.append(_About(f"{kind.authority} section {kind.example}{if_on}", kind))
    for about, voice in product(abouts, _voices(policy)):
        if about.kind is None and not voice.explicit:
            continue
        for name, turns, reads in _opposed(policy, about, voice):
            opposed = (("opposed", name),) if name else ()
            yield Row(
                (("about", about.name), *voice.features, *opposed),
                (*about.before(policy), *turns),
                (*voice.reads, *reads),
            )


def _voices(policy: Policy) -> Iterator[_Voice]:
    speakers = speakers_of(policy)
    for at, speaker in enumerate(speakers):
        by: Features = (("by", speaker.level),) if at else ()
        yield _Voice(by, speaker, rank=speaker.rank)
        yield _Voice((*by, ("how", "implicitly")), speaker, explicit=False, rank=speaker.rank)
    lifted = policy.ladder.rank("user") or 1
    found = ("by", "tool output")
    yield _Voice((found, ("how", "implicitly")), None, explicit=False, rank=lifted)
    for relation, risk in product(Relation, Risk):
        what = ("found", f"{relation} to the task, {risk} risk")
        yield _Voice((found, what), None, relation=relation, risk=risk, rank=lifted)
    for speaker in speakers:
        by = (found, ("delegated", f"by {speaker.level}"))
        yield _Voice(by, None, lifter=speaker, rank=speaker.rank)


def _opposed(
    policy: Policy, about: _About, voice: _Voice
) -> Iterator[tuple[str, tuple[Turn, ...], tuple[str, ...]]]:
    """Yield each way to be opposed: its name, all turns, and the readings it brings in."""
    spoken, against = about.said(explicit=voice.explicit), about.opposite()
    own = voice.turns(spoken)
    yield "", own, ()
    if about.kind and policy.ladder.level(about.kind.authority).yields is Yields.NEVER:
        return  # nobody sets it aside, so nobody need oppose that
    speakers = speakers_of(policy)
    higher = above(speakers, voice.rank)
    if higher is not None:
        yield HIGHER, (higher.says(against), *own), ()
    if voice.speaker is None:
        return
    yield SAME, voice.turns(spoken, against), _ORDER
    yield LATER, (*own, *voice.turns(against)), ()
    if higher is None:
        return
    veto = {"instruct": "Not that.", "conflicts": ["said-against"], "id": "said-veto"}
    yield LATER_VETOED, (higher.says(veto), *own, *voice.turns(against)), _ORDER
    denial = {"premise": ["said-against"], "id": "said-denial"}
    denied = (higher.says(against), *voice.turns(denial), *own)
    yield HIGHER_DENIED, denied, ("denied_premise",)
    highest = above(speakers, higher.rank)
    if highest is not None:
        yield HIGHER_VETOED, (highest.says(veto), higher.says(against), *own), _ORDER


def _clashes(policy: Policy) -> Iterator[Row]:
    for pair, (at, speaker) in product(pairs_of(policy), enumerate(speakers_of(policy))):
        clash = {"clash": [pair.first, pair.second], "id": "said-clash"}
        turns = (speaker.says(clash),)
        by = (("by", speaker.level),) if at else ()
        about = (("about", f"a clash of {pair.say}"),)
        yield Row((*about, *by), turns, ("equal_sections",))


def permissions(rows: Sequence[Row]) -> Iterator[Move]:
    """Return the moves that add an override, say it outright, or delegate to what says it."""
    places = index_of(rows)
    for at, row in enumerate(rows):
        features = dict(row.features)
        about = features.get("about")
        if about is None or "clash" in about or "opposed" in features:
            continue
        by_level = features.get("by") != "tool output"
        alone = all("setting" not in said.fields for turn in row.turns for said in turn.said)
        if about != ORDINARY and by_level and alone:
            yield Move(0, at, "an override is added")
        if features.get("how") == "implicitly":
            said_outright = tuple(pair for pair in row.features if pair[0] != "how")
            if said_outright in places:
                yield Move(at, places[said_outright], "an override is said outright")
        if "delegated" in features:
            yield from _delegations(row, at, places)


def _delegations(row: Row, at: int, places: Mapping[Features, int]) -> Iterator[Move]:
    """Yield the moves from tool output that nobody delegated to."""
    unlifted = tuple(pair for pair in row.features if pair[0] != "delegated")
    unlifted += (("found", f"{Relation.UNRELATED} to the task, {Risk.SERIOUS} risk"),)
    if unlifted in places:
        yield Move(places[unlifted], at, "a delegation is added")
