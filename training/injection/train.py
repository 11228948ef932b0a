"""Trains the injection classifier, measures it on what it has not seen, and writes what ships.

Usage: python training/injection/train.py [--data FOLDER] [--corpora FOLDER] [--out FOLDER]
Needs the extra `train`. It learns from `texts`, from our replies in `training/refusal/answers`, and
from our own documentation and code. FOLDER of --data holds the reference data (default:
CHARTER_DATA), that of --corpora the wheels of two corpora of attacks, read as archives and never
installed. Nothing of either is learned from: the first, and the documentation of half of the
installed packages, set the operating points; the rest is only measured on. So the figures differ
where other packages are installed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from card import card
from data import MOST, agentdojo, bastion, benign, documents, packages, replies, rules
from fit import FREEDOM, Windows, fit, repack
from generate import Text, drawn

from charter.classifiers.injection import features
from charter.classifiers.injection.head import FILE, Head, restore

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "src" / "charter" / "classifiers" / "injection"
POINTS = {"0.1%": 0.001, "0.5%": 0.005, "1%": 0.01, "2%": 0.02}
"""Share of benign spans that are taken for orders, where the points are set."""
DRAWN, INSIDE = 8, 5
FOLDS = 6


def main() -> int:
    """Train, measure, write."""
    given = _arguments()
    texts = [
        *drawn(DRAWN, INSIDE),
        *replies(ROOT / "training" / "refusal" / "answers"),
        *documents(ROOT),
    ]
    windows = Windows(texts)
    head = fit(windows, np.arange(len(texts)))
    sets = Sets(given.data, given.corpora)
    calm = np.concatenate([scores(head, found) for found in sets.setting.values()])
    points = {name: round(float(np.quantile(calm, 1 - p)), 4) for name, p in POINTS.items()}
    content = repack(head, points)
    digest = hashlib.sha256(content).hexdigest()
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / FILE).write_bytes(content)
    (given.out / f"{FILE}.sha256").write_text(f"{digest}\n", encoding="ascii")
    measured = {
        "sha256": digest,
        "freedom": FREEDOM,
        "span": MOST,
        "points": points,
        "learned_from": _counts(texts),
        "points_set_on": {name: len(found) for name, found in sets.setting.items()},
        **measure(restore(content), sets),
        "own_kinds_held_out": by_kind(windows, texts, points),
    }
    text = json.dumps(measured, indent=1, ensure_ascii=False)
    (given.out / "measured.json").write_text(f"{text}\n", encoding="utf-8")
    (given.out / "card.md").write_text(card(measured), encoding="utf-8")
    print(f"{len(texts)} texts, {len(content)} bytes, sha256 {digest}")
    return 0


class Sets:
    """What is measured on, by name."""

    def __init__(self, data: Path, corpora: Path) -> None:
        halves = packages()
        attacks, carriers = agentdojo(corpora)
        others, calm = bastion(corpora)
        self.setting = {"documentation of packages, one half": halves["even"], **benign(data)}
        self.benign = {
            "documentation of packages, the other half": halves["odd"],
            "mails, files and pages (AgentDojo)": carriers,
            "messages that resemble attacks (bastioncorpus)": calm,
        }
        self.attacks = {f"AgentDojo: {name}": found for name, found in attacks.items()}
        self.attacks |= {f"bastioncorpus: {name}": found for name, found in others.items()}
        self.rules = rules(data)


def measure(head: Head, sets: Sets) -> dict[str, object]:
    """Return how much of each set is taken for orders, at each point."""
    parts = {"benign": sets.benign, "attacks": sets.attacks, "rules": sets.rules}
    found: dict[str, object] = {}
    for part, named in parts.items():
        seen = {name: scores(head, texts) for name, texts in named.items() if texts}
        found[part] = {name: shares(values, head.points) for name, values in seen.items()}
        for corpus in ("AgentDojo", "bastioncorpus"):
            some = [values for name, values in seen.items() if name.startswith(corpus)]
            if some and part == "attacks":
                found[f"all of {corpus}"] = shares(np.concatenate(some), head.points)
    return found


def by_kind(
    windows: Windows, texts: Sequence[Text], points: Mapping[str, float]
) -> dict[str, object]:
    """Return recall on kinds and languages of orders that were left out of fitting.

    The points are those that ship: they were set for a head that had seen all kinds.
    """
    groups = sorted({(x.kind, x.language) for x in texts if x.is_order})
    seen: dict[str, list[float]] = {}
    for fold in range(FOLDS):
        left = set(groups[fold::FOLDS])
        known = [
            at for at, x in enumerate(texts) if not (x.is_order and (x.kind, x.language) in left)
        ]
        head = fit(windows, np.array(known))
        for x in texts:
            if x.is_order and (x.kind, x.language) in left:
                name = x.kind if x.language == "en" else f"{x.kind} ({x.language})"
                seen.setdefault(name, []).append(head.highest(features.plain(x.text).data))
    every = np.array([value for values in seen.values() for value in values])
    found: dict[str, object] = {"all": shares(every, points)}
    return found | {name: shares(np.array(values), points) for name, values in sorted(seen.items())}


def scores(head: Head, texts: Sequence[str]) -> np.ndarray:
    """Return the score of each text."""
    return np.array([head.highest(features.plain(text).data) for text in texts])


def shares(values: np.ndarray, points: Mapping[str, float]) -> dict[str, object]:
    """Return how many of the texts count at each point, with Wilson's intervals (95 %)."""
    found: dict[str, object] = {"texts": len(values)}
    for name, least in points.items():
        hits = int((values >= least).sum())
        share = round(hits / len(values), 4)
        found[name] = {"hits": hits, "share": share, "interval": wilson(hits, len(values))}
    return found


def wilson(hits: int, trials: int) -> list[float]:
    """Return the bounds of a share. Source: Wilson 1927, J. Am. Stat. Assoc. 22, 209-212."""
    z = 1.959964
    middle = (hits + z * z / 2) / (trials + z * z)
    reach = z / (trials + z * z) * (hits * (trials - hits) / trials + z * z / 4) ** 0.5
    return [round(max(0.0, middle - reach), 4), round(min(1.0, middle + reach), 4)]


def _counts(texts: Sequence[Text]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text in texts:
        what = "orders" if text.is_order else text.kind if "own" in text.kind else "other texts"
        what = "replies" if text.kind == "reply" else what
        found[what] = found.get(what, 0) + 1
    return found


def _arguments() -> argparse.Namespace:
    data = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--corpora", type=Path, default=Path())
    parser.add_argument("--out", type=Path, default=SHIPPED)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
