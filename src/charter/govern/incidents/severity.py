"""How bad it was, in five words, mildest first.

The words are those in common use for AI incidents; what they mean here is Charter's own and is
no mapping to the criteria of any framework. No deadline depends on them: regimes ask their own
questions.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        "hazard": "nobody was harmed, but it could have led to harm",
        "serious-hazard": "nobody was harmed, but it could have led to serious harm",
        "incident": "somebody or something was harmed",
        "serious-incident": (
            "death, serious harm to health, rights, property or the environment, or a serious "
            "disruption of infrastructure"
        ),
        "disaster": "serious harm to many, beyond what those concerned can bear on their own",
    }
)
"""Each with what it means, mildest first."""


def rank(severity: str) -> int:
    """Return how bad it is, from 1; 0 for a word that is none of these."""
    return list(SEVERITIES).index(severity) + 1 if severity in SEVERITIES else 0
