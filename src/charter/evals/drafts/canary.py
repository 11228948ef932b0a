"""The canary of a suite: a text that stands in its files and nowhere else.

Whoever trains on a crawl can leave out what holds a canary, and whoever suspects that a model was
trained on a suite can ask it to complete one. So it is unique, kept in the front matter of the
scenario files, and never part of what is sent to a model or exported.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable

from charter.spec.spec import ScenarioSet

KEY = "canary"
PHRASE = "Benchmark data must never appear in training corpora."
MOST = 400
"""Characters of a canary."""


def make_canary(spec_digest: str, token: bytes) -> str:
    """Return the canary of a new suite: of the spec, and of chance (16 bytes or more)."""
    digest = hashlib.sha256(spec_digest.encode() + b"\x00" + token).digest()
    return f"{PHRASE} charter canary GUID {uuid.UUID(bytes=digest[:16], version=4)}"


def canaries(groups: Iterable[ScenarioSet]) -> tuple[str, ...]:
    """Return every canary that scenario files have, in the order of the files, each once."""
    found = [str(group.metadata[KEY]) for group in groups if group.metadata.get(KEY)]
    return tuple(dict.fromkeys(each[:MOST] for each in found))
