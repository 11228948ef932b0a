"""How a scenario is put to a model: its tools offered, one answer, and no tool ever run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from inspect_ai.model._generate_config import active_generate_config  # the pinned version has it
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import Tool as InspectTool
from inspect_ai.tool import ToolDef

from charter.evals import score as scoring
from charter.evals.scenario import Scenario
from charter.evals.score import Score
from charter.models.inspect_wire import output_of, tool_info
from charter.models.provider import Reply, Tool

Find = Callable[[str], Scenario]
"""Returns the scenario of an id. Raises KeyError where there is none."""


class Keeper(Protocol):
    """Is told what becomes of each reply, and knows those that need not be asked for again."""

    def recorded(self, scenario: str, epoch: int) -> Reply | None:
        """Return a reply that is known already; epochs count from 0."""
        ...

    def failed(self, scenario: Scenario, epoch: int, cause: Exception) -> None:
        """Keep that no usable reply came."""
        ...

    def problem(self, scenario: str, epoch: int) -> Exception | None:
        """Return why no usable reply came, where none did."""
        ...

    def broken(self, cause: Exception) -> None:
        """Take it that nothing can be graded any more."""
        ...

    def scored(self, scenario: Scenario, epoch: int, reply: Reply | None, result: Score) -> None:
        """Keep a reply with its verdict; without a reply, the model could not be asked."""
        ...


@solver
def offer_tools(find: Find) -> Solver:
    """Make the tools of a scenario known to the model. A call of one is the end of the sample."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state.tools = [_offered(tool) for tool in find(str(state.sample_id)).tools]
        return state

    return solve


@solver
def answer(find: Find, *, calls_tools: bool = True, keeper: Keeper | None = None) -> Solver:
    """Ask the model once. Each epoch has a seed of its own, counted up from the task's."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        scenario, epoch = find(str(state.sample_id)), state.epoch - 1
        if scoring.unanswerable(scenario, calls_tools=calls_tools) is not None:
            return state
        known = keeper.recorded(scenario.id, epoch) if keeper else None
        if known is not None:
            state.output = output_of(known, model=str(state.model))
            state.messages.append(state.output.message)
            return state
        if keeper is None:
            return await generate(state, tool_calls="none", **_seed(epoch))
        try:
            return await generate(state, tool_calls="none", **_seed(epoch))
        except Exception as cause:  # noqa: BLE001 - kept, and said in the score
            # raised, it would end in a formatted traceback: most of a second for each
            keeper.failed(scenario, epoch, cause)
            return state

    return solve


def _seed(epoch: int) -> dict[str, Any]:
    first = active_generate_config().seed
    return {} if first is None else {"seed": first + epoch}


def _offered(tool: Tool) -> InspectTool:
    """Return a tool that is only ever offered."""

    async def execute() -> str:
        raise NotImplementedError(f"{tool.name} is offered, never run")

    info = tool_info(tool)
    return ToolDef(
        execute, name=info.name, description=info.description, parameters=info.parameters
    ).as_tool()
