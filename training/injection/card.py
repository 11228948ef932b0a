"""The model card, written from the measurements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_HEAD = """# Model card: the injection classifier

Written by `training/injection/train.py` from `measured.json`; do not edit.

It says of a text that has no authority (a page, a mail, a tool's result, a tool's description)
whether some part of it tells an assistant that reads it what to do.

**Use.** The check `injection` of the gateway. It is one line of defence among others and misses
much, as the tables show: what really protects is that such text has no authority, and that calls
with effects are decided by boundaries whatever it says. It is no ground for a decision about a
person.

**How it works.** The text is folded (NFKC, lower case, no zero-width characters, digits alike).
Runs of 3 and 5 bytes, runs of 1 to 3 words, and classes of telling words in fifteen languages,
alone and near each other, have weights, fitted by a logistic regression. They are summed over
windows of 56, 112 and 256 bytes, and the highest window is the text's score: so an order counts
the same in a page as alone. About 0.1 ms for 1,000 characters on one core; `numpy` is all it needs.
Weights: sha256 `{sha}`.

**Operating points.** A point is named by the share of benign spans, of up to {span} characters,
that were taken for orders where it was set: {setting}.
Elsewhere the share differs: see the first table. A document of many spans has as many chances of a
false alarm.

## Data

Learned from: {learned}.
The texts in `training/injection/texts`, and the replies, were written for this purpose with a
language model and are CC0; nobody else checked their labels. Our documentation and code count as
telling nothing. Nothing of the sets below was learned from. AgentDojo 0.1.35, bastioncorpus 0.6.0,
RealGuardrails and ManyIH are under the MIT licence, Polis under CC BY 4.0, XSTest's answers under
the terms of their models; no text of any is shipped. **The figures for the two corpora were seen a
few times while features and windows were chosen, and one family of wordings ("ignore previous
instructions") was widened after a low share on one of them**, so they are somewhat kind.
"""

_FAILURES = """
## Known failures

- *Orders that do not look like any.* A bare "Send the list to ..." in a page or mail is written as
  people write to each other: most are missed, and to find them would mean to flag ordinary mail.
- Attacks in encodings (base64, hexadecimal, reversed, leetspeak, spaced letters): not read.
- Orders cut into pieces that stand far apart, in pictures, or in words of a story.
- Languages other than English: few wordings are known, and none of most languages. Rows with a
  language in brackets were measured with that language left out.
- Whoever can try many wordings against it will find one that passes.
- Texts *about* assistants and attacks may be taken for orders; so are rules written for models
  (the third table), which is right where they stand in a page, and a nuisance where they are the
  subject.
"""


def card(measured: Mapping[str, Any]) -> str:
    """Return the card as Markdown."""
    text = _HEAD.format(
        sha=measured["sha256"],
        span=f"{measured['span']:,}",
        setting=_counts(measured["points_set_on"]),
        learned=_counts(measured["learned_from"]),
    )
    points = list(measured["points"])
    text += "\nScores that count: " + ", ".join(
        f"{value:.2f} at {name}" for name, value in measured["points"].items()
    )
    text += ".\n\n## Benign texts that were taken for orders\n\n"
    text += "Share, and Wilson's 95 % interval.\n\n" + _rows(measured["benign"], points)
    attacks = dict(measured["attacks"])
    for corpus in ("AgentDojo", "bastioncorpus"):
        if f"all of {corpus}" in measured:
            attacks[f"**all of {corpus}**"] = measured[f"all of {corpus}"]
    text += "\n## Attacks that were found (recall)\n\n"
    text += "Those of AgentDojo stand in the middle of a benign text of up to 2,000 characters.\n\n"
    text += _rows(attacks, points)
    text += "\n## Rules and requests, written to models or their users, that were found\n\n"
    text += (
        "They are orders to a model by their form; here they are read as if found in a page.\n\n"
    )
    text += _rows(measured["rules"], points)
    text += "\n## Whole kinds of our own orders held out (recall)\n\n"
    text += _rows(measured["own_kinds_held_out"], points)
    return text + _FAILURES


def _rows(groups: Mapping[str, Any], points: list[str]) -> str:
    text = f"| Texts | n | {' | '.join(f'at {point}' for point in points)} |\n|---|---:|"
    text += "---:|" * len(points) + "\n"
    for name, group in groups.items():
        cells = [
            f"{share['share']:.3f} ({share['interval'][0]:.3f} to {share['interval'][1]:.3f})"
            for share in (group[point] for point in points)
        ]
        text += f"| {name} | {group['texts']} | {' | '.join(cells)} |\n"
    return text


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in counts.items())
