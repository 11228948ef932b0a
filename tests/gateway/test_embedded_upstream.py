"""A gateway in front of a real model: the embedded one's own server, through the official SDK."""

import secrets

import openai
import pytest

from charter.gateway.settings import Endpoint, Settings, UpstreamSettings
from charter.models import weights
from charter.models.catalogue import DEFAULT, find
from charter.records.decision import DecisionRecorded

pytestmark = pytest.mark.embedded
KEY = "CHARTER_TEST_MODEL_KEY"


@pytest.fixture(scope="module")
def model():
    """The server of the embedded model, and its key."""
    xllamacpp = pytest.importorskip("xllamacpp")
    entry = find(DEFAULT)
    if not weights.is_present(entry):
        pytest.skip("the embedded model's weights are not here (charter models pull)")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.path_of(entry))
    params.n_parallel = 1
    params.n_ctx = 512
    params.verbosity = -1
    params.fit_params = False
    params.ui = False
    params.cpuparams.poll = 0
    key = secrets.token_urlsafe(32)
    params.api_keys = [key]
    return xllamacpp.Server(params), key


def test_a_real_model_answers_through_the_gateway(model, start, monkeypatch):
    server, key = model
    monkeypatch.setenv(KEY, key)
    settings = Settings(upstream=UpstreamSettings(default=Endpoint("", KEY)))
    gateway = start(upstream_url=server.listening_address, settings=settings, key_env=KEY)
    asked = {
        "model": "m",
        "messages": [{"role": "user", "content": "Say hello."}],
        "max_tokens": 12,
        "seed": 1,
        "temperature": 0,
    }
    with openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=gateway.key) as client:
        whole = client.chat.completions.create(**asked)
        text = whole.choices[0].message.content
        chunks = list(client.chat.completions.create(**asked, stream=True))
        streamed = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text.strip()
    assert streamed == text
    released = [r.released for r in gateway.records(DecisionRecorded) if r.stage == "output"]
    assert released == [len(text)] * 2
