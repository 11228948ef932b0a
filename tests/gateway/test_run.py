"""What a reload may not do."""

import pytest

from charter.errors import ConfigError
from charter.gateway.run import refuse_emptied
from charter.gateway.settings import Endpoint, Settings, UpstreamSettings
from charter.gateway.table import build_table

RULE = "# Be kind {#kind authority=user}\n\nThe assistant must be kind.\n"


def test_a_spec_that_is_emptied_under_way_is_not_taken(tmp_path):
    settings = Settings(upstream=UpstreamSettings(default=Endpoint("http://127.0.0.1:1", "")))
    spec = tmp_path / "spec.md"
    spec.write_text(RULE)
    now = build_table(spec, (), settings)
    spec.write_text("")
    then = build_table(spec, (), settings)
    with pytest.raises(ConfigError, match="no section of the spec binds any more"):
        refuse_emptied(now, then)
    assert refuse_emptied(then, now) is now
    assert refuse_emptied(then, then) is then
