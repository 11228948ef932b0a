"""A resolution, one fate in it, or a decision -> plain sentences, with what they rest on.

Nothing here decides anything: every statement is read off the value explained. Strange ids and
hostile words are quoted and change no sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from charter.policy.compiled.moot import moot
from charter.policy.conversation import EMPTY, Conversation
from charter.policy.decision import Decision, Facts
from charter.policy.directive import Act, Directive
from charter.policy.explanations.explain_decision import Given, explain_decision
from charter.policy.explanations.explanation import Explanation, Part, Sentence
from charter.policy.explanations.hinge import Hinge
from charter.policy.explanations.naming import Naming, scope_terms, value
from charter.policy.explanations.phrase import Phrase, capital, level, listed, name, said, say
from charter.policy.explanations.rests_on import cited, clauses_of, opened, policy_of, readings_of
from charter.policy.explanations.sentences import Subject, of_conflict, of_fate, of_step
from charter.policy.fate import Fate, State
from charter.policy.fates.powers import Powers
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution
from charter.spec.reading import BY_NAME


def explain(  # noqa: PLR0913 - what is explained, and what helps to say it
    policy: Policy,
    what: Resolution | Decision | Fate,
    conversation: Conversation = EMPTY,
    *,
    resolution: Resolution | None = None,
    facts: Facts | None = None,
    hinges: Sequence[Hinge] = (),
    full: bool = False,
) -> Explanation:
    """Say in plain sentences what holds, and why.

    `conversation` lets messages be named by their role. `resolution` is needed for a fate and
    adds to a decision what its scope allows; `facts` are what was decided on; `hinges` are the
    readings that the outcome hangs on (`explanations.hinge`). `full` lists what simply is in force
    too, and the readings that are moot. Raises ValueError for a fate without its resolution.
    """
    if isinstance(what, Decision):
        given = Given(resolution, facts, tuple(hinges))
        return explain_decision(policy, what, conversation, given)
    if isinstance(what, Resolution):
        return _Resolved(policy, what, conversation, hinges).whole(full=full)
    if resolution is None:
        raise ValueError("the fate of one candidate is explained with its resolution")
    return _Resolved(policy, resolution, conversation).single(what)


_ON_SECTIONS = frozenset({Act.OVERRIDE, Act.SOFTEN, Act.KEEP})
"""Acts that do nothing where the sections they name do not bind."""


class Head(NamedTuple):
    """What stands on top of an explanation."""

    title: str
    verdict: str
    summary: Phrase


class _Resolved:
    """One resolution being explained."""

    def __init__(
        self,
        policy: Policy,
        found: Resolution,
        conversation: Conversation,
        hinges: Sequence[Hinge] = (),
    ) -> None:
        self.policy = policy
        self.found = found
        self.hinges = hinges
        self.unseen = conversation.unseen
        speaking = [directive.level for directive in found.directives]
        floors = Powers(policy, found.conversation, speaking).floors[True]
        self.naming = Naming(policy, conversation, found.directives, floors=floors)
        count = len(found.directives)
        rules = found.fates[: len(found.fates) - count]
        self.rules = [(f, self.subject(f, None)) for f in rules]
        self.held = {f.id for f in rules if "/" in f.id and f.state is State.IN_FORCE}
        """Clauses that stay in force without their section."""
        pairs = zip(found.fates[len(rules) :], found.directives, strict=True)
        self.directives = [(f, self.subject(f, directive)) for f, directive in pairs]

    def subject(self, fate: Fate, directive: Directive | None) -> Subject:
        """Return a candidate with all that is known of it."""
        rule = None
        if directive is None:
            rule = self.policy.by_id.get(fate.id.partition("/")[0])
        return Subject(fate, rule, directive)

    def whole(self, *, full: bool) -> Explanation:
        """Explain everything."""
        aside = [each for each in self.rules if each[0].state is not State.IN_FORCE]
        alive = [each for each in self.rules if each[0].state is State.IN_FORCE]
        held = [each for each in alive if each[0].trace or "/" in each[0].id]
        kept = [each for each in alive if each not in held] if full else []
        parts = [
            Part("aside", "Not in force", self.sentences(aside)),
            Part("held", "Still in force", self.sentences(held)),
            Part("directives", "Directives", self.sentences(self.directives)),
            Part("conflicts", "Conflicts", tuple(self.conflicts())),
            Part("scope", "Scope of autonomy", tuple(self.scope())),
            Part("settings", "Settings", tuple(self.settings())),
            Part("delegated", "Delegated authority", tuple(self.delegated())),
            Part("disclose", "To be said in the answer", tuple(self.disclosures())),
            Part(
                "readings", "Readings", tuple(readings_of(self.naming, self.hung_on(), self.hinges))
            ),
            Part("open", "Not closed", tuple(self.open())),
            Part("in_force", "In force", self.sentences(kept)),
            Part("moot", "Readings that cannot matter here", tuple(self.moot() if full else ())),
        ]
        about = [f for f, _ in (*aside, *held, *self.directives)]
        readings = dict.fromkeys([*self.hung_on(), *(hinge.reading for hinge in self.hinges)])
        head = Head("What is in force", "", self.summary())
        return self.made(head, parts, about, readings)

    def single(self, fate: Fate) -> Explanation:
        """Explain what became of one candidate."""
        known = [*self.rules, *self.directives]
        subject = next((s for f, s in known if f is fate), None)
        subject = subject or next((s for f, s in known if f == fate), Subject(fate, None, None))
        if subject.rule is None and subject.directive is None:
            subject = self.subject(fate, None)
        sentence = self.sentence(fate, subject)
        parts = [
            Part("trace", "How it came to that", tuple(map(Sentence, sentence.steps))),
            Part("readings", "Readings", tuple(readings_of(self.naming, _readings([fate])))),
        ]
        more = tuple(map(Sentence, sentence.more))
        parts.insert(0, Part("says", "What it says", more if subject.directive else ()))
        parts.insert(2, Part("rests_on", "What this rests on", tuple(self.rests_on(fate))))
        head = Head("The fate of one candidate", fate.state.value, sentence.text)
        return self.made(head, parts, [fate], _readings([fate]))

    def rests_on(self, fate: Fate) -> Iterator[Sentence]:
        """Cite the sections and clauses that a fate is about, and those responsible for it."""
        for wanted in dict.fromkeys(each for each in _named(fate) if self.policy.knows(each)):
            text = say("{section}.", section=self.naming.rule(wanted))
            yield Sentence(text, wanted, clauses=clauses_of(self.policy, wanted))

    def made(
        self, head: Head, parts: list[Part], about: Iterable[Fate], readings: Iterable[str]
    ) -> Explanation:
        """Put an explanation together, citing the rules that fates are about or rest on."""
        wanted = [name for fate in about for name in _named(fate)]
        return Explanation(
            *head,
            parts=tuple(part for part in parts if part.sentences),
            citations=tuple(cited(self.policy, wanted)),
            readings=tuple(readings),
            policy=policy_of(self.policy),
            policy_digest=self.found.policy_digest,
        )

    def summary(self) -> Phrase:
        """Count what is in force."""
        sections = [f for f, _ in self.rules if "/" not in f.id]
        held = sum(f.state is State.IN_FORCE for f in sections)
        spoken = [f for f, _ in self.directives]
        alive = sum(f.state is State.IN_FORCE for f in spoken)
        rest = said(f"{held} of {len(sections)} sections")
        told = said(f" and {alive} of {len(spoken)} directives" if spoken else "")
        verb = said(" is" if held == 1 and not spoken else " are")
        return say("{rest}{told}{verb} in force.", rest=rest, told=told, verb=verb)

    def sentences(self, subjects: Iterable[tuple[Fate, Subject]]) -> tuple[Sentence, ...]:
        """Explain candidates."""
        return tuple(self.sentence(fate, subject) for fate, subject in subjects)

    def sentence(self, fate: Fate, subject: Subject) -> Sentence:
        """Explain one candidate."""
        lifter = self.lifter(subject.directive)
        more: list[Phrase] = []
        if subject.directive is not None:
            scope = self.found.scope
            if scope is None or scope.id != fate.id:  # that one has a part of its own
                more += self.deeds(fate, subject.directive)
        more += self.holders(fate)
        more += [self.naming.reading(each, briefly=True) for each in _readings([fate])]
        told = fate.trace if len(fate.trace) > 1 else ()  # one step says what the sentence says
        steps = [of_step(self.naming, subject, s, lifted_by=lifter) for s in told]
        text = of_fate(self.naming, subject, lifted_by=lifter)
        rule = subject.rule is not None and fate.state is not State.IN_FORCE
        apart = self.held if "/" not in fate.id else ()
        clauses = clauses_of(self.policy, fate.id, apart) if rule or "/" in fate.id else ()
        where = self.naming.place(subject.directive.place) if subject.directive else ()
        return Sentence(text, fate.id, fate.state.value, tuple(more), tuple(steps), clauses, where)

    def deeds(self, fate: Fate, directive: Directive) -> Iterator[Phrase]:
        """Say what a directive does, or that it has no object: its section does not bind."""
        if fate.state is not State.IN_FORCE or directive.act not in _ON_SECTIONS:
            yield self.naming.deed(directive, in_force=fate.state is State.IN_FORCE)
            return
        idle = tuple(each for each in directive.targets if self.is_dormant(each))
        left = tuple(each for each in directive.targets if each not in idle)
        if left or not idle:
            yield self.naming.deed(replace(directive, targets=left))
        if idle:
            verb = said("do" if len(idle) > 1 else "does")
            what = "It has no object here: {sections} {verb} not bind."
            yield say(what, sections=self.naming.things(idle), verb=verb)

    def is_dormant(self, wanted: str) -> bool:
        """Whether an id names a section, or a clause of one, whose setting is not on."""
        known = self.policy.knows(wanted)
        return known and self.found.fate(wanted).state is State.DORMANT

    def holders(self, fate: Fate) -> Iterator[Phrase]:
        """Say who holds a clause that stays in force without its section."""
        found = [
            self.naming.directive(directive)
            for kept, (_, _, directive) in (self.directives if fate.id in self.held else ())
            if directive is not None
            and directive.act is Act.KEEP
            and kept.state is State.IN_FORCE
            and fate.id in directive.targets
        ]
        if found:
            verb = said("hold" if len(found) > 1 else "holds")
            yield capital(say("{by} {verb} it.", by=listed(found), verb=verb))

    def lifter(self, lifted: Directive | None) -> Phrase:
        """Return who delegated to the source of a directive, where somebody did."""
        if lifted is None or self.policy.ladder.rank(lifted.level):
            return ()
        for fate, (_, _, directive) in self.directives:
            delegation = directive.delegation if directive else None
            if directive is None or delegation is None or fate.state is not State.IN_FORCE:
                continue
            part = not delegation.only or lifted.subject in delegation.only
            if part and covers(delegation.to, lifted.source):
                return self.naming.directive(directive)
        return ()

    def conflicts(self) -> Iterator[Sentence]:
        """Explain what cannot both be followed."""
        for conflict in self.found.conflicts:
            named = conflict.reading
            more = (self.naming.reading(named, briefly=True),) if named else ()
            yield Sentence(of_conflict(self.naming, conflict), conflict.first, "", more)

    def scope(self) -> Iterator[Sentence]:
        """Explain what may be done without asking."""
        scope = self.found.scope
        if scope is None:
            return
        by = [self.naming.thing(each) for each in scope.id.split("+") if each]
        yield Sentence(
            say(
                "{by} {verb} {terms}{end}.",
                by=capital(listed(by)) if by else said("The scope in force"),
                verb=said("together allow" if len(by) > 1 else "allows"),
                terms=scope_terms(scope),
                end=said("; it was revoked, so nothing is allowed" if scope.revoked else ""),
            ),
            scope.id,
        )

    def settings(self) -> Iterator[Sentence]:
        """List the settings in force."""
        for key, found in sorted(self.found.settings.items()):
            yield Sentence(say("{key} is {value}.", key=name(key), value=value(found)), key)

    def delegated(self) -> Iterator[Sentence]:
        """List whose words were lifted."""
        for source, reached in sorted(self.found.lifted.items()):
            only = self.delegated_subjects(source)
            about = say(", on {only} only", only=listed([*map(name, only)])) if only else ()
            what = "{source} may speak with at most {to} authority{about}."
            told = say(what, source=name(source), to=level(reached), about=about)
            yield Sentence(told, source)

    def delegated_subjects(self, source: str) -> list[str]:
        """Return the subjects on which a source was lifted; nothing where it is all of them."""
        found = [
            directive.delegation.only
            for fate, (_, _, directive) in self.directives
            if directive is not None
            and directive.delegation is not None
            and fate.state is State.IN_FORCE
            and covers(directive.delegation.to, source)
        ]
        return sorted({each for only in found for each in only}) if all(found) else []

    def disclosures(self) -> Iterator[Sentence]:
        """List what the answer has to own up to."""
        for wanted in self.found.disclose:
            what = self.naming.thing(wanted)
            yield Sentence(
                say("The assistant followed {what} as a best guess: say so.", what=what), wanted
            )

    def open(self) -> Iterator[Sentence]:
        """Say what may bind too and is not seen here."""
        yield from opened(self.policy, self.found, self.unseen)

    def moot(self) -> Iterator[Sentence]:
        """List the readings on which nothing can hang under this policy, whatever is said."""
        for wanted, why in moot(self.policy).items():
            reading = BY_NAME[wanted]
            number = said(str(reading.number))
            text = say("R{n}, {id}: {why}.", n=number, id=name(wanted), why=said(why))
            yield Sentence(text, wanted)

    def hung_on(self) -> dict[str, None]:
        """Return the names of the readings that some fate or conflict hung on."""
        named = _readings(self.found.fates)
        return named | dict.fromkeys(c.reading for c in self.found.conflicts if c.reading)


def covers(patterns: Iterable[str], source: str) -> bool:
    """Whether a delegation names a source."""
    return any(
        source.startswith(each[:-1]) if each.endswith("*") else source == each for each in patterns
    )


def _readings(fates: Iterable[Fate]) -> dict[str, None]:
    return dict.fromkeys(step.reading for fate in fates for step in fate.trace if step.reading)


def _named(fate: Fate) -> list[str]:
    """Return the ids of a candidate and of all that decided its fate."""
    return [fate.id, *(step.by for step in fate.trace if step.by), fate.by or ""]
