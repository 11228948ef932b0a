"""Figures of voices -> digits and words, the same on every page."""

from __future__ import annotations

from charter.evolve.results.results import Figure
from charter.records.survey import OPEN

CHANNELS = {
    "panel": "People who were drawn and invited",
    "open": "People who came by themselves",
}
ABOUT = {
    "panel": "A sample was drawn. The interval of a figure holds the chance of the draw, as far as "
    "those who were drawn answered.",
    "open": "Nobody was drawn. These figures are about the people who came, and not about a "
    "population, however many they are.",
}
STATES = {
    "draft": "Draft",
    "consultation": "In consultation",
    "validation": "Final words put to people",
    "adopted": "Adopted",
    "deferred": "Deferred",
    "set_aside": "Set aside",
}
KINDS = {"clarification": "Clarification", "principle": "Change of principle"}
ORIGINS = {
    "comment": ("public comment", "public comments"),
    "survey": ("survey", "surveys"),
    "incident": ("incident", "incidents"),
    "determinacy": ("finding that readings decide", "findings that readings decide"),
    "suite": ("disagreement of an evaluation", "disagreements of evaluations"),
    "person": ("person's suggestion", "people's suggestions"),
}


def percent(of: Figure) -> str:
    """Return `83 %`, which no line breaks in."""
    return f"{100 * of.value:.0f}\u00a0%"


def interval(of: Figure) -> str:
    """Return `55-95 %` with an en dash, or that there is none."""
    if of.low is None or of.high is None:
        return "no interval"
    return f"{100 * of.low:.0f}\u2013{100 * of.high:.0f}\u00a0%"


def number(of: Figure) -> str:
    """Return a figure that is no share, with its interval."""
    if of.low is None or of.high is None:
        return f"{of.value:.2f} (no interval)"
    return f"{of.value:.2f} ({of.low:.2f} to {of.high:.2f})"


def gap(of: Figure) -> str:
    """Return a difference of two shares with its sign and interval, in points of a hundred."""
    if of.low is None or of.high is None:
        return f"{100 * of.value:+.0f} points (no interval)"
    return f"{100 * of.value:+.0f} points ({100 * of.low:+.0f} to {100 * of.high:+.0f})"


def apart(of: Figure) -> str:
    """Return a distance of shares, in points of a hundred, with its interval."""
    if of.low is None or of.high is None:
        return f"{100 * of.value:.0f} points (no interval)"
    return f"{100 * of.value:.0f} points ({100 * of.low:.0f} to {100 * of.high:.0f})"


def chance(q: float) -> str:
    """Return `q 0.012`; one that would round to nothing is said to be small, and not 0.

    Blanks in it do not break: a q at the end of a line says nothing.
    """
    return "q\u00a0<\u00a00.001" if q < 0.0005 else f"q\u00a0{q:.3f}"


def people(count: int | None) -> str:
    """Return `12 people`, or that it is not shown."""
    if count is None:
        return "too few people to show"
    return "1 person" if count == 1 else f"{count:,} people"


def channel(name: str) -> str:
    """Return who came by a channel."""
    return CHANNELS.get(name, CHANNELS[OPEN])


def origins(kinds: list[str]) -> str:
    """Return `2 public comments, 1 survey`; never whose."""
    said = []
    for kind in sorted(set(kinds)):
        one, many = ORIGINS.get(kind, ("other origin", "other origins"))
        count = kinds.count(kind)
        said.append(f"{count} {one if count == 1 else many}")
    return ", ".join(said)


def day(moment: str) -> str:
    """Return the day of a moment."""
    return moment[:10]


WORDS = {
    "about": ABOUT,
    "apart": apart,
    "chance": chance,
    "channel": channel,
    "day": day,
    "gap": gap,
    "interval": interval,
    "kinds": KINDS,
    "number": number,
    "origins": origins,
    "people": people,
    "percent": percent,
    "states": STATES,
}
"""For templates."""
