"""Requests as their records make them, and votes counted by the roles that hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter.errors import ConfigError, LedgerError
from charter.govern.releases.facts import FORMAT
from charter.govern.releases.fold import Releases, ReleaseState
from charter.govern.releases.need import Need, Needs, needs_json
from charter.govern.releases.publish import released
from charter.govern.releases.tally import hindrances, may_override, tally
from charter.govern.roles import read_roles
from charter.ledger.body import canonical
from charter.ledger.ledger import Ledger
from charter.ledger.signing import LogKey
from charter.ledger.stores.sqlite import open_store
from charter.records.release import (
    Refusal,
    ReleaseAsked,
    ReleaseOverridden,
    ReleaseVoted,
    ReleaseWithdrawn,
)

AT = "2026-03-01T00:00:00.000Z"
LATER = "2026-07-01T00:00:00.000Z"
ROLES = read_roles(
    """
format: charter-roles/1
version: "1"
people:
  ada: {name: Ada, email: ada@example.com}
  ben: {name: Ben}
  cyd: {name: Cyd, revoked_at: "2026-06-01T00:00:00Z"}
  dan: {name: Dan}
  eve: {name: Eve}
roles:
  - {role: approver, people: [ada, ben, cyd]}
  - {role: approver, people: [dan], sections: [tone]}
  - {role: override, people: [eve, ada]}
  - {role: override, people: [dan], sections: [tone]}
""",
    "roles.yaml",
)
NEEDS = Needs(
    "root",
    (Need("secrets", "root", 2, ("approver",)), Need("tone", "user", 1, ("owner", "approver"))),
)
GATE = Refusal("gate", "none", "no result")


def asked(run="rel_1", by="ada@example.com", before="", refusals=(), spec="house"):
    return ReleaseAsked(
        run=run, at=AT, by=by, spec_name=spec, spec_version="1", policy=f"sha256:{run}",
        documents=("sha256:d",), before=before, level="root",
        facts=canonical({"format": FORMAT, "needs": needs_json(NEEDS)}),
        refusals=refusals, needed=2, roles=("approver", "owner"),
    )  # fmt: skip


def vote(by, verdict="approve", run="rel_1"):
    return ReleaseVoted(run, AT, by, "approver", verdict)


def over(refusal):
    return ReleaseOverridden("rel_1", AT, "eve", "override", "y", (refusal,))


@pytest.fixture
def ledger(tmp_path):
    with Ledger(open_store(str(tmp_path / "ledger.sqlite"))) as opened:
        yield opened


@pytest.fixture
def key(tmp_path):
    return LogKey.create(tmp_path / "log.key", "example.com/log")


def folded(ledger, *records):
    if records:
        ledger.append(*records)
    releases = Releases()
    releases.poll(ledger)
    return releases


def test_letters_of_other_alphabets_make_nobody_a_second_person():
    state = ReleaseState(asked(), (vote("ben"), vote("b\u0435n"), vote("\u0412EN"), vote("cyd")))
    found = tally(state, NEEDS, ROLES, at=AT)
    assert [each.by for each in found.counted] == ["ben", "cyd"]
    two = (
        "format: charter-roles/1\nversion: '1'\npeople:\n  ben: {name: B}\n  b\u0435n: {name: B}\n"
    )
    with pytest.raises(ConfigError, match="one person"):
        read_roles(f"{two}roles:\n  - {{role: owner, people: [ben]}}\n", "roles.yaml")


@pytest.mark.parametrize(
    ("records", "status"),
    [
        ([asked()], "waiting"),
        ([asked(), vote("ben")], "waiting"),
        ([asked(), vote("ben"), vote("BEN ")], "waiting"),
        ([asked(), vote("ben"), vote("b\u0435n")], "waiting"),  # with a Cyrillic letter
        ([asked(by="b\u0435n"), vote("ben"), vote("cyd")], "waiting"),
        ([asked(by="ben"), vote("ben"), vote("cyd")], "waiting"),
        ([asked(), vote("ben"), vote("cyd")], "approved"),
        ([asked(), vote("ben"), vote("cyd"), vote("dan", "deny")], "denied"),
        ([asked(by="ben"), vote("ben", "deny")], "waiting"),
        ([asked(refusals=(GATE,)), vote("ben"), vote("cyd")], "refused"),
        ([asked(), ReleaseWithdrawn("rel_1", AT, "ada", "", "x")], "withdrawn"),
        ([asked(before="rel_0")], "outdated"),
        (
            [asked(refusals=(GATE,)), over("gate none")],
            "waiting",
        ),
        (
            [asked(refusals=(GATE,)), over("gate other")],
            "refused",
        ),
        ([asked(), vote("ben", run="rel_other")], "waiting"),
    ],
)  # fmt: skip
def test_a_request_stands_as_its_records_say(ledger, records, status):
    releases = folded(ledger, *records)
    assert releases.status(releases.get("rel_1")) == status


def counted(ledger, at, *votes, by="ada@example.com"):
    state = folded(ledger, asked(by=by), *votes).get("rel_1")
    return tally(state, NEEDS, ROLES, at=at)


def test_who_asked_does_not_count_under_another_name(ledger):
    found = counted(ledger, AT, vote("ada"), vote("ben"))
    assert [each.by for each in found.counted] == ["ben"]
    assert [(each.by, why) for each, why in found.left_out] == [("ada", "asked for it")]
    assert found.missing == ("1 more approver of secrets",)


def test_who_was_revoked_since_does_not_count(ledger):
    votes = vote("ben"), vote("cyd")
    assert counted(ledger, AT, *votes).missing == ()
    found = tally(folded(ledger).get("rel_1"), NEEDS, ROLES, at=LATER)
    assert [why for _, why in found.left_out] == ["has no such role any more"]
    assert found.missing == ("1 more approver of secrets",)


def test_who_approves_one_section_does_not_approve_another(ledger):
    found = counted(ledger, AT, vote("dan"), vote("ben"))
    assert [each.by for each in found.counted] == ["dan", "ben"]
    assert found.missing == ("1 more approver of secrets",)


def test_strangers_and_seconds_do_not_count(ledger):
    found = counted(ledger, AT, vote("zoe"), vote("ben"), vote(" Ben"))
    assert [each.by for each in found.counted] == ["ben"]
    assert [why for _, why in found.left_out] == ["is nobody in the file of roles"]


def test_only_the_role_over_all_of_it_overrides_and_never_who_asked(ledger):
    state = folded(ledger, asked()).get("rel_1")
    may = {who: may_override(who, state, NEEDS, ROLES, AT) for who in ("ada", "ben", "dan", "eve")}
    assert may == {"ada": False, "ben": False, "dan": False, "eve": True}


def test_everything_that_hinders_is_said(ledger):
    state = folded(ledger, asked(refusals=(GATE,)), vote("ada"), vote("ben", "deny")).get("rel_1")
    assert hindrances(state, NEEDS, ROLES, at=AT) == (
        "denied by ben: no reason given",
        "gate none: no result",
        "it needs 2 more approvers of secrets",
        "it needs 1 more owner or approver of tone",
        "the approval of ada does not count: asked for it",
    )


def test_an_override_by_somebody_who_may_not_hinders(ledger):
    made = ReleaseOverridden("rel_1", AT, "ben", "override", "y", ("gate none",))
    state = folded(ledger, asked(refusals=(GATE,)), made, vote("ben"), vote("cyd")).get("rel_1")
    assert hindrances(state, NEEDS, ROLES, at=AT) == (
        "ben, who overrode it, has not the role override over all of it",
    )


def publish(ledger, key, run, at=AT):
    releases = folded(ledger)
    state = releases.get(run)
    return released(state, NEEDS, ROLES, releases, key, by="ada", at=at)


def test_of_two_releases_at_once_the_later_one_is_refused(ledger, key):
    folded(ledger, asked("rel_1"), asked("rel_2"))
    one, other = publish(ledger, key, "rel_1"), publish(ledger, key, "rel_2")
    assert one.number == other.number == 1
    ledger.append(one)
    with pytest.raises(LedgerError):
        ledger.append(other)
    releases = folded(ledger)
    assert releases.status(releases.get("rel_1")) == "released"
    assert releases.status(releases.get("rel_2")) == "outdated"


def test_a_line_goes_back_to_the_release_before_one_that_is_withdrawn(ledger, key):
    folded(ledger, asked("rel_1"))
    ledger.append(publish(ledger, key, "rel_1"), asked("rel_2", before="rel_1"))
    ledger.append(publish(ledger, key, "rel_2"))
    assert folded(ledger).head("house").id == "rel_2"
    releases = folded(ledger, ReleaseWithdrawn("rel_2", AT, "ben", "approver", "harm"))
    assert releases.head("house").id == "rel_1"
    assert [each.id for each in releases.line("house")] == ["rel_1", "rel_2"]
    ledger.append(asked("rel_3", before="rel_1"), asked("rel_4", spec="other"))
    assert publish(ledger, key, "rel_3").number == 3  # no number is given twice
    assert publish(ledger, key, "rel_4").number == 1
    assert releases.head("other") is None


VOTES = st.lists(
    st.tuples(
        st.sampled_from(["ada", "ben", "cyd", "dan", "zoe"]), st.sampled_from(["approve", "deny"])
    ),
    max_size=8,
)


@given(VOTES, st.sampled_from(["ada", "ben", "dan"]))
def test_no_order_of_votes_lets_one_person_pass_a_root_change(votes, asker):
    first: dict[str, str] = {}
    for who, verdict in votes:
        first.setdefault(who, verdict)
    state = ReleaseState(asked(by=asker), votes=tuple(vote(*each) for each in first.items()))
    done = not hindrances(state, NEEDS, ROLES, at=AT)
    approved = {who for who in ("ada", "ben", "cyd") if first.get(who) == "approve"} - {asker}
    against = {who for who, verdict in first.items() if verdict == "deny"} - {asker}
    assert done == (len(approved) >= 2 and not against)
