"""The file of weights: that it is the one of its digest, and that no damaged one is used."""

import io

import pytest

from charter.errors import WrongWeights

np = pytest.importorskip("numpy")

from charter.classifiers.injection import head  # noqa: E402 - it needs numpy


def test_the_shipped_file_is_the_one_of_its_digest():
    assert len(head.shipped().digest) == 64
    assert head.shipped() is head.shipped()
    assert [len(t) for t in (head.shipped().runs, head.shipped().words, head.shipped().cues)] == (
        list(head.SIZES)
    )
    assert len(head.shipped().bias) == len(head.WINDOWS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a file of arrays"])
def test_a_damaged_file_is_not_loaded(content):
    with pytest.raises(WrongWeights):
        head.restore(content)


@pytest.mark.parametrize("version", [np.array([{}], dtype=object), np.array(99)])
def test_another_file_is_not_loaded(version):
    file = io.BytesIO()
    np.savez(file, version=version)
    with pytest.raises(WrongWeights):
        head.restore(file.getvalue())
