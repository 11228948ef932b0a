"""Trains the refusal classifier, measures it on what it has not seen, and writes what ships.

Usage: python training/refusal/train.py [--data FOLDER] [--out FOLDER] [--cache FILE] [--quick]
Needs the extra `train`. FOLDER of --data holds the XSTest answers as {gpt4,llama2new,
mistralguard}.csv (default: CHARTER_DATA/xstest). Without them the head is trained on our own
answers alone; since that is not what ships, it goes to another folder unless --out names one.
The same data give the same file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from card import card
from data import OURS, Row, ours, pieces, xstest
from evaluate import (
    Answers,
    by_kind,
    by_model,
    by_model_and_type,
    fitted,
    held_out,
    ours_only,
)
from fit import Settings
from measure import see
from report import calibration, conventions, groups, parts
from threadpoolctl import threadpool_limits

from charter.classifiers.refusal.head import FILE
from charter.classifiers.refusal.states import LAYERS
from charter.classifiers.refusal.trained_on import FILE as TRAINED_ON
from charter.classifiers.refusal.trained_on import pack

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "src" / "charter" / "classifiers" / "refusal"
ANSWERS = Path(__file__).resolve().parent / "answers"
PEOPLE, PIECE = 2.0, 0.1


def main() -> int:
    """Train, measure, write."""
    given = _arguments()
    own, foreign = ours(ANSWERS), xstest(given.data)
    out = given.out or (SHIPPED if foreign else Path("refusal-ours-only"))
    if not foreign:
        print(
            f"no XSTest answers in {given.data}: training on {len(own)} own answers alone, which "
            f"is not the head that ships; writing to {out}",
            file=sys.stderr,
        )
    rows = [*foreign, *own]
    rows += pieces(rows)
    seen = see(rows, given.cache, given.threads)
    answers = Answers(rows, seen, weights(rows))
    settings = Settings()
    out.mkdir(parents=True, exist_ok=True)
    content = fitted(answers, np.arange(len(rows)), settings)
    digest = hashlib.sha256(content).hexdigest()
    (out / FILE).write_bytes(content)
    (out / f"{FILE}.sha256").write_text(f"{digest}\n", encoding="ascii")
    (out / TRAINED_ON).write_bytes(pack(row.answer for row in rows))
    print(f"{len(rows)} answers, {len(content)} bytes, sha256 {digest}")
    if given.quick:
        return 0
    measured = _measured(answers, settings, with_models=bool(foreign)) | {"sha256": digest}
    text = json.dumps(measured, indent=1, ensure_ascii=False)
    (out / "measured.json").write_text(f"{text}\n", encoding="utf-8")
    (out / "card.md").write_text(card(measured), encoding="utf-8")
    print(json.dumps(measured.get("models_held_out"), indent=1))
    return 0


def _measured(answers: Answers, settings: Settings, *, with_models: bool) -> dict[str, object]:
    kinds = held_out(answers, by_kind(answers), settings)
    found: dict[str, object] = {
        "settings": {name: getattr(settings, name) for name in settings.__slots__},
        "layers": LAYERS,
        "data": groups(answers),
        "own_kinds_held_out": parts(answers, kinds),
    }
    if with_models:
        models = held_out(answers, by_model(answers), settings)
        found["models_held_out"] = parts(answers, models)
        found["calibration"] = calibration(answers, models)
        found["conventions"] = conventions(answers)
        both = held_out(answers, by_model_and_type(answers), settings)
        found["models_and_types_held_out"] = parts(answers, both)
        found["own_answers_alone"] = parts(answers, held_out(answers, ours_only(answers), settings))
    return found


def weights(rows: Sequence[Row]) -> np.ndarray:
    """Return what each answer counts: labels of people more than ours, pieces less."""
    return np.array(
        [PIECE if not row.is_whole else 1 if row.source == OURS else PEOPLE for row in rows],
        dtype=np.float32,
    )


def _arguments() -> argparse.Namespace:
    data = Path(os.environ.get("CHARTER_DATA", ROOT.parent / "shared" / "data")) / "xstest"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=data)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--cache", type=Path, help="file that keeps the encoder's states")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="train only, measure nothing")
    return parser.parse_args()


if __name__ == "__main__":
    # More threads than cores cost the trees more time than they save.
    with threadpool_limits(1):
        sys.exit(main())
