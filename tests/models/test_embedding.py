"""The sentence encoder: its vectors, its files, and what happens without them."""

import importlib.metadata
import subprocess
import sys

import pytest

from charter.errors import ModelUnavailable, WrongWeights
from charter.models import embedding
from charter.models.embedding import DIMENSIONS, Embedder, embedder, model_path

np = pytest.importorskip("numpy")
pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

TEXTS = ["I can't help with that.", "I am not able to assist you.", "The cake is in the oven."]


@pytest.fixture(scope="module")
def model():
    return embedder()


def test_vectors_are_rows_of_length_one(model):
    found = model.embed(TEXTS)
    assert found.shape == (3, DIMENSIONS)
    assert found.dtype == np.float32
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


def test_alike_meanings_are_closer_than_others(model):
    same, other = (model.embed(TEXTS) @ model.embed(TEXTS).T)[0, 1:]
    assert same > 0.5 > other


def test_vectors_are_those_of_the_model(model):
    # The published vector of the 32-bit weights for this sentence; 8 bits move it a little.
    assert model.embed(["This is an example sentence"])[0, :4] == pytest.approx(
        [0.0676, 0.0635, 0.0487, 0.0793], abs=3e-3
    )


def test_a_vector_does_not_depend_on_its_neighbours(model):
    alone = np.concatenate([model.embed([text]) for text in TEXTS])
    assert np.allclose(model.embed(TEXTS * 50)[-3:], alone, atol=1e-5)


def test_no_text_gives_no_row(model):
    assert model.embed([]).shape == (0, DIMENSIONS)


@pytest.mark.parametrize("text", ["", " ", "\ud800 a", "a" * 200_000, "一" * 9_000, "🙂", "\0"])
def test_any_text_has_a_vector(model, text):
    assert np.isfinite(model.embed([text])).all()


def test_what_is_beyond_the_limit_does_not_count(model):
    one, other = model.embed(["word " * 300 + "cat", "word " * 300 + "dog"])
    assert np.allclose(one, other, atol=1e-6)


def test_name_tells_models_apart(model):
    assert model.name == f"{embedding.NAME} {embedding.SHA256[:12]}"


def test_loaded_once():
    assert embedder() is embedder()


def test_missing_package_names_the_extra(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(ModelUnavailable, match="judge"):
        model_path()


@pytest.mark.parametrize("module", ["onnxruntime", "tokenizers"])
def test_missing_library_names_the_extra(monkeypatch, module):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ModelUnavailable, match="judge"):
        Embedder(model_path())


def test_other_weights_are_not_loaded(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(b"not these")
    with pytest.raises(WrongWeights, match="sha256"):
        Embedder(path)


def test_a_damaged_tokenizer_is_not_loaded(tmp_path, monkeypatch):
    path = tmp_path / "tokenizer.json"
    path.write_text("{}")
    monkeypatch.setattr(embedding, "tokenizer_path", lambda: path)
    with pytest.raises(WrongWeights, match="not the file"):
        Embedder(model_path())


def test_importing_the_module_loads_no_library():
    code = "import sys, charter.models.embedding; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
