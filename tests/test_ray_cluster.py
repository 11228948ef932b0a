"""A real Ray on this machine is joined and left, and one that runs already is left alone."""

import pytest

ray = pytest.importorskip("ray")

from charter.errors import ConfigError  # noqa: E402
from charter.ray_cluster import joined  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_a_cluster_of_our_own_ends_and_one_that_was_there_stays():
    try:
        with joined("local", 1) as workers:
            assert workers == 1
            assert ray.is_initialized()
            with joined("local", None) as inside:
                assert inside == 1  # its processors
            assert ray.is_initialized()
        assert not ray.is_initialized()
    finally:
        ray.shutdown()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9", "127.0.0.1:99999"])
def test_no_cluster_is_one_clear_line_and_soon(address):
    with pytest.raises(ConfigError, match="no cluster answers") as refused, joined(address, None):
        pass
    assert "\n" not in str(refused.value)
