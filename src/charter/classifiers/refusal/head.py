"""The trained part of the refusal classifier: numbers from a file, evaluated with numpy.

Three judges of the same reply. The quick one, boosted trees, sees cues and counts only. The
thorough one, a kernel machine, sees these and the states of the sentence encoder. The informed one,
trees again, sees the cues and how much the request itself sounds like one to refuse: declining and
then listing alternatives gives something to whoever asked for something harmless, and nothing to
others. A reply that the quick one is sure of is not read by the encoder at all; on every other they
are averaged.
Source of the kernel machine: Williams and Seeger 2000 (Nystroem's method).
"""

from __future__ import annotations

import functools
import hashlib
import io
import zipfile
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charter.errors import WrongWeights

Vector = NDArray[np.float32]

FILE = "weights.npz"
VERSION = 2
# More standard deviations than this say nothing more.
CLIP = 4.0
# The part of `states.PARTS` that is the request.
_REQUEST = 3


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """The weights, ready to use."""

    digest: str
    """Hex SHA-256 of the file."""
    arrays: dict[str, NDArray[Any]]
    """By name as in the file; what it holds in small types is in 32-bit floats here."""

    def quick(self, lexical: Vector) -> Vector:
        """Return the chances of the three labels by the trees: shape (n, 3) from (n, features)."""
        return self._by_trees("tree", lexical)

    def read(self, quick: Vector, lexical: Vector, states: Vector) -> Vector:
        """Return the chances after reading: the mean of all judges; `quick` is what it said.

        Without a request the informed judge has nothing to go by, and is left out.
        """
        both = quick + self.thorough(lexical, states)
        is_asked = np.abs(states[:, _REQUEST]).sum(axis=1, keepdims=True) > 0
        informed = self.informed(lexical, states)
        chances: Vector = np.where(is_asked, (both + informed) / 3, both / 2)
        return chances

    def informed(self, lexical: Vector, states: Vector) -> Vector:
        """Return the chances by the trees that know how the request sounds."""
        risk = self.risk(states)[:, None]
        return self._by_trees("late", np.hstack([lexical, risk]).astype(np.float32))

    def risk(self, states: Vector) -> Vector:
        """Return how much each request sounds like one to refuse: 0 for none and where unknown."""
        arrays = self.arrays
        votes = directions(states) @ arrays["risk_weights"] + arrays["risk_start"]
        is_asked = np.abs(states[:, _REQUEST]).sum(axis=1) > 0
        found: Vector = np.where(is_asked, np.clip(votes, -CLIP, CLIP), 0).astype(np.float32)
        return found

    def _by_trees(self, name: str, values: Vector) -> Vector:
        arrays = self.arrays
        split, threshold = arrays[f"{name}_feature"], arrays[f"{name}_threshold"]
        left, right = arrays[f"{name}_left"], arrays[f"{name}_right"]
        place = np.tile(arrays[f"{name}_roots"].astype(np.int32), (len(values), 1))
        rows = np.arange(len(values))[:, None]
        for _ in range(int(arrays[f"{name}_depth"])):
            goes_left = values[rows, split[place]] <= threshold[place]
            place = np.where(goes_left, left[place], right[place])
        votes = arrays[f"{name}_value"][place].reshape(len(values), -1, 3).sum(axis=1)
        return softmax(votes + arrays[f"{name}_start"])

    def thorough(self, lexical: Vector, states: Vector) -> Vector:
        """Return the chances by the kernel machine; `states` has shape (n, parts, dimensions)."""
        arrays = self.arrays
        inputs = self.inputs(lexical, states)
        marks = arrays["marks"]
        apart = (inputs**2).sum(axis=1)[:, None] + arrays["mark_norms"] - 2 * inputs @ marks.T
        near = np.exp(-float(arrays["gamma"]) * np.maximum(apart, 0))
        return softmax(near @ arrays["kernel_weights"] + arrays["kernel_start"])

    def inputs(self, lexical: Vector, states: Vector) -> Vector:
        """Return what the kernel compares: projected states and scaled cues side by side."""
        arrays = self.arrays
        present = np.abs(states).sum(axis=2, keepdims=True) > 0
        projected = ((states - arrays["state_mean"]) * present) @ arrays["projection"]
        flat = projected.reshape(len(states), -1)
        flat = (flat - arrays["part_mean"]) / arrays["part_scale"]
        scaled = (lexical - arrays["lexical_mean"]) / arrays["lexical_scale"]
        scaled = np.clip(scaled, -CLIP, CLIP) * arrays["lexical_weight"]
        return np.hstack([flat, scaled]).astype(np.float32)

    @property
    def sure(self) -> float:
        """The chance from which on the quick judge's label stands."""
        return float(self.arrays["sure"])


def directions(states: Vector) -> Vector:
    """Return the mean states of the requests at length 1: shape (n, dimensions), zeros for none."""
    request = states[:, _REQUEST]
    length = np.linalg.norm(request, axis=1, keepdims=True)
    found: Vector = request / np.maximum(length, 1e-6)
    return found


def softmax(votes: Vector) -> Vector:
    """Return chances from votes, row by row."""
    powers = np.exp(votes - votes.max(axis=1, keepdims=True))
    chances: Vector = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances


def restore(content: bytes) -> Head:
    """Return the head that a file holds. Raises WrongWeights when it is not of this version."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        version = int(arrays["version"])
    except (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile) as cause:
        raise WrongWeights(f"{FILE} is damaged", hint="reinstall charter") from cause
    if version != VERSION:
        raise WrongWeights(f"{FILE} is of version {version}", hint="reinstall charter")
    arrays["projection"] = arrays["projection"].astype(np.float32)
    arrays["marks"] = arrays["marks"].astype(np.float32) * arrays["mark_scale"]
    arrays["mark_norms"] = (arrays["marks"] ** 2).sum(axis=1)
    return Head(digest, arrays)


@functools.cache
def shipped() -> Head:
    """Return the head that ships with Charter. Raises WrongWeights when its file is damaged."""
    folder = files("charter.classifiers.refusal")
    head = restore(folder.joinpath(FILE).read_bytes())
    wanted = folder.joinpath(f"{FILE}.sha256").read_text(encoding="ascii").strip()
    if head.digest != wanted:
        raise WrongWeights(f"{FILE} is damaged: sha256 {head.digest}", hint="reinstall charter")
    return head
