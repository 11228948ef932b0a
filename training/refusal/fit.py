"""Fits the three judges of a reply, and writes them as plain arrays."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from measure import FOLDS, Array, Seen
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from charter.classifiers.refusal.head import VERSION, Head, directions

SEED = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen by hand.

    Some of it (width, weights, `sure`) by comparing the figures for models held out, which are
    a little kind for that; the choices compared differed by less than 0.01 in kappa.
    """

    rounds: int = 120
    rate: float = 0.06
    leaves: int = 8
    tree_penalty: float = 10.0
    components: int = 64
    marks: int = 400
    width: float = 0.5
    freedom: float = 3.0
    lexical_weight: float = 0.5
    sure: float = 0.8
    risk_freedom: float = 3.0


def fit(seen: Seen, labels: NDArray[np.int64], weights: Array, settings: Settings) -> bytes:
    """Return the file of a head fitted on all rows of `seen`, with the request and without."""
    lexical = np.concatenate(seen.lexical)
    states = np.concatenate(seen.states)
    label, weight = np.tile(labels, 2), np.tile(weights, 2)
    arrays = _named("tree", _trees(lexical, label, weight, settings))
    arrays |= _scales(lexical, states, settings)
    arrays |= _informed(seen, labels, weights, settings)
    arrays["version"] = np.array(VERSION)
    arrays["sure"] = np.array(settings.sure, dtype=np.float32)
    wide = arrays | {"projection": arrays["projection"].astype(np.float32)}
    inputs = Head("", wide).inputs(lexical, states)
    return packed(arrays | _kernel(inputs, label, weight, settings))


def packed(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """Return the file of weights. The same arrays give the same bytes."""
    file = io.BytesIO()
    np.savez_compressed(file, **{name: arrays[name] for name in sorted(arrays)})
    return file.getvalue()


def _informed(
    seen: Seen, labels: NDArray[np.int64], weights: Array, settings: Settings
) -> dict[str, NDArray[np.generic]]:
    """Fit how a request sounds, and the trees that are told of it.

    The trees learn with what those of the other folds say of a request, so that they trust it as
    far as it holds for new ones. Where nobody labelled requests they are told nothing.
    """
    risks = np.zeros(len(labels), dtype=np.float32)
    found = _risk(seen, seen.unsafe >= 0, settings)
    for fold in range(FOLDS):
        inside = seen.fold == fold
        other = _risk(seen, (seen.unsafe >= 0) & ~inside, settings)
        risks[inside] = Head("", other).risk(seen.states[0][inside])
    values = np.hstack([seen.lexical[0], risks[:, None]])
    return found | _named("late", _trees(values, labels, weights, settings))


def _risk(
    seen: Seen, known: NDArray[np.bool_], settings: Settings
) -> dict[str, NDArray[np.generic]]:
    if not known.any():
        zeros = np.zeros(seen.states[0].shape[-1], dtype=np.float32)
        return {"risk_weights": zeros, "risk_start": np.array(0, dtype=np.float32)}
    model = LogisticRegression(C=settings.risk_freedom, max_iter=3000)
    model.fit(directions(seen.states[0][known]), seen.unsafe[known])
    return {
        "risk_weights": model.coef_[0].astype(np.float32),
        "risk_start": np.array(model.intercept_[0], dtype=np.float32),
    }


def _named(name: str, trees: dict[str, NDArray[np.generic]]) -> dict[str, NDArray[np.generic]]:
    return {f"{name}_{part}": values for part, values in trees.items()}


def _trees(
    lexical: Array, label: NDArray[np.int64], weight: Array, settings: Settings
) -> dict[str, NDArray[np.generic]]:
    model = HistGradientBoostingClassifier(
        max_iter=settings.rounds,
        learning_rate=settings.rate,
        max_leaf_nodes=settings.leaves,
        l2_regularization=settings.tree_penalty,
        random_state=SEED,
    ).fit(lexical, label, sample_weight=weight)
    trees = [tree for grown in model._predictors for tree in grown]  # noqa: SLF001
    parts: dict[str, list[NDArray[np.generic]]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "value")
    }
    roots, start = [], 0
    for tree in trees:
        nodes, own = tree.nodes, np.arange(len(tree.nodes))
        is_leaf = nodes["is_leaf"].astype(bool)
        roots.append(start)
        parts["feature"].append(np.where(is_leaf, 0, nodes["feature_idx"]))
        parts["threshold"].append(np.where(is_leaf, np.inf, nodes["num_threshold"]))
        parts["left"].append(np.where(is_leaf, own, nodes["left"]) + start)
        parts["right"].append(np.where(is_leaf, own, nodes["right"]) + start)
        parts["value"].append(nodes["value"])
        start += len(nodes)
    types = {"feature": np.int16, "left": np.int16, "right": np.int16}
    found = {
        name: np.concatenate(values).astype(types.get(name, np.float32))
        for name, values in parts.items()
    }
    found["roots"] = np.array(roots, dtype=np.int16)
    found["depth"] = np.array(max(int(t.nodes["depth"].max()) for t in trees))
    found["start"] = model._baseline_prediction.reshape(-1).astype(np.float32)  # noqa: SLF001
    return found


def _scales(lexical: Array, states: Array, settings: Settings) -> dict[str, NDArray[np.generic]]:
    parts = states.reshape(-1, states.shape[-1])
    present = parts[np.abs(parts).sum(axis=1) > 0]
    mean = present.mean(axis=0)
    found = PCA(settings.components, random_state=SEED).fit(present - mean)
    # Directions of small variance are noise: they are enlarged by half as much as they lack.
    shrunk = found.components_.T / np.sqrt(np.sqrt(found.explained_variance_))
    projection = shrunk.astype(np.float16)
    is_there = np.abs(states).sum(axis=2, keepdims=True) > 0
    flat = (((states - mean) * is_there) @ projection.astype(np.float32)).reshape(len(states), -1)
    spread = lexical.std(axis=0)
    return {
        "state_mean": mean.astype(np.float32),
        "projection": projection,
        "part_mean": flat.mean(axis=0).astype(np.float32),
        "part_scale": flat.std(axis=0).astype(np.float32),
        "lexical_mean": lexical.mean(axis=0).astype(np.float32),
        "lexical_scale": np.where(spread > 1e-6, spread, 1).astype(np.float32),
        "lexical_weight": np.array(settings.lexical_weight, dtype=np.float32),
    }


def _kernel(
    inputs: Array, label: NDArray[np.int64], weight: Array, settings: Settings
) -> dict[str, NDArray[np.generic]]:
    """Fit logistic regression on the likeness to marks, which stand where answers are dense."""
    centres = KMeans(settings.marks, n_init=1, random_state=SEED).fit(inputs).cluster_centers_
    scale = np.abs(centres).max() / 127
    marks = np.round(centres / scale).astype(np.int8)
    shown = marks.astype(np.float32) * np.float32(scale)
    gamma = settings.width / float(inputs.var(axis=0).sum())
    near = _near(inputs, shown, gamma)
    values, vectors = np.linalg.eigh(_near(shown, shown, gamma) + 1e-4 * np.eye(len(shown)))
    whiten = vectors / np.sqrt(values)
    model = LogisticRegression(C=settings.freedom, max_iter=2000)
    model.fit(near @ whiten, label, sample_weight=weight)
    return {
        "marks": marks,
        "mark_scale": np.array(scale, dtype=np.float32),
        "gamma": np.array(gamma, dtype=np.float32),
        "kernel_weights": (whiten @ model.coef_.T).astype(np.float32),
        "kernel_start": model.intercept_.astype(np.float32),
    }


def _near(inputs: Array, marks: Array, gamma: float) -> Array:
    apart = (inputs**2).sum(axis=1)[:, None] + (marks**2).sum(axis=1) - 2 * inputs @ marks.T
    near: Array = np.exp(-gamma * np.maximum(apart, 0))
    return near
