"""`charter pin`."""

import json

import pytest
from click.testing import CliRunner

from charter.cli.main import cli, exit_code
from charter.govern.pins import read_pins
from charter.ledger.open import open_ledger
from charter.records.incident import IncidentOpened
from charter.records.release import PinLifted, PolicyPinned, Released
from charter.records.service import PolicyServed, ServiceStarted

AT = "2026-11-22T08:00:00.000Z"
ONE, TWO, THREE = (f"sha256:{each * 64}" for each in "abc")


@pytest.fixture
def folder(tmp_path):
    """A gateway's folder, with three policies that are known."""
    with open_ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.append(
            ServiceStarted("s_1", AT, "0.1", "r", ONE, "spec", None, (), "sha256:0"),
            PolicyServed("s_1", AT, 1, TWO, ONE, None, ()),
            Released("spec", 1, AT, "ada", "rel_1", None, THREE, (), False, ""),
            IncidentOpened("inc_one", AT, "ada", "cli", "It lies", "", "incident", False, ()),
        )
    return tmp_path


def run(folder, *arguments):
    return CliRunner().invoke(cli, ["pin", *arguments, "--ledger", str(folder)])


def pin(folder, *more):
    return run(folder, *more, "--reason", "it lies", "--by", "Ada")


def in_force(folder):
    with open_ledger(folder, create=False) as ledger:
        return [(each.policy, each.by, each.incident) for each in read_pins(ledger).all]


@pytest.mark.parametrize(
    ("named", "policy"), [(ONE, ONE), ("b" * 12, TWO), (f"sha256:{'c' * 8}", THREE)]
)
def test_a_policy_that_is_known_is_pinned_and_lifted(folder, named, policy):
    done = pin(folder, named, "--incident", "inc_one", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["policy"], said["by"], said["incident"]) == (policy, "Ada", "inc_one")
    assert in_force(folder) == [(policy, "Ada", "inc_one")]
    listed = run(folder, "--list").stdout
    assert said["id"] in listed
    assert "Ada: it lies [inc_one]" in listed
    assert pin(folder, "--lift", said["id"]).stdout == f"{said['id']}: lifted by Ada\n"
    assert in_force(folder) == []
    assert run(folder, "--list").stdout == "no policy is pinned\n"
    with open_ledger(folder, create=False) as ledger:
        assert len(list(ledger.read(PolicyPinned))) == len(list(ledger.read(PinLifted))) == 1


def test_of_two_the_newer_counts_and_the_list_says_so(folder):
    pin(folder, ONE)
    pin(folder, TWO)
    said = json.loads(run(folder, "--list", "--json").stdout)["pins"]
    assert [(each["policy"], each["counts"]) for each in said] == [(ONE, False), (TWO, True)]
    first, second = run(folder, "--list").stdout.splitlines()
    assert first.endswith("(a newer one counts)")
    assert "counts" not in second


@pytest.mark.parametrize(
    "options",
    [
        [],
        [ONE, "--list"],
        [ONE, "--lift", "pin_1"],
        ["d" * 64],
        ["a" * 7],
        ["house-rules"],
        [ONE, "--incident", "inc_none"],
        ["--lift", "pin_none"],
        ["\x1b[31m"],
    ],
)
def test_what_is_not_said_right_pins_nothing(folder, options):
    assert exit_code(["pin", *options, "--reason", "x", "--by", "A", "--ledger", str(folder)]) == 2
    assert in_force(folder) == []


@pytest.mark.parametrize("reason", [[], ["--reason", "  "], ["--reason", "x" * 2001]])
def test_a_pin_has_a_reason(folder, reason):
    assert run(folder, ONE, "--by", "A", *reason).exit_code == 2
    assert in_force(folder) == []


def test_a_beginning_of_several_is_none(folder):
    with open_ledger(folder, create=False) as ledger:
        ledger.append(PolicyServed("s_1", AT, 2, ONE[:-1] + "0", TWO, None, ()))
    assert pin(folder, ONE[:30]).exit_code != 0
    assert pin(folder, ONE).exit_code == 0
    assert in_force(folder) == [(ONE, "Ada", "")]
