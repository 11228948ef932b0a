"""Draws the texts for training from their compact form: always the same ones."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).resolve().parent / "texts"
SEED = 20261122
_CHOICE = re.compile(r"\{((?:[^{}|]|\\\|)*(?:\|(?:[^{}|]|\\\|)*)+)\}")
_NAME = re.compile(r"<([A-Z]+)>")


@dataclass(frozen=True, slots=True)
class Text:
    """One text, and which part of it is an order to an assistant, if any is."""

    kind: str
    language: str
    text: str
    start: int = 0
    end: int = 0
    """Nothing is where the two are equal."""

    @property
    def is_order(self) -> bool:
        """Whether any part is."""
        return self.end > self.start


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file."""

    kind: str
    language: str
    form: str


def lines(name: str) -> list[Line]:
    """Read a file of forms."""
    found, kind, language = [], "", "en"
    for line in (TEXTS / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            kind, _, language = line[3:].partition(" ")
        elif line.strip() and not (line.startswith("#") and not kind):
            found.append(Line(kind, language or "en", line))
    return found


def drawn(count: int, inside: int) -> list[Text]:
    """Return `count` texts of each positive form, of which `inside` are put into other text.

    Negative texts are drawn as often, in groups of one to five.
    """
    rng = random.Random(SEED)  # noqa: S311 - chance that repeats itself
    names: dict[str, list[str]] = {}
    for line in lines("lists.txt"):
        names.setdefault(line.kind, []).append(line.form)
    benign = [
        Text(x.kind, x.language, say(x.form, names, rng))
        for x in lines("negative.txt")
        for _ in range(count)
    ]
    found = []
    for line in lines("positive.txt"):
        for at in range(count):
            said = say(line.form, names, rng)
            text = Text(line.kind, line.language, said, 0, len(said))
            found.append(_inside(text, benign, rng) if at < inside else text)
    return found + list(_groups(benign, rng))


def say(form: str, names: dict[str, list[str]], rng: random.Random) -> str:
    """Return one wording of a form."""
    for _ in range(6):
        form = _NAME.sub(lambda m: rng.choice(names.get(m[1], [m[0]])), form)
        form = _CHOICE.sub(lambda m: rng.choice(re.split(r"(?<!\\)\|", m[1])), form)
    said = re.sub(r" +", " ", form.replace("\\|", "|").replace("\\n", "\n")).strip()
    chance = rng.random()
    return said.lower() if chance < 0.08 else said.upper() if chance < 0.1 else said


def _inside(text: Text, benign: Sequence[Text], rng: random.Random) -> Text:
    """Put an order into texts of its language, or of English."""
    near = [x for x in benign if x.language == text.language] or benign
    pool = near if rng.random() < 0.8 else [x for x in benign if x.language == "en"]
    gap = rng.choice([" ", " ", "\n", "\n\n", " - ", '", "'])
    before = gap.join(rng.choice(pool).text for _ in range(rng.randrange(4)))
    after = gap.join(rng.choice(pool).text for _ in range(rng.randrange(4)))
    before += gap if before else ""
    whole = before + text.text + (gap if after else "") + after
    return Text(text.kind, text.language, whole, len(before), len(before) + len(text.text))


def _groups(benign: Sequence[Text], rng: random.Random) -> Iterator[Text]:
    for text in benign:
        near = [x for x in benign if x.language == text.language]
        more = [rng.choice(near).text for _ in range(rng.randrange(5))]
        yield Text(
            text.kind, text.language, rng.choice([" ", "\n", "\n\n"]).join([text.text, *more])
        )
