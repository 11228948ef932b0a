"""Join a Ray cluster, or start one on this machine, in a time that somebody waits for.

Needs the extra `ray`: import it where a cluster was asked for, not before.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ray

from charter.errors import ConfigError

LOCAL = "local"
CONNECT_SECONDS = 10.0


@contextmanager
def joined(address: str, workers: int | None) -> Iterator[int]:
    """Be part of a cluster for a while; gives how many workers to use.

    `workers` defaults to the processors of the cluster. A Ray that runs in this process already is
    used, and left running. Raises ConfigError where no cluster answers at `address`.
    """
    mine = not ray.is_initialized()
    if mine:
        _join(address, workers)
    try:
        there: Any = ray.cluster_resources  # without types
        yield workers or max(int(there().get("CPU", 1)), 1)
    finally:
        if mine:
            ray.shutdown()


def _join(address: str, workers: int | None) -> None:
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is sent to anybody
    options: dict[str, Any] = {"address": address, "log_to_driver": False}
    if address == LOCAL:
        options |= {"include_dashboard": False, "num_cpus": workers}
    try:
        _answers(address)
        ray.init(**options)
    except (ValueError, RuntimeError, OSError, OverflowError) as cause:
        first = (str(cause).splitlines() or [type(cause).__name__])[0][:200]
        raise ConfigError(
            f"Ray at {address}: no cluster answers: {first}",
            hint="give the address of a cluster, or `local` for this machine",
        ) from cause


def _answers(address: str) -> None:
    """Raise OSError where nothing listens at an address: Ray itself tries for many minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if colon and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_SECONDS).close()
