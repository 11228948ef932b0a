"""A real Ray on this machine, with two workers, gives what one process gives."""

import numpy as np
import pytest

ray = pytest.importorskip("ray")

from charter.errors import ConfigError  # noqa: E402
from charter.evolve.opinion.bridging import factorise  # noqa: E402
from charter.evolve.opinion.bridging_ray import factorise_over  # noqa: E402

from .divided import divided  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_two_workers_find_what_one_process_finds():
    votes, _, _ = divided(400, 20, filled=0.5, seed=51)
    alone = factorise(votes)
    try:
        ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
        for cells in (10_000_000, 900, 150):
            over = factorise_over(votes, workers=2, cells=cells)
            same = factorise(votes, cells=cells)
            assert over.sweeps == same.sweeps
            for name in ("intercepts", "factors", "people_intercepts", "people_factors"):
                assert np.array_equal(getattr(over, name), getattr(same, name)), name
                np.testing.assert_allclose(getattr(over, name), getattr(alone, name), atol=1e-5)
    finally:
        ray.shutdown()


def test_a_cluster_that_is_not_there_is_one_clear_line():
    votes, _, _ = divided(20, 4, filled=0.7, seed=52)
    with pytest.raises(ConfigError, match="no cluster answers"):
        factorise_over(votes, address="127.0.0.1:9")
