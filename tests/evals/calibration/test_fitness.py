import pytest

from charter.errors import ConfigError
from charter.evals.calibration.fitness import DEFAULTS, thresholds, written


def test_an_unknown_threshold_names_the_known_ones():
    with pytest.raises(ConfigError, match=r"no threshold 'kappa' \(known: fit_kappa, "):
        thresholds({"kappa": 0.5})


@pytest.mark.parametrize("given", [{"fit_kappa": 1.5}, {"fit_retest": -0.1}, {"fit_answers": 1e9}])
def test_a_threshold_out_of_range_is_an_error(given):
    with pytest.raises(ConfigError, match="is out of range"):
        thresholds(given)


def test_thresholds_survive_the_record():
    assert thresholds({name: float(value) for name, value in written(DEFAULTS)}) == DEFAULTS
    uses = {name.partition("_")[0] for name in DEFAULTS}
    assert uses == {"fit", "screening"}
    assert len(DEFAULTS) == 2 * len({name.partition("_")[2] for name in DEFAULTS})
