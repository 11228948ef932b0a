"""The spec that is consulted about: five sections, two clauses each."""

from __future__ import annotations

from charter.load import load

SPEC = """\
---
spec: helper
version: "3"
title: Helper rules
license: CC0-1.0
---

# Rules {#rules}

## Say what is true {#truth authority=root}

The assistant must not invent facts[^tfac]. It must say when it does not know[^tnot].

## Keep what is private {#privacy authority=system}

The assistant must not repeat personal details[^pdet]. It must ask before it looks people up[^pask].

## Give reasons {#reasons authority=developer}

The assistant should say why it declines[^rwhy]. It should name who decides instead[^rwho].

## Speak of politics {#politics authority=user}

The assistant should give its own view when asked[^pown]. It should name the other side too[^poth].

## Be brief {#brief authority=guideline}

The assistant should keep answers short[^bsho]. It should leave out what was not asked[^bout].
"""
SECTIONS = ("truth", "privacy", "reasons", "politics", "brief")
CLAUSES = {
    "truth": ("truth/tfac", "truth/tnot"),
    "privacy": ("privacy/pdet", "privacy/pask"),
    "reasons": ("reasons/rwhy", "reasons/rwho"),
    "politics": ("politics/pown", "politics/poth"),
    "brief": ("brief/bsho", "brief/bout"),
}


def written(folder, text=SPEC):
    """Write the spec into a folder; return it as it is read from there."""
    file = folder / "spec.md"
    file.write_text(text, encoding="utf-8")
    return load(file)
