"""The options of the model that a command asks, as its provider takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.errors import ConfigError


def model_options(given: Mapping[str, Any], *, asked: bool = True) -> dict[str, str]:
    """Return `--option KEY=VALUE`, `--base-url` and `--key-env` as one mapping.

    Where nobody is asked, no key is looked for. Raises ConfigError.
    """
    options = {}
    for text in given["options"]:
        key, equals, value = text.partition("=")
        if not equals:
            raise ConfigError(
                f"--option {text!r} is not KEY=VALUE", hint="e.g. --option timeout=30"
            )
        options[key] = value
    for key in ("base_url", "key_env"):
        if given[key]:
            options[key] = given[key]
    if not asked and given["model_name"].partition(":")[0] == "openai":
        options["key_env"] = ""
    return options
