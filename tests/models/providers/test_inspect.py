"""`inspect:PROVIDER/NAME`: every model that Inspect knows is one of Charter's."""

import asyncio
import subprocess
import sys

import pytest

from charter.errors import ConfigError, ModelError, ModelRefusedRequest, ModelUnavailable
from charter.models.open import open_model
from charter.models.provider import ChatMessage, Request

pytest.importorskip("inspect_ai", reason="needs the extra `inspect`")

from inspect_ai.model import ModelOutput, ModelUsage, get_model

from charter.models.providers.inspect import InspectModel, Options, failure

pytestmark = [
    pytest.mark.filterwarnings("ignore:The 'initial' parameter is deprecated:DeprecationWarning"),
]

ASK = Request((ChatMessage("user", "Hello"),), max_tokens=9, seed=4)


def mocked(answer):
    native = get_model("mockllm/model", custom_outputs=answer)
    return InspectModel("mockllm/model", Options(), native)


def ask(model):
    async def once():
        try:
            return await model.reply(ASK)
        finally:
            await model.close()

    return asyncio.run(once())


def test_a_reply():
    seen = []

    def answer(messages, tools, choice, config):
        seen.append((messages[0].text, config.max_tokens, config.temperature, config.seed))
        output = ModelOutput.from_content("m", "Hi.", "max_tokens")
        output.usage = ModelUsage(input_tokens=2, output_tokens=3, total_tokens=5)
        return output

    reply = ask(mocked(answer))
    assert (reply.text, reply.stop, reply.input_tokens) == ("Hi.", "length", 2)
    assert seen == [("Hello", 9, 0.0, 4)]


def test_the_mock_needs_no_network():
    model = open_model("inspect:mockllm/model", {})
    assert ask(model).text.startswith("Default output")
    assert model.identity.sampling == "inspect_ai 0.3.285"


def test_errors_become_charters():
    class Refused(Exception):
        status_code = 401

    def refuse(*_):
        raise Refused("key sk-123")

    with pytest.raises(ModelRefusedRequest) as caught:
        ask(mocked(refuse))
    assert caught.value.status == 401
    assert "sk-123" not in str(caught.value)
    assert isinstance(failure(TimeoutError("slow"), "m"), ModelUnavailable)
    assert type(failure(ValueError("odd"), "m")) is ModelError


@pytest.mark.parametrize("name", ["", "gpt-4o", "nosuchapi/x"])
def test_names_that_inspect_lacks(name):
    with pytest.raises(ConfigError):
        open_model(f"inspect:{name}", {})


def test_options(monkeypatch):
    with pytest.raises(ConfigError, match="no option"):
        open_model("inspect:mockllm/model", {"nope": "1"})
    with pytest.raises(ConfigError, match="attempts"):
        open_model("inspect:mockllm/model", {"attempts": "0"})
    monkeypatch.delenv("MY_KEY", raising=False)
    with pytest.raises(ConfigError, match="MY_KEY is not set"):
        open_model("inspect:mockllm/model", {"key_env": "MY_KEY"})


def test_without_the_extra_it_is_one_clear_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "inspect_ai.model", None)
    with pytest.raises(ModelUnavailable, match=r"charter\[inspect\]"):
        open_model("inspect:mockllm/model", {})


def test_reading_a_log_and_running_locally_import_nothing_of_it():
    code = (
        "import sys, charter.cli.import_log, charter.evals.runners.inspect, "
        "charter.models.providers.inspect, charter.evals.inspect.import_log; "
        "sys.exit('inspect_ai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
