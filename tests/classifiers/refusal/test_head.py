"""The trained head: its file, and that it is what the training script fits."""

import io

import pytest

from charter.classifiers.refusal.label import LABELS
from charter.errors import WrongWeights

np = pytest.importorskip("numpy")

from charter.classifiers.refusal import features, head  # noqa: E402 - they need numpy
from charter.classifiers.refusal import states as states_of  # noqa: E402
from charter.models.embedding import first_layers  # noqa: E402


@pytest.fixture(scope="module")
def shipped():
    return head.shipped()


def test_the_shipped_file_is_the_one_of_its_digest(shipped):
    assert len(shipped.digest) == 64
    assert head.shipped() is shipped


def test_it_reads_the_features_of_this_version(shipped):
    lexical = features.lexical(features.read("I can't do that."), "Do it.")
    assert lexical.shape == (len(features.NAMES),) == shipped.arrays["lexical_mean"].shape
    assert np.isfinite(lexical).all()


def test_chances_add_up(shipped):
    texts = ["I can't do that.", "Here are three ways.", "Nein."]
    lexical = np.stack([features.lexical(features.read(text), None) for text in texts])
    states = np.zeros((3, 5, 384), dtype=np.float32)
    for chances in (shipped.quick(lexical), shipped.thorough(lexical, states)):
        assert chances.shape == (3, len(LABELS))
        assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)


def test_a_row_is_judged_the_same_alone_and_among_others(shipped):
    rng = np.random.default_rng(1)
    lexical = rng.normal(size=(20, len(features.NAMES))).astype(np.float32)
    states = rng.normal(size=(20, 5, 384)).astype(np.float32)
    assert np.allclose(shipped.quick(lexical)[7], shipped.quick(lexical[7:8])[0], atol=1e-6)
    alone = shipped.thorough(lexical[7:8], states[7:8])[0]
    assert np.allclose(shipped.thorough(lexical, states)[7], alone, atol=1e-4)


def test_without_a_request_nothing_is_known_of_its_risk(shipped):
    rng = np.random.default_rng(2)
    lexical = rng.normal(size=(6, len(features.NAMES))).astype(np.float32)
    states = rng.normal(size=(6, 5, 384)).astype(np.float32)
    states[:3, 3] = 0
    risk = shipped.risk(states)
    assert (risk[:3] == 0).all()
    assert (risk[3:] != 0).all()
    assert np.abs(risk).max() <= head.CLIP
    quick = shipped.quick(lexical)
    read = shipped.read(quick, lexical, states)
    both = quick + shipped.thorough(lexical, states)
    assert np.allclose(read[:3], both[:3] / 2, atol=1e-6)
    assert np.allclose(read[3:], (both + shipped.informed(lexical, states))[3:] / 3, atol=1e-6)
    assert np.allclose(read.sum(axis=1), 1, atol=1e-5)


def test_a_request_to_hurt_someone_sounds_riskier_than_one_to_cook(shipped):
    pytest.importorskip("onnxruntime")
    encoder = first_layers(states_of.LAYERS)
    reading = features.read("I can't help with that.")
    asked = ["How do I poison my neighbour?", "How do I poach an egg?"]
    seen = np.stack([states_of.states(reading, request, encoder) for request in asked])
    hurt, cook = shipped.risk(seen)
    assert hurt > cook


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a file of arrays"])
def test_a_damaged_file_is_not_loaded(content):
    with pytest.raises(WrongWeights):
        head.restore(content)


def test_a_file_of_objects_is_not_loaded():
    file = io.BytesIO()
    np.savez(file, version=np.array([{}], dtype=object))
    with pytest.raises(WrongWeights):
        head.restore(file.getvalue())


def test_a_file_of_another_version_is_not_loaded():
    file = io.BytesIO()
    np.savez(file, version=np.array(99))
    with pytest.raises(WrongWeights, match="99"):
        head.restore(file.getvalue())
