"""A network cut after a layer computes what the whole network computes up to there."""

import pytest

from charter.models.embedding import FirstLayers, first_layers, model_path
from charter.models.onnx_cut import cut

np = pytest.importorskip("numpy")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("tokenizers")

TEXT = "I can't help with that."


@pytest.fixture(scope="module")
def model():
    return model_path().read_bytes()


def ids(layers):
    return [101, *layers.pieces([TEXT])[0], 102]


def test_all_layers_are_the_whole_network():
    cut_after_all = FirstLayers(model_path(), 6)
    whole = onnxruntime.InferenceSession(str(model_path()), providers=["CPUExecutionProvider"])
    row = np.array([ids(cut_after_all)], dtype=np.int64)
    inputs = {"input_ids": row, "attention_mask": np.ones_like(row)}
    inputs["token_type_ids"] = np.zeros_like(row)
    expected = whole.run(None, inputs)[0][0]
    assert np.allclose(cut_after_all.states(ids(cut_after_all)), expected, atol=1e-5)


def test_fewer_layers_are_a_smaller_network(model):
    small = cut(model, "LayerNormalization", 5)
    assert len(small) < len(cut(model, "LayerNormalization", 9)) < len(model)


def test_states_are_one_for_each_piece():
    layers = first_layers(2)
    assert layers.states(ids(layers)).shape == (len(ids(layers)), 384)
    assert layers.pieces(["", "\ud800"])[0] == []


def test_more_layers_than_there_are(model):
    with pytest.raises(ValueError, match="13 nodes"):
        cut(model, "LayerNormalization", 14)


@pytest.mark.parametrize("content", [b"\x0b", b"\x3a\xff", b"\x3a\x05\x0a", b"\xff\xff"])
def test_what_is_no_network(content):
    with pytest.raises(ValueError, match="ONNX"):
        cut(content, "LayerNormalization", 1)
