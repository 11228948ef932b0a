"""Sections, directives, places and readings -> how a sentence speaks of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import TypeAlias

from charter.policy.conversation import EMPTY, Conversation
from charter.policy.directive import BEFORE, Act, Directive
from charter.policy.explanations.hinge import OTHERS
from charter.policy.explanations.phrase import (
    Phrase,
    capital,
    level,
    listed,
    name,
    said,
    say,
    words,
)
from charter.policy.fate import Place
from charter.policy.instant import written
from charter.policy.policy import Policy, Rule
from charter.policy.scope import Scope
from charter.spec.ladder import Level, Yields
from charter.spec.reading import BY_NAME

Floor: TypeAlias = Mapping[str, float]
"""Level of a section to the least rank whose explicit words set it aside."""

_NO_FLOOR: Floor = MappingProxyType({})

TITLE = 120
"""Characters of a title."""
MANY = 10**15
"""Numbers from here on are not spelled out."""

ACTS: Mapping[Act, str] = {
    Act.INSTRUCT: "instruction",
    Act.OVERRIDE: "override",
    Act.SOFTEN: "softening",
    Act.KEEP: "hold",
    Act.DELEGATE: "delegation",
    Act.SETTING: "setting",
    Act.SCOPE: "scope of autonomy",
    Act.SUPERSEDE: "withdrawal",
    Act.PREMISE: "denial",
    Act.CLASH: "report of a clash",
}
"""What a directive of each kind is called."""

_DEEDS: Mapping[Act, tuple[str, str, str]] = {
    Act.INSTRUCT: ("asks", "ask", "for {asked}."),
    Act.OVERRIDE: ("sets", "set", "aside {targets}{said}."),
    Act.SOFTEN: ("sets", "set", "aside {targets}, by context."),
    Act.KEEP: ("holds", "hold", "{targets} against lower levels."),
    Act.DELEGATE: ("lets", "let", "{lifted} speak{lift}."),
    Act.SETTING: ("sets", "set", "{subject} to {value}."),
    Act.SCOPE: ("allows", "allow", "{scope}."),
    Act.SUPERSEDE: ("takes", "take", "back {targets}."),
    Act.PREMISE: ("denies", "deny", "what {targets} rests on."),
    Act.CLASH: ("says", "say", "that {targets} cannot both be kept here."),
}
"""What a directive of each kind does: where it is in force, where it is not, and the rest."""


class Naming:
    """How sentences speak of the things of one policy and one conversation."""

    def __init__(
        self,
        policy: Policy,
        conversation: Conversation = EMPTY,
        directives: Sequence[Directive] = (),
        *,
        floors: Floor = _NO_FLOOR,
    ) -> None:
        """`floors` says for each level of a section what rank may set it aside in this case."""
        self.policy = policy
        self._floors = floors
        self._messages = conversation.messages
        self._directives: dict[str, list[Directive]] = {}
        for directive in directives:
            self._directives.setdefault(directive.id, []).append(directive)

    def rule(self, wanted: str) -> Phrase:
        """Return a section with title, id and level; of a clause also its words."""
        rule = self.policy.by_id.get(wanted.partition("/")[0])
        if rule is None or not self.policy.knows(wanted):
            return name(wanted)
        section = say(
            "{title} ({id}, {level})",
            title=words(rule.title, TITLE),
            id=name(wanted),
            level=level(rule.authority),
        )
        clause = self.policy.clause_texts.get(wanted)
        return section if clause is None else say("the clause {id}", id=section)

    def directive(self, wanted: Directive) -> Phrase:
        """Return a directive with its kind, id and place."""
        return say(
            "the {act} {id} {place}",
            act=said(ACTS[wanted.act]),
            id=name(wanted.id),
            place=self.origin(wanted),
        )

    def is_known(self, wanted: str) -> bool:
        """Whether an id names a section, a clause or a directive."""
        return wanted in self._directives or self.policy.knows(wanted)

    def directive_named(self, wanted: str, place: Place | None = None) -> Directive | None:
        """Return the directive of an id, where no section has that id and no place is given.

        Where several directives share an id, the one at `place`, or else the first.
        """
        if place is None and self.policy.knows(wanted):
            return None
        found = self._directives.get(wanted, [])
        return next((each for each in found if each.place == place), found[0] if found else None)

    def thing(self, wanted: str, place: Place | None = None) -> Phrase:
        """Return whatever an id names: a rule, a directive, or nothing known."""
        found = self.directive_named(wanted, place)
        return self.directive(found) if found is not None else self.rule(wanted)

    def plainly(self, wanted: str) -> Phrase:
        """Return an id as a name; what an outcome holds beside candidates as it is."""
        return said(wanted) if wanted in OTHERS else name(wanted)

    def things(self, wanted: Sequence[str]) -> Phrase:
        """Return several, or `nothing`."""
        return listed([self.thing(each) for each in wanted]) or said("nothing")

    def origin(self, wanted: Directive) -> Phrase:
        """Return where a directive was found, and by what."""
        channel, identity, confidence = wanted.origin
        where = self.message(wanted.order) if wanted.order != BEFORE else said("in the request")
        if channel == "overlay":
            whose = name(identity) if identity else said("of the policy")
            return say("in the overlay {whose} ({level})", whose=whose, level=level(wanted.level))
        if channel == "metadata":
            return say("in the request's metadata ({level})", level=level(wanted.level))
        if channel != "extractor":
            return where
        found = say("found by {who}", who=name(identity)) if identity else said("extracted")
        sure = said(f" with {confidence} % confidence")
        return say("{where}, {found}{sure}", where=where, found=found, sure=sure)

    def message(self, at: int) -> Phrase:
        """Return a message by its number, counted from 1, with its role."""
        if not 0 <= at < len(self._messages):
            return said(f"in message {at + 1}") if at >= 0 else said("before the conversation")
        return say("in message {at} ({role})", at=said(str(at + 1)), role=self.role(at))

    def place(self, found: Place | None) -> Phrase:
        """Return where words stand, as a sentence; nothing where they stand in no message."""
        if found is None:
            return ()
        where, (_, start, end) = self.message(found.message), found
        return capital(say("{where}, characters {range}.", where=where, range=_range(start, end)))

    def role(self, at: int) -> Phrase:
        """Return who wrote a message, and the tool that answers in it."""
        message = self._messages[at]
        tool = say(" {tool}", tool=name(message.name)) if message.name else ()
        known = message.role in _ROLES
        role = said(message.role) if known else name(message.role)
        return say("{role}{tool}", role=role, tool=tool)

    def deed(self, directive: Directive, *, in_force: bool = True) -> Phrase:
        """Return what a directive does, or would do, as a sentence."""
        delegation = directive.delegation
        spoken = say(", and says: {words}", words=words(directive.text)) if directive.text else ()
        does, would, rest = _DEEDS[directive.act]
        return say(
            f"It {does} {rest}" if in_force else f"It would {would} {rest}",
            asked=self._asked(directive),
            targets=self.things(directive.targets),
            said=spoken,
            lifted=listed([*map(name, delegation.to)]) if delegation else said("nobody"),
            lift=self._lift(directive),
            subject=name(directive.subject or ""),
            value=value(directive.value),
            scope=scope_terms(directive.scope) if directive.scope else said("nothing"),
        )

    def _asked(self, directive: Directive) -> Phrase:
        about: Phrase = ()
        if directive.subject is not None:
            about = say("{s}", s=name(directive.subject))
            if directive.value is not None:
                about = say("{s} = {v}", s=about, v=value(directive.value))
        spoken = words(directive.text) if directive.text else ()
        if about and spoken:
            return say("{about}: {spoken}", about=about, spoken=spoken)
        return about or spoken or said("something it does not name")

    def _lift(self, directive: Directive) -> Phrase:
        delegation = directive.delegation
        if delegation is None:
            return ()
        most = delegation.level or directive.level
        about = listed([*map(name, delegation.only)])
        only = say(", on {about} only", about=about) if about else ()
        if not self.policy.ladder.rank(most):
            return say(" with its own authority{only}", only=only)
        return say(" with at most {most} authority{only}", most=level(most), only=only)

    def yields(self, rule: Rule) -> Phrase:
        """Return to whom a section yields, as a clause of a sentence."""
        found = self.policy.ladder.level(rule.authority)
        if found.yields is Yields.NEVER or found.to is None:
            return said("nobody may set it aside")
        to = level(found.to)
        above = said("" if self.policy.ladder.levels[0].name == found.to else " or above")
        if found.yields is Yields.IMPLICIT:
            return say("it yields to {to}{above}, and to context", to=to, above=above)
        user = self._user_acts(found)
        only = said("" if user else " only")
        what = "it yields to explicit words of {to}{above}{only}{user}"
        return say(what, to=to, above=above, only=only, user=user)

    def _user_acts(self, found: Level) -> Phrase:
        """Say that users may do here what developers may, where that is what lets them."""
        ladder = self.policy.ladder
        user = ladder.rank("user")
        if not user or not self._floors.get(found.name, inf) <= user < ladder.rank(found.to):
            return ()
        number = said(f"R{BY_NAME['both_roles'].number}")
        return say(
            ", and of the {user}, as no {developer} speaks ({number})",
            user=level("user"),
            developer=level("developer"),
            number=number,
        )

    def reading(self, wanted: str, *, briefly: bool = False) -> Phrase:
        """Return a reading with the alternative chosen, and unless `briefly` what that means."""
        reading = BY_NAME.get(wanted)
        if reading is None:
            return say("Reading {name}.", name=name(wanted))
        chosen = self.policy.readings.get(wanted, reading.default)
        meaning = next((a.meaning for a in reading.alternatives if a.name == chosen), "")
        told = f" {meaning[:1].upper()}{meaning[1:]}." if meaning and not briefly else ""
        return say(
            "{lead} R{number}, {name}: {chosen}.{meaning}",
            lead=said("By reading" if briefly else "Reading"),
            number=said(str(reading.number)),
            name=name(wanted),
            chosen=name(chosen),
            meaning=said(told),
        )


def _range(start: int, end: int) -> Phrase:
    """Return a range of characters as the JSON has it: from 0, without the last."""
    return said(f"{start:,} to {end:,}")


_ROLES = frozenset({"system", "developer", "user", "assistant", "tool"})


def value(found: object) -> Phrase:
    """Return a value of a setting or subject: bare where it cannot mislead."""
    if found is None or isinstance(found, bool):
        return said({None: "null", True: "true", False: "false"}[found])
    if isinstance(found, int | float):
        return said(f"{found:g}" if abs(found) < MANY else "a very large number")
    return words(found if isinstance(found, str) else repr(found)[:400], 120)


def scope_terms(scope: Scope) -> Phrase:
    """Return the limits of a scope of autonomy."""
    joined: Phrase = ()
    for term in _terms(scope):
        joined = say("{joined}; {term}", joined=joined, term=term) if joined else term
    return joined


def _terms(scope: Scope) -> Iterator[Phrase]:
    tools = listed([*map(name, scope.allowed_tools)])
    noun = said("the tool" if len(scope.allowed_tools) == 1 else "the tools")
    yield say("{noun} {tools}", noun=noun, tools=tools) if tools else said("no tool")
    for tool, arguments in sorted(scope.tool_constraints.items()):
        limits = [
            say("{arg} {limit}", arg=name(arg), limit=_limit(given))
            for arg, given in sorted(arguments.items())
        ]
        yield say("{tool} only where {limits}", tool=name(tool), limits=listed(limits))
    yield said(f"a cost of at most {scope.max_cost:g}" if scope.max_cost else "no cost")
    if scope.latest_time is not None:
        yield said(f"until {written(scope.latest_time)}")
    else:
        yield said("without a shutdown timer")
    if scope.additional_details:
        yield say("with the details {d}", d=words(scope.additional_details))


_LIMITS = {"in": "is one of {v}", "prefix": "begins with {v}", "min": "is at least {v}"}


def _limit(given: object) -> Phrase:
    if not isinstance(given, Mapping):
        return said("has a limit that cannot be read")
    parts = []
    for key, limit in sorted(given.items()):
        several = isinstance(limit, list | tuple)
        shown = listed([*map(value, limit)], "or") if several else value(limit)
        template = _LIMITS.get(key, "is at most {v}" if key == "max" else "fits {v}")
        parts.append(say(template, v=shown or said("nothing")))
    return listed(parts)
