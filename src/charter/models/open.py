"""`provider:name` -> a model that is ready to answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

from pydantic import BaseModel, ValidationError

from charter.errors import ConfigError
from charter.models.provider import Model, Provider
from charter.registry import load, names

FOLDER = "charter.models.providers"
GROUP = "charter.providers"

OptionsT = TypeVar("OptionsT", bound=BaseModel)


def open_model(spec: str, options: Mapping[str, str]) -> Model:
    """Open the model that `spec` names, e.g. `embedded`, `openai:gpt-4o` or `scripted:demo.yaml`.

    `options` are the provider's own. Only the named provider is imported.
    Raises ConfigError for an unknown provider or option, PluginError when the provider does not
    load, and ModelUnavailable when the model cannot be had.
    """
    provider, _, name = spec.partition(":")
    return _load(provider).open(name, options)


def read_options(kind: type[OptionsT], options: Mapping[str, str], provider: str) -> OptionsT:
    """Return the options as `kind`. Raises ConfigError, which never repeats a value.

    A value may be a secret that was given under the wrong name.
    """
    unknown = sorted(set(options) - set(kind.model_fields))
    if unknown:
        raise ConfigError(
            f"the provider {provider!r} has no option {unknown[0]!r}",
            hint=f"its options are {', '.join(sorted(kind.model_fields)) or 'none'}",
        )
    try:
        return kind.model_validate(dict(options))
    except ValidationError as cause:
        first = cause.errors(include_input=False, include_url=False, include_context=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        problem = f"option {key!r} of the provider {provider!r}: {first['msg']}"
    raise ConfigError(problem, hint="correct the value, or leave the option out")


def _load(provider: str) -> Provider:
    try:
        return cast("Provider", load(FOLDER, GROUP, provider))
    except KeyError:
        known = ", ".join(names(FOLDER, GROUP))
        raise ConfigError(
            f"no model provider named {provider!r}",
            hint=f"write PROVIDER or PROVIDER:NAME, with a provider of {known}",
        ) from None
