"""A request under a policy, from parsed JSON to what is in force."""

import pytest

from charter import load_policy, see
from charter.errors import ConfigError, ParseError
from charter.load import load
from charter.policy.labels.wire import read
from charter.policy.situation import Situation, usual_caller
from charter.spec.ladder import DEFAULT_LADDER, Ladder, Level

OVERRIDE = "~~~directive\nid: short\noverride: warm_not_gushing\n~~~"


@pytest.fixture(scope="module")
def policy():
    return load_policy("starter")


def request(role, **more):
    return {"messages": [{"role": role, "content": OVERRIDE}], **more}


def test_words_count_with_the_authority_of_their_role(policy):
    assert see(policy, request("developer")).resolution.in_force("short")
    assert not see(policy, request("assistant")).resolution.in_force("short")


def test_metadata_speaks_at_the_level_of_the_caller(policy):
    given = request("user", metadata={"charter": {"settings": {"under_18": True}}})
    assert see(policy, given).resolution.settings["under_18"] is True
    assert see(policy, given, caller="user").resolution.in_force("young_users")
    assert not see(policy, given, caller="none").resolution.in_force("young_users")


KINGDOM = """\
---
spec: kingdom
ladder:
  - {level: king, roles: [system], yields: explicit, to: king}
  - {level: subject, roles: [user], yields: explicit, to: subject}
  - {level: custom, yields: implicit, to: subject}
---

## Bow {#bow authority=subject tags=under_18}

The assistant should bow.
"""


def test_metadata_speak_for_the_lowest_who_can_where_there_are_no_developers(tmp_path):
    (tmp_path / "kingdom.md").write_text(KINGDOM, encoding="utf-8")
    policy = load_policy(tmp_path / "kingdom.md", cache=False)
    assert usual_caller(policy.ladder) == "subject"
    given = {
        "messages": [{"role": "user", "content": "Hail."}],
        "metadata": {"charter": {"settings": {"under_18": True}}},
    }
    seen = see(policy, given)
    assert [one.level for one in seen.resolution.directives] == ["subject"]
    assert see(policy, given, caller="king").resolution.in_force("bow")
    with pytest.raises(ConfigError, match="no level 'developer'") as caught:
        see(policy, given, caller="developer")
    assert caught.value.hint == "one of king, subject, custom"


def test_developers_are_found_by_their_role():
    ladder = Ladder((Level("owner", ("developer", "system")), Level("guest", ("user",))))
    assert usual_caller(ladder) == "owner"
    assert usual_caller(Ladder((Level("mute"),))) == "none"
    assert usual_caller(DEFAULT_LADDER) == "developer"


def test_metadata_that_is_no_mapping_says_nothing(policy):
    assert see(policy, request("user", metadata=["charter"])).resolution.settings == {}


def test_one_reader_serves_all_readings(policy):
    transcript = read(request("developer"))
    found = Situation(policy, transcript)
    first = found.seen()
    other = load_policy("starter", readings={"possibly_quoted": "no_authority"})
    assert found.seen().conversation is first.conversation
    assert found.seen(other).resolution.readings["possibly_quoted"] == "no_authority"


def test_what_is_no_conversation_is_refused(policy):
    with pytest.raises(ParseError, match="no conversation"):
        see(policy, {"prompt": "x"})
    with pytest.raises(ConfigError, match="no wire"):
        see(policy, request("user"), wire="telex")
    with pytest.raises(ParseError):
        see(policy, load("starter"))
