"""`charter.toml` -> Config: which rules count how much, for which files.

    [rules]
    overlong-clause = "warning"
    vague-wording = "off"

    [paths."drafts/*"]
    rules = { section-without-example = "off" }

    [targets]                      # share of adherence that is asked for
    default = 0.8
    root = 0.95                    # an authority, a section or a clause by its id
    "no_hate/chat" = 0.9

    [calibration]                  # what counts as a fit judge
    fit_kappa = 0.7

    [prices."gpt-5"]               # of a judge or model, per million tokens
    input = 1.25
    output = 10.0
    currency = "USD"

Paths are relative to the folder of the file; `*` stands for any characters, `/` included.
Where several patterns fit, the last one in the file wins.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from charter.errors import ConfigError
from charter.source import Severity

FILE_NAME = "charter.toml"
MAX_BYTES = 256 * 1024
OFF = "off"


@dataclass(frozen=True, slots=True)
class PathOptions:
    """What holds for the files that a pattern names."""

    pattern: str
    rules: Mapping[str, Severity | None]


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens of a model cost."""

    input: float
    output: float
    currency: str = "USD"


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration in force; without a file, nothing but the defaults."""

    path: str | None = None
    """Of the file it was read from."""
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    """None turns a rule off."""
    paths: tuple[PathOptions, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    """Shares in (0, 1] by `default`, authority, section id or clause id."""
    calibration: Mapping[str, float] = field(default_factory=dict)
    """Thresholds by name, as `evals.calibration` documents them."""
    prices: Mapping[str, Price] = field(default_factory=dict)
    """By name of the model."""

    def wants(self, rule_id: str) -> bool:
        """Whether a rule is on for any file at all."""
        if self.rules.get(rule_id, Severity.INFO) is not None:
            return True
        return any(options.rules.get(rule_id) is not None for options in self.paths)

    def severity(self, rule_id: str, path: str, default: Severity) -> Severity | None:
        """Return how much a rule counts in one file, or None when it is off there."""
        found = self.rules.get(rule_id, default)
        if self.paths:
            relative = self._relative(path)
            for options in self.paths:
                if rule_id in options.rules and fnmatchcase(relative, options.pattern):
                    found = options.rules[rule_id]
        return found

    def named(self) -> Iterator[tuple[str, str]]:
        """Yield every rule id it names, with the key it stands under."""
        for rule_id in self.rules:
            yield rule_id, "rules"
        for options in self.paths:
            for rule_id in options.rules:
                yield rule_id, f'paths."{options.pattern}".rules'

    def _relative(self, path: str) -> str:
        folder = Path(self.path or ".").absolute().parent
        file = Path(path).absolute()
        return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()


def find_config(start: Path) -> Path | None:
    """Return the nearest `charter.toml` in `start` or a folder above it."""
    absolute = start.absolute()
    for folder in (absolute, *absolute.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


def load_config(file: Path) -> Config:
    """Read a configuration. Raises ConfigError, naming the file and the key at fault."""
    table = _table(file)
    try:
        checked = _File.model_validate(table)
    except ValidationError as cause:
        first = cause.errors(include_url=False, include_context=False)[0]
        raise ConfigError(
            f"{file}: {_key(first['loc'])}: {_spoken(first)}",
            hint=_hint(first),
        ) from cause
    return Config(
        str(file),
        MappingProxyType({rule_id: _severity(level) for rule_id, level in checked.rules.items()}),
        tuple(
            PathOptions(
                pattern,
                MappingProxyType({rule: _severity(level) for rule, level in options.rules.items()}),
            )
            for pattern, options in checked.paths.items()
        ),
        MappingProxyType(dict(checked.targets)),
        MappingProxyType(dict(checked.calibration)),
        MappingProxyType(
            {
                model: Price(price.input, price.output, price.currency)
                for model, price in checked.prices.items()
            }
        ),
    )


_Level = Literal["error", "warning", "info", "off"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Paths(_Strict):
    rules: dict[str, _Level]


class _Price(_Strict):
    input: float = Field(ge=0, allow_inf_nan=False)
    output: float = Field(ge=0, allow_inf_nan=False)
    currency: str = Field(default="USD", pattern="^[A-Z]{3}$")


_Number = Annotated[float, Field(strict=True)]  # neither text nor a truth value
_Fraction = Annotated[_Number, Field(gt=0, le=1, allow_inf_nan=False)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rules: dict[str, _Level] = {}
    paths: dict[str, _Paths] = {}
    targets: dict[str, _Fraction] = {}
    calibration: dict[str, _Number] = {}
    prices: dict[str, _Price] = {}


def _table(file: Path) -> dict[str, Any]:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            what = f"{file} is larger than {MAX_BYTES // 1024} kB"
            raise ConfigError(what, hint="a configuration is a few lines")
        return tomllib.loads(content.decode("utf-8"))
    except OSError as cause:
        hint = "check the path given to --config"
        raise ConfigError(f"{file} cannot be read: {cause.strerror}", hint=hint) from cause
    except UnicodeDecodeError as cause:
        raise ConfigError(f"{file} is not UTF-8", hint="save it as UTF-8") from cause
    except (tomllib.TOMLDecodeError, RecursionError) as cause:
        hint = 'a line reads: rule-id = "warning"'
        raise ConfigError(f"{file}: not TOML: {cause}", hint=hint) from cause


def _severity(level: _Level) -> Severity | None:
    return None if level == OFF else Severity(level)


def _key(location: tuple[int | str, ...]) -> str:
    return ".".join(f'"{part}"' if "." in str(part) else str(part) for part in location)


def _spoken(error: Any) -> str:
    if error["type"] == "extra_forbidden":
        return "unknown key"
    if error["type"] == "literal_error":
        return f"{error['input']!r} is no severity"
    return str(error["msg"]).lower()


def _hint(error: Any) -> str:
    table = error["loc"][0]
    if error["type"] == "extra_forbidden":
        tables: dict[object, type[BaseModel]] = {"paths": _Paths, "prices": _Price}
        return f"known: {', '.join(tables.get(table, _File).model_fields)}"
    if table in ("rules", "paths"):
        return 'write "error", "warning", "info" or "off"'
    if table == "targets":
        return "a share above 0 and at most 1, such as 0.8"
    return "see the example in the documentation of charter.toml"
