"""Choosing a provider by its name."""

import subprocess
import sys

import pytest

from charter.errors import ConfigError
from charter.models.open import open_model


def test_unknown_provider_names_the_known_ones():
    with pytest.raises(ConfigError, match="no model provider named 'opanai'") as caught:
        open_model("opanai:x", {})
    assert "embedded, inspect, openai, scripted" in str(caught.value)


def test_unknown_option_names_the_known_ones():
    with pytest.raises(ConfigError, match="no option 'basurl'") as caught:
        open_model("openai:x", {"basurl": "secret"})
    assert "base_url" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_wrong_option_does_not_repeat_its_value():
    with pytest.raises(ConfigError, match="option 'attempts'") as caught:
        open_model("openai:x", {"attempts": "sk-secret"})
    assert "sk-secret" not in str(caught.value)


def test_only_the_named_provider_is_imported(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text("default: hello\n")
    code = (
        "import sys; from charter.models.open import open_model\n"
        f"open_model({f'scripted:{script}'!r}, {{}})\n"
        "assert not {'aiohttp', 'xllamacpp', 'charter.models.providers.openai'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
