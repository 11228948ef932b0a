"""What is done from an incident, and its record."""

import pytest

from charter.errors import ConfigError
from charter.govern.incidents import containment
from charter.govern.incidents.refused import Refused
from charter.records.incident import Link
from charter.records.release import PolicyPinned
from charter.records.stop import StopOrdered

from .made import incident

SAID = {"at": "2026-11-22T12:00:00.000Z", "by": "bob", "reason": "it tells the code"}
DIGEST = f"sha256:{'a' * 64}"


def test_a_stop_and_its_record_name_each_other():
    stop, amendment = containment.stop(incident(), **SAID, run="stp_1", reach="app", name="web")
    assert stop == StopOrdered(
        "stp_1", SAID["at"], "app", "web", "bob", "inc_one: it tells the code"
    )
    assert (amendment.change, amendment.name, amendment.value) == ("contained", "stop", "stp_1")
    assert amendment.links == (Link("application", "web"),)


def test_a_pin_names_the_incident():
    pin, amendment = containment.pin(incident(), **SAID, run="pin_1", policy=DIGEST)
    assert pin == PolicyPinned("pin_1", SAID["at"], "bob", DIGEST, SAID["reason"], "inc_one")
    assert (amendment.value, amendment.links) == ("pin_1", (Link("policy", DIGEST),))


def test_a_drill_stops_nothing():
    drill = incident(drill=True)
    for made in (
        containment.stop(drill, **SAID, run="stp_1", reach="tool", name="mail"),
        containment.pin(drill, **SAID, run="pin_1", policy=DIGEST),
    ):
        (amendment,) = made
        assert amendment.value == "rehearsed"
    told = containment.overlay(drill, **SAID, digest=DIGEST, boundary="b", section="s")
    assert told.value == "rehearsed"


@pytest.mark.parametrize(
    "changed", [{"reach": "all"}, {"name": ""}, {"name": "x" * 301}, {"reason": " "}]
)
def test_what_is_not_said_is_not_done(changed):
    said = {**SAID, "run": "stp_1", "reach": "app", "name": "web", **changed}
    with pytest.raises(ConfigError):
        containment.stop(incident(), **said)


def test_a_closed_incident_stops_nothing_and_a_pin_needs_a_digest():
    with pytest.raises(Refused, match="closed"):
        containment.pin(incident(("resolved", {}), ("closed", {})), **SAID, run="p", policy=DIGEST)
    with pytest.raises(ConfigError, match="digest"):
        containment.pin(incident(), **SAID, run="p", policy="latest")
