"""How a brief reads to the developers of a product: what binds it, and what they may change."""

from __future__ import annotations

from collections.abc import Iterator

from charter.policy.briefs.brief_page import TITLE, listed, quoted, settings, strength
from charter.policy.briefs.one_line import code, one_line, shortened
from charter.policy.briefs.outline import Item
from charter.policy.fates.entitled import Entitled, entitled
from charter.policy.policy import Policy

_PEOPLE = {"system": "the operator", "developer": "you", "user": "your users"}
"""Who speaks at a level, in the eyes of a developer."""
_HOW = (
    "To change a section is to set it aside: by saying so in a message of your role, or in an "
    "overlay of your level. What nobody may change binds you and your users alike."
)


class DeveloperPage:
    """Section by section: who may change it, its rules with their ids, and what is checked."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._entitled = entitled(policy)
        self._index = {rule.id: at for at, rule in enumerate(policy.rules)}
        self._checked: dict[str, list[str]] = {}
        for found in policy.boundaries:
            says = f" The user is told: {one_line(found.say)}" if found.say else ""
            line = (
                f"Check {code(found.id)} on {one_line(found.on)}: {one_line(found.effect)}.{says}"
            )
            self._checked.setdefault(found.section, []).append(line)

    def head(self) -> list[str]:
        """Return the documents in force, and the table of levels."""
        policy = self.policy
        documents = [
            " ".join(
                [one_line(layer.name)]
                + ([one_line(layer.version)] if layer.version else [])
                + ([f"(level {one_line(layer.level)})"] if layer.level else [])
            )
            for layer in policy.layers
        ]
        return [
            f"# What binds a product under \u201c{shortened(policy.title, TITLE)}\u201d",
            "",
            f"In force: {listed(documents, 'and')}; policy {one_line(policy.digest)[:19]}.",
            _HOW,
            "",
            "| Level | Who may change its sections | Sections | Rules |",
            "|---|---|---|---|",
            *self._table(),
        ]

    def lines(self, item: Item, *, opens: tuple[bool, bool]) -> list[str]:
        """Return one bullet, below the heading of its section."""
        heading = ["", f"## {one_line(item.rule.authority)}"] if opens[0] else []
        if opens[1]:
            heading += ["", *self._section(item), ""]
        words = quoted(self.policy, item.clause.text)
        return [*heading, f"- {words} ({code(item.clause.id)})"]

    def place(self, item: Item) -> tuple[int, ...]:
        """Order by level, section, strength, document."""
        at = self._index.get(item.rule.id, len(self._index))
        return -item.rule.rank, at, strength(item), item.order

    def _section(self, item: Item) -> Iterator[str]:
        rule = item.rule
        yield f"### {shortened(rule.title, TITLE)} ({code(rule.id)})"
        yield ""
        if item.conditions:
            yield f"Applies while {settings(item)} on."
        known = self._entitled.get(rule.id)
        yield f"Who may change it: {people(known) if known else 'whoever edits its overlay'}."
        if rule.layer:
            yield f"From the overlay {one_line(self.policy.layers[rule.layer].name)}."
        yield from self._checked.get(rule.id, ())

    def _table(self) -> Iterator[str]:
        """Yield a row for each level with sections; the most common answer stands for them."""
        for level in self.policy.ladder.levels:
            rules = [rule for rule in self.policy.rules if rule.authority == level.name]
            if rules:
                answers = [people(self._entitled[rule.id]) for rule in rules]
                usual = max(dict.fromkeys(answers), key=answers.count)
                others = len(answers) - answers.count(usual)
                cells = [
                    one_line(level.name),
                    f"{usual}, except {others} below" if others else usual,
                    str(len(rules)),
                    str(sum(len(rule.clauses) for rule in rules)),
                ]
                yield f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def people(who: Entitled) -> str:
    """Return who may set a section aside, in plain words."""
    names = [_PEOPLE.get(level, f"whoever speaks as {one_line(level)}") for level in who.levels]
    if not names:
        return "nobody"
    context = ", and context without a word" if who.context else ""
    return f"{listed(names, 'or')}, by saying so{context}"
