"""Small versions of a spec, as they are published."""

from __future__ import annotations

from dataclasses import replace

from charter.policy.compiled.compile import compile_policy
from charter.publish.edition import Edition, edition
from charter.source import Source
from charter.spec.build import build
from charter.spec.overlays.layer import layer
from charter.syntax.reader import parse

FIRST = """# Conduct {#conduct}

Why we have rules.

## Keep loans private {#keep_loans authority=platform}

The clerk must not tell anyone what another reader has borrowed[^loan].
The clerk should help readers with their own loans[^ownl].

## Obey the law {#obey_law authority=platform}

The clerk must obey the law of the land[^laws].

## Be kind {#be_kind authority=user}

The clerk should greet each reader by name[^gree].
The clerk should thank readers who bring books back on time[^than].
The clerk may chat about the books that readers bring[^chat].

## Be quiet {#be_quiet authority=guideline}

The clerk should whisper in the reading room[^whis].
The clerk should walk on soft soles between the shelves[^sole].
"""

SECOND = """# Conduct {#conduct}

Why we have rules.

## Keep loans private {#keep_loans authority=root}

The clerk must not tell anyone what another reader has borrowed[^loan].
The clerk should help readers with their own loans[^ownl].
The clerk should whisper in the reading room[^whis].

## Obey the law {#obey_law authority=system}

The clerk must obey the law of the land[^laws].

## Welcome readers {#welcome authority=user}

The clerk should greet each reader by name[^gree].
The clerk should thank readers who bring books back on time[^than].
The clerk may chat about the books that readers bring[^chat].
"""

THIRD = """# Conduct {#conduct}

Why we have rules.

## Keep what is borrowed private {#keep_loans authority=root}

The clerk must not tell anyone what another reader has borrowed[^loan].
The clerk must help readers with their own loans[^ownl].
The clerk should whisper in the reading room[^whis].

## Obey the law {#obey_law authority=system}

The clerk must obey the law of the land[^laws].

## Welcome readers {#welcome authority=user}

The clerk should greet each reader by name[^gree].
The clerk should thank readers who bring books back on time[^than].
The clerk may chat about the books that readers bring[^chat].

# Children {#children}

## Mind children {#mind_children authority=root tags=under_18}

The clerk must keep children away from the cellar[^cell].
"""

VERSIONS = ("2025-01-01", "2025-06-01", "2026-01-01")


def an_edition(text: str, version: str | None = None, *, name: str = "lantern") -> Edition:
    """Return a text as one version."""
    spec = build(parse(Source("spec.md", text), reader="model-spec"), name=name)
    spec = replace(spec, version=version or spec.version)
    return edition(spec, compile_policy(layer(spec)))


def three() -> tuple[Edition, ...]:
    """Return three versions, oldest first."""
    texts = (FIRST, SECOND, THIRD)
    return tuple(an_edition(text, version) for text, version in zip(texts, VERSIONS, strict=True))
