import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.tlog import signing

from charter.ledger.tlog.checkpoint import (
    Checkpoint,
    format_checkpoint,
    parse_checkpoint,
    verify_checkpoint,
)
from charter.ledger.tlog.ed25519 import verify
from charter.ledger.tlog.merkle import EMPTY_ROOT
from charter.ledger.tlog.note import COSIGNATURE, ED25519, Key, Note, sign_text

BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SECRETS = [bytes([number]) * 32 for number in range(3)]
LOG = Key("example.com/behind-the-sofa", ED25519, signing.public(SECRETS[0]))
ONE = Key("witness.example/1", COSIGNATURE, signing.public(SECRETS[1]))
TWO = Key("witness.example/2", COSIGNATURE, signing.public(SECRETS[2]))


def signed(*keys):
    secrets = {LOG.public: SECRETS[0], ONE.public: SECRETS[1], TWO.public: SECRETS[2]}
    lines = []
    for key in keys:
        sign = functools.partial(signing.sign, secrets[key.public])
        time = 5 if key.kind == COSIGNATURE else None
        lines.append(sign_text(BODY, key, sign, time=time))
    return Note(BODY, tuple(lines))


def test_the_example_of_the_specification():
    checkpoint = parse_checkpoint(BODY)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert format_checkpoint(checkpoint) == BODY
    more = parse_checkpoint(BODY + "one\ntwo three\n")
    assert more.extensions == ("one", "two three")
    assert format_checkpoint(more) == BODY + "one\ntwo three\n"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n",
        BODY[:-1],
        BODY + "\n",
        "\n" + BODY,
        BODY.replace("20852163", "020852163"),
        BODY.replace("20852163", "-1"),
        BODY.replace("20852163", " 20852163"),
        BODY.replace("20852163", "9223372036854775808"),
        BODY.replace("20852163", "0"),
        BODY.replace("q2I=", "q2J="),
        BODY.replace("q2I=", "q2I"),
        BODY.replace("CsUYap", ""),
        BODY.replace("\n", "\r\n"),
        "origin\n1\n",
        BODY + "\tx\n",
        BODY + "x" * 70_000 + "\n",
    ],
)
def test_malformed_bodies_are_refused(body):
    with pytest.raises(ValueError, match=r"checkpoint|root|size|origin"):
        parse_checkpoint(body)


@given(
    st.from_regex(r"[!-~][ -~]{0,30}", fullmatch=True),
    st.integers(1, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_every_checkpoint_goes_both_ways(origin, size, root):
    checkpoint = Checkpoint(origin, size, root)
    assert parse_checkpoint(format_checkpoint(checkpoint)) == checkpoint


def test_values_that_no_body_holds_are_refused():
    assert Checkpoint("log", 0, EMPTY_ROOT).size == 0
    for origin, size, root, more in (
        ("", 1, bytes(32), ()),
        ("a\nb", 1, bytes(32), ()),
        ("a", -1, bytes(32), ()),
        ("a", 1, bytes(31), ()),
        ("a", 1, bytes(32), ("",)),
    ):
        with pytest.raises(ValueError, match=r"origin|size|root"):
            Checkpoint(origin, size, root, more)


def test_the_log_must_sign_and_so_must_a_quorum():
    both = (ONE, TWO)
    assert verify_checkpoint(signed(LOG), LOG, verify).ok
    assert verify_checkpoint(signed(LOG, ONE), LOG, verify, witnesses=both, quorum=1).ok
    assert verify_checkpoint(signed(TWO, LOG, ONE), LOG, verify, witnesses=both, quorum=2).ok
    few = verify_checkpoint(signed(LOG, ONE), LOG, verify, witnesses=both, quorum=2)
    assert few.reason == "1 of the witnesses signed; 2 must"
    alone = verify_checkpoint(signed(ONE, TWO), LOG, verify, witnesses=both, quorum=2)
    assert alone.reason == f"the log {LOG.name} has not signed"


def test_nobody_counts_twice():
    renamed = Key("witness.example/3", COSIGNATURE, ONE.public)
    self_signed = Key("witness.example/4", COSIGNATURE, LOG.public)
    note = signed(LOG, ONE, ONE, renamed, self_signed)
    witnesses = (ONE, ONE, renamed, self_signed, LOG)
    assert verify_checkpoint(note, LOG, verify, witnesses=witnesses, quorum=1).ok
    assert not verify_checkpoint(note, LOG, verify, witnesses=witnesses, quorum=2).ok
