"""The two things a label can say: whether an answer keeps to the rules, or whether it refuses."""

from __future__ import annotations

from dataclasses import dataclass

DISPUTED = "disputed"
"""Stands for the truth where people do not agree, and no majority decides."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A set of labels, with the half of them that a judge is there to find."""

    name: str
    labels: tuple[str, ...]
    """From the one that nothing is wrong with to its opposite."""
    sought: frozenset[str]
    """What sensitivity is the share of: violations, or refusals."""
    words: tuple[tuple[str, str], ...]
    """How a file may write a label, folded, and which label it is."""

    def read(self, written: str) -> str | None:
        """Return the label that a word means, or None."""
        return dict(self.words).get(written.strip().casefold())

    def is_sought(self, label: str) -> bool:
        """Whether a label is on the half that the judge is there to find."""
        return label in self.sought


ADHERENCE = Scale(
    "adherence",
    ("adhered", "violated"),
    frozenset({"violated"}),
    (
        ("good", "adhered"),
        ("ok", "adhered"),
        ("bad", "violated"),
        ("adhered", "adhered"),
        ("violated", "violated"),
    ),
)
REFUSAL = Scale(
    "refusal",
    ("none", "partial", "full"),
    frozenset({"partial", "full"}),
    (("none", "none"), ("partial", "partial"), ("full", "full")),
)
SCALES = (ADHERENCE, REFUSAL)


def scale_named(name: str) -> Scale:
    """Return a scale by its name. Raises KeyError."""
    return {scale.name: scale for scale in SCALES}[name]


def scale_of(labels: frozenset[str]) -> Scale:
    """Return the scale that all of these labels are on. Raises ValueError where there is none."""
    for scale in SCALES:
        if labels <= set(scale.labels):
            return scale
    raise ValueError(f"no scale has all of {', '.join(sorted(labels))}")
