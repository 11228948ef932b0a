"""All contexts of a policy: the groups, the events, and the cells that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from charter.policy.determinacy.action import Events, events_of
from charter.policy.determinacy.agreed import agreed
from charter.policy.determinacy.asked import asked
from charter.policy.determinacy.cell import Cell, Cells
from charter.policy.determinacy.context import has_developer
from charter.policy.determinacy.evaluate import Evaluator
from charter.policy.determinacy.matter import matter
from charter.policy.determinacy.row import Group
from charter.policy.determinacy.types import Types, types_of
from charter.policy.policy import Policy

BOTH_ROLES = "both_roles"


class World:
    """The contexts of one policy."""

    def __init__(
        self,
        policy: Policy,
        moot: Mapping[str, str],
        variants: Mapping[str, Policy] | None = None,
    ) -> None:
        self.policy = policy
        self.evaluator = Evaluator(policy, moot, variants)
        names = self.evaluator.axes.names
        binding = [p for p in (variants or {}).values() if len(p.rules) > len(policy.rules)]
        self.matter: Group = matter(policy, binding[0] if binding else None)
        self.asked: Group = asked(policy)
        self.events: Events = events_of(policy)
        apart = BOTH_ROLES in names and has_developer(policy)
        self.developers = (True, False) if apart else (True,)
        self._scopes: dict[tuple[str, bool], Types] = {}

    @property
    def count(self) -> int:
        """How many cells there are."""
        return len(self.events.events) * len(self.developers)

    def scope(self, tool: str) -> Group:
        """Return what can have been agreed on, for calls of a tool."""
        return agreed(self.policy, tool)

    def cells(self) -> Iterator[Cell]:
        """Make every cell, one after the other."""
        maker = Cells(self.evaluator)
        for developer in self.developers:
            said = types_of(self.evaluator, self.matter, developer=developer)
            who = types_of(self.evaluator, self.asked, developer=developer)
            for event in self.events.events:
                scope = self._scope(event.firing.tool, developer=developer)
                yield maker.cell(event, (said, scope, who), developer=developer)

    def _scope(self, tool: str, *, developer: bool) -> Types:
        key = tool, developer
        if key not in self._scopes:
            group = self.scope(tool)
            self._scopes[key] = types_of(self.evaluator, group, developer=developer, tool=tool)
        return self._scopes[key]
