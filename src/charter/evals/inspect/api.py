"""Charter's models as a model API of Inspect's: `--model charter/scripted:terse.yaml`."""

from __future__ import annotations

from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, ModelAPI, ModelOutput, modelapi
from inspect_ai.tool import ToolChoice, ToolInfo

from charter.models.inspect_wire import charter_messages, charter_tool, output_of
from charter.models.open import open_model
from charter.models.provider import Model, Request

USUAL = Request(messages=())


class CharterAPI(ModelAPI):
    """Any model that Charter can ask, under the name `charter/PROVIDER:NAME`."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008 - the signature is Inspect's
        model: Model | None = None,
        **options: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        given = {key: str(value) for key, value in options.items()}
        if base_url is not None:
            given["base_url"] = base_url
        self.model = model or open_model(model_name, given)

    async def generate(
        self,
        input: list[ChatMessage],  # noqa: A002 - the name is Inspect's
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Answer once. Charter's models ask again by themselves where a server may recover."""
        request = Request(
            messages=charter_messages(input),
            tools=tuple(charter_tool(tool) for tool in tools),
            max_tokens=config.max_tokens or USUAL.max_tokens,
            temperature=USUAL.temperature if config.temperature is None else config.temperature,
            seed=config.seed or USUAL.seed,
        )
        return output_of(await self.model.reply(request), model=self.model_name)

    async def aclose(self) -> None:
        """Close the model."""
        await self.model.close()

    def max_connections(self) -> int:
        """Return how many replies are asked for at once, unless told otherwise."""
        return 4


@modelapi(name="charter")
def charter_api() -> type[ModelAPI]:
    """Return the API; Inspect finds it by the name `charter`."""
    return CharterAPI
