"""Facts with which boundaries fire: found by trying what their conditions compare with.

A condition says what it looks for: literals, patterns, bounds. Every path it reads is tried with
the values that follow from these, and the runtime itself says which combination makes it true.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from typing import Any, NamedTuple

from charter.policy.boundaries.boundary import Boundary
from charter.policy.boundaries.condition import VARIABLES
from charter.policy.boundaries.expression import Call, Const, Ident, ListOf, Node, Select, walk
from charter.policy.conversation import Sensitivity
from charter.policy.decision import Label
from charter.policy.determinacy.agreed import OTHER
from charter.policy.determinacy.row import Features, speakers_of
from charter.policy.determinacy.sample import long_text, samples
from charter.policy.policy import Policy
from charter.spec.ladder import NONE

MAX_TRIED = 4000
"""Combinations of values tried for one condition."""
MAX_VALUES = 12
"""Values tried for one path."""

Path = tuple[str, ...]
"""Of a value that a condition reads: `("args", "url")`."""

TOOL = "book_room"
"""The tool of a call, where no boundary asks for another."""
MAX_FIRINGS = 150
"""Ways to fire boundaries that are looked at; what is beyond is counted in the report."""
MAX_BETTER = 300
"""Combinations tried for a way to fire one boundary that fires no others."""

_MISSING = object()
_TEXTS = ("request.text", "text", "output.text", "result.text")
_ALIASES = {"call.args": "args", "call.tool": "tool", "result.tool": "tool"}
_ALIASES |= {"output.text": "text", "result.text": "text"}
_ALIASES |= {"output.words": "words", "result.words": "words"}
_HEADS = frozenset(
    {_ALIASES.get(variable.name, variable.name) for variable in VARIABLES} - {"levels"}
)
"""Variables whose values are tried; what levels there are is known."""
_TESTS = frozenset({"contains", "startsWith", "endsWith", "_==_", "_!=_", "@in", "matches"})
_NUMBERS = (0, 1, 5, 1000)


class Firing(NamedTuple):
    """What an action is like, as far as conditions look at it."""

    features: Features
    stage: str
    tool: str = TOOL
    args: tuple[tuple[str, Any], ...] = ()
    labels: tuple[tuple[str, Label], ...] = ()
    text: str = "All done."
    request: str = "Please go on."
    """The last user message."""
    settings: tuple[tuple[str, Any], ...] = ()
    """Those that no section depends on."""
    secret: str = ""
    """What the system message says and the action repeats."""


class Found(NamedTuple):
    """What was found out about the boundaries of a policy."""

    firings: tuple[Firing, ...]
    """Actions at which at least one boundary fires, as far as what is known of the action goes."""
    unseen: tuple[str, ...]
    """Boundaries for which no values were found."""
    left_out: tuple[str, ...]
    """Boundaries beyond the limit."""


def plain(stage: str) -> Firing:
    """Return an action at which nothing is remarkable."""
    return Firing((), stage)


def firings(policy: Policy) -> Found:
    """Return an action for every boundary: the one at which the fewest others fire with it."""
    found: dict[tuple[object, ...], Firing] = {}
    unseen, left_out = [], []
    for boundary in policy.boundaries:
        if len(found) >= MAX_FIRINGS:
            left_out.append(boundary.id)
            continue
        firing = witness(policy, boundary)
        if firing is None:
            unseen.append(boundary.id)
        else:
            key = repr(firing._replace(features=())), firing.stage
            found.setdefault(key, firing)
    return Found(tuple(found.values()), tuple(unseen), tuple(left_out))


def witness(policy: Policy, boundary: Boundary) -> Firing | None:
    """Return an action at which a boundary fires, in some context; None where none is found."""
    paths = _paths(policy, boundary)
    names = sorted(paths)
    rivals = [b for b in policy.boundaries if b.on == boundary.on and b is not boundary]
    best: tuple[int, Firing] | None = None
    for tried, chosen in enumerate(islice(_few_first(names, paths), MAX_TRIED)):
        if best is not None and tried > MAX_BETTER:
            break
        facts = _Facts(policy, boundary.on, chosen)
        if not _holds(boundary, facts):
            continue
        others = sum(_holds(rival, facts) for rival in rivals)
        if best is None or others < best[0]:
            best = others, facts.firing(boundary.id)
        if not others:
            break
    return best[1] if best else None


def _holds(boundary: Boundary, facts: _Facts) -> bool:
    try:
        return boundary.condition.holds(facts.values(boundary.condition.uses))
    except (ValueError, KeyError, RuntimeError):
        return False


def _few_first(
    names: Sequence[Path], paths: Mapping[Path, Sequence[Any]]
) -> Iterator[dict[Path, Any]]:
    """Yield combinations of values, those that change few defaults first."""
    default = {name: paths[name][0] for name in names}
    for count in range(len(names) + 1):
        for changed in combinations(names, count):
            for values in product(*(paths[name][1:] for name in changed)):
                yield default | dict(zip(changed, values, strict=True))


def _paths(policy: Policy, boundary: Boundary) -> dict[Path, list[Any]]:
    """Return every path that a condition reads, with the values to try, the default first."""
    root = boundary.condition.root
    found: dict[Path, list[Any]] = {path: [] for path in _read(root)}
    names = sorted({str(node.value) for node in walk(root) if isinstance(node, Const)})
    for whole in ("args", "settings"):  # a loop may look for one of its keys
        if (whole,) in found:
            found[whole,] += ({name: "text"} for name in names)
    for node in walk(root):
        if isinstance(node, Call):
            hints = [*_hints(node)]
            for path in {_path(below) for operand in node.operands for below in walk(operand)}:
                if path is not None and path in found:
                    found[path] += hints
    return {
        path: [*_unique([*_defaults(path), *hints, *_usual(policy, boundary, path)])]
        for path, hints in found.items()
    }


def _read(root: Node) -> list[Path]:
    """Return the paths that a condition reads: `args.url`, and not `args` for its sake."""
    paths = dict.fromkeys(path for node in walk(root) if (path := _path(node)) is not None)
    return [
        path
        for path in paths
        if path[0] in _HEADS
        and not any(len(o) > len(path) and o[: len(path)] == path for o in paths)
    ]


def _path(node: Node) -> Path | None:
    """Return the path of a node: a variable, or a member of a member of one."""
    match node:
        case Ident(name=name):
            return (_ALIASES.get(name, name),)
        case Select(operand=operand, field=name):
            below = _path(operand)
            return None if below is None else (*below, name)
        case Call(function="_[_]", operands=(operand, Const(value=str(name)))):
            below = _path(operand)
            return None if below is None else (*below, name)
    return None


def _hints(call: Call) -> Iterator[Any]:
    """Yield the values that a call compares something with, and those just beside them."""
    for operand in call.operands:
        elements = operand.elements if isinstance(operand, ListOf) else (operand,)
        for element in elements:
            if not isinstance(element, Const):
                continue
            value = element.value
            if isinstance(value, bool):
                yield from (value, not value)
            elif isinstance(value, int | float):
                yield from (value, value + 1, value - 1)
            elif isinstance(value, str) and call.function == "matches":
                yield from samples(value)
            elif isinstance(value, str) and call.function in _TESTS:
                yield value


def _defaults(path: Path) -> Iterator[Any]:
    """Yield what a path has where nobody says anything about it."""
    head = path[0]
    if head == "tool":
        yield TOOL
    elif head in _TEXTS:
        yield "Please go on." if head == "request.text" else "All done."
    elif head in ("words", "request.words", "privileged"):
        yield 0
    elif head == "asked_by":
        yield ""
    else:
        yield _MISSING


def _usual(policy: Policy, boundary: Boundary, path: Path) -> Sequence[Any]:
    """Return values to try beside those that a condition compares with."""
    head, last = path[0], path[-1]
    if head == "tool":
        return sorted(boundary.tools or ())
    if head == "asked_by" or (head == "labels" and last == "authority"):
        return (*(speaker.level for speaker in speakers_of(policy)), NONE)
    if head == "labels":
        ranks = sorted(policy.ladder.ranks.values())
        known: dict[str, Sequence[Any]] = {"level": ranks, "sensitivity": [*map(str, Sensitivity)]}
        return known.get(last, ())
    if head == "scope" and len(path) > 1:
        stated: dict[str, Sequence[Any]] = {
            "allowed_tools": ((OTHER,), (OTHER, TOOL)),
            "max_cost": (10.0,),
        }
        return stated.get(last, ())
    if head in ("args", "settings"):
        return ("text", *_NUMBERS, True)
    return _NUMBERS if head in ("words", "request.words", "privileged") else ()


def _unique(values: Iterable[Any]) -> Iterator[Any]:
    seen: list[Any] = []
    for value in values:
        if not any(value is one or (type(value) is type(one) and value == one) for one in seen):
            seen.append(value)
    return islice(iter(seen), MAX_VALUES)


class _Facts:
    """One combination of values, as the stage would have it."""

    def __init__(self, policy: Policy, stage: str, chosen: Mapping[Path, Any]) -> None:
        self.policy, self.stage = policy, stage
        self.chosen = {path: value for path, value in chosen.items() if value is not _MISSING}

    def get(self, name: str, default: Any) -> Any:
        """Return the value of a variable."""
        return self.chosen.get((name,), default)

    def members(self, name: str) -> dict[str, Any]:
        """Return the members of a variable that is a map."""
        whole = self.chosen.get((name,), {})
        found = dict(whole) if isinstance(whole, Mapping) else {}
        for path, value in self.chosen.items():
            if path[0] == name and len(path) == 2:
                found[path[1]] = value
        return found

    @property
    def labels(self) -> dict[str, Label]:
        """The labels of arguments."""
        found: dict[str, Label] = {}
        ladder = self.policy.ladder
        for path, value in self.chosen.items():
            if path[0] != "labels" or len(path) != 3:
                continue
            known = found.get(path[1], Label())
            if path[2] == "authority":
                known = known._replace(authority=value, level=ladder.rank(value))
            elif path[2] == "level" and isinstance(value, int) and value >= 0:
                known = known._replace(authority=ladder.name(value), level=value)
            elif path[2] == "sensitivity":
                known = known._replace(sensitivity=value)
            found[path[1]] = known
        return found

    @property
    def text(self) -> str:
        """The text of the stage, as long as it has to be."""
        text = self.get("text", "All done.")
        words = self.get("words", 0)
        return self._longer(text if isinstance(text, str) else "All done.", words)

    @property
    def request(self) -> str:
        """The last user message."""
        if self.stage == "request":
            both = (self.get("request.text", ""), self.get("text", ""))
            text = " ".join(part for part in both if part != "Please go on.") or "Please go on."
            return self._longer(text, max(self.get("words", 0), self.get("request.words", 0)))
        return self._longer(self.get("request.text", "Please go on."), self.get("request.words", 0))

    def _longer(self, text: str, words: Any) -> str:
        missing = int(words) - len(text.split()) if isinstance(words, int | float) else 0
        return " ".join([text, *long_text(missing)]) if missing > 0 else text

    @property
    def secret(self) -> str:
        """What has to be repeated."""
        run = self.get("privileged", 0)
        if not isinstance(run, int) or not 0 < run <= 64:
            return ""
        return " ".join(f"secret{at}" for at in range(run))

    def values(self, names: Iterable[str]) -> dict[str, Any]:
        """Return the variables of a condition."""
        ladder = self.policy.ladder
        role = {"request": "user", "tool_result": "tool"}.get(self.stage, "assistant")
        level = ladder.of_role(role)
        text = self.request if self.stage == "request" else self.text
        args = self.members("args")
        labels = {
            name: {
                "authority": label.authority,
                "level": label.level,
                "sources": list(label.sources),
                "sensitivity": label.sensitivity,
            }
            for name, label in self.labels.items()
        }
        known: dict[str, Any] = {
            "text": text,
            "words": len(text.split()),
            "request.text": self.request,
            "request.words": len(self.request.split()),
            "message.role": role,
            "message.authority": level,
            "message.level": ladder.rank(level),
            "settings": self.members("settings"),
            "tool": self.get("tool", TOOL),
            "args": args,
            "labels": {name: labels.get(name, _NO_LABEL) for name in {*args, *labels}},
            "levels": dict(ladder.ranks),
            "scope": {
                key: list(value) if isinstance(value, tuple) else value
                for key, value in self.members("scope").items()
            },
            "privileged": len(self.secret.split()),
            "asked_by": self.get("asked_by", ""),
        }
        return {name: known[_ALIASES.get(name, name)] for name in names}

    def firing(self, boundary: str) -> Firing:
        """Return the action; what the context decides (scope, who asked) is left to the context."""
        settings = self.members("settings")
        labels = self.labels
        args = self.members("args") | {name: "text" for name in labels if name not in self.args}
        secret = self.secret
        if secret and self.stage == "tool_call":
            args["text"] = secret
        text = f"{self.text} {secret}" if secret and self.stage == "output" else self.text
        return Firing(
            (("fires", boundary),),
            self.stage,
            str(self.get("tool", TOOL)),
            tuple(sorted(args.items())),
            tuple(sorted(labels.items())),
            text,
            self.request,
            tuple(sorted((k, v) for k, v in settings.items() if k not in self.policy.conditional)),
            secret,
        )

    @property
    def args(self) -> dict[str, Any]:
        """The arguments that have a value of their own."""
        return self.members("args")


_NO_LABEL = {"authority": NONE, "level": 0, "sources": [], "sensitivity": "private"}
