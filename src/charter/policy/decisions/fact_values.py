"""Facts -> the values of a condition's variables; only those that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from charter.policy.conversation import Conversation, Sensitivity
from charter.policy.decision import NO_LABEL, Facts, Label
from charter.policy.decisions.leak import longest_run
from charter.policy.decisions.provenance import label_arguments
from charter.policy.policy import Policy
from charter.policy.resolution import Resolution


class Values:
    """What can be known about one request, output or action."""

    __slots__ = ("conversation", "facts", "policy", "resolution")

    def __init__(
        self, policy: Policy, resolution: Resolution, facts: Facts, conversation: Conversation
    ) -> None:
        self.policy = policy
        self.resolution = resolution
        self.facts = facts
        self.conversation = conversation

    def of(self, names: frozenset[str]) -> dict[str, object]:
        """Return the values of variables. Raises KeyError for an unknown name."""
        return {name: _VALUES[name](self) for name in names}

    @property
    def last_user_text(self) -> str:
        """The text of the last user message; empty where there is none."""
        for message in reversed(self.conversation.messages):
            if message.role == "user":
                return message.text
        return ""

    @property
    def text(self) -> str:
        """The text that the stage is about."""
        if self.facts.text is not None:
            return self.facts.text
        return self.last_user_text if self.facts.stage == "request" else ""

    @property
    def tool(self) -> str:
        """The name of the tool called."""
        return self.facts.call.tool if self.facts.call else ""

    @property
    def args(self) -> Mapping[str, object]:
        """The arguments of the call; read only."""
        return self.facts.call.args if self.facts.call else {}

    @property
    def labels(self) -> dict[str, dict[str, object]]:
        """Where each argument comes from; what is not known comes from nobody."""
        call = self.facts.call
        if call is None:
            return {}
        found: Mapping[str, Label]
        if call.labels is None:
            found = label_arguments(self.policy, self.resolution, self.conversation, call.args)
        else:
            found = {name: call.labels.get(name, NO_LABEL) for name in call.args}
        return {name: self._as_map(label) for name, label in found.items()}

    def _as_map(self, label: Label) -> dict[str, object]:
        rank = self.policy.ladder.rank(label.authority)
        return {
            "authority": label.authority if rank else "none",
            "level": rank,
            "sources": list(label.sources),
            "sensitivity": label.sensitivity,
        }

    @property
    def scope(self) -> dict[str, object]:
        """The scope of autonomy in force; empty where none was stated."""
        scope = self.resolution.scope
        if scope is None:
            return {}
        stated: dict[str, object] = {
            "allowed_tools": list(scope.allowed_tools),
            "max_cost": float(scope.max_cost),
            "additional_details": scope.additional_details,
        }
        if scope.latest_time is not None:
            stated["latest_time"] = float(scope.latest_time)
        return stated

    @property
    def privileged(self) -> int:
        """How many words on end of system or developer text the text repeats: see `leak`."""
        secret = {
            passage.message
            for passage in self.conversation.passages
            if passage.sensitivity is Sensitivity.PRIVILEGED
        }
        texts = [self.conversation.messages[at].text for at in sorted(secret)]
        said = self.text if self.facts.stage == "output" else " ".join(_texts(self.args))
        return longest_run(said, texts)

    @property
    def role(self) -> str:
        """Whose message the stage's text comes from."""
        return {"request": "user", "tool_result": "tool"}.get(self.facts.stage, "assistant")

    @property
    def authority(self) -> str:
        """The authority of that message's own words."""
        return self.policy.ladder.of_role(self.role)


def _texts(value: object) -> list[str]:
    """Return every text inside a value, in order."""
    found: list[str] = []
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, Mapping):
            stack += reversed([*one.values()])
        elif isinstance(one, list | tuple):
            stack += reversed(one)
    return found


_VALUES: Mapping[str, Callable[[Values], object]] = {
    "text": lambda v: v.text,
    "words": lambda v: len(v.text.split()),
    "request.text": lambda v: v.last_user_text,
    "request.words": lambda v: len(v.last_user_text.split()),
    "output.text": lambda v: v.text,
    "output.words": lambda v: len(v.text.split()),
    "result.text": lambda v: v.text,
    "result.words": lambda v: len(v.text.split()),
    "result.tool": lambda v: v.tool,
    "message.role": lambda v: v.role,
    "message.authority": lambda v: v.authority,
    "message.level": lambda v: v.policy.ladder.rank(v.authority),
    "settings": lambda v: dict(v.resolution.settings),
    "tool": lambda v: v.tool,
    "call.tool": lambda v: v.tool,
    "args": lambda v: v.args,
    "call.args": lambda v: v.args,
    "labels": lambda v: v.labels,
    "levels": lambda v: dict(v.policy.ladder.ranks),
    "scope": lambda v: v.scope,
    "privileged": lambda v: v.privileged,
    "asked_by": lambda v: (v.facts.call.asked_by or "") if v.facts.call else "",
}
