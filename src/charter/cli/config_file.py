"""The configuration in force: the file that a person named, else the nearest one."""

from __future__ import annotations

from pathlib import Path

from charter.config import Config, find_config, load_config


def config_of(named: Path | None) -> Config:
    """Return the configuration; the defaults where there is no file. Raises ConfigError."""
    file = named or find_config(Path.cwd())
    return load_config(file) if file is not None else Config()
